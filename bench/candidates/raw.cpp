// SPDX-License-Identifier: Apache-2.0
// TCP without TLS, 64 KiB at a time: the limit of everything that goes over a socket.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "bench/candidate.hpp"
#include "bench/sockets.hpp"

namespace bench {
namespace {

constexpr std::size_t at_once = 64 * 1024;

class raw_connection final : public connection {
public:
    explicit raw_connection(int socket) : socket_(socket) {}
    ~raw_connection() override { ::close(socket_); }
    void handshake() override {}
    void write(std::span<const std::byte> data) override {
        while (!data.empty()) {
            const auto part = data.first(std::min(data.size(), at_once));
            send_all(socket_, part);
            data = data.subspan(part.size());
        }
    }
    std::size_t read(std::span<std::byte> room) override {
        return receive(socket_, room.first(std::min(room.size(), at_once)));
    }
    void close() override { ::shutdown(socket_, SHUT_WR); }

private:
    int socket_;
};

}  // namespace

candidate make_candidate() {
    const auto make = [](int socket) { return std::make_unique<raw_connection>(socket); };
    return {.library = "TCP", .client = make, .server = make};
}

}  // namespace bench
