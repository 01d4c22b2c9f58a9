// SPDX-License-Identifier: Apache-2.0
// A TLS stream over any stream of Asio. Include asio.hpp (standalone Asio) or boost_asio.hpp (Boost.Asio): they give it
// its names, asio_stream and boost_asio_stream.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <tlseam/context.hpp>
#include <tlseam/detail/asio_blocking.hpp>
#include <tlseam/detail/asio_core.hpp>
#include <tlseam/detail/asio_operation.hpp>
#include <tlseam/detail/asio_verbs.hpp>
#include <tlseam/engine.hpp>
#include <tlseam/error.hpp>
#include <tlseam/settings.hpp>

namespace tlseam {
inline namespace v0 {

/// Meets Asio's AsyncReadStream, AsyncWriteStream, SyncReadStream and SyncWriteStream. Next: the stream below, or a
/// reference to one that lives longer, e.g. tcp::socket or tcp::socket&. The role is that of the context.
///
/// Movable, also while operations wait. Destroying it destroys the stream below (unless it is a reference); what waits
/// then completes with operation_aborted. A moved-from stream may only be destroyed or assigned to.
///
/// Threads: as any Asio stream: one thread at a time, or one strand. One operation that reads and one that writes may
/// be under way at once; handshake, close_write and shutdown count as writing, shutdown as reading too. Blocking calls
/// only while no operation is under way.
///
/// Errors: those of the stream below as they are, and tlseam::errc (engine.hpp has those of each verb), which compare
/// as `ec == tlseam::errc::certificate_refused`; last_error() has the whole story. The peer's close_notify is Asio's
/// eof; the end without one is errc::truncated. TLS failures are sticky. When sending fails, what the peer said before
/// is looked at first: its alert wins over the reset.
///
/// Cancellation (terminal, partial and total): the operation completes with operation_aborted and the stream stays
/// usable: nothing that arrived is lost, and what was encrypted goes out with the next operation. A write then says how
/// much of the data that was; do not write these bytes again. Where there are any, "total" comes too late for it, and it
/// completes. There are no deadlines but shutdown's: use cancel_after(), a timer, or beast::tcp_stream below.
///
/// Memory: 4 KiB while something waits to receive, and up to 64 KiB while much arrives. Buffers are freed when idle.
template <class Library, class Next>
class basic_asio_stream {
    using core = detail::asio_core<Library, Next>;
    template <class Verb>
    using operation = detail::asio_operation<Library, Next, Verb>;

public:
    using next_layer_type = typename core::next_layer;
    using executor_type = typename core::executor;
    using error_code = typename Library::error_code;
    using default_token = typename Library::template default_token<executor_type>;

    /// next: what the stream below is made from, or the stream that is referred to. options: as engine::create(); a
    /// client needs server_name or verified_name. Throws tlseam::exception with the errors of engine::create().
    template <class Arg>
    basic_asio_stream(Arg&& next, const context& context, const connect_options& options = {})
        : core_(std::make_shared<core>(std::forward<Arg>(next), or_throw(engine::create(context, options)))) {}

    ~basic_asio_stream() {
        if (core_) core_->abandon();
    }
    basic_asio_stream(basic_asio_stream&&) noexcept = default;
    basic_asio_stream& operator=(basic_asio_stream&& other) noexcept {
        if (core_ && core_ != other.core_) core_->abandon();
        core_ = std::move(other.core_);
        return *this;
    }

    [[nodiscard]] executor_type get_executor() noexcept { return core_->next().get_executor(); }
    [[nodiscard]] next_layer_type& next_layer() noexcept { return core_->next(); }
    [[nodiscard]] const next_layer_type& next_layer() const noexcept { return core_->next(); }
    [[nodiscard]] auto& lowest_layer() noexcept { return core_->next().lowest_layer(); }

    /// What was agreed, and with whom (connection_info.hpp).
    [[nodiscard]] const connection_info& info() const noexcept { return core_->tls.info(); }
    /// Of the last operation that failed with an errc: which certificate, which alert, and a sentence.
    [[nodiscard]] const std::optional<error>& last_error() const noexcept { return core_->last_error; }
    /// For what has no operation here: answer_hello(), key_update(), request_certificate(), export_keying_material(),
    /// channel_binding(). What that puts into output() goes out with the next operation that writes. Do not take bytes
    /// from it or feed it.
    [[nodiscard]] engine& tls() noexcept { return core_->tls; }
    /// How long async_shutdown() waits; five seconds unless set.
    void shutdown_limit(std::chrono::milliseconds limit) noexcept { core_->shutdown_limit = limit; }

    // ---- asynchronous: each takes a completion token ----

    /// void(error_code). The others do it first where it was not done, so that nothing need wait for it in TLS 1.3. A
    /// server whose hello_callback says "later" gets errc::want_context: tls().answer_hello(), then this again.
    template <class Token = default_token>
    auto async_handshake(Token&& token = {}) {
        return start<void(error_code)>(detail::handshake_verb<Library>(), std::forward<Token>(token));
    }

    /// void(error_code, std::size_t): the same with bytes that were received already, all of which are taken.
    template <class Buffers, class Token = default_token>
    requires(Library::template is_const_buffers<Buffers>) auto async_handshake(const Buffers& received,
                                                                               Token&& token = {}) {
        return start<void(error_code, std::size_t)>(detail::buffered_handshake_verb<Library>(*core_, received),
                                                    std::forward<Token>(token));
    }

    /// void(error_code, std::size_t): at least a byte, and as much more as has been received and fits.
    template <class Buffers, class Token = default_token>
    auto async_read_some(const Buffers& buffers, Token&& token = {}) {
        return start<void(error_code, std::size_t)>(detail::read_verb<Library, Buffers>(buffers),
                                                    std::forward<Token>(token));
    }

    /// void(error_code, std::size_t): up to 112 KiB at once, which the stream below has taken when it completes. Small
    /// buffers of a sequence share a record.
    template <class Buffers, class Token = default_token>
    auto async_write_some(const Buffers& buffers, Token&& token = {}) {
        return start<void(error_code, std::size_t)>(detail::write_verb<Library, Buffers>(buffers),
                                                    std::forward<Token>(token));
    }

    /// void(error_code): sends close_notify; in TLS 1.3 reading goes on (RFC 8446 6.1), in TLS 1.2 what comes is
    /// discarded. errc::misuse before the handshake.
    template <class Token = default_token>
    auto async_close_write(Token&& token = {}) {
        return start<void(error_code)>(detail::close_verb<Library>(), std::forward<Token>(token));
    }

    /// void(error_code): the same, and then discards what still comes until the peer's close_notify. A peer that leaves
    /// without one is no error here; errc::timed_out after shutdown_limit(). Nothing else may be under way.
    template <class Token = default_token>
    auto async_shutdown(Token&& token = {}) {
        return start<void(error_code)>(detail::shutdown_verb<Library>(), std::forward<Token>(token));
    }

    // ---- blocking: each also without ec, which throws Asio's system_error ----

    void handshake(error_code& ec) { (void)run(detail::handshake_verb<Library>(), ec); }
    template <class Buffers>
    std::size_t read_some(const Buffers& buffers, error_code& ec) {
        return run(detail::read_verb<Library, Buffers>(buffers), ec);
    }
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers, error_code& ec) {
        return run(detail::write_verb<Library, Buffers>(buffers), ec);
    }
    /// There is no blocking shutdown: it would wait as long as the peer likes. Read until eof where its end matters.
    void close_write(error_code& ec) { (void)run(detail::close_verb<Library>(), ec); }

    void handshake() {
        or_throw_with([&](error_code& ec) { handshake(ec); });
    }
    template <class Buffers>
    std::size_t read_some(const Buffers& buffers) {
        return or_throw_with([&](error_code& ec) { return read_some(buffers, ec); });
    }
    template <class Buffers>
    std::size_t write_some(const Buffers& buffers) {
        return or_throw_with([&](error_code& ec) { return write_some(buffers, ec); });
    }
    void close_write() {
        or_throw_with([&](error_code& ec) { close_write(ec); });
    }

private:
    template <class Signature, class Verb, class Token>
    auto start(Verb verb, Token&& token) {
        return Library::template compose<Signature>(operation<Verb>(core_, std::move(verb)), std::forward<Token>(token),
                                                    core_->next());
    }

    template <class Verb>
    std::size_t run(Verb verb, error_code& ec) {
        ec = detail::run_blocking<Library>(*core_, verb);
        return verb.count;
    }

    template <class Call>
    static auto or_throw_with(Call&& call) {
        error_code ec;
        if constexpr (std::is_void_v<decltype(call(ec))>) {
            call(ec);
            if (ec) throw typename Library::system_error(ec);
        } else {
            const auto out = call(ec);
            if (ec) throw typename Library::system_error(ec);
            return out;
        }
    }

    std::shared_ptr<core> core_;
};

}  // namespace v0
}  // namespace tlseam
