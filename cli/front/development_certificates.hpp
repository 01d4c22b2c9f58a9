// SPDX-License-Identifier: Apache-2.0
// Certificates for trying things out: a root of one's own, and leaves that it signs. Made with a library that is none
// of our backends, so that they are the same whichever of those are here.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/wiped.hpp"

namespace cli::front {

enum class key_kind { ecdsa_p256, rsa_2048 };

/// The key is wiped in the end.
struct key_and_chain {
    std::string chain_pem;  ///< without the root, unless it is the root
    std::string key_pem;    ///< PKCS#8, not encrypted

    ~key_and_chain() { wipe(std::as_writable_bytes(std::span(key_pem))); }
};

struct development_certificates {
    std::string root_pem;  ///< its key is gone: nothing else will ever be signed with it
    key_and_chain leaf;
};

/// Of a server with these names: host names, wildcards, IP addresses. Throws usage_error for a name that is none.
[[nodiscard]] development_certificates make_development_certificates(const std::vector<std::string>& names,
                                                                     key_kind kind);

// The steps of it, for who keeps the root.

/// Valid for ten years, since yesterday. Its name has a part that no other root's has.
[[nodiscard]] key_and_chain make_root(key_kind kind);

/// Throws usage_error, whose sentence goes on from "dev-root.crt", when nothing can be signed with it (any more).
void check_root(const key_and_chain& root);

/// Valid for 825 days, since yesterday, and never longer than the root. The names may not be empty.
[[nodiscard]] key_and_chain make_server_leaf(const key_and_chain& root, const std::vector<std::string>& names,
                                             key_kind kind);

/// The same for a client, with its name as the common name. Throws usage_error for a name that cannot be one.
[[nodiscard]] key_and_chain make_client_leaf(const key_and_chain& root, const std::string& name, key_kind kind);

}  // namespace cli::front
