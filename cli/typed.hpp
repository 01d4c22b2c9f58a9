// SPDX-License-Identifier: Apache-2.0
// The options of each command, as they are typed.
#pragma once

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

#include "cli/options.hpp"

namespace cli {

/// What was typed, before it is checked. Both commands use one object: only one of them runs.
struct typed {
    std::string address;
    tls_options tls;
    std::string alpn;
    std::string min_version = "1.2";
    std::string max_version = "1.3";
    std::string profile = "compatible";
    std::optional<std::string> cipher_suites;  // an empty list is a mistake
    std::optional<std::string> groups;
    std::optional<std::string> signature_schemes;
    std::string client_auth;
    std::string mode = "echo";
    double handshake_timeout = 10;
    double idle_timeout = 300;
    double connect_timeout = 30;
    std::optional<std::string> name;  // an empty one is a mistake and no wish to skip the check
    std::optional<std::string> ip;
    std::optional<std::string> time;
    std::string purpose = "server";
    std::string crl_scope = "chain";
    std::string ocsp = "off";
};

/// Declares a command and its options. Both objects outlive the parsing; what needs no check goes into the second.
CLI::App& add_serve(CLI::App& app, typed& typed, serve_command& out);
CLI::App& add_connect(CLI::App& app, typed& typed, connect_command& out);
CLI::App& add_verify(CLI::App& app, typed& typed, verify_command& out);
CLI::App& add_stack(CLI::App& app, stack_command& out);

}  // namespace cli
