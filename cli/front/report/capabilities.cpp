// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/capabilities.hpp"

#include <algorithm>

namespace cli::front::report {
namespace {

constexpr const char* lists[] = {"features",          "groups",  "cipher_suites", "psk_cipher_suites",
                                 "signature_schemes", "profiles"};

/// Name and whether it is there, of lists of names and of objects alike.
std::vector<std::pair<std::string, bool>> items_of(const library& library, const char* list) {
    std::vector<std::pair<std::string, bool>> out;
    const json& found = at(*library.about, {"info", list});
    if (found.is_object()) {
        for (const auto& [name, value] : found.items()) {
            out.emplace_back(name, value.is_boolean() ? value.get<bool>() : at(value, {"supported"}) == json(true));
        }
    }
    for (auto& name : texts_at(*library.about, {"info", list})) out.emplace_back(std::move(name), true);
    return out;
}

}  // namespace

bool capability::differs() const {
    return std::ranges::find(has, presence::yes) != has.end() && std::ranges::find(has, presence::no) != has.end();
}

std::vector<capability> capabilities_of(const json& data) {
    std::vector<capability> out;
    const auto all = libraries(data);
    for (const char* list : lists) {
        const auto first = static_cast<std::ptrdiff_t>(out.size());
        for (std::size_t n = 0; n < all.size(); ++n) {
            for (const auto& [name, has] : items_of(all[n], list)) {
                auto place = std::ranges::find(out.begin() + first, out.end(), name, &capability::name);
                if (place == out.end()) {
                    capability fresh{list, name, "has-" + std::to_string(out.size()), {}, {}};
                    for (const auto& each : all) {
                        fresh.has.push_back(each.works() ? presence::no : presence::unknown);
                        fresh.options.push_back(texts_at(each.facts(), {"build_options", name.c_str()}));
                    }
                    place = out.insert(out.end(), std::move(fresh));
                }
                if (has) place->has[n] = presence::yes;
            }
        }
    }
    return out;
}

}  // namespace cli::front::report
