// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"

namespace cli {

int info(const options& o) {
    constexpr tlseam::feature features[] = {tlseam::feature::group_x25519mlkem768};
    const auto backend = tlseam::backend();
    nlohmann::ordered_json out = {
        {"tlseam", tlseam::version()}, {"backend", backend.name}, {"version", backend.version}};
    for (const auto feature : features) out["features"][std::string(name(feature))] = backend.supports(feature);
    if (o.json) {
        std::printf("%s\n", out.dump().c_str());
        return done;
    }
    std::printf("tlseam %s on %s %s\n", std::string(tlseam::version()).c_str(), backend.name.c_str(),
                backend.version.c_str());
    for (const auto feature : features) {
        std::printf("  %-24s %s\n", std::string(name(feature)).c_str(), backend.supports(feature) ? "yes" : "no");
    }
    return done;
}

}  // namespace cli
