// SPDX-License-Identifier: Apache-2.0
#include "bench/candidates/batched_socket.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace bench {

batched_socket::~batched_socket() {
    give_back(in_);
    give_back(out_);
    ::close(socket_);
}

std::span<const std::byte> batched_socket::arrived() {
    if (in_begin_ == in_end_) {
        flush();
        if (!in_) in_ = borrow();
        in_begin_ = 0;
        in_end_ = receive(socket_, {in_.get(), receive_size});
    }
    return {in_.get() + in_begin_, in_end_ - in_begin_};
}

void batched_socket::consume(std::size_t count) {
    in_begin_ += count;
    if (in_begin_ == in_end_) give_back(in_);
}

void batched_socket::send(std::span<const std::byte> data) {
    if (!hold_back_) return send_all(socket_, data);
    while (!data.empty()) {
        if (!out_) out_ = borrow();
        const auto part = data.first(std::min(data.size(), send_size - out_size_));
        std::memcpy(out_.get() + out_size_, part.data(), part.size());
        out_size_ += part.size();
        data = data.subspan(part.size());
        if (out_size_ == send_size) flush();
    }
}

void batched_socket::flush() {
    if (out_size_ == 0) return;
    send_all(socket_, {out_.get(), std::exchange(out_size_, 0)});
    give_back(out_);
}

std::vector<batched_socket::buffer>& batched_socket::spare() {
    static thread_local std::vector<buffer> kept;
    return kept;
}

batched_socket::buffer batched_socket::borrow() {
    if (spare().empty()) return std::make_unique_for_overwrite<std::byte[]>(send_size);
    buffer out = std::move(spare().back());
    spare().pop_back();
    return out;
}

void batched_socket::give_back(buffer& what) {
    if (what) spare().push_back(std::move(what));
}

}  // namespace bench
