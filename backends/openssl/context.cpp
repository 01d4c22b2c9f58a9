// SPDX-License-Identifier: Apache-2.0
// Settings to an SSL_CTX. Everything is set explicitly: defaults differ between versions and distributions.
#include <algorithm>
#include <array>

#include "backends/openssl/native.hpp"
#include "core/fail.hpp"
#include "core/policy.hpp"

namespace tlseam::seam {
namespace {

struct suite_word {
    std::uint16_t number;
    const char* word;
};
constexpr std::array<suite_word, 10> suite_words = {{
    {0x1301, "TLS_AES_128_GCM_SHA256"},
    {0x1302, "TLS_AES_256_GCM_SHA384"},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
    {0xc02b, "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {0xc02c, "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {0xc02f, "ECDHE-RSA-AES128-GCM-SHA256"},
    {0xc030, "ECDHE-RSA-AES256-GCM-SHA384"},
    {0xcca8, "ECDHE-RSA-CHACHA20-POLY1305"},
    {0xcca9, "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {0xccac, "ECDHE-PSK-CHACHA20-POLY1305"},
}};

void add_word(std::string& list, std::string_view word) {
    if (!list.empty()) list += ':';
    list += word;
}

std::string suite_list(std::span<const std::uint16_t> suites, bool tls1_3) {
    std::string out;
    for (const std::uint16_t suite : suites) {
        for (const suite_word& known : suite_words) {
            if (known.number == suite && (suite >> 8 == 0x13) == tls1_3) add_word(out, known.word);
        }
    }
    return out;
}

std::string scheme_list(std::span<const std::uint16_t> schemes) {
    std::string out;
    for (const std::uint16_t scheme : schemes) add_word(out, policy::signature_scheme_name(scheme));
    return out;
}

/// An empty list is an error for the library, and nothing to worry about: without suites there is no such version.
bool set_suites_1_2(SSL_CTX* ctx, const std::string& list) {
    return list.empty() || SSL_CTX_set_cipher_list(ctx, list.c_str()) == 1;
}

bool set_parameters(SSL_CTX* ctx, const context_config& config) {
    const std::string schemes = scheme_list(config.signature_schemes);
    constexpr int security_level = 2;  // 112 bits: RSA 2048, SHA-2
    SSL_CTX_set_security_level(ctx, security_level);
    return SSL_CTX_set_min_proto_version(ctx, static_cast<int>(config.min_version)) == 1 &&
           SSL_CTX_set_max_proto_version(ctx, static_cast<int>(config.max_version)) == 1 &&
           set_suites_1_2(ctx, suite_list(config.cipher_suites, false)) &&
           SSL_CTX_set_ciphersuites(ctx, suite_list(config.cipher_suites, true).c_str()) == 1 &&
           SSL_CTX_set1_groups_list(ctx, group_list(config.groups, config.key_shares).c_str()) == 1 &&
           SSL_CTX_set1_sigalgs_list(ctx, schemes.c_str()) == 1 &&
           SSL_CTX_set1_client_sigalgs_list(ctx, schemes.c_str()) == 1;
}

/// use: the one call of OpenSSL that sets all or nothing.
template <class Object>
bool use(int (*use)(Object*, X509*, EVP_PKEY*, STACK_OF(X509) *, int), Object* object,
         const native_credentials& credentials) {
    STACK_OF(X509)* rest = sk_X509_new_null();
    if (rest == nullptr) return false;
    bool good = true;
    for (std::size_t i = 1; i < credentials.chain.size(); ++i)
        good = good && sk_X509_push(rest, credentials.chain[i].get()) > 0;
    good = good && use(object, credentials.chain.front().get(), credentials.key.get(), rest, 1) == 1;
    sk_X509_free(rest);  // the certificates are counted by the object now
    return good;
}

void set_client_auth(SSL_CTX* ctx, const context_config& config) {
    int mode = SSL_VERIFY_NONE;
    if (config.role == role::client) {
        if (config.verify_peer) mode = SSL_VERIFY_PEER;
    } else if (config.client_auth != client_auth::none && config.client_auth != client_auth::on_request) {
        mode = SSL_VERIFY_PEER;
        if (config.client_auth == client_auth::required) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }
    SSL_CTX_set_verify(ctx, mode, nullptr);
}

bool set_tickets(SSL_CTX* ctx, const context_config& config) {
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    if (config.issue_tickets) {
        SSL_CTX_set_timeout(ctx, static_cast<long>(config.ticket_lifetime.count()));
        return install_tickets(ctx) && SSL_CTX_set_num_tickets(ctx, 1) == 1;
    }
    if (config.take_sessions) {
        take_sessions(ctx);
        return true;
    }
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    return SSL_CTX_set_num_tickets(ctx, 0) == 1;  // the option alone leaves TLS 1.3 with stateful tickets
}

}  // namespace

bool use_credentials(SSL_CTX* ctx, const native_credentials& credentials) {
    return use(SSL_CTX_use_cert_and_key, ctx, credentials);
}

bool use_credentials(SSL* ssl, const native_credentials& credentials) {
    return use(SSL_use_cert_and_key, ssl, credentials);
}

bool is_known_suite(std::uint16_t suite) noexcept {
    return std::ranges::find(suite_words, suite, &suite_word::number) != suite_words.end();
}

result<std::shared_ptr<const native_context>> make_context(const context_config& config) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_context>> {
        clear_errors();
        auto out = std::make_shared<native_context>();
        const bool server = config.role == role::server;
        out->role = config.role;
        out->verify = config.verify_peer;
        out->asks_for_staple = config.ask_for_staple;
        out->staple = config.staple;
        out->ctx.reset(SSL_CTX_new_ex(library(), nullptr, server ? TLS_server_method() : TLS_client_method()));
        SSL_CTX* ctx = out->ctx.get();
        if (ctx == nullptr) return fail_openssl(errc::out_of_memory);
        SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
        SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
        if (!set_parameters(ctx, config)) return fail_openssl(errc::internal);
        if (config.credentials && !use_credentials(ctx, *config.credentials)) return fail_openssl(errc::internal);
        out->post_handshake_auth = config.post_handshake_auth;
        SSL_CTX_set_post_handshake_auth(ctx, config.post_handshake_auth ? 1 : 0);
        if (!config.client_credentials.empty() || config.post_handshake_auth) install_client_credentials(ctx);
        if (config.verify_peer) install_verification(ctx);
        if (!install_staples(ctx, *out)) return fail_openssl(errc::internal);
        set_client_auth(ctx, config);
        if (!set_tickets(ctx, config)) return fail_openssl(errc::internal);
        install_engine_callbacks(ctx, config.role);
        if (config.key_log) install_key_log(ctx);
        install_psk(ctx, config.role, config.psk);
        return out;
    });
}

}  // namespace tlseam::seam
