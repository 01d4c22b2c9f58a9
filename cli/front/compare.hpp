// SPDX-License-Identifier: Apache-2.0
// `tlseam compare`: the same with each library.
#pragma once

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/address.hpp"
#include "cli/front/programs.hpp"

namespace cli::front {

struct compare_common {
    std::vector<backend_program> programs;
    bool json = false;
    bool fail_on_difference = false;
};

/// As a client of a server.
struct compare_server : compare_common {
    address peer;
    std::string ca_file;              // empty: the system's store
    std::optional<std::string> name;  // none: the host of peer
    std::optional<std::string> alpn;
    bool insecure = false;
    std::chrono::milliseconds timeout{};
};

/// As a server of clients: each connection goes to the next library.
struct compare_clients : compare_common {
    address listen;
    std::vector<std::string> chain_files, key_files;
    std::optional<std::string> alpn;
    std::string client_ca_file;  // empty: no certificate is asked for
    std::chrono::milliseconds timeout{};
};

/// Chains in files.
struct compare_chains : compare_common {
    std::filesystem::path directory;
    std::string ca_file;
    std::optional<std::string> name, time;
    std::string purpose;
};

/// Each returns an exit code. They throw usage_error, and std::runtime_error for the network.
[[nodiscard]] int run(const compare_server& command);
[[nodiscard]] int run(const compare_clients& command);
[[nodiscard]] int run(const compare_chains& command);

/// Throws usage_error when it is no file, or one that cannot be read. What is in it is for the libraries to judge.
void check_readable(const char* option, const std::string& file);

}  // namespace cli::front
