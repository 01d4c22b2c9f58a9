// SPDX-License-Identifier: Apache-2.0
// What a stream needs of an Asio, for one of the two: no guard, as asio.hpp and boost_asio.hpp each include it with its
// own names.

namespace tlseam {
inline namespace v0 {
namespace detail {

struct TLSEAM_ASIO_LIBRARY {
    using error_code = TLSEAM_ASIO_SYSTEM::error_code;
    using system_error = TLSEAM_ASIO_SYSTEM::system_error;
    using cancellation_signal = TLSEAM_ASIO_NAMESPACE::cancellation_signal;
    template <class Executor>
    using timer = TLSEAM_ASIO_NAMESPACE::basic_waitable_timer<
        std::chrono::steady_clock, TLSEAM_ASIO_NAMESPACE::wait_traits<std::chrono::steady_clock>, Executor>;
    template <class Executor>
    using default_token = TLSEAM_ASIO_NAMESPACE::default_completion_token_t<Executor>;
    template <class Buffers>
    static constexpr bool is_const_buffers = TLSEAM_ASIO_NAMESPACE::is_const_buffer_sequence<Buffers>::value;

    // ---- errors ----

    static error_code code(errc e) { return error_code(make_error_code(e)); }
    static error_code eof() { return TLSEAM_ASIO_NAMESPACE::error::eof; }
    static error_code aborted() { return TLSEAM_ASIO_NAMESPACE::error::operation_aborted; }
    static error_code connection_reset() { return TLSEAM_ASIO_NAMESPACE::error::connection_reset; }

    // ---- buffers ----

    static auto buffer(std::span<const std::byte> bytes) {
        return TLSEAM_ASIO_NAMESPACE::const_buffer(bytes.data(), bytes.size());
    }
    static auto buffer(std::span<std::byte> bytes) {
        return TLSEAM_ASIO_NAMESPACE::mutable_buffer(bytes.data(), bytes.size());
    }

    /// The buffers of a sequence, as spans, one after the other.
    template <class Buffers>
    static auto spans(const Buffers& buffers) {
        namespace asio = TLSEAM_ASIO_NAMESPACE;
        using buffer_type = std::conditional_t<asio::is_mutable_buffer_sequence<Buffers>::value, asio::mutable_buffer,
                                               asio::const_buffer>;
        using byte = std::conditional_t<std::is_same_v<buffer_type, asio::mutable_buffer>, std::byte, const std::byte>;
        struct range {
            struct iterator {
                decltype(asio::buffer_sequence_begin(std::declval<const Buffers&>())) at;
                std::span<byte> operator*() const {
                    const buffer_type each(*at);
                    return {static_cast<byte*>(each.data()), each.size()};
                }
                iterator& operator++() {
                    ++at;
                    return *this;
                }
                bool operator!=(const iterator& other) const { return at != other.at; }
            };
            iterator from, to;
            iterator begin() const { return from; }
            iterator end() const { return to; }
        };
        return range{{asio::buffer_sequence_begin(buffers)}, {asio::buffer_sequence_end(buffers)}};
    }

    // ---- operations ----

    template <class Signature, class Operation, class Token, class Layer>
    static auto compose(Operation&& operation, Token&& token, Layer& layer) {
        return TLSEAM_ASIO_NAMESPACE::async_compose<Token, Signature>(std::forward<Operation>(operation), token, layer);
    }
    template <class Executor, class Handler>
    static void post(const Executor& executor, Handler&& handler) {
        TLSEAM_ASIO_NAMESPACE::post(executor, std::forward<Handler>(handler));
    }

    template <class Self>
    static void allow_cancellation(Self& self) {
        self.reset_cancellation_state(TLSEAM_ASIO_NAMESPACE::enable_total_cancellation());
    }
    template <class Self>
    static void allow_partial_cancellation(Self& self) {
        self.reset_cancellation_state(TLSEAM_ASIO_NAMESPACE::enable_partial_cancellation());
    }
    template <class Self>
    static bool cancelled(Self& self) {
        return self.get_cancellation_state().cancelled() != TLSEAM_ASIO_NAMESPACE::cancellation_type::none;
    }
    static void emit(cancellation_signal& signal) { signal.emit(TLSEAM_ASIO_NAMESPACE::cancellation_type::all); }

    template <class Self, class Layer>
    static auto executor_of(Self& self, Layer& layer) {
        return TLSEAM_ASIO_NAMESPACE::get_associated_executor(self, layer.get_executor());
    }
    template <class Executor, class Handler>
    static auto bind(const Executor& executor, Handler&& handler) {
        return TLSEAM_ASIO_NAMESPACE::bind_executor(executor, std::forward<Handler>(handler));
    }
    template <class Executor, class Handler>
    static auto bind(cancellation_signal& signal, const Executor& executor, Handler&& handler) {
        return TLSEAM_ASIO_NAMESPACE::bind_cancellation_slot(
            signal.slot(), bind(executor, std::forward<Handler>(handler)));
    }
};

}  // namespace detail
}  // namespace v0
}  // namespace tlseam
