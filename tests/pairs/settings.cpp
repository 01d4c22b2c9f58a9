// SPDX-License-Identifier: Apache-2.0
#include "tests/pairs/settings.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>
#include <tlseam/tlseam.hpp>

namespace peer {
namespace {

using nlohmann::json;
using tlseam::or_throw;

tlseam::protocol_version version(const json& settings, const char* key, tlseam::protocol_version otherwise) {
    const auto found = settings.find(key);
    if (found == settings.end()) return otherwise;
    if (*found == "1.2") return tlseam::protocol_version::tls1_2;
    if (*found == "1.3") return tlseam::protocol_version::tls1_3;
    throw std::invalid_argument("no version: " + found->dump());
}

tlseam::client_auth client_auth(const std::string& word) {
    for (const auto& [name, mode] :
         {std::pair("none", tlseam::client_auth::none), std::pair("optional", tlseam::client_auth::optional),
          std::pair("required", tlseam::client_auth::required),
          std::pair("on_request", tlseam::client_auth::on_request)}) {
        if (word == name) return mode;
    }
    throw std::invalid_argument("no client_auth: " + word);
}

tlseam::ocsp_stapling ocsp(const std::string& word) {
    for (const auto& [name, how] :
         {std::pair("off", tlseam::ocsp_stapling::off), std::pair("if_present", tlseam::ocsp_stapling::if_present),
          std::pair("required", tlseam::ocsp_stapling::required)}) {
        if (word == name) return how;
    }
    throw std::invalid_argument("no ocsp: " + word);
}

/// {"identity": ..., "key": hexadecimal digits, "hash": ...}; of a key of TLS 1.2, the hash is "TLS 1.2".
tlseam::external_psk psk(const json& from) {
    std::vector<std::byte> key;
    const std::string digits = from.at("key");
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        key.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    }
    if (from.at("hash") == "TLS 1.2") {
        return or_throw(tlseam::external_psk::make_tls1_2(from.at("identity").get<std::string>(), key));
    }
    const bool sha384 = from.at("hash") == "SHA-384";
    return or_throw(tlseam::external_psk::make(from.at("identity").get<std::string>(), key,
                                               sha384 ? tlseam::psk_hash::sha384 : tlseam::psk_hash::sha256));
}

/// What client_settings and server_settings have in common.
template <class Settings>
void apply_common(Settings& s, const json& from) {
    s.alpn = from.value("alpn", s.alpn);
    s.groups = from.value("groups", s.groups);
    s.signature_schemes = from.value("signature_schemes", s.signature_schemes);
    s.cipher_suites = from.value("cipher_suites", s.cipher_suites);
    s.min_version = version(from, "min", s.min_version);
    s.max_version = version(from, "max", s.max_version);
    s.exporter = from.value("exporter", false);
}

}  // namespace

const tlseam::context& library_settings::context(const json& settings) {
    const auto key = settings.dump();
    auto found = contexts_.find(key);
    if (found == contexts_.end()) {
        const bool is_client = settings.at("role") == "client";
        found = contexts_.emplace(key, is_client ? client(settings) : server(settings)).first;
    }
    return found->second;
}

std::optional<tlseam::crl_store> library_settings::crls(const json& settings) const {
    std::vector<std::filesystem::path> files;
    for (const json& name : settings.value("crls", json::array())) files.push_back(certs_ / name.get<std::string>());
    if (files.empty()) return std::nullopt;
    return or_throw(tlseam::crl_store::load_files(files));
}

tlseam::context library_settings::client(const json& settings) {
    tlseam::client_settings s;
    apply_common(s, settings);
    if (settings.contains("psk")) {
        s.psk = psk(settings["psk"]);
    } else {
        s.trust = trust(settings.value("trust", "nobody"));
    }
    s.credentials = identities(settings);
    s.insecure_skip_verification = settings.value("insecure", false);
    s.verification.crls = crls(settings);
    s.verification.ocsp = ocsp(settings.value("ocsp", "off"));
    s.resumption = settings.value("resumption", false);
    s.post_handshake_auth = settings.value("post_handshake_auth", false);
    return or_throw(tlseam::context::client(s));
}

tlseam::context library_settings::server(const json& settings) {
    tlseam::server_settings s;
    apply_common(s, settings);
    s.credentials = identities(settings);
    if (settings.contains("staple")) {
        const auto file = certs_ / "ocsp" / (settings["staple"].get<std::string>() + ".der");
        s.credentials.front() = or_throw(s.credentials.front().load_ocsp_response(file));
    }
    for (const json& key : settings.value("psks", json::array())) s.psks.push_back(psk(key));
    s.client_auth = client_auth(settings.value("client_auth", "none"));
    if (settings.contains("trust")) s.client_trust = trust(settings["trust"]);
    s.verification.crls = crls(settings);
    if (settings.value("refuse_unknown_names", false)) s.unknown_name = tlseam::unknown_name::refuse;
    return or_throw(tlseam::context::server(s));
}

tlseam::connect_options library_settings::names(const json& settings) {
    tlseam::connect_options names;
    if (settings.contains("server_name")) names.server_name = settings["server_name"];
    if (settings.contains("verified_name")) names.verified_name = settings["verified_name"];
    return names;
}

/// "identity" is what the other side is to see; where there is more than that, "identities" has it all.
std::vector<tlseam::credentials> library_settings::identities(const json& settings) {
    std::vector<tlseam::credentials> out;
    for (const json& name : settings.value("identities", json::array())) out.push_back(identity(name));
    const json shown = settings.value("identity", json());  // null: none, where there are keys instead
    if (out.empty() && !shown.is_null()) out.push_back(identity(shown));
    return out;
}

const tlseam::credentials& library_settings::identity(const std::string& name) {
    auto found = identities_.find(name);
    if (found == identities_.end()) {
        auto loaded =
            or_throw(tlseam::credentials::load_cert_chain(certs_ / (name + ".crt"), certs_ / (name + ".key")));
        found = identities_.emplace(name, std::move(loaded)).first;
    }
    return found->second;
}

const tlseam::trust_store& library_settings::trust(const std::string& name) {
    auto found = stores_.find(name);
    if (found == stores_.end()) {
        auto loaded = name == "nobody" ? or_throw(tlseam::trust_store::load({}))
                                       : or_throw(tlseam::trust_store::load_file(certs_ / (name + ".crt")));
        found = stores_.emplace(name, std::move(loaded)).first;
    }
    return found->second;
}

}  // namespace peer
