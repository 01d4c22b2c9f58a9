// SPDX-License-Identifier: Apache-2.0
// OpenSSL with what can be had by hand: a BIO over large buffers, SSL_MODE_RELEASE_BUFFERS, one ticket.
#include <openssl/bio.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>

#include "bench/candidates/openssl.hpp"
#include "bench/candidates/staging_connection.hpp"

namespace bench {
namespace {

batched_socket& behind(BIO* bio) { return *static_cast<batched_socket*>(BIO_get_data(bio)); }

int write_batched(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
    behind(bio).send(std::as_bytes(std::span(data, size)));
    *written = size;
    return 1;
}

int read_batched(BIO* bio, char* data, std::size_t size, std::size_t* count) {
    const auto there = behind(bio).arrived();
    *count = std::min(size, there.size());
    if (*count == 0) return 0;
    std::memcpy(data, there.data(), *count);
    behind(bio).consume(*count);
    return 1;
}

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* batched_method() {
    static BIO_METHOD* const method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "batched");
        BIO_meth_set_write_ex(made, write_batched);
        BIO_meth_set_read_ex(made, read_batched);
        BIO_meth_set_ctrl(made, control);
        return made;
    }();
    return method;
}

class tuned_connection final : public staging_connection {
public:
    tuned_connection(ssl_ptr ssl, int socket) : staging_connection(socket), ssl_(std::move(ssl)) {
        BIO* bio = BIO_new(batched_method());
        if (bio == nullptr) fail_openssl("BIO_new");
        BIO_set_data(bio, &this->socket());
        BIO_set_init(bio, 1);
        SSL_set_bio(ssl_.get(), bio, bio);
    }
    void handshake() override {
        check_openssl(SSL_do_handshake(ssl_.get()), "SSL_do_handshake");
        socket().hold_back(true);
    }
    std::size_t read(std::span<std::byte> room) override {
        std::size_t count = 0;
        const int done = SSL_read_ex(ssl_.get(), room.data(), room.size(), &count);
        if (done != 1 && SSL_get_error(ssl_.get(), done) != SSL_ERROR_ZERO_RETURN) fail_openssl("SSL_read_ex");
        return count;
    }
    void close() override {
        SSL_shutdown(ssl_.get());
        flush();
    }

private:
    void encrypt(std::span<const std::byte> data) override {
        std::size_t written = 0;
        check_openssl(SSL_write_ex(ssl_.get(), data.data(), data.size(), &written), "SSL_write_ex");
    }
    ssl_ptr ssl_;
};

ctx_ptr tuned(ctx_ptr ctx) {
    SSL_CTX_set_mode(ctx.get(), SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_num_tickets(ctx.get(), 1);
    return ctx;
}

}  // namespace

candidate make_candidate() {
    const auto client = tuned(openssl_client_context()), server = tuned(openssl_server_context());
    return {
        .library = OpenSSL_version(OPENSSL_VERSION),
        .client = [=](int socket) { return std::make_unique<tuned_connection>(openssl_client(client), socket); },
        .server = [=](int socket) { return std::make_unique<tuned_connection>(openssl_server(server), socket); },
    };
}

}  // namespace bench
