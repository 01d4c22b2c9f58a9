// SPDX-License-Identifier: Apache-2.0
// A server's session tickets: AES-256-GCM with a key for each ticket, which follows from core's and 16 random bytes.
// Behind what the library puts into a ticket stands how many resumptions in a row led to it.
#include <wolfssl/options.h>

#include <wolfssl/wolfcrypt/aes.h>

#include <algorithm>

#include "backends/wolfssl/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

constexpr std::size_t nonce_size = 12, tag_size = 16;

/// The nonce of a ticket is one byte to the library, of the session and not of the connection as RFC 8446 4.6.1 has it:
/// a resumed session goes on counting, and the 256th resumption fails the handshake. Nothing but the ticket remembers.
constexpr std::uint8_t most_resumptions = 250;
constexpr std::size_t count_size = 1;  // the library leaves room for 32 bytes of ours

/// One ticket as the library hands it over: where its parts stand.
struct sealed_ticket {
    unsigned char* name;
    unsigned char* salt;
    unsigned char* tag;
    unsigned char* text;
    std::size_t size;  // of the text, with the count
    [[nodiscard]] unsigned char& resumptions() const { return text[size - count_size]; }
};

/// For AES with the key of one ticket; wiped when it goes.
class ticket_cipher {
public:
    ticket_cipher(const ticket_key& key, const unsigned char* salt) {
        digest own = hmac_sha256(key.encryption, std::as_bytes(std::span(salt, std::size_t{WOLFSSL_TICKET_IV_SZ})));
        ready_ = wc_AesInit(&aes_, nullptr, INVALID_DEVID) == 0;
        keyed_ = ready_ && wc_AesGcmSetKey(&aes_, octets(own), static_cast<word32>(own.size())) == 0;
        wipe(own);
    }
    ~ticket_cipher() {
        if (ready_) wc_AesFree(&aes_);
    }
    ticket_cipher(const ticket_cipher&) = delete;
    ticket_cipher& operator=(const ticket_cipher&) = delete;

    bool encrypt(const sealed_ticket& it) {
        return keyed_ && wc_AesGcmEncrypt(&aes_, it.text, it.text, static_cast<word32>(it.size), it.salt, nonce_size,
                                          it.tag, tag_size, it.name, WOLFSSL_TICKET_NAME_SZ) == 0;
    }
    bool decrypt(const sealed_ticket& it) {
        return keyed_ && wc_AesGcmDecrypt(&aes_, it.text, it.text, static_cast<word32>(it.size), it.salt, nonce_size,
                                          it.tag, tag_size, it.name, WOLFSSL_TICKET_NAME_SZ) == 0;
    }

private:
    Aes aes_ = {};
    bool ready_ = false;
    bool keyed_ = false;
};

std::span<std::byte> bytes_at(unsigned char* first, std::size_t size) {
    return std::as_writable_bytes(std::span(first, size));
}

/// The library's field for the tag is longer than ours. The rest is zero: else a ticket could be changed unnoticed.
std::span<std::byte> behind_tag(const sealed_ticket& it) {
    return bytes_at(it.tag, WOLFSSL_TICKET_MAC_SZ).subspan(tag_size);
}

int encrypt(native_engine& engine, const sealed_ticket& it) {
    const auto key = engine.events.find_ticket_key({});
    if (!key || !fill_random(bytes_at(it.salt, WOLFSSL_TICKET_IV_SZ))) return WOLFSSL_TICKET_RET_FATAL;
    std::ranges::copy(key->name, bytes_at(it.name, WOLFSSL_TICKET_NAME_SZ).begin());
    std::ranges::fill(behind_tag(it), std::byte{0});
    const bool resumed = wolfSSL_session_reused(engine.ssl.get()) == 1;
    it.resumptions() = resumed ? static_cast<std::uint8_t>(engine.resumptions + 1) : std::uint8_t{0};
    return ticket_cipher(*key, it.salt).encrypt(it) ? WOLFSSL_TICKET_RET_OK : WOLFSSL_TICKET_RET_FATAL;
}

/// RET_CREATE, which asks for a new ticket, would be a full handshake in TLS 1.3, where one comes anyway.
int decrypt(native_engine& engine, const sealed_ticket& it) {
    if (it.size <= count_size) return WOLFSSL_TICKET_RET_REJECT;
    if (std::ranges::any_of(behind_tag(it), [](std::byte b) { return b != std::byte{0}; })) {
        return WOLFSSL_TICKET_RET_REJECT;
    }
    const auto key = engine.events.find_ticket_key(bytes_at(it.name, WOLFSSL_TICKET_NAME_SZ));
    if (!key || !ticket_cipher(*key, it.salt).decrypt(it)) return WOLFSSL_TICKET_RET_REJECT;
    engine.resumptions = it.resumptions();
    return engine.resumptions < most_resumptions ? WOLFSSL_TICKET_RET_OK : WOLFSSL_TICKET_RET_REJECT;
}

int on_ticket(WOLFSSL* ssl, unsigned char* name, unsigned char* iv, unsigned char* mac, int encrypting,
              unsigned char* text, int size, int* out_size, void*) {
    auto& engine = *static_cast<native_engine*>(wolfSSL_GetIOReadCtx(ssl));
    const bool is_new = encrypting != 0;
    const auto given = static_cast<std::size_t>(size);
    const sealed_ticket it{name, iv, mac, text, is_new ? given + count_size : given};
    if (is_new && static_cast<std::size_t>(*out_size) < it.size) return WOLFSSL_TICKET_RET_FATAL;
    *out_size = static_cast<int>(is_new ? it.size : given - std::min(given, count_size));
    try {
        return is_new ? encrypt(engine, it) : decrypt(engine, it);
    } catch (...) {
        return is_new ? WOLFSSL_TICKET_RET_FATAL : WOLFSSL_TICKET_RET_REJECT;
    }
}

}  // namespace

bool install_tickets(WOLFSSL_CTX* ctx, std::chrono::seconds lifetime) noexcept {
    return wolfSSL_CTX_set_TicketEncCb(ctx, on_ticket) == WOLFSSL_SUCCESS &&
           wolfSSL_CTX_set_timeout(ctx, static_cast<unsigned>(lifetime.count())) == WOLFSSL_SUCCESS &&
           wolfSSL_CTX_set_TicketHint(ctx, static_cast<int>(lifetime.count())) == WOLFSSL_SUCCESS;
}

result<void> fill_random(std::span<std::byte> out) noexcept {
    if (!library_ready()) return std::unexpected(error(errc::out_of_memory));
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    if (wolfSSL_RAND_bytes(bytes, static_cast<int>(out.size())) == WOLFSSL_SUCCESS) return {};
    return fail_wolfssl(errc::internal, 0);
}

}  // namespace tlseam::seam
