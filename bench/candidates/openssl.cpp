// SPDX-License-Identifier: Apache-2.0
#include "bench/candidates/openssl.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>
#include <string_view>

#include "bench/sockets.hpp"

namespace bench {
namespace {

ctx_ptr make_context(const SSL_METHOD* method) {
    ctx_ptr ctx(SSL_CTX_new(method), SSL_CTX_free);
    if (!ctx) fail_openssl("SSL_CTX_new");
    set_openssl_parameters(ctx.get());
    return ctx;
}

/// As OpenSSL's information callback, which has no other way to say no.
void check_parameters(const SSL* ssl, int event, int) {
    if ((event & SSL_CB_HANDSHAKE_DONE) == 0) return;
    const std::string_view version = SSL_get_version(ssl), suite = SSL_get_cipher_name(ssl);
    const long group = SSL_get_negotiated_group(const_cast<SSL*>(ssl));
    if (version != "TLSv1.3" || suite != "TLS_AES_128_GCM_SHA256" || group != NID_X25519) {
        give_up("negotiated: " + std::string(version) + ", " + std::string(suite) + ", group " + std::to_string(group));
    }
}

/// Puts what one end has written before the other; true when there was something.
bool carry(SSL* from, SSL* to) {
    std::array<char, 16384> bytes;
    const int count = BIO_read(SSL_get_wbio(from), bytes.data(), static_cast<int>(bytes.size()));
    if (count <= 0) return false;
    check_openssl(BIO_write(SSL_get_rbio(to), bytes.data(), count), "BIO_write");
    return true;
}

bool completed(SSL* ssl) {
    const int done = SSL_do_handshake(ssl);
    if (done == 1) return true;
    if (SSL_get_error(ssl, done) != SSL_ERROR_WANT_READ) fail_openssl("SSL_do_handshake");
    return false;
}

}  // namespace

void set_openssl_parameters(SSL_CTX* ctx) {
    check_openssl(SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION), "SSL_CTX_set_min_proto_version");
    check_openssl(SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256"), "SSL_CTX_set_ciphersuites");
    check_openssl(SSL_CTX_set1_groups_list(ctx, "X25519"), "SSL_CTX_set1_groups_list");
    SSL_CTX_set_info_callback(ctx, check_parameters);
}

ctx_ptr openssl_client_context() {
    auto ctx = make_context(TLS_client_method());
    SSL_CTX_set_verify(ctx.get(), SSL_VERIFY_PEER, nullptr);
    check_openssl(SSL_CTX_load_verify_file(ctx.get(), certificate_file("root.crt").c_str()), "root.crt");
    return ctx;
}

ctx_ptr openssl_server_context() {
    auto ctx = make_context(TLS_server_method());
    check_openssl(SSL_CTX_use_certificate_chain_file(ctx.get(), certificate_file("server.crt").c_str()), "server.crt");
    check_openssl(SSL_CTX_use_PrivateKey_file(ctx.get(), certificate_file("server.key").c_str(), SSL_FILETYPE_PEM),
                  "server.key");
    return ctx;
}

ssl_ptr openssl_client(const ctx_ptr& from) {
    ssl_ptr ssl(SSL_new(from.get()));
    if (!ssl) fail_openssl("SSL_new");
    check_openssl(SSL_set_tlsext_host_name(ssl.get(), server_name), "SSL_set_tlsext_host_name");
    check_openssl(SSL_set1_host(ssl.get(), server_name), "SSL_set1_host");
    SSL_set_connect_state(ssl.get());
    return ssl;
}

ssl_ptr openssl_server(const ctx_ptr& from) {
    ssl_ptr ssl(SSL_new(from.get()));
    if (!ssl) fail_openssl("SSL_new");
    SSL_set_accept_state(ssl.get());
    return ssl;
}

void openssl_handshake_in_memory(const ctx_ptr& client_context, const ctx_ptr& server_context) {
    const ssl_ptr client = openssl_client(client_context), server = openssl_server(server_context);
    for (SSL* ssl : {client.get(), server.get()}) SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    bool client_done = false, server_done = false;
    while (!client_done || !server_done) {
        client_done = completed(client.get());
        carry(client.get(), server.get());
        server_done = completed(server.get());
        carry(server.get(), client.get());
    }
    char byte = 7;
    check_openssl(SSL_write(client.get(), &byte, 1), "SSL_write");
    carry(client.get(), server.get());
    check_openssl(SSL_read(server.get(), &byte, 1), "SSL_read");
}

void openssl_seal(std::span<std::byte> record) {
    static EVP_CIPHER_CTX* const cipher = [] {
        constexpr std::array<unsigned char, 16> key = {};
        EVP_CIPHER_CTX* made = EVP_CIPHER_CTX_new();
        check_openssl(EVP_EncryptInit_ex(made, EVP_aes_128_gcm(), nullptr, key.data(), nullptr), "EVP_EncryptInit_ex");
        return made;
    }();
    constexpr std::array<unsigned char, 12> nonce = {};
    constexpr std::array<unsigned char, 5> header = {};
    std::array<unsigned char, 16> tag;
    auto* data = reinterpret_cast<unsigned char*>(record.data());
    int size = 0;
    check_openssl(EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, nonce.data()), "EVP_EncryptInit_ex");
    check_openssl(EVP_EncryptUpdate(cipher, nullptr, &size, header.data(), header.size()), "EVP_EncryptUpdate");
    check_openssl(EVP_EncryptUpdate(cipher, data, &size, data, static_cast<int>(record.size())), "EVP_EncryptUpdate");
    check_openssl(EVP_EncryptFinal_ex(cipher, data + size, &size), "EVP_EncryptFinal_ex");
    check_openssl(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, tag.size(), tag.data()), "EVP_CTRL_AEAD_GET_TAG");
}

void fail_openssl(const char* what) {
    std::array<char, 256> text = {};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    throw std::runtime_error(std::string(what) + ": " + text.data());
}

}  // namespace bench
