// SPDX-License-Identifier: Apache-2.0
// Requests to verify a chain.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <tlseam/tlseam.hpp>

namespace cli {

/// leaf, untrusted, trust and crls are PEM text, or else names of files.
struct verify_request {
    std::string id = "null";  // JSON
    std::vector<std::string> leaf;
    std::vector<std::string> untrusted;
    std::vector<std::string> trust;  // empty: the system's store
    std::vector<std::string> crls;
    std::vector<std::string> pins;
    tlseam::crl_scope crl_scope = tlseam::crl_scope::chain;
    std::optional<std::string> name;
    std::optional<std::chrono::sys_seconds> time;
    tlseam::role purpose = tlseam::role::server;
};

/// One line of --batch: a JSON object with the names of verify_request; "id" is any value, and comes back. out.id is
/// set even when the rest is refused. Errors: invalid_argument.
[[nodiscard]] tlseam::result<void> parse_verify_request(const std::string& line, verify_request& out);

[[nodiscard]] bool is_pem(const std::string& text);

class verifier {
public:
    /// Errors: certificate_refused, and what keeps it from deciding. Throws tlseam::exception for the latter too.
    [[nodiscard]] tlseam::result<std::vector<tlseam::certificate>> verify(const verify_request& request);

private:
    const tlseam::trust_store& trust_of(const std::vector<std::string>& sources);
    static std::optional<tlseam::crl_store> crls_of(const std::vector<std::string>& sources);

    std::map<std::vector<std::string>, tlseam::trust_store> stores_;
};

}  // namespace cli
