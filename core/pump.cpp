// SPDX-License-Identifier: Apache-2.0
#include "core/pump.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include "core/fail.hpp"

namespace tlseam::inline v0::detail {

namespace sockets = seam::sockets;
using sockets::wake_reason;

/// Marks a side as busy for the length of one call.
class stream_owner::claim {
public:
    claim(stream_owner& owner, sides wanted) noexcept : owner_(owner), wanted_(wanted) {
        granted_ = !(wanted.reads && owner.reading_) && !(wanted.writes && owner.writing_);
        if (!granted_) return;
        owner.reading_ |= wanted.reads;
        owner.writing_ |= wanted.writes;
    }
    ~claim() {  // the mutex is held
        if (!granted_) return;
        if (wanted_.reads) owner_.reading_ = false;
        if (wanted_.writes) owner_.writing_ = false;
    }
    claim(const claim&) = delete;
    claim& operator=(const claim&) = delete;
    [[nodiscard]] bool granted() const noexcept { return granted_; }

private:
    stream_owner& owner_;
    sides wanted_;
    bool granted_ = false;
};

result<void> stream_owner::pump(sides sides, sending sending, const wait_options& limits, const step& verb) noexcept {
    std::unique_lock lock(mutex);
    const claim claimed(*this, sides);
    if (!claimed.granted()) {
        return seam::fail(errc::misuse, "another thread is in the same kind of call on this stream");
    }
    const unsigned generation = cancellations_;
    const bool staged_first = sides.writes && sending != sending::later;
    for (int received = 0;;) {
        result<void> done = staged_first ? encrypt_staged() : result<void>();
        if (done) done = verb();
        if (done && sending == sending::later && !send_failure_) return {};
        push();
        if (connection.failed()) {
            if (!done) return give_up(sides, limits, lock);
        } else if (send_failure_ && (sides.writes || !done)) {
            if (auto survived = after_send_failure(sides); !survived) {
                if (connection.failed()) return give_up(sides, limits, lock);
                return survived;
            }
            if (done) return {};
        }
        const bool unsent = !connection.ciphertext().out().empty();
        if (done && !(sending == sending::all && unsent)) return {};
        if (!done && done.error() != errc::want_read && done.error() != errc::want_write) return done;

        const bool wants_input = !done && done.error() == errc::want_read;
        if (wants_input) {
            if (received == receives_between_looks) {
                received = 0;
                if (!blocking) return std::unexpected(error(unsent ? errc::want_write : errc::want_read));
                if (const auto ended = look_up(limits, lock, generation)) return std::unexpected(error(*ended));
            }
            const pulled got = pull();
            if (got != pulled::nothing) {
                ++received;
                continue;
            }
            if (!writing_ && !staged.empty() && send_staged()) continue;
        } else if (!unsent) {
            continue;  // want_write, and push() made the room
        }
        if (!blocking) {
            shrink_buffers();
            return std::unexpected(error(unsent ? errc::want_write : errc::want_read));
        }
        if (cancelled_since(generation)) return std::unexpected(error(errc::cancelled));
        int problem = 0;
        switch (wait(sides, wants_input, unsent, limits, lock, problem)) {
            case wake_reason::ready:
                if (wants_input && pull() == pulled::something) ++received;  // before the library is asked in vain
                break;
            case wake_reason::woken: break;
            case wake_reason::timed_out: return std::unexpected(error(errc::timed_out));
            case wake_reason::cancelled: return std::unexpected(error(errc::cancelled));
            case wake_reason::failed:
                return seam::fail_system(sockets::errc_for(problem), problem, "cannot wait for the peer");
        }
        if (cancelled_since(generation)) return std::unexpected(error(errc::cancelled));
    }
}

/// The peer may wait for what is staged, as we are about to wait for the peer. True when there is news to look at.
bool stream_owner::send_staged() noexcept {
    const auto encrypted = encrypt_staged();
    return encrypted || connection.failed();
}

result<void> stream_owner::encrypt_staged() noexcept {
    while (!staged.empty()) {
        const auto written = connection.write_some(staged.bytes());
        if (!written) {
            // TLS 1.2, after the peer's close_notify: said once, and not in the way of what still has to be done.
            if (written.error() == errc::closed) staged.consume(staged.size());
            return std::unexpected(written.error());
        }
        staged.consume(*written);
    }
    return {};
}

result<void> stream_owner::stage(std::span<const std::byte>& data) noexcept {
    if (auto open = connection.write_some({}); !open) return std::unexpected(open.error());
    const std::size_t record = connection.max_record_size();  // of the context that the handshake has chosen
    while (!data.empty()) {
        if (staged.size() == record) {
            if (auto encrypted = encrypt_staged(); !encrypted) return encrypted;
        }
        if (staged.empty() && data.size() >= record) {
            const auto written = connection.write_some(data);
            if (!written) return std::unexpected(written.error());
            data = data.subspan(*written);
            continue;
        }
        const auto part = data.first(std::min(data.size(), record - staged.size()));
        if (!staged.append(part)) return std::unexpected(errc::out_of_memory);
        data = data.subspan(part.size());
    }
    return {};
}

/// Sends what the system takes at once. A failure is remembered: the bytes that could not be sent are gone, but what
/// the peer said before may still be read.
void stream_owner::push() {
    auto& out = connection.ciphertext().out();
    if (send_failure_) out.consume(out.size());
    while (!out.empty()) {
        const sockets::transfer sent = sockets::send(socket.get(), out.bytes());
        if (sent.what == sockets::outcome::would_block) return;
        if (sent.what == sockets::outcome::failed) {
            send_failure_ = failed_to_send(sent.system_code);
            out.consume(out.size());
            return;
        }
        out.consume(sent.bytes);
    }
}

/// One recv, no waiting.
stream_owner::pulled stream_owner::pull() noexcept {
    if (connection.input_ended()) return pulled::nothing;
    auto& in = connection.ciphertext().in();
    const auto room = in.prepare(receive_size);
    if (room.empty()) {
        connection.fail_transport(errc::out_of_memory);
        return pulled::end;
    }
    const sockets::transfer got = sockets::receive(socket.get(), room.first(receive_size));
    in.commit(got.bytes);
    switch (got.what) {
        case sockets::outcome::moved: wake_others(); return pulled::something;
        case sockets::outcome::would_block: return pulled::nothing;
        case sockets::outcome::ended:
            if (send_failure_) {
                connection.fail_transport(*send_failure_);  // a peer that went away, not one that forgot to say goodbye
            } else {
                connection.end_of_input();
            }
            return pulled::end;
        case sockets::outcome::failed:
            connection.fail_transport(
                seam::fail_system(sockets::errc_for(got.system_code), got.system_code, "cannot receive from the peer")
                    .error());
            return pulled::end;
    }
    return pulled::nothing;
}

/// A call that is kept busy: what may end it is asked without a wait, and cancel() gets its turn at the mutex.
std::optional<errc> stream_owner::look_up(const wait_options& limits, std::unique_lock<std::mutex>& lock,
                                          unsigned generation) noexcept {
    if (limits.stop.stop_requested()) return errc::cancelled;
    if (std::chrono::steady_clock::now() >= limits.deadline) return errc::timed_out;
    lock.unlock();
    std::this_thread::yield();
    lock.lock();
    if (cancelled_since(generation)) return errc::cancelled;
    return std::nullopt;
}

/// For as long as nobody calls: a peer that sends a byte and waits must not hold a large buffer.
void stream_owner::shrink_buffers() noexcept {
    connection.ciphertext().in().shrink();
    connection.ciphertext().out().shrink();
}

wake_reason stream_owner::wait(sides sides, bool readable, bool writable, const wait_options& limits,
                               std::unique_lock<std::mutex>& lock, int& problem) noexcept {
    sockets::waker& own = sockets::this_threads_waker();
    auto& slot = waiting_[sides.writes ? 1 : 0];
    slot = &own;
    const sockets::interest interests[] = {{.fd = socket.get(), .readable = readable, .writable = writable}};
    shrink_buffers();
    lock.unlock();
    const wake_reason why = sockets::wait(interests, own, limits, problem);
    lock.lock();
    slot = nullptr;
    return why;
}

/// Somebody else may wait for bytes that are here now, or for a connection that is dead.
void stream_owner::wake_others() noexcept {
    for (sockets::waker* waiting : waiting_) {
        if (waiting != nullptr) waiting->wake();
    }
}

void stream_owner::cancel() noexcept {
    const std::scoped_lock lock(mutex);
    ++cancellations_;
    wake_others();
}

}  // namespace tlseam::inline v0::detail
