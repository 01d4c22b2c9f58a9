// SPDX-License-Identifier: Apache-2.0
// What was gathered, as JSON: `report --json` prints it, `report --from` reads it. The programs may be of another
// version, or broken, so that nothing in it is taken for granted: what is missing reads as null, or as an empty text.
//
//   date, tlseam_version
//   load: how many programs wanted a processor in the last minute, before anything was measured
//   backends: of each: backend, version, error (a sentence, or null), info (of `info --json --facts`), stack
//   bench, chains, connect: what these commands printed; {"error": sentence}; null when it was not asked for
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli::front::report {

using json = nlohmann::ordered_json;

/// The member at the end of these names; null when there is none.
[[nodiscard]] const json& at(const json& from, std::initializer_list<const char*> names);

[[nodiscard]] std::string text_at(const json& from, std::initializer_list<const char*> names);
[[nodiscard]] std::optional<double> number_at(const json& from, std::initializer_list<const char*> names);
[[nodiscard]] std::vector<std::string> texts_at(const json& from, std::initializer_list<const char*> names);

/// A library, as its name is written.
struct library {
    std::string backend;
    std::string title;
    int colour = 0;
    const json* about;  ///< its entry in "backends"
    [[nodiscard]] bool works() const { return at(*about, {"error"}).is_null(); }
    [[nodiscard]] const json& facts() const { return at(*about, {"info", "facts"}); }
};

/// In the data's order, those that do not work included.
[[nodiscard]] std::vector<library> libraries(const json& data);

/// Whether a condition such as ">=3.0 <3.5", "3.0" or "all" holds for a version such as "Library 3.0.19 27 Jan 2026".
[[nodiscard]] bool fits(std::string_view condition, std::string_view version);

/// The first number with its dots: "3.0.19".
[[nodiscard]] std::string short_version(std::string_view version);

}  // namespace cli::front::report
