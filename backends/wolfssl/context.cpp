// SPDX-License-Identifier: Apache-2.0
// Settings to a WOLFSSL_CTX. Everything is set explicitly: defaults differ between builds.
#include "backends/wolfssl/native.hpp"
#include "core/fail.hpp"
#include "core/policy.hpp"

namespace tlseam::seam {
namespace {

bool good(int code) noexcept { return code == WOLFSSL_SUCCESS; }

void add_word(std::string& list, std::string_view word) {
    if (!list.empty()) list += ':';
    list += word;
}

WOLFSSL_METHOD* method_for(const context_config& config) {
    const bool server = config.role == role::server;
    if (config.min_version == protocol_version::tls1_3) {
        return server ? wolfTLSv1_3_server_method() : wolfTLSv1_3_client_method();
    }
    if (config.max_version == protocol_version::tls1_2) {
        return server ? wolfTLSv1_2_server_method() : wolfTLSv1_2_client_method();
    }
    return server ? wolfSSLv23_server_method() : wolfSSLv23_client_method();
}

bool set_versions(WOLFSSL_CTX* ctx, const context_config& config) {
    const bool only_1_3 = config.min_version == protocol_version::tls1_3;
    return only_1_3 || good(wolfSSL_CTX_SetMinVersion(ctx, WOLFSSL_TLSV1_2));
}

bool set_parameters(WOLFSSL_CTX* ctx, const context_config& config) {
    std::string suites;
    for (const std::uint16_t suite : config.cipher_suites) add_word(suites, policy::cipher_suite_name(suite));
    std::string schemes;
    for (const std::uint16_t scheme : config.signature_schemes) add_word(schemes, scheme_word(scheme));
    std::vector<int> groups(config.groups.begin(), config.groups.end());
    return good(wolfSSL_CTX_set_cipher_list(ctx, suites.c_str())) &&
           good(wolfSSL_CTX_set_groups(ctx, groups.data(), static_cast<int>(groups.size()))) &&
           good(wolfSSL_CTX_set1_sigalgs_list(ctx, schemes.c_str()));
}

/// A client always looks at the server's certificate, also when every one will do: without verification the library
/// would not show it to us.
int verify_mode(const context_config& config) {
    if (config.role == role::client) return WOLFSSL_VERIFY_PEER;
    if (config.client_auth == client_auth::none || config.client_auth == client_auth::on_request) {
        return WOLFSSL_VERIFY_NONE;
    }
    const bool required = config.client_auth == client_auth::required;
    return required ? WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT : WOLFSSL_VERIFY_PEER;
}

bool set_tickets(WOLFSSL_CTX* ctx, const context_config& config) {
    // Its cache belongs to the process, and every context would look into it.
    wolfSSL_CTX_set_session_cache_mode(ctx, WOLFSSL_SESS_CACHE_OFF);
    const bool only_1_2 = config.max_version == protocol_version::tls1_2;
    // Resumption without a new key exchange is not wanted from either side.
    if (!only_1_2 && wolfSSL_CTX_only_dhe_psk(ctx) != 0) return false;
    if (config.role == role::client) return true;
    if (config.issue_tickets) return install_tickets(ctx, config.ticket_lifetime);
    const bool has_1_2 = config.min_version == protocol_version::tls1_2;
    const bool has_1_3 = config.max_version == protocol_version::tls1_3;
    return (!has_1_3 || wolfSSL_CTX_no_ticket_TLSv13(ctx) == 0) && (!has_1_2 || good(wolfSSL_CTX_NoTicketTLSv12(ctx)));
}

void note_credentials(native_context& out, const context_config& config) {
    out.identity = config.credentials;
    out.has_client_credentials = !config.client_credentials.empty();
    out.has_external_keys = config.credentials && config.credentials->external;
    for (const auto& one : config.client_credentials) {
        if (one->is_ed25519) out.has_ed25519 = true;
        if (one->external) out.has_external_keys = true;
    }
}

}  // namespace

bool use_credentials(WOLFSSL_CTX* ctx, const native_credentials& credentials) noexcept {
    const der_bytes key = credentials.key.bytes();
    return good(wolfSSL_CTX_use_certificate_chain_buffer_format(ctx, octets(credentials.chain),
                                                                size_of(credentials.chain), WOLFSSL_FILETYPE_ASN1)) &&
           good(wolfSSL_CTX_use_PrivateKey_buffer(ctx, octets(key), size_of(key), WOLFSSL_FILETYPE_ASN1));
}

bool use_credentials(WOLFSSL* ssl, const native_credentials& credentials) noexcept {
    const der_bytes key = credentials.key.bytes();
    return good(wolfSSL_use_certificate_chain_buffer_format(ssl, octets(credentials.chain), size_of(credentials.chain),
                                                            WOLFSSL_FILETYPE_ASN1)) &&
           good(wolfSSL_use_PrivateKey_buffer(ssl, octets(key), size_of(key), WOLFSSL_FILETYPE_ASN1));
}

result<std::shared_ptr<const native_context>> make_context(const context_config& config) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_context>> {
        if (!library_ready()) return std::unexpected(error(errc::out_of_memory));
        clear_errors();
        auto out = std::make_shared<native_context>();
        out->role = config.role;
        out->verify_peer = config.verify_peer;
        out->take_sessions = config.take_sessions;
        out->key_log = config.key_log;
        out->asks_for_staple = config.ask_for_staple;
        out->staple = config.staple;
        note_credentials(*out, config);
        out->asks_clients = config.client_auth != client_auth::none;
        out->asks_later = config.client_auth == client_auth::on_request;
        out->post_handshake_auth = config.post_handshake_auth;
        out->key_shares.assign(config.key_shares.begin(), config.key_shares.end());
        out->ctx.reset(wolfSSL_CTX_new(method_for(config)));
        WOLFSSL_CTX* ctx = out->ctx.get();
        if (ctx == nullptr) return fail_wolfssl(errc::out_of_memory, 0);
        if (!set_versions(ctx, config)) return fail_native(errc::internal, 0, "versions");
        if (out->has_external_keys) install_external_keys(ctx);
        if (out->has_client_credentials) wolfSSL_CTX_set_client_cert_cb(ctx, load_client_choice);
        if (config.credentials && !use_credentials(ctx, *config.credentials)) {
            return fail_native(errc::internal, 0, "credentials");
        }
        if (!set_parameters(ctx, config)) return fail_native(errc::internal, 0, "suites, groups or schemes");
        if (!set_tickets(ctx, config)) return fail_native(errc::internal, 0, "tickets");
        turn_off_extras(ctx);
        install_verification(ctx, verify_mode(config));
        install_engine_callbacks(ctx);
        if (!install_staples(ctx, *out)) return fail_native(errc::internal, 0, "OCSP responses");
        install_psk(ctx, config.role, config.psk);
        return out;
    });
}

}  // namespace tlseam::seam
