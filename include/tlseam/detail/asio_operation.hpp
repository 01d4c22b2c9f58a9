// SPDX-License-Identifier: Apache-2.0
// One asynchronous operation of a stream over Asio: calls a verb until it is done, moving bytes in between. For
// asio_stream.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <tlseam/detail/asio_core.hpp>
#include <tlseam/detail/asio_verbs.hpp>

namespace tlseam {
inline namespace v0 {
namespace detail {

/// Sends what there is to send, and what comes meanwhile; started by operations that do not wait for it.
template <class Library, class Next>
class asio_send {
    using core = asio_core<Library, Next>;

public:
    explicit asio_send(std::shared_ptr<core> owner) : core_(std::move(owner)) {}

    template <class Executor>
    void start(const Executor& executor) {
        core& c = *core_;
        c.sending = true;
        const auto output = Library::buffer(c.take_output());
        auto after = [next = *this, executor](typename Library::error_code ec, std::size_t count) mutable {
            next.core_->after_send(ec, count);
            if (ec || next.core_->abandoned || !next.core_->has_output()) return;
            next.start(executor);
        };
        c.next().async_write_some(output, Library::bind(executor, std::move(after)));
    }

private:
    std::shared_ptr<core> core_;
};

/// The body of a composed operation (async_compose). Verbs: asio_verbs.hpp.
template <class Library, class Next, class Verb>
class asio_operation {
    using core = asio_core<Library, Next>;
    using error_code = typename Library::error_code;
    enum class step : std::uint8_t { start, complete, send, receive, wait };

public:
    asio_operation(std::shared_ptr<core> owner, Verb verb) : core_(std::move(owner)), verb_(std::move(verb)) {}

    /// ec and count: of what it waited for.
    template <class Self>
    void operator()(Self& self, error_code ec = {}, std::size_t count = 0) {
        error_code failure;
        switch (step_) {
            case step::start: Library::allow_cancellation(self); break;
            case step::complete: return finish(self);
            case step::send: core_->after_send(ec, count); break;
            case step::receive: failure = core_->after_receive(ec, count); break;
            case step::wait: timed_out_ = !ec; break;  // those that wait for another operation are always cancelled
        }
        if (core_->abandoned || ec == Library::aborted()) {
            if (core_->abandoned || step_ != step::wait || Library::cancelled(self)) return interrupt(self);
        }
        if (timed_out_) return time_out(self);
        if (failure) return end(self, core_->send_failure && Verb::sends ? *core_->send_failure : verb_.judge(failure));
        go_on(self);
    }

private:
    template <class Self>
    void go_on(Self& self) {
        for (;;) {
            if (core_->send_failure) {
                core_->drop_output();
                if (Verb::sends && !failed()) return find_out_why(self);
            }
            if (!done_ && Library::cancelled(self)) return interrupt(self);
            if (!done_) advance();
            if (core_->has_output() && !core_->send_failure) {
                if constexpr (Verb::sends) {
                    return core_->sending ? wait_for(self, core_->sent) : send(self);
                } else {
                    send_aside(self);  // reading never waits for a peer that waits for the same
                }
            }
            if (done_) return end(self, outcome_);
            if (wants_input_) return receive(self);
            if (core_->sending) return wait_for(self, core_->sent);  // for room
        }
    }

    void advance() {
        const result<void> did = verb_(*core_);
        wants_input_ = !did && did.error() == errc::want_read;
        if (!did && (wants_input_ || did.error() == errc::want_write)) return;
        done_ = true;
        outcome_ = did ? verb_.template success<error_code>() : verb_.judge(core_->note(did.error()));
    }

    [[nodiscard]] bool failed() const { return done_ && outcome_; }

    /// Sending failed: perhaps the peer has said why.
    template <class Self>
    void find_out_why(Self& self) {
        const auto heard = core_->look_for_alert();
        if (!heard && heard.error() == errc::want_read) return receive(self);
        const bool alert = !heard && heard.error() == errc::alert_received;
        end(self, alert ? core_->note(heard.error()) : *core_->send_failure);
    }

    // ---- waiting ----

    template <class Self>
    void send(Self& self) {
        if (Verb::counts && done_ && !counted_) {
            counted_ = true;  // what was encrypted cannot be taken back: "total" comes too late
            Library::allow_partial_cancellation(self);
        }
        if (Library::cancelled(self)) return interrupt(self);
        if constexpr (Verb::limited) {
            send_aside(self);
            wait_for(self, core_->patience);
        } else {
            core_->sending = true;
            const auto output = Library::buffer(core_->take_output());
            started(step::send);
            core_->next().async_write_some(output, std::move(self));
        }
    }

    /// Sends all that there is, without anybody who waits for it.
    template <class Self>
    void send_aside(Self& self) {
        if (!core_->sending) asio_send<Library, Next>(core_).start(Library::executor_of(self, core_->next()));
    }

    template <class Self>
    void receive(Self& self) {
        if (Library::cancelled(self)) return interrupt(self);
        if constexpr (Verb::limited) {
            if (!core_->receiving) receive_aside(self);
            wait_for(self, core_->patience);
        } else {
            if (core_->receiving) return wait_for(self, core_->received);
            core_->receiving = true;
            const auto room = Library::buffer(core_->room());
            started(step::receive);
            core_->next().async_read_some(room, std::move(self));
        }
    }

    template <class Self>
    void wait_for(Self& self, typename core::timer& timer) {
        if (Library::cancelled(self)) return interrupt(self);
        started(step::wait);
        if constexpr (Verb::limited) {
            if (!deadline_) deadline_ = core::clock::now() + core_->shutdown_limit;
            core_->patience.expires_at(*deadline_);
            core_->patience.async_wait(std::move(self));
        } else {
            timer.async_wait(std::move(self));
        }
    }

    /// An operation with a limit cannot wait for the layer below itself: it would have to wait for its end. give_up is
    /// what ends it.
    template <class Self>
    void receive_aside(Self& self) {
        core_->receiving = true;
        const auto room = Library::buffer(core_->room());
        auto after = [core = core_](error_code ec, std::size_t count) {
            const error_code failure = core->after_receive(ec, count);
            if (failure && failure != Library::aborted()) core->tls.end_of_input();  // which is how shutdown sees it
        };
        core_->next().async_read_some(
            room, Library::bind(core_->give_up, Library::executor_of(self, core_->next()), std::move(after)));
    }

    void started(step next) noexcept {
        step_ = next;
        first_ = false;
    }

    // ---- the end ----

    template <class Self>
    void time_out(Self& self) {
        Library::emit(core_->give_up);
        end(self, core_->note(error(errc::timed_out)));
    }

    /// The operation was cancelled, or the stream is gone: what was done stays done.
    template <class Self>
    void interrupt(Self& self) {
        if constexpr (Verb::limited) Library::emit(core_->give_up);
        const bool complete = done_ && (outcome_ || !Verb::sends);
        end(self, complete ? outcome_ : Library::aborted());
    }

    template <class Self>
    void end(Self& self, error_code outcome) {
        outcome_ = outcome;
        if (!first_) return finish(self);
        started(step::complete);  // never within the call that began it
        Library::post(core_->next().get_executor(), std::move(self));
    }

    template <class Self>
    void finish(Self& self) {
        const error_code outcome = outcome_;
        const std::size_t count = verb_.count;
        core_.reset();  // before the handler, which may destroy the stream
        if constexpr (Verb::counts) {
            self.complete(outcome, count);
        } else {
            self.complete(outcome);
        }
    }

    std::shared_ptr<core> core_;
    Verb verb_;
    step step_ = step::start;
    bool first_ = true;
    bool done_ = false;
    bool wants_input_ = false;
    bool timed_out_ = false;
    bool counted_ = false;
    error_code outcome_;
    std::optional<typename core::clock::time_point> deadline_;
};

}  // namespace detail
}  // namespace v0
}  // namespace tlseam
