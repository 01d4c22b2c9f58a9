// SPDX-License-Identifier: Apache-2.0
// A directory with development certificates: dev-root, server, client-NAME, each a .crt and a .key.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/front/certificate_facts.hpp"
#include "cli/front/development_certificates.hpp"

namespace cli::front {

struct certificate_request {
    std::filesystem::path directory;       ///< made if there is none
    std::vector<std::string> names;        ///< of the server; empty for this machine's own
    std::optional<std::string> client;     ///< the name of a client that gets a certificate too
    key_kind kind = key_kind::ecdsa_p256;  ///< of the keys that are made
    bool replace = false;                  ///< what is there of the server and the client; the root never is
};

struct pair_of_files {
    std::string cert, key;
    bool made = false;  ///< or it was there
    certificate_facts facts;
};

struct certificate_files {
    pair_of_files root, server;
    std::optional<pair_of_files> client;
};

/// All of it or nothing; nullopt when it was stopped. A root that is there signs again; a server that is there is kept
/// when only a client was asked for. Throws usage_error.
[[nodiscard]] std::optional<certificate_files> make_certificate_files(const certificate_request& request,
                                                                      const std::stop_token& stop);

}  // namespace cli::front
