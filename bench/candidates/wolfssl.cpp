// SPDX-License-Identifier: Apache-2.0
#include "bench/candidates/wolfssl.hpp"

#include <wolfssl/wolfcrypt/aes.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace bench {
namespace {

wolfssl_ctx_ptr make_context(WOLFSSL_METHOD* method) {
    wolfssl_ctx_ptr ctx(wolfSSL_CTX_new(method), wolfSSL_CTX_free);
    if (!ctx) throw std::runtime_error("wolfSSL_CTX_new");
    check_wolfssl(wolfSSL_CTX_set_cipher_list(ctx.get(), "TLS13-AES128-GCM-SHA256"), "wolfSSL_CTX_set_cipher_list");
    int groups[] = {WOLFSSL_ECC_X25519};
    check_wolfssl(wolfSSL_CTX_set_groups(ctx.get(), groups, 1), "wolfSSL_CTX_set_groups");
    return ctx;
}

using bytes = std::vector<char>;

struct memory_end {
    bytes* in;
    bytes* out;
};

int receive_from_memory(WOLFSSL*, char* data, int size, void* context) {
    bytes& in = *static_cast<memory_end*>(context)->in;
    if (in.empty()) return WOLFSSL_CBIO_ERR_WANT_READ;
    const auto count = std::min(in.size(), static_cast<std::size_t>(size));
    std::memcpy(data, in.data(), count);
    in.erase(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(count));
    return static_cast<int>(count);
}

int send_to_memory(WOLFSSL*, char* data, int size, void* context) {
    bytes& out = *static_cast<memory_end*>(context)->out;
    out.insert(out.end(), data, data + size);
    return size;
}

void use_memory(WOLFSSL_CTX* ctx) {
    wolfSSL_CTX_SetIORecv(ctx, receive_from_memory);
    wolfSSL_CTX_SetIOSend(ctx, send_to_memory);
}

bool completed(WOLFSSL* ssl) {
    const int done = wolfSSL_negotiate(ssl);
    if (done == WOLFSSL_SUCCESS) return true;
    const int why = wolfSSL_get_error(ssl, done);
    if (why != WOLFSSL_ERROR_WANT_READ && why != WOLFSSL_ERROR_WANT_WRITE) check_wolfssl(why, "wolfSSL_negotiate");
    return false;
}

}  // namespace

wolfssl_ctx_ptr wolfssl_client_context() {
    auto ctx = make_context(wolfTLSv1_3_client_method());
    check_wolfssl(wolfSSL_CTX_load_verify_locations(ctx.get(), certificate_file("root.crt").c_str(), nullptr),
                  "root.crt");
    return ctx;
}

wolfssl_ctx_ptr wolfssl_server_context() {
    auto ctx = make_context(wolfTLSv1_3_server_method());
    check_wolfssl(wolfSSL_CTX_use_certificate_chain_file(ctx.get(), certificate_file("server.crt").c_str()),
                  "server.crt");
    check_wolfssl(
        wolfSSL_CTX_use_PrivateKey_file(ctx.get(), certificate_file("server.key").c_str(), WOLFSSL_FILETYPE_PEM),
        "server.key");
    return ctx;
}

wolfssl_ptr wolfssl_client(const wolfssl_ctx_ptr& from) {
    wolfssl_ptr ssl(wolfSSL_new(from.get()));
    if (!ssl) throw std::runtime_error("wolfSSL_new");
    const std::string name = server_name;
    check_wolfssl(
        wolfSSL_UseSNI(ssl.get(), WOLFSSL_SNI_HOST_NAME, name.data(), static_cast<unsigned short>(name.size())),
        "wolfSSL_UseSNI");
    check_wolfssl(wolfSSL_check_domain_name(ssl.get(), server_name), "wolfSSL_check_domain_name");
    return ssl;
}

wolfssl_ptr wolfssl_server(const wolfssl_ctx_ptr& from) {
    wolfssl_ptr ssl(wolfSSL_new(from.get()));
    if (!ssl) throw std::runtime_error("wolfSSL_new");
    return ssl;
}

wolfssl_memory::wolfssl_memory() : client_(wolfssl_client_context()), server_(wolfssl_server_context()) {
    use_memory(client_.get());
    use_memory(server_.get());
}

void wolfssl_memory::handshake_and_one_byte() const {
    const wolfssl_ptr client = wolfssl_client(client_), server = wolfssl_server(server_);
    bytes to_server, to_client;
    memory_end at_client = {&to_client, &to_server}, at_server = {&to_server, &to_client};
    wolfSSL_SetIOReadCtx(client.get(), &at_client);
    wolfSSL_SetIOWriteCtx(client.get(), &at_client);
    wolfSSL_SetIOReadCtx(server.get(), &at_server);
    wolfSSL_SetIOWriteCtx(server.get(), &at_server);
    bool client_done = false, server_done = false;
    while (!client_done || !server_done) {
        client_done = completed(client.get());
        server_done = completed(server.get());
    }
    char byte = 7;
    count_of_wolfssl(client.get(), wolfSSL_write(client.get(), &byte, 1), "wolfSSL_write");
    count_of_wolfssl(server.get(), wolfSSL_read(server.get(), &byte, 1), "wolfSSL_read");
}

void wolfssl_seal(std::span<std::byte> record) {
    static Aes* const cipher = [] {
        constexpr std::array<unsigned char, 16> key = {};
        Aes* made = new Aes;
        if (wc_AesInit(made, nullptr, INVALID_DEVID) != 0) throw std::runtime_error("wc_AesInit");
        if (wc_AesGcmSetKey(made, key.data(), key.size()) != 0) throw std::runtime_error("wc_AesGcmSetKey");
        return made;
    }();
    constexpr std::array<unsigned char, 12> nonce = {};
    constexpr std::array<unsigned char, 5> header = {};
    std::array<unsigned char, 16> tag;
    auto* data = reinterpret_cast<unsigned char*>(record.data());
    if (wc_AesGcmEncrypt(cipher, data, data, static_cast<word32>(record.size()), nonce.data(), nonce.size(), tag.data(),
                         tag.size(), header.data(), header.size()) != 0) {
        throw std::runtime_error("wc_AesGcmEncrypt");
    }
}

void wolfssl_system_context() {
    const wolfssl_ctx_ptr ctx(wolfSSL_CTX_new(wolfTLS_client_method()), wolfSSL_CTX_free);
    check_wolfssl(wolfSSL_CTX_load_system_CA_certs(ctx.get()), "wolfSSL_CTX_load_system_CA_certs");
}

void check_wolfssl(int code, const char* what) {
    if (code == WOLFSSL_SUCCESS) return;
    throw std::runtime_error(std::string(what) + ": " +
                             wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(code)));
}

std::size_t count_of_wolfssl(WOLFSSL* ssl, int count, const char* what) {
    if (count > 0) return static_cast<std::size_t>(count);
    const int why = wolfSSL_get_error(ssl, count);
    if (why == WOLFSSL_ERROR_ZERO_RETURN) return 0;
    throw std::runtime_error(std::string(what) + ": " +
                             wolfSSL_ERR_reason_error_string(static_cast<unsigned long>(why)));
}

}  // namespace bench
