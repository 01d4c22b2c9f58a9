// SPDX-License-Identifier: Apache-2.0
// TLS over a socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/connection_info.hpp>
#include <tlseam/context.hpp>
#include <tlseam/error.hpp>
#include <tlseam/export.hpp>
#include <tlseam/settings.hpp>
#include <tlseam/types.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
class stream_owner;
}

/// An IP address and port, or the path of a Unix socket with port 0.
struct socket_address {
    std::string host;
    std::uint16_t port = 0;
    /// "127.0.0.1:443", "[::1]:443".
    [[nodiscard]] TLSEAM_API std::string to_string() const;
    friend bool operator==(const socket_address&, const socket_address&) = default;
};

/// What unwrap() gives back.
struct unwrapped {
    int socket;                     ///< belongs to the caller now
    std::vector<std::byte> unread;  ///< bytes that arrived behind the peer's close_notify: the next protocol's first
};

/// One connection. Movable, not copyable; a moved-from stream may only be destroyed or assigned to.
///
/// Threads: one thread may read while another writes; close_write(), key_update() and shutdown() count as writing,
/// handshake() as both. A second reader or writer gets misuse. cancel() from any thread, info() once handshake() or a
/// first read or write has returned. Do not move or destroy a stream that another thread uses.
///
/// Waiting: calls block until done, or until their wait_options end the wait with timed_out or cancelled. Neither is
/// sticky: call again to go on. In non-blocking mode they never wait and give want_read or want_write instead: poll
/// native_handle() for that and repeat the call; the data need not be at the same address. A reading call may say
/// want_write, when something is to be sent before: then poll for reading as well, for the peer may wait in the same
/// way. A peer that always has more to say does not keep a call from ending: at the deadline, and in non-blocking mode
/// after 64 receives.
///
/// Errors: those of the engine's verbs (engine.hpp), which are sticky, and connection_reset or transport_error, sticky
/// too, with errno in system_code(). On a fatal error the alert is sent and, in blocking mode, the peer gets up to one
/// second to read it.
///
/// No call raises SIGPIPE. The destructor closes the socket, never blocks and sends no close_notify: the peer sees
/// truncated unless close_write() or shutdown() came first.
class stream {
public:
    /// Connects to host (name or IP address), trying its addresses in turn, and completes the handshake: when it
    /// returns, the peer is who the certificate says. Name resolution is outside the deadline: the system gives no way
    /// to interrupt it.
    /// Errors: invalid_argument (no host name, port 0), host_not_found, connection_refused, unreachable, timed_out,
    /// cancelled, misuse (a server context), those of handshake(). The sentence names host and port.
    [[nodiscard]] TLSEAM_API static result<stream> connect(const context& context, std::string_view host,
                                                           std::uint16_t port, const connect_options& options = {},
                                                           const wait_options& wait = {}) noexcept;

    /// Takes a connected stream socket, in the context's role. On success the stream owns and closes it; on failure it
    /// stays the caller's. Its flags (O_NONBLOCK and the like) are neither read nor changed. already_read: bytes that
    /// the caller read from the socket and that belong to TLS.
    /// Errors: invalid_argument (no stream socket), and those of engine::create().
    [[nodiscard]] TLSEAM_API static result<stream> wrap(const context& context, int socket,
                                                        const connect_options& options = {},
                                                        std::span<const std::byte> already_read = {}) noexcept;
    TLSEAM_API ~stream();
    TLSEAM_API stream(stream&&) noexcept;
    TLSEAM_API stream& operator=(stream&&) noexcept;

    /// Completes the handshake; a no-op when it is complete. Every other verb does it first when needed.
    [[nodiscard]] TLSEAM_API result<void> handshake(const wait_options& wait = {}) noexcept;

    /// At least one byte and at most one record (16,384 bytes). 0 means the peer's close_notify, unless the span is
    /// empty. A connection that ends without close_notify gives truncated.
    [[nodiscard]] TLSEAM_API result<std::size_t> read_some(std::span<std::byte> buffer,
                                                           const wait_options& wait = {}) noexcept;

    /// Encrypts at most one record and sends it. The count is what was taken: those bytes will be sent in order by this
    /// or a later call, even if this one could not send them all before its wait ended. timed_out, cancelled and
    /// want_write mean that nothing was taken.
    [[nodiscard]] TLSEAM_API result<std::size_t> write_some(std::span<const std::byte> data,
                                                            const wait_options& wait = {}) noexcept;

    /// Fills the buffer. closed when close_notify comes first. received, if given, gets the number of bytes read, also
    /// on failure.
    [[nodiscard]] TLSEAM_API result<void> read_exactly(std::span<std::byte> buffer, const wait_options& wait = {},
                                                       std::size_t* received = nullptr) noexcept;

    /// Writes everything and hands it to the operating system. accepted, if given, gets the number of bytes taken, also
    /// on failure: after timed_out, cancelled or want_write go on with the rest.
    [[nodiscard]] TLSEAM_API result<void> write_all(std::span<const std::byte> data, const wait_options& wait = {},
                                                    std::size_t* accepted = nullptr) noexcept;

    /// The same with several pieces, such as a header and a body: they become full records, as if they were one.
    [[nodiscard]] TLSEAM_API result<void> write_all(std::span<const std::span<const std::byte>> pieces,
                                                    const wait_options& wait = {},
                                                    std::size_t* accepted = nullptr) noexcept;
    [[nodiscard]] result<void> write_all(std::initializer_list<std::span<const std::byte>> pieces,
                                         const wait_options& wait = {}, std::size_t* accepted = nullptr) noexcept {
        return write_all(std::span(pieces.begin(), pieces.size()), wait, accepted);
    }

    /// Gathers small writes into full records and records into large sends:
    ///     stream::writer out(stream);
    ///     for (const auto& line : lines) if (auto written = out.write(line); !written) ...
    ///     if (auto flushed = out.flush(); !flushed) ...
    class writer;

    /// Hands everything taken so far to the operating system, also what a writer holds.
    [[nodiscard]] TLSEAM_API result<void> flush(const wait_options& wait = {}) noexcept;

    /// Sends close_notify: the peer reads a clean end. Reading goes on in TLS 1.3; in TLS 1.2 incoming data is
    /// discarded. No-op when already done. Errors: misuse before the handshake is complete.
    [[nodiscard]] TLSEAM_API result<void> close_write(const wait_options& wait = {}) noexcept;

    /// close_write(), then discards what still comes until the peer's close_notify. A peer that ends the connection
    /// without one, as many do, is no error here; one that keeps it open without answering is timed_out, after five
    /// seconds when the wait has no earlier deadline. Counts as reading and writing.
    [[nodiscard]] TLSEAM_API result<void> shutdown(const wait_options& wait = {}) noexcept;

    /// Ends TLS and gives the socket back for whatever follows in the clear: close_notify both ways, strictly
    /// (truncated when the peer's is missing). On success the stream is empty, as if moved from; on failure it is
    /// unchanged. Data of the peer that was not read before its close_notify is a misuse error.
    [[nodiscard]] TLSEAM_API result<unwrapped> unwrap(const wait_options& wait = {}) noexcept;

    /// A server asks its client for a certificate after the handshake, and waits until the answer was verified: when it
    /// returns, info() says who the client is; with client_auth::required, peer_verified is true. See
    /// engine::request_certificate(). Counts as reading and writing. Data that the client sent before its answer is
    /// kept for read_some(), at most 64 KiB and a record: above it, too_large, which is not sticky here. After that,
    /// after timed_out, cancelled, want_read and want_write the request is still open: call again to go on waiting,
    /// with data read or not; read_some() takes the answer just as well. Errors: those of the engine's but misuse while
    /// a request is open; closed when the client's close_notify comes in the place of the answer.
    [[nodiscard]] TLSEAM_API result<void> request_certificate(client_auth how = client_auth::required,
                                                              const wait_options& wait = {}) noexcept;
    /// See engine::certificate_requested().
    [[nodiscard]] TLSEAM_API bool certificate_requested() const noexcept;

    /// TLS 1.3 KeyUpdate, see engine::key_update(). When the wait ends before it is sent, that is no error: a later
    /// call sends it, before anything else.
    [[nodiscard]] TLSEAM_API result<void> key_update(bool ask_peer = false, const wait_options& wait = {}) noexcept;

    /// A server that got want_context, which is so in blocking mode too: see engine::answer_hello(). Then repeat the
    /// call. Needs no other call to be in progress, and may come from any thread.
    [[nodiscard]] TLSEAM_API result<void> answer_hello(const hello_answer& answer) noexcept;
    /// See engine::export_keying_material(). Never waits for the network, from any thread.
    [[nodiscard]] TLSEAM_API result<void> export_keying_material(
        std::span<std::byte> out, std::string_view label,
        std::optional<std::span<const std::byte>> context = std::nullopt) noexcept;

    /// See engine::channel_binding(). Never waits for the network, from any thread.
    [[nodiscard]] TLSEAM_API result<std::vector<std::byte>> channel_binding(channel_binding_type type) noexcept;

    /// Ends the waits of every call that is in progress on this stream, in any thread, with errc::cancelled.
    TLSEAM_API void cancel() noexcept;

    /// true (the default): calls wait. false: they give want_read or want_write. Does not touch the socket's flags.
    TLSEAM_API void set_blocking(bool blocking) noexcept;

    /// Plaintext that read_some() gives without waiting: poll() on the socket does not see it.
    [[nodiscard]] TLSEAM_API std::size_t pending() const noexcept;

    /// What was agreed; empty until the handshake is complete. Valid as long as the stream.
    [[nodiscard]] TLSEAM_API const connection_info& info() const noexcept;

    /// The socket, for poll() and socket options. Reading or writing it yourself breaks the connection.
    [[nodiscard]] TLSEAM_API int native_handle() const noexcept;

    /// Errors: transport_error, with errno.
    [[nodiscard]] TLSEAM_API result<socket_address> local_address() const noexcept;
    [[nodiscard]] TLSEAM_API result<socket_address> peer_address() const noexcept;

    /// Used by tlseam itself.
    explicit stream(std::unique_ptr<detail::stream_owner> owner) noexcept;

private:
    std::unique_ptr<detail::stream_owner> owner_;
};

/// A way to write to a stream, without anything of its own: what it has taken is kept by the stream, at most one record
/// of plaintext and about 128 KiB of ciphertext. That is sent when there is more, at flush(), before whatever another
/// verb sends, and before the stream waits for the peer in read_some() or another reading verb that begins after the
/// write: a request that was written is sent before its answer is awaited. The destructors of the writer and of the
/// stream send nothing. In TLS 1.2, what is kept when the peer's close_notify comes can no longer be sent: the next
/// writing verb says closed, once.
///
/// Counts as writing, as write_all() does. Good as long as the stream, which may be moved.
class stream::writer {
public:
    TLSEAM_API explicit writer(stream& to) noexcept;

    /// Takes everything; waits only when so much is waiting to be sent that nothing more can be taken. Completes the
    /// handshake first. A failure to send shows here, later, or at flush(). accepted as of write_all().
    [[nodiscard]] TLSEAM_API result<void> write(std::span<const std::byte> data, const wait_options& wait = {},
                                                std::size_t* accepted = nullptr) noexcept;
    /// stream::flush().
    [[nodiscard]] TLSEAM_API result<void> flush(const wait_options& wait = {}) noexcept;

private:
    detail::stream_owner* owner_;
};

}  // namespace v0
}  // namespace tlseam
