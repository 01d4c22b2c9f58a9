// SPDX-License-Identifier: Apache-2.0
// Defects that were found by the sweeps, each by its name.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "tests/fault_injection/injector.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/service.hpp"
#include "tests/support/settings.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/temp_dir.hpp"

namespace faults {
namespace {

using namespace tlseam;
using namespace tlseam_test;
using interposed::call;

/// Far more than any call here asks for.
constexpr std::size_t most_allocations = 400;
/// What buffers of the pool have: core/buffer_pool.hpp. Few others are as large.
constexpr std::size_t small_buffer = 4096;
constexpr std::size_t large_buffer = std::size_t{160} * 1024;

/// Does something with the n-th allocation failing, for each n until it needs no more. size: not 0: only allocations of
/// this size count, and it is done in a thread of its own, one that has no buffers yet. (What else a thread makes
/// first, the C library cannot do without: it ends the program when it finds no memory to note what a thread has to
/// destroy.)
template <class Prepare, class Act>
void with_each_allocation_failing(const Prepare& prepare, const Act& act, std::size_t size = 0) {
    for (std::size_t nth = 1; nth < most_allocations; ++nth) {
        SCOPED_TRACE(nth);
        auto ready = prepare();
        std::size_t failed = 0;
        const auto with_failure = [&] {
            arm({.nth = nth, .size = size});
            act(ready);
            disarm();
            failed = failed_allocations();
        };
        if (size == 0) {
            with_failure();
        } else {
            std::thread(with_failure).join();
        }
        if (failed == 0) return;
    }
    ADD_FAILURE() << "it never came to an end";
}

template <class Call>
auto scarcely(Call&& call) {
    const scarce memory;
    return call();
}

TEST(waiting, works_again_when_descriptors_had_run_out_the_first_time) {
    auto pair = open_streams();
    std::thread([&] {
        std::byte room[1];
        {
            const failing_call none_left({.which = call::pipe, .verdict = {.error = EMFILE}, .and_all_later = true});
            EXPECT_TRUE(fails_with(pair.server.read_some(room, briefly()), errc::transport_error));
        }
        EXPECT_TRUE(fails_with(pair.server.read_some(room, briefly()), errc::timed_out));
    }).join();
}

TEST(waiting, names_the_reason_when_it_is_not_for_lack_of_descriptors) {
    auto pair = open_streams();
    std::byte room[1];
    const failing_call no_memory({.which = call::poll, .verdict = {.error = ENOMEM}});
    const auto read = pair.server.read_some(room, briefly());
    EXPECT_TRUE(fails_with(read, errc::out_of_memory));
    EXPECT_EQ(read.error().system_code(), ENOMEM);
}

// The sentence needs memory, and where nothing may throw, the program ended.
TEST(transport_failures, without_memory_for_their_sentence_are_errors) {
    const contexts made;
    for (const auto which : {call::receive, call::send}) {
        with_each_allocation_failing([&] { return std::make_unique<stream_pair>(open_streams(made)); },
                                     [&](auto& pair) {
                                         std::byte room[10] = {};
                                         const failing_call reset({.which = which, .verdict = {.error = ECONNRESET}});
                                         const bool reads = which == call::receive;
                                         const auto done = scarcely([&] {
                                             return reads ? pair->client.read_some(room, briefly())
                                                          : pair->client.write_some(room, briefly());
                                         });
                                         EXPECT_TRUE(failed_for_good(done)) << describe(done);
                                     });
    }
}

TEST(ends_without_close_notify, without_memory_for_their_sentence_are_errors) {
    const contexts made;
    with_each_allocation_failing([&] { return std::make_unique<engine_pair>(open_pair(made)); },
                                 [](auto& pair) {
                                     std::byte room[10];
                                     pair->client.end_of_input();
                                     const auto done = scarcely([&] { return pair->client.read_some(room); });
                                     EXPECT_TRUE(failed_for_good(done)) << describe(done);
                                 });
}

// A hello that found no memory was looked at all the same, and was "none": internal. (A long one, whose buffer is of a
// size that no library asks for.)
TEST(first_hellos, that_find_no_memory_are_out_of_memory) {
    setup s;
    for (char each = 'a'; each <= 'z'; ++each) s.client.alpn.push_back(std::string(200, each));
    const contexts made(s);
    with_each_allocation_failing([&] { return std::make_unique<engine_pair>(new_pair(made)); },
                                 [](auto& pair) {
                                     const auto done = scarcely([&] { return pair->client.handshake(); });
                                     EXPECT_TRUE(done.error() == errc::want_read || done.error() == errc::out_of_memory)
                                         << describe(done);
                                 },
                                 large_buffer);
}

// Without memory for the client's certificate, a library's connect() never returned.
TEST(client_certificates, that_find_no_memory_end_the_handshake) {
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        auto s = only(version);
        s.client.credentials = {pki::identity("client")};
        s.server.client_auth = client_auth::required;
        s.server.client_trust = pki::trust();
        const contexts made(s);
        for (std::size_t nth = 1; nth < most_allocations; ++nth) {  // some libraries need more; these are the first
            auto pair = new_pair(made);
            (void)pair.client.handshake();
            pair.move_all();
            (void)pair.server.handshake();
            pair.move_all();
            arm({.nth = nth});
            const auto done = scarcely([&] { return pair.client.handshake(); });
            disarm();
            EXPECT_TRUE(done || done.error() == errc::want_read || failed_for_good(done)) << describe(done);
            if (failed_allocations() == 0) break;
        }
    }
}

// A library swallowed what kept it from sending an alert: close_write() said that all was well, and the peer saw a cut.
TEST(goodbyes, that_find_no_memory_are_errors) {
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        const contexts made(only(version));
        with_each_allocation_failing([&] { return std::make_unique<engine_pair>(open_pair(made)); },
                                     [](auto& pair) {
                                         if (!scarcely([&] { return pair->client.close_write(); })) return;
                                         pair->move_all();
                                         std::byte room[1];
                                         EXPECT_EQ(pair->server.read_some(room).value_or(1), 0U);
                                     });
    }
}

// The last message was not there, and handshake() said that all was well. (Some libraries have read all before they
// write, so that the buffer which was just given back serves again, and none is asked for.)
TEST(handshakes, whose_last_message_found_no_memory_are_not_complete) {
    const contexts made;
    const auto before_the_end = [&] {
        auto pair = std::make_unique<engine_pair>(new_pair(made));
        (void)pair->client.handshake();
        pair->to_server.move(pair->client, pair->server);
        (void)pair->server.handshake();
        pair->to_client.move(pair->server, pair->client);
        return pair;
    };
    with_each_allocation_failing(
        before_the_end,
        [](auto& pair) {
            const auto done = scarcely([&] { return pair->client.handshake(); });
            if (!done) return;
            pair->move_all();
            EXPECT_TRUE(ok(pair->server.handshake()));
        },
        small_buffer);
}

// A program's exception inside: "internal, please report it".
TEST(verified_chains, that_find_no_memory_for_their_result_are_out_of_memory) {
    const auto chain = or_throw(certificate::parse_all(pki::bytes("server.crt")));
    const verify_options options = {.trust = pki::trust()};
    with_each_allocation_failing([] { return 0; },
                                 [&](int) {
                                     const auto verified = scarcely([&] { return verify_chain(chain, options); });
                                     EXPECT_TRUE(verified || fails_with(verified, errc::out_of_memory));
                                 });
}

// What had been decrypted was dropped, and the reader got what came after it.
TEST(data_that_came_before_a_send_failed, is_not_dropped_unseen_for_lack_of_memory) {
    const contexts made;
    const std::string first(10'000, '1'), second(first.size(), '2');
    with_each_allocation_failing(
        [&] {
            auto pair = std::make_unique<stream_pair>(open_streams(made));
            // The second keeps the buffer of what has arrived, when another is needed for the first.
            for (const auto& part : {first, second}) EXPECT_TRUE(ok(pair->server.write_all(as_bytes(part), soon())));
            return pair;
        },
        [&](auto& pair) {
            std::byte byte[1] = {};
            {
                const failing_call gone({.which = call::send, .verdict = {.error = EPIPE}});
                EXPECT_FALSE(scarcely([&] { return pair->client.write_some(byte, soon()); }));
            }
            EXPECT_TRUE(ok(pair->server.write_all(as_bytes(second), soon())));
            std::vector<std::byte> room(first.size());
            const auto read = pair->client.read_exactly(room, briefly());
            EXPECT_TRUE(!read || to_text(room) == first);
        },
        large_buffer);
}

TEST(listening, on_half_of_the_addresses_for_lack_of_descriptors_is_an_error) {
    const contexts made;
    const std::string every_address;
    const auto all = or_throw(or_throw(listener::bind(made.server, every_address, 0)).local_addresses()).size();
    for (unsigned nth = 1; nth <= all; ++nth) {
        const failing_call none_left({.which = call::socket, .nth = nth, .verdict = {.error = EMFILE}});
        EXPECT_TRUE(fails_with(listener::bind(made.server, every_address, 0), errc::transport_error)) << nth;
    }
    if (all < 2) return;
    const failing_call no_such_kind({.which = call::socket, .nth = 2, .verdict = {.error = EAFNOSUPPORT}});
    EXPECT_TRUE(ok(listener::bind(made.server, every_address, 0))) << "a machine that lacks a kind of address";
}

// accept() that ran out of memory counted as one that is still waiting.
TEST(listeners, close_their_sockets_after_an_accept_without_memory) {
    const contexts made;
    with_each_allocation_failing([&] { return std::make_unique<listener>(listening(made)); },
                                 [](auto& from) {
                                     const int socket = from->native_handles().front();
                                     (void)scarcely([&] { return from->accept(within(std::chrono::milliseconds(0))); });
                                     from->close();
                                     EXPECT_FALSE(is_open(socket));
                                 });
}

TEST(files, are_read_to_their_end_when_a_signal_comes_in_between) {
    for (const auto which : {call::open, call::read}) {
        const failing_call signal({.which = which, .verdict = {.error = EINTR}});
        EXPECT_TRUE(ok(trust_store::load_file(pki::file("root.crt"))));
        EXPECT_TRUE(signal.happened());
    }
}

TEST(key_logs, go_on_after_a_write_that_was_cut_short) {
    const temp_dir directory;
    const auto path = directory.path() / "keys.log";
    const auto log = or_throw(key_log_file::open(path));
    const failing_call short_write({.which = call::write, .verdict = {.most = 1}});
    log("a line");
    EXPECT_TRUE(short_write.happened());
    std::ifstream in(path);
    std::string line;
    EXPECT_TRUE(std::getline(in, line));
    EXPECT_EQ(line, "a line");
}

// "All sources or an error, never a part."
TEST(trust_directories, with_a_link_that_cannot_be_looked_at_are_refused) {
    const temp_dir directory;
    std::filesystem::create_symlink(pki::file("root.crt"), directory.path() / "root.crt");
    std::filesystem::create_symlink("nowhere", directory.path() / "nowhere.crt");
    EXPECT_TRUE(ok(trust_store::load_directory(directory.path())));
    const failing_call broken({.which = call::stat, .verdict = {.error = EIO}});
    const auto loaded = trust_store::load_directory(directory.path());
    ASSERT_TRUE(broken.happened());
    EXPECT_TRUE(fails_with(loaded, errc::file_unreadable));
}

TEST(resolving, without_descriptors_is_no_unknown_host) {
    const contexts made;
    constexpr int eai_system = -11;
    const failing_call none_left({.which = call::resolve, .verdict = {.error = eai_system}});
    const auto connected = stream::connect(made.client, "localhost", 1, made.names, soon());
    EXPECT_TRUE(fails_with(connected, errc::transport_error));
    EXPECT_EQ(connected.error().system_code(), EMFILE);
}

}  // namespace
}  // namespace faults
