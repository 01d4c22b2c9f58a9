// SPDX-License-Identifier: Apache-2.0
// A new certificate while clients come and go: nobody fails, nobody sees the old one any more, nothing is left behind.
#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/expect.hpp"
#include "tests/support/service.hpp"
#include "tests/support/stream_pair.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr int swaps = 1000, clients = 50, servers = 8;
// Every so many swaps, one to each side is looked at by a client of its own, which queues behind all the others: a look
// costs as many handshakes as there are clients.
constexpr int swaps_between_looks = 200;

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// One word each way, so that both have seen the whole handshake.
result<std::string> exchange(const contexts& made, const listener& l) {
    auto client = call(made, l);
    if (!client) return std::unexpected(client.error());
    if (auto sent = client->write_all(as_bytes("?"), soon()); !sent) return std::unexpected(sent.error());
    if (auto answer = read_text(*client); !answer) return std::unexpected(answer.error());
    return client->info().peer_certificates.front().subject();
}

void serve(listener& l) {
    for (;;) {
        auto peer = l.accept(soon());
        if (!peer) {
            EXPECT_TRUE(fails_with(peer, errc::closed));
            return;
        }
        EXPECT_TRUE(ok(read_text(*peer)));
        EXPECT_TRUE(ok(peer->write_all(as_bytes("!"), soon())));
    }
}

TEST(reload, under_load_is_felt_by_nobody) {
    {
        const contexts made;  // what a thread keeps from its first connection on is not what is counted
        auto l = listening(made);
        expect_service(made, l);
    }
    const auto before = open_descriptors();
    {
        setup s;
        const contexts first(s);
        s.server.credentials = {pki::identity("revoked")};  // no list is given: another good one for the same names
        const contexts second(s);
        auto l = listening(first);
        std::atomic<bool> done = false;
        std::atomic<int> served = 0;
        std::vector<std::jthread> threads;
        for (int i = 0; i < servers; ++i) threads.emplace_back([&] { serve(l); });
        std::vector<std::jthread> callers;
        for (int i = 0; i < clients; ++i) {
            callers.emplace_back([&] {
                while (!done) {
                    const auto seen = exchange(first, l);
                    EXPECT_TRUE(ok(seen));
                    if (!seen) return;
                    EXPECT_TRUE(*seen == "CN=server" || *seen == "CN=revoked") << *seen;
                    ++served;
                }
            });
        }
        for (int i = 0; i < swaps; ++i) {
            const bool even = i % 2 == 0;
            const auto used = l.use((even ? second : first).server);
            EXPECT_TRUE(ok(used));
            if (!used) break;  // not out of here: the callers must be told that it is over
            if (i % swaps_between_looks > 1) continue;
            EXPECT_EQ(exchange(first, l).value_or("nobody"), even ? "CN=revoked" : "CN=server");
        }
        done = true;
        callers.clear();
        EXPECT_GE(served, clients / 2);
        l.close();
    }
    EXPECT_EQ(open_descriptors(), before);
}

TEST(reload, counts_for_an_accept_that_waits_already) {
    setup s;
    const contexts first(s);
    s.server.credentials = {pki::identity("revoked")};
    const contexts second(s);
    auto l = listening(first);
    {
        const std::jthread server([&] { serve(l); });
        for (int i = 0; i < 50; ++i) {
            const bool even = i % 2 == 0;
            EXPECT_TRUE(ok(l.use((even ? second : first).server)));
            EXPECT_EQ(exchange(first, l).value_or("nobody"), even ? "CN=revoked" : "CN=server");
        }
        l.close();
    }
}

}  // namespace
