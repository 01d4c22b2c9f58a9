// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <atomic>
#include <cstdio>
#include <iostream>
#include <map>
#include <mutex>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <tlseam/tlseam.hpp>

#include "bench/soak/conversation.hpp"
#include "bench/soak/rest.hpp"
#include "bench/soak/roles.hpp"

namespace soak {
namespace {

using namespace tlseam;

constexpr int threads_per_door = 3;
constexpr unsigned connections_per_reload = 20;

class door {
public:
    door(const std::string& certs, bool wants_certificates)
        : certs_(certs),
          wants_certificates_(wants_certificates),
          listener_(or_throw(listener::bind(new_context(), "127.0.0.1", 0, {.backlog = 1024}))) {}

    [[nodiscard]] unsigned port() const { return or_throw(listener_.local_address()).port; }

    void open() {
        stop_ = {};
        for (int i = 0; i < threads_per_door; ++i) threads_.emplace_back([this] { serve(); });
    }
    /// Waits until the connections that are open have ended.
    void close() {
        stop_.request_stop();
        threads_.clear();
    }

    /// Since the last call: what came of the connections.
    struct results {
        std::uint64_t connections = 0, resumed = 0, reloads = 0;
        tally data;
        std::map<std::string, unsigned> without_seed;  // by errc: those that ended before they had said which they are
        std::vector<std::string> surprises;
        void add(const results& other);
    };
    results take() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(results_, {});
    }

private:
    /// As if the files had been replaced: one of two certificates for the same name.
    context new_context() {
        const std::string which = certs_ + (loads_++ % 2 == 0 ? "/server" : "/revoked");
        server_settings s;
        s.credentials = {or_throw(credentials::load_cert_chain(which + ".crt", which + ".key"))};
        if (wants_certificates_) {
            s.client_auth = client_auth::required;
            s.client_trust = or_throw(trust_store::load_file(certs_ + "/root.crt"));
        } else {
            s.ticket_keys = ticket_keys_;
        }
        return or_throw(context::server(s));
    }

    void serve() {
        for (;;) {
            auto accepted = listener_.accept({.stop = stop_.get_token()});
            if (!accepted) {
                if (accepted.error() != errc::cancelled) note_surprise("accept: " + accepted.error().message());
                return;
            }
            talk(*std::move(accepted));
            if (++accepted_ % connections_per_reload == 0) reload();
        }
    }

    void reload() try {
        or_throw(listener_.use(new_context()));
        const std::scoped_lock lock(mutex_);
        ++results_.reloads;
    } catch (const exception& problem) {
        note_surprise(std::string("reload: ") + problem.what());
    }

    void talk(stream client) {
        std::uint64_t seed = 0;
        const auto said = client.read_exactly(std::as_writable_bytes(std::span(&seed, 1)), soon());
        if (!said) {
            const std::scoped_lock lock(mutex_);
            ++results_.without_seed[std::string(name(said.error().code()))];
            return;
        }
        const bool resumed = client.info().resumed;
        tally data;
        try {
            const std::array answer = {std::byte{1}};
            or_throw(client.write_all(answer, soon()));
            converse(std::move(client), role::server, seed, data);
        } catch (const std::exception& problem) {
            note_surprise("seed " + std::to_string(seed) + ": " + problem.what());
        }
        const std::scoped_lock lock(mutex_);
        ++results_.connections;
        results_.resumed += resumed ? 1 : 0;
        results_.data.sent += data.sent;
        results_.data.received += data.received;
        results_.data.cut += data.cut;
    }

    void note_surprise(std::string what) {
        std::fprintf(stderr, "server: %s\n", what.c_str());
        const std::scoped_lock lock(mutex_);
        results_.surprises.push_back(std::move(what));
    }

    const std::string& certs_;
    bool wants_certificates_;
    tlseam::ticket_keys ticket_keys_ = or_throw(tlseam::ticket_keys::generate());
    std::atomic<unsigned> loads_ = 0;
    listener listener_;
    std::stop_source stop_;
    std::vector<std::jthread> threads_;
    std::atomic<unsigned> accepted_ = 0;
    std::mutex mutex_;
    results results_;
};

void door::results::add(const results& other) {
    connections += other.connections;
    resumed += other.resumed;
    reloads += other.reloads;
    data.sent += other.data.sent;
    data.received += other.data.received;
    data.cut += other.data.cut;
    for (const auto& [code, count] : other.without_seed) without_seed[code] += count;
    surprises.insert(surprises.end(), other.surprises.begin(), other.surprises.end());
}

void say(const door::results& seen, const holdings& held) {
    std::printf(
        "{\"connections\": %llu, \"resumed\": %llu, \"cut\": %llu, \"reloads\": %llu, \"sent\": %llu, "
        "\"received\": %llu, ",
        static_cast<unsigned long long>(seen.connections), static_cast<unsigned long long>(seen.resumed),
        static_cast<unsigned long long>(seen.data.cut), static_cast<unsigned long long>(seen.reloads),
        static_cast<unsigned long long>(seen.data.sent), static_cast<unsigned long long>(seen.data.received));
    std::printf("\"without_seed\": {");
    const char* between = "";
    for (const auto& [code, count] : seen.without_seed) {
        std::printf("%s\"%s\": %u", between, code.c_str(), count);
        between = ", ";
    }
    std::printf("}, \"surprises\": %zu, \"heap\": %zu, \"descriptors\": %zu, \"threads\": %zu}\n",
                seen.surprises.size(), held.heap, held.descriptors, held.threads);
    std::fflush(stdout);
}

}  // namespace

void serve(const std::string& certs) {
    door plain(certs, false), strict(certs, true);
    std::printf("{\"backend\": \"%s\", \"version\": \"%s\", \"port\": %u, \"port_with_client_certificates\": %u}\n",
                backend().name.c_str(), backend().version.c_str(), plain.port(), strict.port());
    std::fflush(stdout);
    plain.open();
    strict.open();
    for (std::string line; std::getline(std::cin, line);) {
        if (line != "rest") throw std::invalid_argument("no command: " + line);
        plain.close();
        strict.close();
        auto seen = plain.take();
        seen.add(strict.take());
        say(seen, hold_now());
        plain.open();
        strict.open();
    }
    plain.close();
    strict.close();
}

}  // namespace soak
