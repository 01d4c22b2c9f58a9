// SPDX-License-Identifier: Apache-2.0
#include "cli/describe.hpp"

#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

namespace cli {
namespace {

using json = nlohmann::ordered_json;

json names_of(const CLI::Option& option) {
    json out = json::array();
    for (const auto& name : option.get_lnames()) out.push_back("--" + name);
    for (const auto& name : option.get_snames()) out.push_back("-" + name);
    return out;
}

/// The same each time: the library has them in the order of their addresses.
json names_of(const std::set<CLI::Option*>& options) {
    std::set<std::string> names;
    for (const auto* each : options) names.insert(each->get_name());
    return names;
}

// The library says what an option takes in one text, for people: "HOST:PORT", "SECONDS:FLOAT in [1 - 10]",
// "TEXT:{echo,discard,http}".

std::string value_of(const std::string& type) {
    if (const auto choices = type.find(":{"); choices != std::string::npos) return type.substr(0, choices);
    const auto range = type.find(" in [");
    return range == std::string::npos ? type : type.substr(0, type.rfind(':', range));
}

json choices_of(const std::string& type) {
    json out = json::array();
    const std::size_t open = type.find(":{");
    if (open == std::string::npos || !type.ends_with('}')) return out;
    std::istringstream rest(type.substr(open + 2, type.size() - open - 3));
    for (std::string choice; std::getline(rest, choice, ',');) out.push_back(choice);
    return out;
}

json describe(const CLI::Option& option) {
    const std::string type = option.get_type_name();
    const bool flag = option.get_items_expected_max() == 0;
    return {{"names", names_of(option)},
            {"positional", option.get_positional()},
            {"value", flag ? json() : json(value_of(type))},
            {"choices", choices_of(type)},
            {"default", option.get_default_str()},
            {"description", option.get_description()},
            {"required", option.get_required()},
            {"needs", names_of(option.get_needs())},
            {"excludes", names_of(option.get_excludes())}};
}

json describe(const CLI::App& app) {
    json out = {{"name", app.get_name()},
                {"description", app.get_description()},
                {"footer", app.get_footer()},
                {"options", json::array()},
                {"commands", json::array()}};
    for (const auto* option : app.get_options()) {
        if (!option->get_group().empty()) out["options"].push_back(describe(*option));
    }
    for (const auto* command : app.get_subcommands([](const CLI::App* each) { return !each->get_group().empty(); })) {
        out["commands"].push_back(describe(*command));
    }
    return out;
}

}  // namespace

void add_description(CLI::App& app) {
    app.add_flag_callback("--describe-command-line",
                          [&app] {
                              std::cout << describe(app).dump() << "\n";
                              throw CLI::Success();
                          })
        ->group("");
}

}  // namespace cli
