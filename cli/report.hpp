// SPDX-License-Identifier: Apache-2.0
// What the command says: a line for people, or one JSON object per line. Safe to use from several threads.
#pragma once

#include <cstdint>
#include <cstdio>
#include <mutex>
#include <string>

#include <tlseam/tlseam.hpp>

namespace cli {

struct traffic {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
};

/// The JSON's keys and words are the same on every backend. Peer names and certificate texts may hold anything: the
/// output is valid UTF-8 all the same.
class report {
public:
    report(std::FILE* out, bool json) noexcept : out_(out), json_(json) {}

    void listening(const tlseam::socket_address& at);
    void handshake(const std::string& peer, const tlseam::connection_info& info);
    void closed(const std::string& peer, const traffic& bytes);
    void error(const std::string& peer, const tlseam::error& e);

private:
    void line(const std::string& text);

    std::mutex mutex_;
    std::FILE* out_;
    bool json_;
};

}  // namespace cli
