// SPDX-License-Identifier: Apache-2.0
// wolfSSL with what can be had by hand: I/O callbacks over large buffers.
#include <algorithm>
#include <cstring>

#include "bench/candidates/staging_connection.hpp"
#include "bench/candidates/wolfssl.hpp"

namespace bench {
namespace {

int read_batched(WOLFSSL*, char* data, int size, void* socket) {
    auto& from = *static_cast<batched_socket*>(socket);
    const auto there = from.arrived();
    if (there.empty()) return WOLFSSL_CBIO_ERR_CONN_CLOSE;
    const auto count = std::min(there.size(), static_cast<std::size_t>(size));
    std::memcpy(data, there.data(), count);
    from.consume(count);
    return static_cast<int>(count);
}

int write_batched(WOLFSSL*, char* data, int size, void* socket) {
    static_cast<batched_socket*>(socket)->send(std::as_bytes(std::span(data, static_cast<std::size_t>(size))));
    return size;
}

class tuned_connection final : public staging_connection {
public:
    tuned_connection(wolfssl_ptr ssl, int socket) : staging_connection(socket), ssl_(std::move(ssl)) {
        wolfSSL_SetIOReadCtx(ssl_.get(), &this->socket());
        wolfSSL_SetIOWriteCtx(ssl_.get(), &this->socket());
    }
    void handshake() override {
        const int done = wolfSSL_negotiate(ssl_.get());
        if (done != WOLFSSL_SUCCESS) check_wolfssl(wolfSSL_get_error(ssl_.get(), done), "wolfSSL_negotiate");
        socket().hold_back(true);
    }
    std::size_t read(std::span<std::byte> room) override {
        const int count = wolfSSL_read(ssl_.get(), room.data(), static_cast<int>(room.size()));
        return count_of_wolfssl(ssl_.get(), count, "wolfSSL_read");
    }
    void close() override {
        wolfSSL_shutdown(ssl_.get());
        flush();
    }

private:
    void encrypt(std::span<const std::byte> data) override {
        const int count = wolfSSL_write(ssl_.get(), data.data(), static_cast<int>(data.size()));
        count_of_wolfssl(ssl_.get(), count, "wolfSSL_write");
    }
    wolfssl_ptr ssl_;
};

wolfssl_ctx_ptr tuned(wolfssl_ctx_ptr ctx) {
    wolfSSL_CTX_SetIORecv(ctx.get(), read_batched);
    wolfSSL_CTX_SetIOSend(ctx.get(), write_batched);
    return ctx;
}

}  // namespace

candidate make_candidate() {
    wolfSSL_Init();
    const auto client = tuned(wolfssl_client_context()), server = tuned(wolfssl_server_context());
    return {
        .library = std::string("wolfSSL ") + wolfSSL_lib_version(),
        .client = [=](int socket) { return std::make_unique<tuned_connection>(wolfssl_client(client), socket); },
        .server = [=](int socket) { return std::make_unique<tuned_connection>(wolfssl_server(server), socket); },
    };
}

}  // namespace bench
