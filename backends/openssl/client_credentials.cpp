// SPDX-License-Identifier: Apache-2.0
// Which certificate a client shows: core decides from the server's request, as it stands in the message.
#include "backends/openssl/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

/// Sees every message. The one that matters comes once in a handshake, and is the last that we look at, unless there
/// may be others behind it.
void take_request(int sent, int, int type, const void* data, std::size_t size, SSL* ssl, void*) {
    constexpr std::size_t header = 4;
    const std::span message(static_cast<const std::byte*>(data), size);
    const bool received = sent == 0 && type == SSL3_RT_HANDSHAKE;
    if (!received || size < header || message[0] != std::byte{SSL3_MT_CERTIFICATE_REQUEST}) return;
    auto& engine = engine_of(ssl);
    const auto version = static_cast<protocol_version>(SSL_version(ssl));
    engine.client_choice = engine.events.choose_credentials(version, message.subspan(header));
    if (!engine.answers_later) SSL_set_msg_callback(ssl, nullptr);
}

/// 0 is the end of the connection.
int show_choice(SSL* ssl, void*) {
    const auto* choice = engine_of(ssl).client_choice;
    if (choice == nullptr) {
        SSL_certs_clear(ssl);  // what was shown before
        return 1;
    }
    const auto done = guarded([&]() -> result<bool> { return use_credentials(ssl, *choice); });
    return done.value_or(false) ? 1 : 0;
}

}  // namespace

void install_client_credentials(SSL_CTX* ctx) noexcept {
    SSL_CTX_set_msg_callback(ctx, take_request);
    SSL_CTX_set_cert_cb(ctx, show_choice, nullptr);
}

}  // namespace tlseam::seam
