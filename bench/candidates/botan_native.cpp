// SPDX-License-Identifier: Apache-2.0
// Botan as its own command-line client and server use it: reads of 4 KiB, records sent one by one, a seeded generator.
#include <botan/auto_rng.h>
#include <botan/version.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "bench/candidates/botan.hpp"
#include "bench/sockets.hpp"

namespace bench {
namespace {

class native_callbacks final : public Botan::TLS::Callbacks {
public:
    explicit native_callbacks(int socket) : socket_(socket) {}
    void tls_emit_data(std::span<const std::uint8_t> data) override { send_all(socket_, std::as_bytes(data)); }
    void tls_record_received(std::uint64_t, std::span<const std::uint8_t> data) override {
        received.insert(received.end(), data.begin(), data.end());
    }
    void tls_alert(Botan::TLS::Alert) override {}

    std::vector<std::uint8_t> received;

private:
    int socket_;
};

using maker = std::function<std::unique_ptr<Botan::TLS::Channel>(std::shared_ptr<Botan::TLS::Callbacks>)>;

class native_connection final : public connection {
public:
    native_connection(const maker& make, int socket)
        : socket_(socket), callbacks_(std::make_shared<native_callbacks>(socket)), channel_(make(callbacks_)) {}
    ~native_connection() override { ::close(socket_); }
    void handshake() override {
        while (!channel_->is_handshake_complete()) {
            if (!feed()) throw std::runtime_error("the connection ended in the handshake");
        }
    }
    void write(std::span<const std::byte> data) override {
        channel_->send(reinterpret_cast<const std::uint8_t*>(data.data()), data.size());
    }
    std::size_t read(std::span<std::byte> room) override {
        while (callbacks_->received.empty()) {
            if (channel_->is_closed_for_reading() || !feed()) return 0;
        }
        auto& from = callbacks_->received;
        const std::size_t count = std::min(room.size(), from.size());
        std::ranges::copy(std::as_bytes(std::span(from)).first(count), room.begin());
        from.erase(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count));
        return count;
    }
    void close() override { channel_->close(); }

private:
    bool feed() {
        std::array<std::uint8_t, 4096> buffer;
        const std::size_t count = receive(socket_, std::as_writable_bytes(std::span(buffer)));
        if (count != 0) channel_->received_data(std::span(buffer).first(count));
        return count != 0;
    }

    int socket_;
    std::shared_ptr<native_callbacks> callbacks_;
    std::unique_ptr<Botan::TLS::Channel> channel_;
};

}  // namespace

candidate make_candidate() {
    const auto parts = make_botan_parts(std::make_shared<Botan::AutoSeeded_RNG>());
    const maker client = [=](auto callbacks) { return parts.client(callbacks); };
    const maker server = [=](auto callbacks) { return parts.server(callbacks); };
    return {
        .library = Botan::version_string(),
        .client = [=](int socket) { return std::make_unique<native_connection>(client, socket); },
        .server = [=](int socket) { return std::make_unique<native_connection>(server, socket); },
        .handshake_in_memory = [=] { botan_handshake_in_memory(parts); },
        .seal = botan_seal,
        .client_context = botan_system_store,
    };
}

}  // namespace bench
