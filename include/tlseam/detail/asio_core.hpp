// SPDX-License-Identifier: Apache-2.0
// What a stream over Asio is made of: the engine, the layer below, and the bytes between them. For asio_stream.hpp.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include <tlseam/engine.hpp>
#include <tlseam/error.hpp>

namespace tlseam {
inline namespace v0 {
namespace detail {

/// Library: which Asio (asio.hpp, boost_asio.hpp). Next: the layer below, or a reference to it. One operation at a time
/// receives from that layer, and one sends to it; others wait for their end with timers, which are cancelled then.
/// Shared by the stream and its operations, so that those still have it when the stream is gone.
template <class Library, class Next>
class asio_core {
public:
    using next_layer = std::remove_reference_t<Next>;
    using error_code = typename Library::error_code;
    using executor = typename next_layer::executor_type;
    using timer = typename Library::template timer<executor>;
    using clock = std::chrono::steady_clock;

    template <class Arg>
    asio_core(Arg&& below, engine&& e)
        : next_(std::in_place, std::forward<Arg>(below)),
          tls(std::move(e)),
          sent(next().get_executor(), clock::time_point::max()),
          received(next().get_executor(), clock::time_point::max()),
          patience(next().get_executor()) {}

    [[nodiscard]] next_layer& next() noexcept { return next_->get(); }

    /// Keeps it for last_error().
    error_code note(const error& e) {
        last_error = e;
        return Library::code(e.code());
    }

    /// The stream is gone: destroys the layer below, which ends what waits for it.
    void abandon() {
        abandoned = true;
        next_.reset();
        wake_all();
    }

    // ---- to the peer ----

    [[nodiscard]] bool has_output() const noexcept { return unsent() != 0 || !tls.output().empty(); }

    /// What to hand to the layer below. Stays where it is until after_send(), whatever the engine does meanwhile.
    [[nodiscard]] std::span<const std::byte> take_output() {
        if (unsent() == 0) {
            const auto output = tls.output();
            outgoing_.assign(output.begin(), output.end());
            outgoing_begin_ = 0;
            tls.consume_output(output.size());
        }
        return std::span<const std::byte>(outgoing_).subspan(outgoing_begin_);
    }

    void after_send(const error_code& ec, std::size_t count) {
        sending = false;
        outgoing_begin_ += count;
        if (ec && ec != Library::aborted()) send_failure = ec;
        if (unsent() == 0 || send_failure) forget_output();
        sent.cancel();
        patience.cancel();
    }

    /// Nobody will get it any more.
    void drop_output() {
        tls.consume_output(tls.output().size());
        if (!sending) forget_output();
    }

    // ---- from the peer ----

    /// Where the layer below may put what it receives. Small until there is much: somebody waits for the next byte of
    /// every idle connection, and this is what it costs.
    [[nodiscard]] std::span<std::byte> room() {
        incoming_ = std::make_unique_for_overwrite<std::byte[]>(room_);
        return {incoming_.get(), room_};
    }

    /// What keeps the conversation from going on: nothing for the end of input, which is the engine's to judge.
    [[nodiscard]] error_code after_receive(const error_code& ec, std::size_t count) {
        receiving = false;
        const bool taken = tls.feed({incoming_.get(), count}).has_value();
        incoming_.reset();
        if (count == room_) room_ = large;
        if (count < small) room_ = small;
        const bool ended = ec == Library::eof();
        if (ended) tls.end_of_input();
        received.cancel();
        patience.cancel();
        if (!taken) return Library::code(errc::out_of_memory);
        return ended ? error_code() : ec;
    }

    /// Plaintext that was decrypted in search of an alert; read before anything else.
    [[nodiscard]] std::size_t take_early(std::span<std::byte> into) {
        const std::size_t count = std::min(into.size(), early_.size());
        std::copy_n(early_.begin(), count, into.begin());
        early_.erase(early_.begin(), early_.begin() + static_cast<std::ptrdiff_t>(count));
        return count;
    }

    /// The peer's alert says more than the reset that it causes: decrypts what has arrived, up to the failure that it
    /// is. No error: there is none to be found.
    [[nodiscard]] result<void> look_for_alert() {
        std::vector<std::byte> plaintext(largest_record);
        while (early_.size() < large) {
            const auto got = tls.read_some(plaintext);
            if (!got) return std::unexpected(got.error());
            if (*got == 0) break;
            early_.insert(early_.end(), plaintext.begin(), plaintext.begin() + static_cast<std::ptrdiff_t>(*got));
        }
        return {};
    }

private:
    static constexpr std::size_t small = 4096;
    static constexpr std::size_t large = std::size_t{64} * 1024;

    struct owned {
        template <class Arg>
        explicit owned(Arg&& arg) : layer(std::forward<Arg>(arg)) {}
        [[nodiscard]] next_layer& get() noexcept { return layer; }
        Next layer;
    };

    [[nodiscard]] std::size_t unsent() const noexcept { return outgoing_.size() - outgoing_begin_; }
    void forget_output() {
        std::vector<std::byte>().swap(outgoing_);
        outgoing_begin_ = 0;
    }
    void wake_all() {
        sent.cancel();
        received.cancel();
        patience.cancel();
    }

    std::optional<owned> next_;  // first: the timers need its executor
    std::vector<std::byte> outgoing_;
    std::size_t outgoing_begin_ = 0;
    std::unique_ptr<std::byte[]> incoming_;
    std::size_t room_ = small;
    std::vector<std::byte> early_;

public:
    static constexpr std::size_t largest_record = 16384;

    engine tls;
    timer sent, received;
    timer patience;  // of the operation that has a limit
    typename Library::cancellation_signal give_up;
    clock::duration shutdown_limit = std::chrono::seconds(5);
    bool sending = false, receiving = false;
    bool abandoned = false;
    std::optional<error> last_error;
    std::optional<error_code> send_failure;  // for all that sends; what the peer said before may still be read
};

}  // namespace detail
}  // namespace v0
}  // namespace tlseam
