// SPDX-License-Identifier: Apache-2.0
#include "tests/pairs/transport.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace peer {
namespace {
[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }
}  // namespace

bool transport::feed(tlseam::engine& engine, moment deadline) {
    while (fed_ == inbox_.size() && !input_ended_) {
        if (!wait(false, deadline)) return false;
    }
    if (fed_ == inbox_.size()) {
        engine.end_of_input();
        return true;
    }
    const auto piece = std::span(inbox_).subspan(fed_, std::min(dials_.chunk, inbox_.size() - fed_));
    tlseam::or_throw(engine.feed(piece));
    fed_ += piece.size();
    if (fed_ == inbox_.size()) {
        inbox_.clear();
        fed_ = 0;
    }
    return true;
}

void transport::collect(tlseam::engine& engine) {
    const auto output = engine.output();
    sent_.add(output);
    if (!hung_up_) outbox_.insert(outbox_.end(), output.begin(), output.end());
    engine.consume_output(output.size());
}

bool transport::flush(moment deadline) {
    std::size_t done = 0;
    while (done < outbox_.size() && !hung_up_) {
        const auto rest = std::span(outbox_).subspan(done);
        const auto allowed = rest.first(std::min(rest.size(), dials_.cut_at - sent_bytes_));
        if (!allowed.empty()) {
            const auto count = ::send(socket_.get(), allowed.data(), allowed.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count < 0 && errno != EAGAIN && errno != EINTR) fail("send");
            if (count < 0 && !wait(true, deadline)) return false;
            if (count > 0) {
                done += static_cast<std::size_t>(count);
                sent_bytes_ += static_cast<std::size_t>(count);
            }
        }
        if (sent_bytes_ == dials_.cut_at) hang_up();
    }
    outbox_.clear();
    return true;
}

void transport::drop_last(std::size_t count) {
    if (count > outbox_.size()) throw std::runtime_error("fewer bytes are held back than should be dropped");
    outbox_.resize(outbox_.size() - count);
}

void transport::flip_last() {
    if (outbox_.empty()) throw std::runtime_error("nothing is held back that could be spoilt");
    outbox_.back() ^= std::byte{1};
}

void transport::hang_up() noexcept {
    if (!hung_up_) ::shutdown(socket_.get(), SHUT_WR);
    hung_up_ = true;
}

void transport::drain(moment deadline) {
    while (!input_ended_ && wait(false, deadline)) {
    }
}

/// Waits until there is input, or room to send if that is asked for. Takes the input.
bool transport::wait(bool to_send, moment deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd p{.fd = socket_.get(), .events = 0, .revents = 0};
    if (!input_ended_) p.events = POLLIN;
    if (to_send) p.events = static_cast<short>(p.events | POLLOUT);
    const int count = ::poll(&p, 1, static_cast<int>(left));
    if (count < 0 && errno != EINTR) fail("poll");
    if (count == 0) return false;
    if ((p.revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !input_ended_) receive();
    return true;
}

void transport::receive() {
    std::byte bytes[65536];
    const auto count = ::recv(socket_.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN && errno != EINTR) fail("recv");
    if (count == 0) input_ended_ = true;
    if (count <= 0) return;
    const auto got = std::span(bytes).first(static_cast<std::size_t>(count));
    received_.add(got);
    inbox_.insert(inbox_.end(), got.begin(), got.end());
}

}  // namespace peer
