// SPDX-License-Identifier: Apache-2.0
// What a client makes a server hold before it has shown who it is: engine.hpp says how much that is at most. Each
// client says something, as much as it can get away with, and then nothing more.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <vector>

#include "core/buffer_pool.hpp"
#include "tests/counts/counted.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/client_hello.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"

namespace {

using namespace tlseam;
using namespace tlseam_test;

/// As engine.hpp has it.
constexpr std::size_t most_held = std::size_t{512} * 1024, most_held_with_chain = std::size_t{4} << 20U;
constexpr std::size_t count = 40;

/// A server's end that is fed by hand, as an engine or as a stream over a socket pair.
class server_end {
public:
    virtual ~server_end() = default;
    /// Gives it the bytes and goes on with the handshake.
    virtual result<void> say(std::span<const std::byte> bytes) = 0;
    /// What it answered since the last call.
    virtual std::vector<std::byte> answer() = 0;
};

class engine_end final : public server_end {
public:
    explicit engine_end(const context& from) : engine_(or_throw(engine::create(from))) {}
    result<void> say(std::span<const std::byte> bytes) override {
        or_throw(engine_.feed(bytes));
        return engine_.handshake();
    }
    std::vector<std::byte> answer() override {
        const auto output = engine_.output();
        std::vector<std::byte> out(output.begin(), output.end());
        engine_.consume_output(output.size());
        return out;
    }

private:
    engine engine_;
};

class stream_end final : public server_end {
public:
    stream_end(const context& from, bool waits) : waits_(waits), ends_(socket_pair()), stream_(wrap(from)) {
        stream_.set_blocking(waits);
        set_nonblocking(ends_.a.get());
    }
    result<void> say(std::span<const std::byte> bytes) override {
        // What has no room in the socket is said when the stream has read.
        result<void> done = std::unexpected(errc::want_read);
        while (!bytes.empty() && !failed_for_good(done) && !done) {
            const auto part = bytes.first(std::min<std::size_t>(bytes.size(), 60'000));
            send_all(ends_.a.get(), part);
            bytes = bytes.subspan(part.size());
            const wait_options at_once{.deadline = std::chrono::steady_clock::now()};
            done = stream_.handshake(waits_ ? at_once : wait_options());
            if (!done && done.error() == errc::timed_out) done = std::unexpected(errc::want_read);
        }
        return done;
    }
    std::vector<std::byte> answer() override { return receive_some(ends_.a.get()); }

private:
    stream wrap(const context& from) {
        auto made = or_throw(stream::wrap(from, ends_.b.get()));
        (void)ends_.b.release();
        return made;
    }

    bool waits_;
    socket_ends ends_;
    stream stream_;
};

struct kind {
    const char* name;
    std::unique_ptr<server_end> (*make)(const context&);
};
const kind kinds[] = {
    {"an engine", [](const context& c) -> std::unique_ptr<server_end> { return std::make_unique<engine_end>(c); }},
    {"a stream", [](const context& c) -> std::unique_ptr<server_end> { return std::make_unique<stream_end>(c, true); }},
    {"a stream that does not wait",
     [](const context& c) -> std::unique_ptr<server_end> { return std::make_unique<stream_end>(c, false); }},
};

/// A client that stops; what it says to one server.
using hostile = std::function<void(server_end&)>;

class before_authentication : public in_each_version {
protected:
    /// Bytes for each of many such connections at once.
    static std::size_t held(const contexts& made, const kind& of, const hostile& client) {
        std::vector<std::unique_ptr<server_end>> ends;
        ends.reserve(count);
        for (int i = 0; i < 8; ++i) client(*ends.emplace_back(of.make(made.server)));  // what is made once is made
        ends.clear();
        const std::size_t before = counts::heap_in_use();
        for (std::size_t i = 0; i < count; ++i) client(*ends.emplace_back(of.make(made.server)));
        const std::size_t after = counts::heap_in_use();
        // Buffers that the thread had in its pool, and the connections have now.
        namespace pool = seam::buffer_pool;
        return (after - before + pool::most_kept * (pool::small_size + pool::large_size)) / count;
    }

public:
    static void expect_bounded(const char* what, const setup& from, const hostile& client,
                               std::size_t most = most_held) {
        const contexts made(from);
        for (const kind& of : kinds) {
            const std::size_t each = held(made, of, client);
            std::printf("%s, %s, %s: %zu\n", short_name(from.server.max_version).c_str(), what, of.name, each);
            EXPECT_LE(each, most) << what << ", " << of.name;
        }
    }

protected:
    [[nodiscard]] static std::vector<std::byte> hello() {
        const contexts made(only(version()));
        auto speaker = or_throw(engine::create(made.client, made.names));
        EXPECT_TRUE(needs_input(speaker.handshake()));
        return {speaker.output().begin(), speaker.output().end()};
    }
};
INSTANTIATE_TEST_SUITE_P(tls, before_authentication, both_versions(), version_name());

void waits_for_more(const result<void>& done) { EXPECT_TRUE(fails_with(done, errc::want_read)); }

constexpr std::size_t largest_hello = 65536;

TEST_P(before_authentication, little_is_held_for_a_client_that_says_a_byte) {
    const auto first = hello();
    expect_bounded(
        "a byte", only(version()), [&](server_end& to) { waits_for_more(to.say(std::span(first).first(1))); },
        32 * 1024);
}

TEST_P(before_authentication, little_is_held_for_a_hello_that_is_not_complete) {
    const auto whole = padded(hello(), largest_hello);
    const auto in_bytes = padded(hello(), 2047, 1);
    expect_bounded(
        "a hello without its last byte", only(version()),
        [&](server_end& to) { waits_for_more(to.say(std::span(whole).first(whole.size() - 1))); }, 128 * 1024);
    expect_bounded(
        "a hello, a byte in each record", only(version()),
        [&](server_end& to) { waits_for_more(to.say(std::span(in_bytes).first(in_bytes.size() - 1))); }, 64 * 1024);
}

TEST_P(before_authentication, the_largest_hello_costs_no_more_than_is_said) {
    const auto whole = padded(hello(), largest_hello);
    expect_bounded("the largest hello", only(version()), [&](server_end& to) {
        waits_for_more(to.say(whole));
        EXPECT_FALSE(to.answer().empty());
    });
}

TEST_P(before_authentication, a_record_that_never_ends_costs_no_more_than_is_said) {
    const auto first = hello();
    auto record = to_bytes({is_tls1_3() ? 23U : 22U, 3, 3, 0x40, 0, 16, 0, 0x3f, 0xfc});
    record.resize(16384);
    expect_bounded("a large record", only(version()), [&](server_end& to) {
        waits_for_more(to.say(first));
        EXPECT_FALSE(to.answer().empty());
        waits_for_more(to.say(record));
    });
}

// RFC 8446 4.1.4. Core does not look at the second one, and libraries take more of it than of the first.
TEST(before_authentication_in_tls1_3, a_second_hello_that_never_ends_costs_no_more_than_is_said) {
    setup s = only(protocol_version::tls1_3);
    s.client.groups = {"x25519", "secp384r1"};
    s.server.groups = {"secp384r1"};
    const contexts made(s);
    auto speaker = or_throw(engine::create(made.client, made.names));
    EXPECT_TRUE(needs_input(speaker.handshake()));
    const std::vector<std::byte> first(speaker.output().begin(), speaker.output().end());
    auto message = to_bytes({1, 1, 0x86, 0xa0, 3, 3});  // 100,000 bytes
    message.resize(99'000);
    std::vector<std::byte> second;
    for (std::size_t at = 0; at < message.size(); at += 16384) {
        const auto part = std::span(message).subspan(at, std::min<std::size_t>(16384, message.size() - at));
        auto one = in_record(22, {part.begin(), part.end()});
        one[2] = std::byte{3};  // the version of all records but the first
        second.insert(second.end(), one.begin(), one.end());
    }
    before_authentication::expect_bounded("a second hello", s, [&](server_end& to) {
        waits_for_more(to.say(first));
        EXPECT_FALSE(to.answer().empty());
        waits_for_more(to.say(second));
    });
}

// ---- certificates ----

std::vector<std::byte> joined(std::initializer_list<std::vector<std::byte>> parts) {
    std::vector<std::byte> out;
    for (const auto& each : parts) out.insert(out.end(), each.begin(), each.end());
    return out;
}

std::vector<std::byte> der(unsigned tag, const std::vector<std::byte>& content) {
    const auto size = static_cast<unsigned>(content.size());
    const auto header = size < 0x80    ? to_bytes({tag, size})
                        : size < 0x100 ? to_bytes({tag, 0x81, size})
                                       : to_bytes({tag, 0x82, size >> 8U, size & 0xffU});
    return joined({header, content});
}

/// A certificate of that many short names, which is much for a library that keeps each by itself; with the key of
/// another one, and a signature of nobody.
std::vector<std::byte> many_names(const certificate& other, std::size_t how_many) {
    const auto all = other.der();
    const auto key_begin = to_bytes({0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01});
    const auto key_at = std::ranges::search(all, key_begin);  // of P-256
    const std::vector<std::byte> key(key_at.begin(), key_at.begin() + 0x5b);
    std::vector<std::byte> names;
    for (std::size_t i = 0; i < how_many; ++i) {
        const auto letter = [&](std::size_t n) { return static_cast<unsigned>('a' + n % 26); };
        const auto one = to_bytes({0x82, 3, letter(i), letter(i / 26), letter(i / 676)});
        names.insert(names.end(), one.begin(), one.end());
    }
    const auto algorithm = der(0x30, to_bytes({0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02}));
    const auto common_name = joined({to_bytes({0x06, 3, 0x55, 4, 3}), der(0x0c, to_bytes("x"))});
    const auto name = der(0x30, der(0x31, der(0x30, common_name)));
    const auto dates = der(0x30, joined({der(0x17, to_bytes("200101000000Z")), der(0x17, to_bytes("491231000000Z"))}));
    const auto extension = der(0x30, joined({to_bytes({0x06, 3, 0x55, 0x1d, 0x11}), der(0x04, der(0x30, names))}));
    const auto version_and_number = to_bytes({0xa0, 3, 2, 1, 2, 2, 1, 1});
    const auto body =
        der(0x30, joined({version_and_number, algorithm, name, dates, name, key, der(0xa3, der(0x30, extension))}));
    return der(0x30, joined({body, algorithm, to_bytes({0x03, 9, 0, 0x30, 6, 2, 1, 1, 2, 1, 1})}));
}

/// A client whose chain is as large as it may be: its own certificate, and large ones that have nothing to do with it.
setup with_large_chain(protocol_version version) {
    setup s = only(version);
    const auto own = pki::identity("client").chain();
    const auto large = many_names(own.front(), 6'000);
    std::vector<std::byte> chain;
    for (const certificate& each : own) chain.insert(chain.end(), each.der().begin(), each.der().end());
    for (int i = 0; i < 3; ++i) chain.insert(chain.end(), large.begin(), large.end());
    s.client.credentials = {or_throw(credentials::parse_cert_chain(to_text(chain), pki::bytes("client.key")))};
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    return s;
}

// All but its last bytes, among which is the proof that the certificate is the client's.
TEST_P(before_authentication, the_largest_chain_costs_no_more_than_is_said) {
    const setup s = with_large_chain(version());
    const contexts made(s);
    expect_bounded(
        "the largest chain", s,
        [&](server_end& to) {
            auto client = or_throw(engine::create(made.client, made.names));
            EXPECT_TRUE(needs_input(client.handshake()));
            waits_for_more(to.say(client.output()));
            client.consume_output(client.output().size());
            or_throw(client.feed(to.answer()));
            (void)client.handshake();
            const auto flight = client.output();
            EXPECT_GT(flight.size(), 60'000U);
            waits_for_more(to.say(flight.first(flight.size() - 8)));
        },
        most_held_with_chain);
}

}  // namespace
