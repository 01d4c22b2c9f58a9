// SPDX-License-Identifier: Apache-2.0
// What a program can do by hand about a library that asks for five bytes at a time and sends each record by itself: one
// large recv for many small reads, one large send for many records. Buffers belong to the thread; a connection has one
// only while bytes are in it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "bench/sockets.hpp"

namespace bench {

class batched_socket {
public:
    explicit batched_socket(int socket) : socket_(socket) {}
    ~batched_socket();
    batched_socket(const batched_socket&) = delete;
    batched_socket& operator=(const batched_socket&) = delete;

    /// What has arrived; waits when that is nothing, after sending what is held back. Empty: the peer has ended.
    [[nodiscard]] std::span<const std::byte> arrived();
    void consume(std::size_t count);
    void send(std::span<const std::byte> data);
    void flush();
    /// In the handshake everything leaves at once: the other end has work to do with it.
    void hold_back(bool yes) { hold_back_ = yes; }

private:
    static constexpr std::size_t receive_size = 64 * 1024, send_size = 128 * 1024;
    using buffer = std::unique_ptr<std::byte[]>;
    static std::vector<buffer>& spare();
    static buffer borrow();
    static void give_back(buffer& what);

    int socket_;
    buffer in_ = {}, out_ = {};
    std::size_t in_begin_ = 0, in_end_ = 0, out_size_ = 0;
    bool hold_back_ = false;
};

}  // namespace bench
