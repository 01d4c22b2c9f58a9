// SPDX-License-Identifier: Apache-2.0
// A server and a client that are fed whatever somebody sends who knows no key. They never come to be connected, fail
// in the same way whatever pieces it comes in, and stay failed.
//   input: a byte that chooses the settings, one that cuts, one of options, then what is received
#include <algorithm>

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/hellos.hpp"
#include "tests/fuzz/setups.hpp"

namespace tlseam_fuzz {
namespace {

using namespace tlseam;

/// Far more than any handshake of ours says.
constexpr std::size_t most_output = 64 * 1024;

struct ending {
    errc code = errc::want_read;
    cert_errc certificate = cert_errc::none;
    std::optional<std::uint8_t> alert;
    bool answered = false;  // something other than an alert was said
    std::string words;      // for people

    friend bool operator==(const ending& a, const ending& b) {
        return a.code == b.code && a.certificate == b.certificate && a.alert == b.alert && a.answered == b.answered;
    }
};

class victim {
public:
    victim(engine it, bool reads, bool echoes) : engine_(std::move(it)), reads_(reads), echoes_(echoes) {}

    ending receive(bytes input, std::size_t cuts) {
        if (!step()) return ending_;
        if (echoes_) echo_session_id(input);
        for (const bytes piece : pieces(echoes_ ? bytes(echoed_) : input, cuts)) {
            FUZZ_CHECK(engine_.feed(piece).has_value());
            if (!step()) break;
        }
        if (!failed_) {
            engine_.end_of_input();
            FUZZ_CHECK(!step());
        }
        stays_failed();
        return ending_;
    }

private:
    /// One call. Says whether it asks for more.
    bool step() {
        const auto done = call();
        FUZZ_CHECK(!done && engine_.info().version == protocol_version::none);
        const error& e = done.error();
        check_error(e);
        take_output();
        if (e == errc::want_read) return true;
        ending_.code = e.code();
        ending_.certificate = e.certificate();
        ending_.alert = e.alert();
        ending_.words = e.message() + (e.detail() != nullptr ? " [" + e.detail()->native_text + "]" : "");
        FUZZ_CHECK((e == errc::certificate_refused) == (e.certificate() != cert_errc::none));
        FUZZ_CHECK(!e.message().empty());
        failed_ = true;
        return false;
    }

    result<void> call() {
        if (!reads_) return engine_.handshake();
        std::byte room[64];
        const auto count = engine_.read_some(room);
        if (!count) return std::unexpected(count.error());
        return {};
    }

    void take_output() {
        const bytes said = engine_.output();
        output_ += said.size();
        FUZZ_CHECK(output_ <= most_output);
        constexpr auto alert = std::byte{21};
        if (!said.empty() && said.front() != alert) {
            ending_.answered = true;
            if (hello_.empty()) hello_.assign(said.begin(), said.end());
        }
        engine_.consume_output(said.size());
    }

    /// Whoever records an answer cannot know the client's session id. With it, a client looks further.
    void echo_session_id(bytes input) {
        constexpr std::size_t at = 5 + 4 + 2 + 32, size = 32;
        echoed_.assign(input.begin(), input.end());
        if (hello_.size() < at + 1 + size || echoed_.size() < at + 1 + size) return;
        if (hello_[at] != std::byte{size} || echoed_[at] != std::byte{size}) return;
        std::copy_n(hello_.begin() + at + 1, size, echoed_.begin() + at + 1);
    }

    void stays_failed() {
        std::byte room[64];
        const errc code = ending_.code;
        (void)engine_.feed(as_bytes("more"));
        FUZZ_CHECK(engine_.handshake().error() == code);
        FUZZ_CHECK(engine_.read_some(room).error() == code);
        FUZZ_CHECK(engine_.write_some(as_bytes("data")).error() == code);
        FUZZ_CHECK(engine_.close_write().error() == code);
        FUZZ_CHECK(!engine_.key_update() && !engine_.export_keying_material(room, "EXPORTER-fuzz"));
        FUZZ_CHECK(engine_.output().empty() && engine_.pending() == 0);
        FUZZ_CHECK(engine_.info().version == protocol_version::none);
    }

    engine engine_;
    bool reads_;
    bool echoes_;
    bool failed_ = false;
    ending ending_;
    std::size_t output_ = 0;
    buffer hello_, echoed_;
};

struct attempt {
    const setup& with;
    std::size_t cuts;
    bool reads;
    bool echoes;
    bytes received;
};

attempt parse(bytes input) {
    source in(input);
    const setup& with = setup_of(in.number());
    const std::size_t cuts = in.number(), options = in.number();
    return {with, cuts, options % 2 != 0, options / 2 % 2 != 0, in.rest()};
}

template <engine (*New)(const setup&), bool IsClient>
ending end_of(const attempt& it, std::size_t cuts) {
    return victim(New(it.with), it.reads, IsClient && it.echoes).receive(it.received, cuts);
}

template <engine (*New)(const setup&), bool IsClient>
void run(bytes input) {
    const attempt it = parse(input);
    const ending seen = end_of<New, IsClient>(it, it.cuts);
    if (it.cuts != 0) FUZZ_CHECK((end_of<New, IsClient>(it, 0) == seen));
}

/// What must be the same on every backend, and then words. Not how far the server went: some answer before they look
/// on.
template <engine (*New)(const setup&), bool IsClient>
std::string verdict(bytes input) {
    const attempt it = parse(input);
    const ending seen = end_of<New, IsClient>(it, it.cuts);
    std::string code = name(seen.code);
    if (seen.certificate != cert_errc::none) code += std::string("/") + name(seen.certificate);
    return it.with.name + " | " + code + " " + (seen.alert ? std::to_string(*seen.alert) : "-") + " | " + seen.words;
}

// ---- seeds ----

void add(std::vector<buffer>& out, std::size_t setup, unsigned cuts, bytes received, unsigned options = 0) {
    out.push_back(join({make({static_cast<unsigned>(setup), cuts, options}), received}));
}

/// What each side says when it does not matter what the other one is.
const std::vector<buffer>& noise() {
    static const std::vector<buffer> all = {
        buffer(as_bytes("GET / HTTP/1.1\r\n").begin(), as_bytes("GET / HTTP/1.1\r\n").end()),
        make({22, 3, 1, 0}),
        record(21, make({2, 40})),
        record(21, make({1, 0})),
        record(21, make({1, 90})),
        record(23, make({1, 2, 3})),
        record(22, handshake_message(0, {})),
        make({22, 3, 3, 0x40, 1}),
        make({0x80, 0x2e, 1, 3, 1}),
    };
    return all;
}

std::vector<buffer> server_seeds() {
    std::vector<buffer> out;
    for (const buffer& each : noise()) add(out, 2, 0, each);
    for (const auto& [setup, said] : recordings_of("client")) {
        add(out, setup, 0, said);
        if (setup != 2) add(out, 2, 3, said);
    }
    const buffer suites = make({0x13, 1, 0xc0, 0x2b, 0xc0, 0x2f});
    const buffer exchange = record(22, handshake_message(16, vector(1, buffer(32, std::byte{9}))));
    for (const bool tls1_3 : {true, false}) {
        const buffer hello = handshake_message(1, client_hello_body(suites, usual_extensions(tls1_3)));
        const buffer behind[] = {
            {},
            record(20, make({1})),
            record(23, buffer(40)),
            record(21, make({2, 50})),
            exchange,
            record(22, handshake_message(11, vector(3, {}))),
            join({exchange, record(20, make({1})), record(22, buffer(40))}),
        };
        for (const buffer& more : behind) add(out, tls1_3 ? 0 : 1, 5, join({record(22, hello), more}));
        add(out, 4, 0, join({record(22, hello), record(22, handshake_message(11, vector(3, {}))), exchange}));
        add(out, 2, 0, in_records(hello, 11), 1);
    }
    return out;
}

std::vector<buffer> client_seeds() {
    std::vector<buffer> out;
    for (const buffer& each : noise()) add(out, 2, 0, each);
    for (const auto& [setup, said] : recordings_of("server")) {
        add(out, setup, 0, said, 2);
        add(out, setup, 4, said, 3);
        if (setup != 2) add(out, 2, 0, said);
    }
    return out;
}

const registration server({"server_engine", run<new_server, false>, server_seeds, verdict<new_server, false>});
const registration client({"client_engine", run<new_client, true>, client_seeds, verdict<new_client, true>});

}  // namespace
}  // namespace tlseam_fuzz
