// SPDX-License-Identifier: Apache-2.0
// Which certificate a client shows: core decides from the server's request, as it stands in the message. wolfSSL shows
// the message to nobody, and looks at the certificate as soon as it has read it. What it is about to read is therefore
// looked at here first, in TLS 1.3 with a second copy of the server's handshake keys (RFC 8446 5.2, 7.3).
#include <algorithm>
#include <new>

#include "backends/wolfssl/native.hpp"
// wolfSSL's headers only behind its options.
#include <wolfssl/wolfcrypt/aes.h>
#include <wolfssl/wolfcrypt/chacha20_poly1305.h>
#include <wolfssl/wolfcrypt/kdf.h>

namespace tlseam::seam {
namespace {

using bytes = std::span<const std::byte>;

constexpr std::size_t record_header = 5, message_header = 4, tag_size = 16, iv_size = 12;
constexpr std::size_t most_waiting = 256 * 1024;  // twice what wolfSSL takes of one message
constexpr std::byte change_cipher_spec{20}, handshake_record{22}, protected_record{23};

std::size_t number(bytes in) {
    std::size_t out = 0;
    for (const std::byte b : in) out = out << 8 | std::to_integer<std::size_t>(b);
    return out;
}

// ---- TLS 1.3: one record in the clear ----

struct protection {
    int hash;
    std::size_t key_size;
    bool is_chacha;
};

protection protection_of(WOLFSSL* ssl) {
    switch (wolfSSL_get_current_cipher_suite(ssl)) {
        case 0x1302: return {WC_SHA384, 32, false};
        case 0x1303: return {WC_SHA256, 32, true};
        default: return {WC_SHA256, 16, false};
    }
}

bool expand(const request_watch& watch, std::string_view label, std::span<std::byte> out, int hash) {
    const auto text = [](std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); };
    constexpr std::string_view prefix = "tls13 ";
    return wc_Tls13_HKDF_Expand_Label(reinterpret_cast<unsigned char*>(out.data()), static_cast<word32>(out.size()),
                                      octets(watch.secret.bytes()), static_cast<word32>(watch.secret.bytes().size()),
                                      text(prefix), static_cast<word32>(prefix.size()), text(label),
                                      static_cast<word32>(label.size()), nullptr, 0, hash) == 0;
}

bool open_aes(bytes key, bytes nonce, bytes header, bytes body, unsigned char* out) {
    Aes aes;
    if (wc_AesInit(&aes, nullptr, INVALID_DEVID) != 0) return false;
    const auto size = static_cast<word32>(body.size() - tag_size);
    const bool good = wc_AesGcmSetKey(&aes, octets(key), static_cast<word32>(key.size())) == 0 &&
                      wc_AesGcmDecrypt(&aes, out, octets(body), size, octets(nonce), iv_size,
                                       octets(body.last(tag_size)), tag_size, octets(header), record_header) == 0;
    wc_AesFree(&aes);
    return good;
}

bool open_chacha(bytes key, bytes nonce, bytes header, bytes body, unsigned char* out) {
    return wc_ChaCha20Poly1305_Decrypt(octets(key), octets(nonce), octets(header), record_header, octets(body),
                                       static_cast<word32>(body.size() - tag_size), octets(body.last(tag_size)),
                                       out) == 0;
}

/// What a record says, if it is of a handshake. Nothing when it cannot be opened: wolfSSL will say so.
der_buffer open_record(const request_watch& watch, WOLFSSL* ssl, bytes record) {
    const protection how = protection_of(ssl);
    const bytes header = record.first(record_header), body = record.subspan(record_header);
    if (body.size() <= tag_size) return {};
    std::vector<std::byte> secret(how.key_size + iv_size);
    const auto key = std::span(secret).first(how.key_size), nonce = std::span(secret).last(iv_size);
    const secret_bytes owner(std::move(secret));  // moving keeps the bytes where they are
    if (!expand(watch, "key", key, how.hash) || !expand(watch, "iv", nonce, how.hash)) return {};
    for (std::size_t i = 0; i < sizeof(watch.sequence); ++i) {
        nonce[iv_size - 1 - i] ^= static_cast<std::byte>(watch.sequence >> (8 * i));
    }
    der_buffer plain(body.size() - tag_size);
    auto* out = reinterpret_cast<unsigned char*>(plain.data());
    const auto open = how.is_chacha ? open_chacha : open_aes;
    if (!open(key, nonce, header, body, out)) return {};
    while (!plain.empty() && plain.back() == std::byte{0}) plain.pop_back();  // padding
    if (plain.empty() || plain.back() != handshake_record) return {};
    plain.pop_back();
    return plain;
}

// ---- messages ----

/// In TLS 1.2 wolfSSL refuses a request without a scheme for the kind of key that the suite has, if there is any
/// certificate by then; so it gets ours when it has read the request. Ed25519 it only finds when it is there before.
void answer(native_engine& engine, protocol_version version, bytes request) {
    const bool tls1_3 = version == protocol_version::tls1_3;
    const der_buffer own = tls1_3 ? der_buffer() : with_what_signs(engine.ssl.get(), request);
    const auto* chosen = engine.events.choose_credentials(version, tls1_3 ? request : bytes(own));
    if (chosen == nullptr && engine.shown != nullptr) (void)wolfSSL_UnloadCertsKeys(engine.ssl.get());
    engine.shown = chosen;
    if (chosen == nullptr) return;
    if (!tls1_3 && !chosen->is_ed25519) {
        engine.to_load = chosen;
        return;
    }
    if (!use_credentials(engine.ssl.get(), *chosen)) throw std::bad_alloc();  // they have been loaded before
}

/// In TLS 1.2 an Ed25519 key signs the messages themselves, and wolfSSL keeps them once it has such a key: which may be
/// too late. It is therefore given one at the beginning that is never used.
bool keep_messages(WOLFSSL* ssl) noexcept {
    static constexpr unsigned char any_key[] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70,
                                                0x04, 0x22, 0x04, 0x20, 1,    2,    3,    4,    5,    6,    7,    8,
                                                9,    10,   11,   12,   13,   14,   15,   16,   17,   18,   19,   20,
                                                21,   22,   23,   24,   25,   26,   27,   28,   29,   30,   31,   32};
    return wolfSSL_use_PrivateKey_buffer(ssl, any_key, sizeof(any_key), WOLFSSL_FILETYPE_ASN1) == WOLFSSL_SUCCESS &&
           wolfSSL_UnloadCertsKeys(ssl) == WOLFSSL_SUCCESS;
}

/// RFC 8446 7.2: the server's keys after its KeyUpdate.
void follow_key_update(request_watch& watch, WOLFSSL* ssl) {
    std::vector<std::byte> next(watch.secret.bytes().size());
    const auto out = std::span(next);
    secret_bytes owner(std::move(next));  // moving keeps the bytes where they are
    if (!expand(watch, "traffic upd", out, protection_of(ssl).hash)) throw std::bad_alloc();
    watch.secret = std::move(owner);
    watch.sequence = 0;
}

/// Messages up to the one that matters, or the first that comes too late for it. False: there is no more to see.
bool read_messages(native_engine& engine, protocol_version version) {
    constexpr std::size_t certificate = 11, certificate_request = 13, server_hello_done = 14, finished = 20,
                          key_update = 24;
    const bool tls1_3 = version == protocol_version::tls1_3;
    auto& waiting = engine.watch->messages;
    const bool handshake_over = engine.watch->has_data_keys;
    const bool goes_on = tls1_3 && engine.context->post_handshake_auth && !handshake_over;
    while (waiting.size() >= message_header) {
        const std::size_t type = number(bytes(waiting).first(1)), size = number(bytes(waiting).subspan(1, 3));
        if (waiting.size() - message_header < size) break;
        if (type == certificate_request) answer(engine, version, bytes(waiting).subspan(message_header, size));
        const bool is_last =
            type == certificate_request || type == finished || type == (tls1_3 ? certificate : server_hello_done);
        if (is_last && !goes_on) return false;
        if (type == key_update && handshake_over) follow_key_update(*engine.watch, engine.ssl.get());
        waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(message_header + size));
    }
    return waiting.size() <= most_waiting;
}

bool read_record(native_engine& engine, bytes record) {
    auto& watch = *engine.watch;
    const bool is_open = record[0] == handshake_record;
    const bool is_protected = record[0] == protected_record && !watch.secret.bytes().empty();
    // In TLS 1.2 what follows is encrypted: a resumption, for which nobody asks.
    if (record[0] == change_cipher_spec) return wolfSSL_version(engine.ssl.get()) != TLS1_2_VERSION;
    if (!is_open && !is_protected) return true;
    if (is_protected) {
        const der_buffer plain = open_record(watch, engine.ssl.get(), record);
        ++watch.sequence;
        watch.messages.insert(watch.messages.end(), plain.begin(), plain.end());
    } else {
        watch.messages.insert(watch.messages.end(), record.begin() + record_header, record.end());
    }
    return read_messages(engine, is_protected ? protocol_version::tls1_3 : protocol_version::tls1_2);
}

}  // namespace

bool watch_for_request(native_engine& engine) {
    if (engine.context->has_ed25519 && !keep_messages(engine.ssl.get())) return false;
    engine.watch = std::make_unique<request_watch>();
    return true;
}

bool read_requests_with(native_engine& engine, bytes secret, bool data) noexcept {
    if (!engine.watch) return true;
    try {
        engine.watch->secret = secret_bytes(std::vector<std::byte>(secret.begin(), secret.end()));
        engine.watch->has_data_keys = data;
        engine.watch->sequence = 0;
        return true;
    } catch (...) {
        return false;
    }
}

bool look_at_input(native_engine& engine, bytes delivered) noexcept {
    if (!engine.watch) return true;
    auto& record = engine.watch->record;
    try {
        record.insert(record.end(), delivered.begin(), delivered.end());
        if (record.size() < record_header) return true;
        const std::size_t whole = record_header + number(bytes(record).subspan(3, 2));
        if (record.size() < whole) return true;
        if (read_record(engine, record)) {
            record.clear();
        } else {
            engine.watch.reset();
        }
        return true;
    } catch (...) {
        return false;
    }
}

}  // namespace tlseam::seam
