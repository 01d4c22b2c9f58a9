// SPDX-License-Identifier: Apache-2.0
// External pre-shared keys. In TLS 1.3 wolfSSL knows a key together with one suite: a client is asked for each of its
// suites in turn, and offers the key once; the server may answer with any suite of the same hash. (With the other
// callback for clients, it would have to be the very same.) A server looks for a key with each suite that both sides
// have, in its own order, so the answer is the suite that core has found in that order.
//
// The callbacks of TLS 1.2 take a key alone. wolfSSL would ask them in TLS 1.3 too where those of TLS 1.3 are missing:
// a context gets one kind or the other.
#include "backends/wolfssl/native.hpp"

#include "core/policy.hpp"

namespace tlseam::seam {
namespace {

constexpr unsigned no_key = 0;

native_engine& engine_of(WOLFSSL* ssl) noexcept {
    return *static_cast<native_engine*>(wolfSSL_get_psk_callback_ctx(ssl));
}

std::string_view own_name(std::uint16_t suite) noexcept {
    return wolfSSL_get_cipher_name_from_suite(static_cast<unsigned char>(suite >> 8),
                                              static_cast<unsigned char>(suite & 0xff));
}

unsigned offer(WOLFSSL* ssl, const char*, char* identity, unsigned room, unsigned char* key, unsigned key_room,
               const char* suite) {
    const native_engine& engine = engine_of(ssl);
    if (!engine.psk || own_name(engine.psk_suite) != suite || !copy_identity(*engine.psk, identity, room))
        return no_key;
    return copy_key(*engine.psk, key, key_room);
}

unsigned find(WOLFSSL* ssl, const char* identity, unsigned char* key, unsigned key_room, const char** suite) {
    native_engine& engine = engine_of(ssl);
    engine.psk_asked_for = engine.psk && engine.psk->identity == identity;
    if (!engine.psk_asked_for) return no_key;
    *suite = policy::cipher_suite_name(engine.psk_suite).data();
    return copy_key(*engine.psk, key, key_room);
}

// ---- TLS 1.2 ----

unsigned offer_tls1_2(WOLFSSL* ssl, const char*, char* identity, unsigned room, unsigned char* key, unsigned key_room) {
    const auto& psk = engine_of(ssl).psk;
    return psk && copy_identity(*psk, identity, room) ? copy_key(*psk, key, key_room) : no_key;
}

/// core has read the identity, and better: here it would end at a zero byte.
unsigned find_tls1_2(WOLFSSL* ssl, const char*, unsigned char* key, unsigned room) {
    const pre_shared_key* psk = engine_of(ssl).events.psk();
    return psk != nullptr ? copy_key(*psk, key, room) : no_key;
}

}  // namespace

void install_psk(WOLFSSL_CTX* ctx, role role, protocol_version version) noexcept {
    if (version == protocol_version::none) return;
    if (version == protocol_version::tls1_2) {
        if (role == role::client) {
            wolfSSL_CTX_set_psk_client_callback(ctx, offer_tls1_2);
        } else {
            wolfSSL_CTX_set_psk_server_callback(ctx, find_tls1_2);
        }
        return;
    }
    if (role == role::client) {
        wolfSSL_CTX_set_psk_client_cs_callback(ctx, offer);
    } else {
        wolfSSL_CTX_set_psk_server_tls13_callback(ctx, find);
    }
}

bool use_psk(native_engine& engine, const connection& connection) noexcept {
    engine.psk = connection.psk;
    engine.psk_suite = connection.psk_suite;
    return wolfSSL_set_psk_callback_ctx(engine.ssl.get(), &engine) == WOLFSSL_SUCCESS;
}

}  // namespace tlseam::seam
