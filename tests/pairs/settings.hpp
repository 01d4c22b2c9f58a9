// SPDX-License-Identifier: Apache-2.0
// From JSON to contexts. What was loaded or compiled once is kept: hundreds of scenarios share a few settings.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>
#include <tlseam/settings.hpp>

namespace peer {

/// Names in the JSON are those of certs/: "server" is server.crt and server.key. All functions throw
/// tlseam::exception, nlohmann::json::exception or std::invalid_argument.
class library_settings {
public:
    explicit library_settings(std::filesystem::path certs) : certs_(std::move(certs)) {}

    /// {"role": "client" | "server", "identity": name, "trust": name | "nobody", "alpn": [...], "groups": [...],
    ///  "min": "1.2" | "1.3", "max": ..., "client_auth": "none" | "optional" | "required" | "on_request",
    ///  "insecure": bool, "crls": [file names], "post_handshake_auth": bool,
    ///  "ocsp": "off" | "if_present" | "required", "staple": name in certs/ocsp/}
    /// Everything but the role may be missing.
    [[nodiscard]] const tlseam::context& context(const nlohmann::json& settings);

    /// {"server_name": text, "verified_name": text}; both may be missing.
    [[nodiscard]] static tlseam::connect_options names(const nlohmann::json& settings);

private:
    std::vector<tlseam::credentials> identities(const nlohmann::json& settings);
    const tlseam::credentials& identity(const std::string& name);
    const tlseam::trust_store& trust(const std::string& name);
    [[nodiscard]] std::optional<tlseam::crl_store> crls(const nlohmann::json& settings) const;
    [[nodiscard]] tlseam::context client(const nlohmann::json& settings);
    [[nodiscard]] tlseam::context server(const nlohmann::json& settings);

    std::filesystem::path certs_;
    std::map<std::string, tlseam::credentials> identities_;
    std::map<std::string, tlseam::trust_store> stores_;
    std::map<std::string, tlseam::context> contexts_;
};

}  // namespace peer
