// SPDX-License-Identifier: Apache-2.0
// What leaves a connection of its secrets.
//
// wolfSSL_export_keying_material() is not used: it takes 128 bytes of label, randoms and context together in TLS 1.2,
// and labels of about 50 bytes in TLS 1.3, it needs all the handshake's secrets for as long as the connection, and it
// cannot work after close_notify, which clears the object. The same values come from wolfSSL's derivation functions and
// the one secret that they need.
#include "backends/wolfssl/native.hpp"
// wolfSSL's own come after its options, which native.hpp brings.
#include <wolfssl/wolfcrypt/hash.h>
#include <wolfssl/wolfcrypt/hmac.h>
#include <wolfssl/wolfcrypt/kdf.h>

#include <array>

#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

using bytes = std::span<const std::byte>;

unsigned char* octets(std::span<std::byte> out) noexcept { return reinterpret_cast<unsigned char*>(out.data()); }
word32 size32(bytes in) noexcept { return static_cast<word32>(in.size()); }

void add(der_buffer& out, bytes more) { out.insert(out.end(), more.begin(), more.end()); }
void add(der_buffer& out, std::string_view text) { add(out, std::as_bytes(std::span(text))); }
void add_number(der_buffer& out, std::size_t number, unsigned size) {
    while (size-- > 0) out.push_back(static_cast<std::byte>(number >> (8 * size)));
}

bool uses_sha384(const native_engine& engine) noexcept {
    switch (wolfSSL_get_current_cipher_suite(engine.ssl.get())) {
        case 0x1302:  // TLS_AES_256_GCM_SHA384
        case 0xc02c:  // TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        case 0xc030:  // TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        case 0xd002:  // TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384
            return true;
        default: return false;
    }
}

// ---- watching ----

bytes as_bytes(const unsigned char* data, std::size_t size) noexcept {
    return {reinterpret_cast<const std::byte*>(data), size};
}

void log(const native_engine& engine, std::string_view label, bytes secret) noexcept {
    if (!engine.context->key_log) return;
    std::array<std::byte, 32> random;
    const std::size_t size = wolfSSL_get_client_random(engine.ssl.get(), octets(random), random.size());
    engine.events.key_log(label, std::span(random).first(size), secret);
}

std::string_view label_of(int kind) noexcept {
    switch (kind) {
        case CLIENT_HANDSHAKE_TRAFFIC_SECRET: return "CLIENT_HANDSHAKE_TRAFFIC_SECRET";
        case SERVER_HANDSHAKE_TRAFFIC_SECRET: return "SERVER_HANDSHAKE_TRAFFIC_SECRET";
        case CLIENT_TRAFFIC_SECRET: return "CLIENT_TRAFFIC_SECRET_0";
        case SERVER_TRAFFIC_SECRET: return "SERVER_TRAFFIC_SECRET_0";
        case EXPORTER_SECRET: return "EXPORTER_SECRET";
        default: return "";
    }
}

/// TLS 1.3. Any answer but 0 ends the handshake.
int on_secret(WOLFSSL*, int kind, const unsigned char* data, int size, void* context) {
    auto& engine = *static_cast<native_engine*>(context);
    const bytes secret = as_bytes(data, static_cast<std::size_t>(size));
    if (kind == SERVER_HANDSHAKE_TRAFFIC_SECRET) {
        engine.psk_used = engine.psk_asked_for;  // a server's answer is decided
        if (!read_requests_with(engine, secret, false)) return -1;
    }
    if (kind == SERVER_TRAFFIC_SECRET && !read_requests_with(engine, secret, true)) return -1;
    log(engine, label_of(kind), secret);
    if (kind != EXPORTER_SECRET || !engine.wants_exporter) return 0;
    const auto kept = guarded([&]() -> result<void> {
        engine.exporter.secret = secret_bytes(der_buffer(secret.begin(), secret.end()));
        return {};
    });
    return kept ? 0 : -1;
}

/// TLS 1.2, unless a session is resumed.
int on_master_secret(WOLFSSL*, void* data, int size, void* context) {
    auto& engine = *static_cast<native_engine*>(context);
    log(engine, "CLIENT_RANDOM", as_bytes(static_cast<const unsigned char*>(data), static_cast<std::size_t>(size)));
    engine.master_logged = true;
    return 0;
}

/// TLS 1.2: the exporter needs the master secret and both randoms.
result<void> take_master_secret(native_engine& engine) {
    unsigned char *master = nullptr, *server = nullptr, *client = nullptr;
    unsigned master_size = 0, server_size = 0, client_size = 0;
    if (wolfSSL_get_keys(engine.ssl.get(), &master, &master_size, &server, &server_size, &client, &client_size) !=
        WOLFSSL_SUCCESS) {
        return fail_native(errc::internal, 0, "wolfSSL_get_keys");
    }
    const bytes secret = as_bytes(master, master_size);
    if (!engine.master_logged) log(engine, "CLIENT_RANDOM", secret);
    if (!engine.wants_exporter) return {};
    engine.exporter.secret = secret_bytes(der_buffer(secret.begin(), secret.end()));
    add(engine.exporter.randoms, as_bytes(client, client_size));
    add(engine.exporter.randoms, as_bytes(server, server_size));
    return {};
}

bool watches(const native_engine& engine) noexcept { return engine.wants_exporter || engine.context->key_log; }

// ---- deriving ----

/// RFC 5705 4, RFC 5246 5.
int derive_1_2(const exporter_secret& from, std::span<std::byte> out, std::string_view label,
               std::optional<bytes> context) {
    der_buffer seed;
    add(seed, label);
    add(seed, from.randoms);
    if (context) {
        add_number(seed, context->size(), 2);
        add(seed, *context);
    }
    const bytes secret = from.secret.bytes();
    return wc_PRF(octets(out), size32(out), seam::octets(secret), size32(secret), seam::octets(seed), size32(seed),
                  from.sha384 ? sha384_mac : sha256_mac, nullptr, INVALID_DEVID);
}

/// HKDF-Expand-Label of RFC 8446 7.1.
int expand_label(bool sha384, bytes secret, std::string_view label, bytes hash, std::span<std::byte> out) {
    constexpr std::string_view protocol = "tls13 ";
    der_buffer info;
    add_number(info, out.size(), 2);
    add_number(info, protocol.size() + label.size(), 1);
    add(info, protocol);
    add(info, label);
    add_number(info, hash.size(), 1);
    add(info, hash);
    return wc_HKDF_Expand(sha384 ? WC_SHA384 : WC_SHA256, seam::octets(secret), size32(secret), seam::octets(info),
                          size32(info), octets(out), size32(out));
}

/// RFC 8446 7.5.
int derive_1_3(const exporter_secret& from, std::span<std::byte> out, std::string_view label, bytes context) {
    const auto algorithm = from.sha384 ? hash_kind::sha384 : hash_kind::sha256;
    const std::size_t size = hash_size(algorithm);
    std::array<std::byte, WC_SHA384_DIGEST_SIZE> of_nothing, of_context, of_label;
    hash(algorithm, {}, std::span(of_nothing).first(size));
    hash(algorithm, context, std::span(of_context).first(size));
    int done = expand_label(from.sha384, from.secret.bytes(), label, bytes(of_nothing).first(size),
                            std::span(of_label).first(size));
    if (done == 0) {
        done = expand_label(from.sha384, bytes(of_label).first(size), "exporter", bytes(of_context).first(size), out);
    }
    wipe(of_label);
    return done;
}

/// wolfSSL's arrays hold what the handshake's keys come from, and messages that come in pieces. A build with
/// post-handshake authentication leaves them to every connection of TLS 1.3, whether it will need them or not.
void free_arrays(native_engine& engine) noexcept {
    if (!engine.context->asks_later && !engine.context->post_handshake_auth) wolfSSL_FreeArrays(engine.ssl.get());
}

}  // namespace

bool watch_secrets(native_engine& engine) noexcept {
    const bool reads_requests = engine.context->has_client_credentials || engine.context->post_handshake_auth;
    if (!watches(engine) && !reads_requests && !engine.psk) return true;
    WOLFSSL* ssl = engine.ssl.get();
    // Until the handshake is complete; else the exporter's secret is not even derived.
    if (watches(engine)) wolfSSL_KeepArrays(ssl);
    return wolfSSL_set_tls13_secret_cb(ssl, on_secret, &engine) == WOLFSSL_SUCCESS &&
           (!engine.context->key_log || wolfSSL_set_secret_cb(ssl, on_master_secret, &engine) == WOLFSSL_SUCCESS);
}

result<void> finish_secrets(native_engine& engine) noexcept {
    const bool tls1_3 = wolfSSL_version(engine.ssl.get()) == TLS1_3_VERSION;
    if (!watches(engine)) {
        free_arrays(engine);
        return {};
    }
    return guarded([&]() -> result<void> {
        if (!tls1_3) {
            if (auto taken = take_master_secret(engine); !taken) return taken;
        }
        engine.exporter.tls1_3 = tls1_3;
        engine.exporter.sha384 = uses_sha384(engine);
        free_arrays(engine);
        return {};
    });
}

result<void> export_keying_material(native_engine& engine, std::span<std::byte> out, std::string_view label,
                                    std::optional<std::span<const std::byte>> context) noexcept {
    return guarded([&]() -> result<void> {
        clear_errors();
        const exporter_secret& from = engine.exporter;
        if (from.secret.bytes().empty()) return fail_native(errc::internal, 0, "no exporter secret");
        const int done = from.tls1_3 ? derive_1_3(from, out, label, context.value_or(bytes()))
                                     : derive_1_2(from, out, label, context);
        if (done != 0) return fail_wolfssl(errc::internal, done);
        return {};
    });
}

}  // namespace tlseam::seam
