// SPDX-License-Identifier: Apache-2.0
// TLS without a socket: bytes in, bytes out. What Python calls MemoryBIO and SSLObject, in one object.
//
//     engine.feed(bytes from the peer);   engine.end_of_input() when the transport ends
//     engine.handshake() / read_some() / write_some() / close_write() / key_update()
//     send engine.output(), then engine.consume_output(how much was sent); after every call, also a failed one:
//     an alert for the peer may wait there
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include <tlseam/connection_info.hpp>
#include <tlseam/context.hpp>
#include <tlseam/error.hpp>
#include <tlseam/export.hpp>
#include <tlseam/settings.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
class engine_owner;
}

/// One end of one connection. Movable, not copyable. Belongs to one thread at a time. A moved-from engine may only be
/// destroyed or assigned to. No call blocks.
///
/// Every verb gives the error of the first TLS failure again, once there was one (sticky). Not sticky: want_read,
/// want_write, misuse, closed.
class engine {
public:
    /// A client needs options.server_name or options.verified_name unless verification is off.
    /// Errors: invalid_argument (a name that is no ASCII host name or IP address, a session although the settings turn
    /// resumption off), misuse (a name or session for a server), out_of_memory, internal.
    [[nodiscard]] TLSEAM_API static result<engine> create(const context& context,
                                                          const connect_options& options = {}) noexcept;
    TLSEAM_API ~engine();
    TLSEAM_API engine(engine&&) noexcept;
    TLSEAM_API engine& operator=(engine&&) noexcept;

    // ---- the program's side ----

    /// Goes on with the handshake; a no-op once it is complete. The verbs below do it first when needed.
    /// Errors: want_read; sticky: alert_received, certificate_refused, certificate_required, no_shared_version,
    /// no_shared_parameters, no_application_protocol, plaintext_http, not_tls, protocol_error, bad_record_mac,
    /// too_large, truncated, callback_failed, out_of_memory, internal.
    [[nodiscard]] TLSEAM_API result<void> handshake() noexcept;

    /// At most one record's plaintext (16,384 bytes). 0 means the peer's close_notify, unless the span is empty: an
    /// empty span gives 0 at once and means nothing. In TLS 1.3, tickets are only taken here (RFC 8446 4.6.1): a client
    /// that never reads has nothing to resume with. Errors: as handshake(), truncated when input ended without
    /// close_notify.
    [[nodiscard]] TLSEAM_API result<std::size_t> read_some(std::span<std::byte> buffer) noexcept;

    /// Encrypts at most one record (16,384 bytes) into output() and says how many bytes that were; 0 only for an empty
    /// span. Errors: as handshake(), want_write (consume output first), closed (after close_write(), and in TLS 1.2
    /// after the peer's close_notify).
    [[nodiscard]] TLSEAM_API result<std::size_t> write_some(std::span<const std::byte> data) noexcept;

    /// Puts close_notify into output(); no-op when already done. In TLS 1.3 reading goes on (RFC 8446 6.1); in TLS 1.2
    /// incoming data is discarded from now on (RFC 5246 7.2.1).
    /// Errors: misuse before the handshake is complete, want_write, sticky ones.
    [[nodiscard]] TLSEAM_API result<void> close_write() noexcept;

    /// Puts a KeyUpdate into output() (RFC 8446 4.6.3); with ask_peer, the peer updates its sending keys too.
    /// Errors: unsupported in TLS 1.2, and without ask_peer where the backend lacks feature::key_update_unanswered;
    /// misuse before the handshake is complete; closed; want_write; sticky ones.
    [[nodiscard]] TLSEAM_API result<void> key_update(bool ask_peer = false) noexcept;

    /// Plaintext bytes that read_some() gives without more input, a lower bound: 0 does not mean that it would fail.
    [[nodiscard]] TLSEAM_API std::size_t pending() const noexcept;

    /// Valid as long as the engine; empty until the handshake is complete.
    [[nodiscard]] TLSEAM_API const connection_info& info() const noexcept;

    // ---- the transport's side ----

    /// Takes all bytes. Decrypts nothing yet: memory grows by what the program feeds and does not read.
    /// Errors: misuse after end_of_input(), out_of_memory (nothing was taken).
    [[nodiscard]] TLSEAM_API result<void> feed(std::span<const std::byte> bytes) noexcept;

    /// The transport ended. Verbs that need more bytes now fail with truncated.
    TLSEAM_API void end_of_input() noexcept;

    /// Bytes for the peer; valid until the next call that is not const.
    [[nodiscard]] TLSEAM_API std::span<const std::byte> output() const noexcept;
    /// Drops the first count bytes of output(). Needs count <= output().size(); more is taken as all.
    TLSEAM_API void consume_output(std::size_t count) noexcept;

    /// Bytes fed and not yet used. After both close_notify they belong to the protocol that follows TLS.
    [[nodiscard]] TLSEAM_API std::span<const std::byte> unread() const noexcept;

private:
    explicit engine(std::unique_ptr<detail::engine_owner> owner) noexcept;
    std::unique_ptr<detail::engine_owner> owner_;
};

}  // namespace v0
}  // namespace tlseam
