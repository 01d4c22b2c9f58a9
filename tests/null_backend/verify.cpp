// SPDX-License-Identifier: Apache-2.0
// A path by names alone, no signature is looked at: the presented chain, up to an anchor if one of it is one or if the
// last one's issuer is called like one.
#include <algorithm>

#include "core/x509.hpp"
#include "tests/null_backend/native.hpp"

namespace tlseam::seam {

cert_errc verify_peer(native_engine& engine) {
    const der_chain& anchors = engine.context->trust->anchors;
    std::vector<der_bytes> path;
    bool trusted = false;
    for (const auto& der : engine.agreed.peer_chain) {
        path.emplace_back(der);
        trusted = std::ranges::find(anchors, der) != anchors.end();
        if (trusted) break;
    }
    std::vector<chain_defect> defects;
    const auto last = parse_x509(path.back());
    if (!last) defects.push_back({.code = cert_errc::malformed, .depth = static_cast<int>(path.size()) - 1});
    if (!trusted && last) {
        const auto issuer = std::ranges::find_if(anchors, [&](const std::vector<std::byte>& der) {
            return std::ranges::equal(parse_x509(der)->subject, last->issuer);
        });
        if (issuer != anchors.end()) {
            path.emplace_back(*issuer);
        } else {
            const bool alone = path.size() == 1 && std::ranges::equal(last->issuer, last->subject);
            defects.push_back({.code = alone ? cert_errc::self_signed : cert_errc::unknown_ca,
                               .depth = static_cast<int>(path.size()) - 1,
                               .native_code = 4711,
                               .native_text = "null: no anchor"});
        }
    }
    return engine.events.verify(path, defects);
}

}  // namespace tlseam::seam
