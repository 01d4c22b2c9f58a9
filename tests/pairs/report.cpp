// SPDX-License-Identifier: Apache-2.0
#include "tests/pairs/report.hpp"

#include <nlohmann/json.hpp>
#include <tlseam/tlseam.hpp>

namespace peer {

using nlohmann::json;

json describe(const tlseam::error& e) {
    json j = {{"code", tlseam::name(e.code())}, {"cert", tlseam::name(e.certificate())}, {"alert", nullptr}};
    if (e.alert()) j["alert"] = *e.alert();
    switch (e.origin()) {
        case tlseam::error_origin::local: j["origin"] = "local"; break;
        case tlseam::error_origin::peer: j["origin"] = "peer"; break;
        case tlseam::error_origin::system: j["origin"] = "system"; break;
    }
    j["message"] = e.message();
    if (e.detail() != nullptr && !e.detail()->native_text.empty()) j["native"] = e.detail()->native_text;
    j["native_code"] = e.native_code();
    return j;
}

json describe(const tlseam::connection_info& info) {
    json chain = json::array();
    for (const auto& c : info.peer_certificates) chain.push_back(hex(c.der()));
    json local = json::array();
    for (const auto& c : info.local_certificates) local.push_back(hex(c.der()));
    return {{"version", tlseam::name(info.version)},
            {"cipher_suite", info.cipher_suite},
            {"cipher_suite_name", info.cipher_suite_name},
            {"group", info.group},
            {"group_name", info.group_name},
            {"alpn", info.alpn},
            {"server_name", info.server_name},
            {"peer_certificates", std::move(chain)},
            {"local_certificates", std::move(local)},
            {"verified_chain_size", info.verified_chain.size()},
            {"peer_verified", info.peer_verified},
            {"psk_identity", info.psk_identity},
            {"resumed", info.resumed}};
}

json describe(const tally& data) { return {{"count", data.count()}, {"hash", data.hash()}}; }

json describe_backend() {
    const auto backend = tlseam::backend();
    json features = json::array();
    for (const auto f : tlseam::all_features) {
        if (backend.supports(f)) features.push_back(tlseam::name(f));
    }
    return {{"name", backend.name},
            {"version", backend.version},
            {"groups", backend.groups()},
            {"signature_schemes", backend.signature_schemes()},
            {"features", std::move(features)}};
}

}  // namespace peer
