// SPDX-License-Identifier: Apache-2.0
#include "tests/support/in_the_clear.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "tests/support/bytes.hpp"

namespace tlseam_test {
namespace {

/// Reads numbers and vectors as RFC 8446 3 writes them. Throws when there is not enough.
class reader {
public:
    explicit reader(std::span<const std::byte> bytes) : rest_(bytes) {}
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    std::span<const std::byte> take(std::size_t size) {
        if (size > rest_.size()) throw std::runtime_error("a handshake message ends early");
        const auto out = rest_.first(size);
        rest_ = rest_.subspan(size);
        return out;
    }
    std::size_t number(std::size_t size) {
        std::size_t out = 0;
        for (const std::byte b : take(size)) out = out << 8U | std::to_integer<std::size_t>(b);
        return out;
    }
    reader vector(std::size_t length_size) { return reader(take(number(length_size))); }
    std::vector<std::uint16_t> numbers() {
        std::vector<std::uint16_t> out;
        while (!at_end()) out.push_back(static_cast<std::uint16_t>(number(2)));
        return out;
    }

private:
    std::span<const std::byte> rest_;
};

/// The handshake messages before anything is encrypted, one behind the other.
std::vector<std::byte> messages_in(const channel& sent) {
    constexpr std::uint8_t handshake = 22, change_cipher_spec = 20;
    std::vector<std::byte> out;
    for (const auto& record : records_in(sent.taken())) {
        if (record.type == change_cipher_spec) break;
        if (record.type != handshake) continue;
        const auto body = std::span(sent.taken()).subspan(record.offset + record_header, record.length);
        out.insert(out.end(), body.begin(), body.end());
    }
    return out;
}

reader find_message(std::span<const std::byte> messages, std::uint8_t type) {
    for (reader in(messages); !in.at_end();) {
        const auto found = in.number(1);
        const auto body = in.vector(3);
        if (found == type) return body;
    }
    throw std::runtime_error("no such handshake message");
}

}  // namespace

offer offer_in(const channel& from_client) {
    constexpr std::uint8_t client_hello = 1;
    constexpr std::size_t supported_groups = 10, signature_algorithms = 13;
    const auto messages = messages_in(from_client);
    reader hello = find_message(messages, client_hello);
    (void)hello.take(2 + 32);  // version, random
    (void)hello.vector(1);     // session id
    offer out;
    out.cipher_suites = hello.vector(2).numbers();
    std::erase(out.cipher_suites, 0x00ff);
    (void)hello.vector(1);  // compression
    for (reader extensions = hello.vector(2); !extensions.at_end();) {
        const auto type = extensions.number(2);
        reader body = extensions.vector(2);
        if (type == supported_groups) out.groups = body.vector(2).numbers();
        if (type == signature_algorithms) out.signature_schemes = body.vector(2).numbers();
    }
    return out;
}

std::uint16_t signature_scheme_in(const channel& from_server) {
    constexpr std::uint8_t server_key_exchange = 12;
    const auto messages = messages_in(from_server);
    reader body = find_message(messages, server_key_exchange);
    (void)body.take(1 + 2);  // named_curve, which
    (void)body.vector(1);    // the point
    return static_cast<std::uint16_t>(body.number(2));
}

}  // namespace tlseam_test
