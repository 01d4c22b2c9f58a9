// SPDX-License-Identifier: Apache-2.0
// What is shown of a connection (attempt.hpp), field by field.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/front/table.hpp"

namespace cli::front {

/// How things are called at the two ends.
struct words {
    const char *offered, *peer_signature, *succeeds, *succeed, *fails;
    bool clients;  ///< the libraries are clients
};
inline constexpr words words_for_clients = {
    "Offered by each library", "signature of server", "connects", "connect", "does not connect", true};
inline constexpr words words_for_servers = {
    "Offered by the client", "signature of client", "serves it", "serve it", "does not serve it", false};

/// "offered.groups" of one library; null where it has none.
[[nodiscard]] nlohmann::ordered_json at(const nlohmann::ordered_json& attempt, std::string field);
[[nodiscard]] bool succeeded(const nlohmann::ordered_json& attempt);

/// A string, a list of them, a number, "yes" or "no"; nothing for null.
[[nodiscard]] cell plain(const nlohmann::ordered_json& value);

struct row {
    const char* field;
    std::string title;
    cell (*text)(const nlohmann::ordered_json& value) = plain;
};
[[nodiscard]] std::vector<row> rows_offered();
[[nodiscard]] std::vector<row> rows_negotiated(const words& words);
[[nodiscard]] std::vector<row> rows_measured();

/// "verified", or why it was refused; nothing where no certificate came.
[[nodiscard]] cell verdict_of(const nlohmann::ordered_json& attempt);

/// "unknown_ca (48) sent"
[[nodiscard]] cell alert_of(const nlohmann::ordered_json& attempt);

}  // namespace cli::front
