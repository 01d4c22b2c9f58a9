// SPDX-License-Identifier: Apache-2.0
// OpenSSL as its guide shows it (ossl-guide-tls-client-block): a socket BIO, SSL_read and SSL_write.
#include <openssl/crypto.h>
#include <unistd.h>

#include "bench/candidates/openssl.hpp"

namespace bench {
namespace {

class native_connection final : public connection {
public:
    native_connection(ssl_ptr ssl, int socket) : ssl_(std::move(ssl)), socket_(socket) {
        check_openssl(SSL_set_fd(ssl_.get(), socket), "SSL_set_fd");
    }
    ~native_connection() override {
        ssl_.reset();
        ::close(socket_);
    }
    void handshake() override { check_openssl(SSL_do_handshake(ssl_.get()), "SSL_do_handshake"); }
    void write(std::span<const std::byte> data) override {
        std::size_t written = 0;
        check_openssl(SSL_write_ex(ssl_.get(), data.data(), data.size(), &written), "SSL_write_ex");
    }
    std::size_t read(std::span<std::byte> room) override {
        std::size_t count = 0;
        const int done = SSL_read_ex(ssl_.get(), room.data(), room.size(), &count);
        if (done != 1 && SSL_get_error(ssl_.get(), done) != SSL_ERROR_ZERO_RETURN) fail_openssl("SSL_read_ex");
        return count;
    }
    void close() override { SSL_shutdown(ssl_.get()); }

private:
    ssl_ptr ssl_;
    int socket_;
};

}  // namespace

candidate make_candidate() {
    const auto client = openssl_client_context(), server = openssl_server_context();
    return {
        .library = OpenSSL_version(OPENSSL_VERSION),
        .client = [=](int socket) { return std::make_unique<native_connection>(openssl_client(client), socket); },
        .server = [=](int socket) { return std::make_unique<native_connection>(openssl_server(server), socket); },
        .handshake_in_memory = [=] { openssl_handshake_in_memory(client, server); },
        .seal = openssl_seal,
        .client_context =
            [] {
                const ctx_ptr ctx(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
                check_openssl(SSL_CTX_set_default_verify_paths(ctx.get()), "SSL_CTX_set_default_verify_paths");
            },
    };
}

}  // namespace bench
