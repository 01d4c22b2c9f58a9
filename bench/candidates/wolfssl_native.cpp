// SPDX-License-Identifier: Apache-2.0
// wolfSSL as its manual shows it (chapter 11, the tutorial): wolfSSL_set_fd, wolfSSL_read and wolfSSL_write.
#include <unistd.h>

#include "bench/candidates/wolfssl.hpp"

namespace bench {
namespace {

class native_connection final : public connection {
public:
    native_connection(wolfssl_ptr ssl, int socket) : ssl_(std::move(ssl)), socket_(socket) {
        check_wolfssl(wolfSSL_set_fd(ssl_.get(), socket), "wolfSSL_set_fd");
    }
    ~native_connection() override {
        ssl_.reset();
        ::close(socket_);
    }
    void handshake() override {
        const int done = wolfSSL_negotiate(ssl_.get());
        if (done != WOLFSSL_SUCCESS) check_wolfssl(wolfSSL_get_error(ssl_.get(), done), "wolfSSL_negotiate");
    }
    void write(std::span<const std::byte> data) override {
        const int count = wolfSSL_write(ssl_.get(), data.data(), static_cast<int>(data.size()));
        count_of_wolfssl(ssl_.get(), count, "wolfSSL_write");
    }
    std::size_t read(std::span<std::byte> room) override {
        const int count = wolfSSL_read(ssl_.get(), room.data(), static_cast<int>(room.size()));
        return count_of_wolfssl(ssl_.get(), count, "wolfSSL_read");
    }
    void close() override { wolfSSL_shutdown(ssl_.get()); }

private:
    wolfssl_ptr ssl_;
    int socket_;
};

}  // namespace

candidate make_candidate() {
    wolfSSL_Init();
    const auto client = wolfssl_client_context(), server = wolfssl_server_context();
    const wolfssl_memory memory;
    return {
        .library = std::string("wolfSSL ") + wolfSSL_lib_version(),
        .client = [=](int socket) { return std::make_unique<native_connection>(wolfssl_client(client), socket); },
        .server = [=](int socket) { return std::make_unique<native_connection>(wolfssl_server(server), socket); },
        .handshake_in_memory = [=] { memory.handshake_and_one_byte(); },
        .seal = wolfssl_seal,
        .client_context = wolfssl_system_context,
    };
}

}  // namespace bench
