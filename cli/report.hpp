// SPDX-License-Identifier: Apache-2.0
// What the command says: sentences for people or one JSON object a line for programs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>
#include <vector>

#include <tlseam/backend.hpp>
#include <tlseam/certificate.hpp>
#include <tlseam/connection_info.hpp>
#include <tlseam/error.hpp>
#include <tlseam/stream.hpp>

#include "cli/exposed_files.hpp"

namespace cli {

/// Plaintext that passed through one connection.
struct traffic {
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
};

/// Bytes of a thread's stack, at its deepest point.
struct stack_use {
    std::size_t client = 0;
    std::size_t server = 0;
};

/// What became of one chain.
struct verify_answer {
    std::string id = "null";  ///< JSON, as the request gave it
    tlseam::result<std::vector<tlseam::certificate>> verdict;
    bool undecided = false;  ///< the error is not one of the chain
};

/// Thread safe: events of many clients never mix within a line. A line is flushed at once. Nothing that cannot be
/// written stops the program. For each client: handshake at most once, then closed or failed exactly once.
class reporter {
public:
    /// events: where JSON goes, and what is no error for people.
    reporter(bool json, std::FILE* events) noexcept : json_(json), events_(events) {}

    /// People read it on standard error.
    void warn(const exposed_file& about);
    void listening(const std::vector<tlseam::socket_address>& addresses);
    void handshake(const std::string& peer, const tlseam::connection_info& info);
    void closed(const std::string& peer, traffic traffic);
    /// peer: empty when there is none. People read it on standard error.
    void failed(const std::string& peer, const tlseam::error& error);
    /// facts: JSON that is printed as "facts"; null: none. With JSON only.
    void about(const tlseam::backend_info& backend, const char* facts);
    void stack(stack_use used);
    void verdict(const verify_answer& answer);

private:
    void line(std::FILE* to, const std::string& text);

    bool json_;
    std::FILE* events_;
    std::mutex mutex_;
};

/// exit_usage for what the user can repair without a network, else exit_failed.
[[nodiscard]] int exit_code_for(const tlseam::error& error) noexcept;

}  // namespace cli
