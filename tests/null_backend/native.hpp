// SPDX-License-Identifier: Apache-2.0
// !!! THIS BACKEND PROVIDES NO SECURITY WHATSOEVER: nothing is encrypted, signed or checked. It is never installed and
// !!! exists so that core can be tested alone. It also shows how small a backend directory is.
//
// The toy protocol, in TLS records so that core's peek and counters work on it:
//     client  a valid ClientHello (server_name, ALPN, supported_versions)
//     server  message 2: version, "certificate wanted", ALPN choice, chain
//     client  message 20: chain (empty unless wanted and there)
// then records of type 23 with the plaintext as it is, alerts in the clear, and message 24 as key update.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/seam.hpp"

namespace tlseam::seam {

using der_chain = std::vector<std::vector<std::byte>>;

struct native_credentials {
    der_chain chain;  // leaf first
};

struct native_context {
    tlseam::role role;
    std::shared_ptr<const native_credentials> credentials;
    bool verify_peer;
    tlseam::client_auth client_auth;
    protocol_version min_version;
    protocol_version max_version;
    bool key_log;
    bool asks_for_staple;
};

struct native_engine {
    std::shared_ptr<const native_context> context;
    wire& ciphertext;
    tlseam::seam::events& events;
    std::vector<std::string> alpn;  // client: offered; server: the choice
    std::string server_name;        // client: to send; server: as asked for
    enum class step : std::uint8_t { start, waiting, complete } phase = step::start;
    std::vector<std::byte> messages;  // handshake bytes that make no whole message yet
    byte_queue plaintext;             // of a record that did not fit the caller's buffer
    negotiated agreed;
    bool exporter = false;
    bool extended_master_secret = false;  // servers: the client offers it
};

/// How often check_path() was called, in all.
[[nodiscard]] int paths_checked() noexcept;

// ---- records.cpp ----

struct record {
    std::uint8_t type = 0;
    std::vector<std::byte> body;
};
/// Consumes exactly one record. Errors: want_read, too_large (its alert was sent).
[[nodiscard]] result<record> take_record(native_engine& engine);
/// One with data, if a whole one is there, straight into engine.plaintext, whose memory is the pool's. Throws
/// std::bad_alloc.
[[nodiscard]] bool take_data(native_engine& engine);
/// The body of the next handshake message of this type. Errors: want_read, protocol_error.
[[nodiscard]] result<std::vector<std::byte>> take_message(native_engine& engine, std::uint8_t type);
/// Cuts the first whole message (type first) off engine.messages; empty when there is none.
[[nodiscard]] std::vector<std::byte> cut_message(native_engine& engine);

void send_record(native_engine& engine, std::uint8_t type, std::span<const std::byte> body) noexcept;
void send_message(native_engine& engine, std::uint8_t type, std::span<const std::byte> body);
/// Sends a fatal alert and ends the call.
[[nodiscard]] std::unexpected<error> refuse(native_engine& engine, errc code, std::uint8_t alert) noexcept;
/// An alert came. ok: one to be ignored. Errors: closed for close_notify, protocol_error.
[[nodiscard]] result<void> take_alert(native_engine& engine, const record& alert) noexcept;

// Numbers and vectors as in RFC 8446 3.
void put(std::vector<std::byte>& out, std::size_t value, unsigned size);
void put_vector(std::vector<std::byte>& out, unsigned length_size, std::span<const std::byte> content);
[[nodiscard]] std::size_t get(std::span<const std::byte>& in, unsigned size) noexcept;
[[nodiscard]] std::span<const std::byte> get_vector(std::span<const std::byte>& in, unsigned length_size) noexcept;

}  // namespace tlseam::seam
