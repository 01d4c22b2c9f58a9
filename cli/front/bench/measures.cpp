// SPDX-License-Identifier: Apache-2.0
#include "cli/front/bench/measures.hpp"

#include <algorithm>
#include <array>

#include "cli/front/programs.hpp"

namespace cli::front {
namespace {

constexpr bool more = true, less = false;

// Handshakes are those of two ends in memory, on one core.
constexpr std::array measures = {
    measure{"full_ecdsa", "Full handshakes, ECDSA P-256", "/s", more, "full_ecdsa", "per_s"},
    measure{"full_ecdsa_client", "Full handshake, ECDSA P-256, client", "µs", less, "full_ecdsa", "client_us"},
    measure{"full_ecdsa_server", "Full handshake, ECDSA P-256, server", "µs", less, "full_ecdsa", "server_us"},
    measure{"full_rsa", "Full handshakes, RSA-2048", "/s", more, "full_rsa", "per_s"},
    measure{"full_rsa_client", "Full handshake, RSA-2048, client", "µs", less, "full_rsa", "client_us"},
    measure{"full_rsa_server", "Full handshake, RSA-2048, server", "µs", less, "full_rsa", "server_us"},
    measure{"full_hybrid", "Full handshakes, X25519MLKEM768", "/s", more, "full_hybrid", "per_s"},
    measure{"full_hybrid_client", "Full handshake, X25519MLKEM768, client", "µs", less, "full_hybrid", "client_us"},
    measure{"full_hybrid_server", "Full handshake, X25519MLKEM768, server", "µs", less, "full_hybrid", "server_us"},
    measure{"resumed", "Resumed handshakes", "/s", more, "resumed", "per_s"},
    measure{"resumed_client", "Resumed handshake, client", "µs", less, "resumed", "client_us"},
    measure{"resumed_server", "Resumed handshake, server", "µs", less, "resumed", "server_us"},
    measure{"resumed_hybrid", "Resumed handshakes, X25519MLKEM768", "/s", more, "resumed_hybrid", "per_s"},
    measure{"resumed_hybrid_client", "Resumed handshake, X25519MLKEM768, client", "µs", less, "resumed_hybrid",
            "client_us"},
    measure{"resumed_hybrid_server", "Resumed handshake, X25519MLKEM768, server", "µs", less, "resumed_hybrid",
            "server_us"},
    measure{"connections", "Connections over TCP, full handshake", "/s", more, "connections", "per_s"},
    measure{"reconnections", "Connections over TCP, resumed", "/s", more, "reconnections", "per_s"},
    measure{"aes128", "Throughput, AES-128-GCM, writes of 256 KiB", "MB/s", more, "aes128", "MB/s"},
    measure{"aes256", "Throughput, AES-256-GCM, writes of 256 KiB", "MB/s", more, "aes256", "MB/s"},
    measure{"chacha20", "Throughput, ChaCha20, writes of 256 KiB", "MB/s", more, "chacha20", "MB/s"},
    measure{"writes_16K", "Throughput, AES-128-GCM, writes of 16 KiB", "MB/s", more, "writes_16K", "MB/s"},
    measure{"writes_256B", "Throughput, AES-128-GCM, writes of 256 B", "MB/s", more, "writes_256B", "MB/s"},
    measure{"round_trip", "Round trip of one byte", "µs", less, "round_trip", "real_time"},
    measure{"idle_client", "Heap of an idle connection, client", "bytes", less, "idle", "client_bytes"},
    measure{"idle_server", "Heap of an idle connection, server", "bytes", less, "idle", "server_bytes"},
    measure{"first_client_context", "Client context, first in a process", "µs", less, "client_context", "first_us"},
    measure{"client_context", "Client context, further ones", "µs", less, "client_context", "real_time"},
    measure{"server_context", "Server context, files included", "µs", less, "server_context", "real_time"},
};

}  // namespace

std::span<const measure> all_measures() noexcept { return measures; }

std::vector<measure> choose_measures(const std::vector<std::string>& names) {
    for (const auto& name : names) {
        if (std::ranges::find(measures, name, &measure::name) == measures.end()) {
            throw usage_error("no measure '" + name + "'; `tlseam bench --list` has their names");
        }
    }
    std::vector<measure> out;
    std::ranges::copy_if(measures, std::back_inserter(out), [&](const measure& each) {
        return names.empty() || std::ranges::find(names, each.name) != names.end();
    });
    return out;
}

}  // namespace cli::front
