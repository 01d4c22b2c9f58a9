// SPDX-License-Identifier: Apache-2.0
// The command line, checked and turned into values.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <tlseam/profile.hpp>
#include <tlseam/types.hpp>
#include <tlseam/verification.hpp>

#include "cli/address.hpp"
#include "cli/exit_codes.hpp"

namespace cli {

/// Certificate chains and their keys, in the order in which they are preferred.
struct identity_files {
    std::vector<std::string> chain_files;
    std::vector<std::string> key_files;  // one per chain; none: each chain's own file
    std::vector<std::string> pkcs12_files;
    std::vector<std::string> ocsp_response_files;  // each for the chain that it is about
    std::string passphrase_file;                   // for whatever is encrypted; empty: no passphrase
};

/// What both ends of a connection have in common.
struct tls_options {
    identity_files identity;
    std::vector<std::string> alpn;
    tlseam::protocol_version min_version = tlseam::protocol_version::tls1_2;
    tlseam::protocol_version max_version = tlseam::protocol_version::tls1_3;
    std::string key_log_file;  // empty: none
    tlseam::profile profile = tlseam::profile::compatible;
    std::vector<std::string> cipher_suites;  // these three: empty for the profile's
    std::vector<std::string> groups;
    std::vector<std::string> signature_schemes;
};

enum class serve_mode : std::uint8_t { echo, discard, http };

struct serve_command {
    address listen;
    tls_options tls;
    std::string client_ca_file;  // empty: none
    std::vector<std::string> crl_files;
    std::vector<std::string> ticket_key_files;  // the current secret's first; none: random ones
    std::string psk_file;                       // empty: none
    tlseam::client_auth client_auth = tlseam::client_auth::none;
    serve_mode mode = serve_mode::echo;
    bool once = false;
    bool json = false;
    std::chrono::milliseconds handshake_timeout;
    std::chrono::milliseconds idle_timeout;
    unsigned most_clients = 0;
};

struct connect_command {
    address peer;
    tls_options tls;
    std::string ca_file;  // empty: the system's store
    std::vector<std::string> crl_files;
    std::vector<std::string> pins;
    tlseam::ocsp_stapling ocsp = tlseam::ocsp_stapling::off;
    std::string name;          // empty: the host of peer
    std::string session_file;  // empty: none
    std::string psk_file;      // empty: none
    std::optional<std::string> psk_identity;
    bool insecure = false;
    bool keep_open = false;
    bool json = false;
    std::chrono::milliseconds timeout;
};

struct info_command {
    bool json = false;
    bool facts = false;  // what the build knows of the library too
};

struct verify_command {
    bool batch = false;  // requests come on standard input; nothing but json counts then
    std::string leaf_file;
    std::vector<std::string> untrusted_files;
    std::vector<std::string> trust_files;  // empty: the system's store
    std::vector<std::string> crl_files;
    tlseam::crl_scope crl_scope = tlseam::crl_scope::chain;
    std::vector<std::string> pins;
    std::optional<std::string> name;  // host name or address; none: names are not checked
    std::optional<std::chrono::sys_seconds> time;
    tlseam::role purpose = tlseam::role::server;
    bool json = false;
};

struct stack_command {
    identity_files identity;
    std::string ca_file;
    std::string name = "localhost";
    bool json = false;
};

using any_command = std::variant<serve_command, connect_command, info_command, verify_command, stack_command>;

/// The command, or the exit code when there is nothing left to do: help was printed, or a usage error reported.
[[nodiscard]] std::expected<any_command, int> parse_command_line(int argc, const char* const* argv);

}  // namespace cli
