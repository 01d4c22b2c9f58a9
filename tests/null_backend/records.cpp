// SPDX-License-Identifier: Apache-2.0
// Records and messages on core's wire, in the clear. One record at a time is consumed, never one behind close_notify.
#include <algorithm>

#include "core/alerts.hpp"
#include "core/fail.hpp"
#include "tests/null_backend/native.hpp"

namespace tlseam::seam {

using bytes = std::span<const std::byte>;

constexpr std::size_t header_size = 5, message_header = 4, max_plaintext = 16384;

void put(std::vector<std::byte>& out, std::size_t value, unsigned size) {
    while (size-- > 0) out.push_back(static_cast<std::byte>(value >> (8 * size)));
}

void put_vector(std::vector<std::byte>& out, unsigned length_size, bytes content) {
    put(out, content.size(), length_size);
    out.insert(out.end(), content.begin(), content.end());
}

std::size_t get(bytes& in, unsigned size) noexcept {
    std::size_t value = 0;
    for (; size > 0 && !in.empty(); --size, in = in.subspan(1)) {
        value = value << 8 | std::to_integer<std::size_t>(in.front());
    }
    return value;
}

bytes get_vector(bytes& in, unsigned length_size) noexcept {
    const std::size_t length = get(in, length_size);
    const bytes out = in.first(std::min(length, in.size()));
    in = in.subspan(out.size());
    return out;
}

result<record> take_record(native_engine& engine) {
    bytes in = engine.ciphertext.arrived();
    if (in.size() < header_size) return std::unexpected(errc::want_read);
    record out{static_cast<std::uint8_t>(get(in, 1)), {}};
    (void)get(in, 2);
    const std::size_t length = get(in, 2);
    if (length > max_plaintext) return refuse(engine, errc::too_large, alert::record_overflow);
    if (in.size() < length) return std::unexpected(errc::want_read);
    out.body.assign(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(length));
    engine.ciphertext.consume(header_size + length);
    return out;
}

bool take_data(native_engine& engine) {
    bytes in = engine.ciphertext.arrived();
    if (in.size() < header_size || in.front() != std::byte{23} || !engine.messages.empty()) return false;
    (void)get(in, 3);
    const std::size_t length = get(in, 2);
    if (length > max_plaintext || in.size() < length) return false;
    if (!engine.plaintext.append(in.first(length))) throw std::bad_alloc();
    engine.ciphertext.consume(header_size + length);
    return true;
}

std::vector<std::byte> cut_message(native_engine& engine) {
    bytes in = engine.messages;
    if (in.size() < message_header) return {};
    const auto type = in.front();
    in = in.subspan(1);
    const std::size_t length = get(in, 3);
    if (in.size() < length) return {};
    std::vector<std::byte> out{type};
    out.insert(out.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(length));
    engine.messages.erase(engine.messages.begin(),
                          engine.messages.begin() + static_cast<std::ptrdiff_t>(message_header + length));
    return out;
}

result<std::vector<std::byte>> take_message(native_engine& engine, std::uint8_t type) {
    for (;;) {
        auto message = cut_message(engine);
        if (!message.empty()) {
            if (message.front() != std::byte{type}) {
                return refuse(engine, errc::protocol_error, alert::unexpected_message);
            }
            message.erase(message.begin());
            return message;
        }
        auto next = take_record(engine);
        if (!next) return std::unexpected(next.error());
        if (next->type == 21) {
            if (auto ignored = take_alert(engine, *next); ignored) continue;
            return fail_native(errc::protocol_error, 21, "null: an alert in the handshake");
        }
        if (next->type != 22) return refuse(engine, errc::protocol_error, alert::unexpected_message);
        engine.messages.insert(engine.messages.end(), next->body.begin(), next->body.end());
    }
}

void send_record(native_engine& engine, std::uint8_t type, bytes body) noexcept {
    const std::byte header[] = {std::byte{type}, std::byte{3}, std::byte{3}, static_cast<std::byte>(body.size() >> 8),
                                static_cast<std::byte>(body.size())};
    engine.ciphertext.send(header);
    engine.ciphertext.send(body);
}

void send_message(native_engine& engine, std::uint8_t type, bytes body) {
    std::vector<std::byte> message{std::byte{type}};
    put_vector(message, 3, body);
    for (bytes rest = message; !rest.empty(); rest = rest.subspan(std::min(rest.size(), max_plaintext))) {
        send_record(engine, 22, rest.first(std::min(rest.size(), max_plaintext)));
    }
}

std::unexpected<error> refuse(native_engine& engine, errc code, std::uint8_t alert) noexcept {
    engine.ciphertext.send(plaintext_alert(alert));
    engine.events.alert_sent(alert);
    return fail_native(code, 0, "null: refused");
}

result<void> take_alert(native_engine& engine, const record& alert) noexcept {
    constexpr std::uint8_t user_canceled = 90;
    if (alert.body.size() != 2) return refuse(engine, errc::protocol_error, alert::unexpected_message);
    const auto number = std::to_integer<std::uint8_t>(alert.body[1]);
    if (number == 0) return std::unexpected(errc::closed);
    const bool warning = alert.body[0] == std::byte{1};
    if (warning && (number == user_canceled || engine.agreed.version == protocol_version::tls1_2)) return {};
    engine.events.alert_received(number);
    return fail_native(errc::protocol_error, number, "null: the peer's alert");
}

}  // namespace tlseam::seam
