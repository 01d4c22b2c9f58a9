// SPDX-License-Identifier: Apache-2.0
// Botan with what can be had by hand: large buffers, what has arrived fed as it came, received data straight to the
// reader, the system's random numbers, sends of at most 64 KiB.
#include <botan/system_rng.h>
#include <botan/version.h>

#include <algorithm>
#include <stdexcept>

#include "bench/candidates/botan.hpp"
#include "bench/candidates/staging_connection.hpp"

namespace bench {
namespace {

class tuned_callbacks final : public Botan::TLS::Callbacks {
public:
    explicit tuned_callbacks(batched_socket& socket) : socket_(socket) {}
    void tls_emit_data(std::span<const std::uint8_t> data) override { socket_.send(std::as_bytes(data)); }
    void tls_record_received(std::uint64_t, std::span<const std::uint8_t> data) override {
        const auto direct = std::as_bytes(data.first(std::min(data.size(), target.size())));
        std::ranges::copy(direct, target.begin());
        target = target.subspan(direct.size());
        rest.insert(rest.end(), data.begin() + static_cast<std::ptrdiff_t>(direct.size()), data.end());
    }
    void tls_alert(Botan::TLS::Alert) override {}

    std::span<std::byte> target = {};
    std::vector<std::uint8_t> rest = {};

private:
    batched_socket& socket_;
};

using maker = std::function<std::unique_ptr<Botan::TLS::Channel>(std::shared_ptr<Botan::TLS::Callbacks>)>;

class tuned_connection final : public staging_connection {
public:
    tuned_connection(const maker& make, int socket)
        : staging_connection(socket),
          callbacks_(std::make_shared<tuned_callbacks>(this->socket())),
          channel_(make(callbacks_)) {}
    void handshake() override {
        while (!channel_->is_handshake_complete()) {
            if (!feed()) throw std::runtime_error("the connection ended in the handshake");
        }
        socket().hold_back(true);
    }
    std::size_t read(std::span<std::byte> room) override {
        auto& rest = callbacks_->rest;
        if (!rest.empty()) {
            const std::size_t count = std::min(room.size(), rest.size());
            std::ranges::copy(std::as_bytes(std::span(rest)).first(count), room.begin());
            rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count));
            return count;
        }
        callbacks_->target = room;
        while (callbacks_->target.size() == room.size()) {
            if (channel_->is_closed_for_reading() || !feed()) return 0;
        }
        const std::size_t count = room.size() - callbacks_->target.size();
        callbacks_->target = {};
        return count;
    }
    void close() override {
        channel_->close();
        flush();
    }

private:
    void encrypt(std::span<const std::byte> data) override {
        constexpr std::size_t at_once = 64 * 1024;
        while (!data.empty()) {
            const auto part = data.first(std::min(data.size(), at_once));
            channel_->send(reinterpret_cast<const std::uint8_t*>(part.data()), part.size());
            data = data.subspan(part.size());
        }
    }
    bool feed() {
        const auto arrived = socket().arrived();
        if (arrived.empty()) return false;
        channel_->received_data(reinterpret_cast<const std::uint8_t*>(arrived.data()), arrived.size());
        socket().consume(arrived.size());
        return true;
    }

    std::shared_ptr<tuned_callbacks> callbacks_;
    std::unique_ptr<Botan::TLS::Channel> channel_;
};

}  // namespace

candidate make_candidate() {
    const auto parts = make_botan_parts(std::make_shared<Botan::System_RNG>());
    const maker client = [=](auto callbacks) { return parts.client(callbacks); };
    const maker server = [=](auto callbacks) { return parts.server(callbacks); };
    return {
        .library = Botan::version_string(),
        .client = [=](int socket) { return std::make_unique<tuned_connection>(client, socket); },
        .server = [=](int socket) { return std::make_unique<tuned_connection>(server, socket); },
        .handshake_in_memory = [=] { botan_handshake_in_memory(parts); },
    };
}

}  // namespace bench
