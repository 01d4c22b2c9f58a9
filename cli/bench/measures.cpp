// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/measures.hpp"

#include <functional>
#include <string>

#include "bench/candidates/tlseam.hpp"
#include "bench/measures/measures.hpp"

namespace cli {
namespace {

using bench::candidate;
using bench::tlseam_setup;
using benchmark::State;

constexpr std::size_t kibibyte = 1024, mebibyte = 1024 * kibibyte;

const tlseam_setup ecdsa = {.certificates = "ecdsa/"};
const tlseam_setup rsa = {.certificates = "rsa/"};
const tlseam_setup hybrid = {.certificates = "ecdsa/", .group = "X25519MLKEM768"};

tlseam_setup with_suite(const char* suite) { return {.certificates = "ecdsa/", .cipher_suite = suite}; }

/// Both ends on one thread, each end's processor time by itself.
void make_handshakes(State& state, const tlseam_setup& setup, bool returning) {
    bench::tlseam_handshakes handshakes(setup, returning);
    bench::handshake_cost first, cost;
    handshakes.one(first);  // whoever returns has been here before
    for (auto _ : state) handshakes.one(cost);
    const auto count = static_cast<double>(state.iterations());
    state.counters["per_s"] = count / (cost.client + cost.server);
    state.counters["client_us"] = cost.client * 1e6 / count;
    state.counters["server_us"] = cost.server * 1e6 / count;
}

void add_handshakes(const char* name, const tlseam_setup& setup, bool returning) {
    benchmark::RegisterBenchmark(name, [=](State& state) { make_handshakes(state, setup, returning); });
}

/// The candidate is made when it is measured: what a library lacks fails only what needs it.
benchmark::internal::Benchmark* add(const char* name, const tlseam_setup& setup,
                                    const std::function<void(State&, const candidate&)>& measure) {
    return benchmark::RegisterBenchmark(name, [=](State& state) { measure(state, bench::make_tlseam(setup)); });
}

void add_throughput(const char* name, const tlseam_setup& setup, std::size_t size, std::size_t batch) {
    add(name, setup, [=](State& state, const candidate& of) {
        bench::send_much(state, of, size, batch, &bench::connection::write);
    })->UseRealTime();
}

void add_contexts(const char* name, const std::function<void()>& make) {
    constexpr int enough = 20;  // the first is measured by itself
    benchmark::RegisterBenchmark(name, [=](State& state) { bench::make_contexts(state, make); })
        ->Iterations(enough)
        ->Unit(benchmark::kMicrosecond);
}

}  // namespace

void register_measures() {
    add_handshakes("full_ecdsa", ecdsa, false);
    add_handshakes("full_rsa", rsa, false);
    add_handshakes("full_hybrid", hybrid, false);
    add_handshakes("resumed", ecdsa, true);
    add_handshakes("resumed_hybrid", hybrid, true);
    add("connections", ecdsa, [](State& state, const candidate& of) {
        bench::make_connections(state, of, of.client);
    })->UseRealTime();
    add("reconnections", ecdsa, [](State& state, const candidate& of) {
        bench::make_connections(state, of, of.returning_client);
    })->UseRealTime();
    add_throughput("aes128", with_suite("TLS_AES_128_GCM_SHA256"), 256 * kibibyte, 16 * mebibyte);
    add_throughput("aes256", with_suite("TLS_AES_256_GCM_SHA384"), 256 * kibibyte, 16 * mebibyte);
    add_throughput("chacha20", with_suite("TLS_CHACHA20_POLY1305_SHA256"), 256 * kibibyte, 16 * mebibyte);
    add_throughput("writes_16K", with_suite("TLS_AES_128_GCM_SHA256"), 16 * kibibyte, 8 * mebibyte);
    add_throughput("writes_256B", with_suite("TLS_AES_128_GCM_SHA256"), 256, mebibyte);
    add("round_trip", ecdsa, [](State& state, const candidate& of) {
        bench::go_round(state, of, 1);
    })->Unit(benchmark::kMicrosecond);
    add("idle", ecdsa, bench::hold_connections)->Iterations(1);
    add_contexts("client_context", [] { (void)tlseam::or_throw(tlseam::context::client()); });
    add_contexts("server_context", [] { (void)bench::tlseam_server_context(ecdsa); });
}

}  // namespace cli
