// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <tlseam/tlseam.hpp>

#include "bench/soak/conversation.hpp"
#include "bench/soak/rest.hpp"
#include "bench/soak/roles.hpp"
#include "bench/sockets.hpp"

namespace soak {
namespace {

using namespace tlseam;
using std::chrono::steady_clock;

constexpr int workers = 4;

context make_context(const std::string& certs, protocol_version version, bool shows_certificate) {
    client_settings s = {.trust = or_throw(trust_store::load_file(certs + "/root.crt"))};
    s.min_version = s.max_version = version;
    if (shows_certificate) {
        s.credentials = {or_throw(credentials::load_cert_chain(certs + "/client.crt", certs + "/client.key"))};
    }
    return or_throw(context::client(s));
}

/// Shared by all connections of the process, and with them the sessions to resume.
class contexts {
public:
    explicit contexts(const std::string& certs) {
        for (const bool shows : {false, true}) {
            for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
                made_.push_back(make_context(certs, version, shows));
            }
        }
    }
    [[nodiscard]] const context& of(const approach& how) const {
        return made_[(how.shows_certificate ? 2U : 0U) + (how.tls1_3 ? 1U : 0U)];
    }

private:
    std::vector<context> made_;
};

const connect_options names = {.server_name = "localhost"};

class round_of_calls {
public:
    round_of_calls(const contexts& with, const ports& to, std::uint64_t seed, std::uint64_t count,
                   std::chrono::seconds limit)
        : contexts_(with), ports_(to), seed_(seed), count_(count), end_(steady_clock::now() + limit) {}

    void run() {
        std::vector<std::jthread> threads;
        for (int i = 0; i < workers; ++i) threads.emplace_back([this] { work(); });
    }

    void say(const holdings& held) const {
        const auto number = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
        std::printf(
            "{\"connections\": %llu, \"resumed\": %llu, \"knocks\": %llu, \"cut\": %llu, \"sent\": %llu, "
            "\"received\": %llu, \"surprises\": %llu, \"heap\": %zu, \"descriptors\": %zu, \"threads\": %zu}\n",
            number(connections_), number(resumed_), number(knocks_), number(data_.cut), number(data_.sent),
            number(data_.received), number(surprises_), held.heap, held.descriptors, held.threads);
        std::fflush(stdout);
    }

private:
    void work() {
        for (std::uint64_t i = next_++; i < count_ && steady_clock::now() < end_ && surprises_ == 0; i = next_++) {
            const std::uint64_t seed = count_ == 1 ? seed_ : dice(seed_ + i).next();
            try {
                make(seed);
            } catch (const std::exception& problem) {
                ++surprises_;
                std::fprintf(stderr, "client: seed %llu: %s\n", static_cast<unsigned long long>(seed), problem.what());
            }
        }
    }

    void make(std::uint64_t seed) {
        const approach how = make_approach(seed);
        const std::uint16_t port = how.shows_certificate ? ports_.with_client_certificates : ports_.plain;
        if (how.knocks) return knock(how, port);
        auto made = or_throw(stream::connect(contexts_.of(how), "127.0.0.1", port, names, soon()));
        std::array<std::byte, 1> answer = {};
        or_throw(made.write_all(std::as_bytes(std::span(&seed, 1)), soon()));
        or_throw(made.read_exactly(answer, soon()));
        const bool resumed = made.info().resumed;
        tally data;
        converse(std::move(made), role::client, seed, data);
        const std::scoped_lock lock(mutex_);
        ++connections_;
        resumed_ += resumed ? 1 : 0;
        data_.sent += data.sent;
        data_.received += data.received;
        data_.cut += data.cut;
    }

    /// A piece of a hello, which the server sees the end of.
    void knock(const approach& how, std::uint16_t port) {
        auto engine = or_throw(engine::create(contexts_.of(how), names));
        if (const auto begun = engine.handshake(); begun || begun.error() != errc::want_read) {
            throw surprise("a hello without an answer");
        }
        const int fd = bench::connect_to(port);
        bench::send_all(fd, engine.output().first(engine.output().size() * how.said / 1000));
        if (how.knocks_with_reset) {
            const linger now = {.l_onoff = 1, .l_linger = 0};
            (void)::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        }
        ::close(fd);
        ++knocks_;
    }

    const contexts& contexts_;
    const ports& ports_;
    std::uint64_t seed_, count_;
    steady_clock::time_point end_;
    std::atomic<std::uint64_t> next_ = 0, surprises_ = 0, knocks_ = 0;
    std::mutex mutex_;
    std::uint64_t connections_ = 0, resumed_ = 0;
    tally data_;
};

}  // namespace

void call(const std::string& certs, const ports& to) {
    const contexts with(certs);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string word;
        std::uint64_t seed = 0, count = 0;
        int seconds = 0;
        if (!(words >> word >> seed >> count >> seconds) || word != "run")
            throw std::invalid_argument("no command: " + line);
        round_of_calls round(with, to, seed, count, std::chrono::seconds(seconds));
        round.run();
        round.say(hold_now());
    }
}

}  // namespace soak
