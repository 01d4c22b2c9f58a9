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
#include <optional>
#include <span>
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
class engine_owner;
}

/// One end of one connection. Movable, not copyable. Belongs to one thread at a time. A moved-from engine may only be
/// destroyed or assigned to. No call blocks.
///
/// Every verb gives the error of the first TLS failure again, once there was one (sticky). Not sticky: want_read,
/// want_write, misuse, closed.
///
/// Limits on what a peer may make us hold or do; above them the connection ends with too_large. In the handshake: a
/// first hello of 64 KiB in 2,048 records with 64 key shares, a ServerHello of 16 KiB; 100 KiB of certificates, 30 of
/// them; 512 KiB in 8,192 records in all. Until its handshake is complete, a server holds at most 512 KiB of heap for a
/// client, the library's part included; 4 MiB where it asks for certificates (some libraries keep each of their names).
/// After it: 128 records in a row without data, and 256 KiB of answers to key updates that the peer does not read. What
/// the program feeds at once or does not send comes on top; time is its to limit: no byte prolongs a deadline.
class engine {
public:
    /// A client needs options.server_name or options.verified_name unless verification is off.
    /// Errors: invalid_argument (a name that is no ASCII host name or IP address, a session although the settings turn
    /// resumption off, a verified_name or a session with psk), misuse (a name or session for a server), out_of_memory,
    /// internal.
    [[nodiscard]] TLSEAM_API static result<engine> create(const context& context,
                                                          const connect_options& options = {}) noexcept;
    TLSEAM_API ~engine();
    TLSEAM_API engine(engine&&) noexcept;
    TLSEAM_API engine& operator=(engine&&) noexcept;

    // ---- the program's side ----

    /// Goes on with the handshake; a no-op once it is complete. The verbs below do it first when needed.
    /// Errors: want_read, want_context (servers with a hello_callback that says so); sticky: alert_received,
    /// certificate_refused, certificate_required, no_shared_version, no_shared_parameters, no_application_protocol,
    /// unrecognized_name, psk_refused, plaintext_http, not_tls, protocol_error, bad_record_mac,
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

    /// A server that may ask its client for a certificate after the handshake (RFC 8446 4.6.2): puts the request into
    /// output(). how: optional, or required, with which a client without one is refused (certificate_required).
    ///
    /// Nobody is authenticated by this call, but by the answer, which arrives within read_some(): go on reading, and
    /// as soon as certificate_requested() is false look at info().peer_verified; a bad certificate ends the connection
    /// as it does in a handshake. Data that the client sent before its answer is read before it, and is no more
    /// trustworthy than it was. The answer of a client that answers nothing never comes: set a deadline.
    /// Half of an answer may have arrived; until the other half has, write_some(), close_write() and key_update() may
    /// say want_read: read first. So may this call, while the answer to a key update is awaited.
    ///
    /// What export_keying_material() and channel_binding() give is not changed by it (RFC 8446 7.5). HTTP/2 forbids it
    /// (RFC 8740 3). No tickets are issued with client_auth::on_request.
    /// Errors: misuse (a client; client_auth of the settings is not on_request; before the handshake is complete; while
    /// certificate_requested(); when ALPN agreed on h2), invalid_argument (how), unsupported (TLS 1.2; a client that
    /// has not offered it; a second time without feature::post_handshake_auth_unrestricted), closed (after either
    /// close_notify), want_read, want_write, sticky ones. All but those are no harm: the connection goes on without a
    /// certificate.
    [[nodiscard]] TLSEAM_API result<void> request_certificate(client_auth how = client_auth::required) noexcept;
    /// A certificate was asked for, and the answer has not been verified yet. Also true when the connection fails
    /// meanwhile.
    [[nodiscard]] TLSEAM_API bool certificate_requested() const noexcept;

    /// Puts close_notify into output(); no-op when already done. In TLS 1.3 reading goes on (RFC 8446 6.1); in TLS 1.2
    /// incoming data is discarded from now on (RFC 5246 7.2.1).
    /// Errors: misuse before the handshake is complete, want_write, sticky ones.
    [[nodiscard]] TLSEAM_API result<void> close_write() noexcept;

    /// Puts a KeyUpdate into output() (RFC 8446 4.6.3); with ask_peer, the peer updates its sending keys too.
    /// Errors: unsupported in TLS 1.2, without ask_peer where the backend lacks feature::key_update_unanswered, and
    /// while certificate_requested() where it lacks feature::post_handshake_auth_unrestricted; misuse before the
    /// handshake is complete; closed; want_write; sticky ones.
    [[nodiscard]] TLSEAM_API result<void> key_update(bool ask_peer = false) noexcept;

    /// A server that got want_context: whatever is decided now, the next verb does. Errors: misuse when nobody waits
    /// for an answer, and for hello_answer::later().
    [[nodiscard]] TLSEAM_API result<void> answer_hello(const hello_answer& answer) noexcept;
    /// Fills out with a key for another protocol, which only the two ends of this connection can compute (RFC 8446 7.5,
    /// RFC 5705). Needs exporter = true in the settings. Allowed as soon as the handshake is complete, also after the
    /// connection was closed. The same label and context give the same bytes at both ends, at any time; in TLS 1.3 a
    /// shorter output is not the beginning of a longer one.
    /// out: 1 to 8,160 bytes. label: 1 to 249 printable ASCII characters; those in use are registered with IANA, and
    /// begin with "EXPORTER". context: at most 65,535 bytes, in TLS 1.2 at most 512; not set, in TLS 1.3 the same as
    /// empty.
    /// Errors: misuse (before the handshake is complete, without the setting), invalid_argument (out, label or context
    /// of another size; a label that TLS reserves), unsupported (TLS 1.2: a peer without the extended master secret,
    /// RFC 7627 5.4; a context of more than 512 bytes; an empty one without feature::exporter_empty_context), internal,
    /// out_of_memory, the sticky one. None of them is sticky itself. On a failure out holds nothing of use.
    [[nodiscard]] TLSEAM_API result<void> export_keying_material(
        std::span<std::byte> out, std::string_view label,
        std::optional<std::span<const std::byte>> context = std::nullopt) noexcept;

    /// What ties an authentication above TLS to this connection or to its server; the same at both ends, as soon as the
    /// handshake is complete and as long as the connection has not failed. A client that skips verification has them
    /// too: a binding that both ends agree on proves that nobody sits in between.
    /// tls_exporter is the exporter with the label "EXPORTER-Channel-Binding" and, as RFC 9266 2 has it, an empty
    /// context; there are programs that leave the context out, and in TLS 1.2 theirs is another value.
    /// Errors: misuse (before the handshake is complete; tls_exporter without the setting exporter), unsupported
    /// (tls_exporter: as export_keying_material(), so in TLS 1.2 it needs feature::exporter_empty_context;
    /// tls_server_end_point: a certificate that is signed with Ed25519, Ed448 or an unknown algorithm; a connection
    /// that shows none, as when it is resumed or has a pre-shared key), invalid_argument, internal, out_of_memory, the
    /// sticky one. None of them is sticky itself.
    [[nodiscard]] TLSEAM_API result<std::vector<std::byte>> channel_binding(channel_binding_type type) noexcept;

    /// Plaintext bytes that read_some() gives without more input, a lower bound: 0 does not mean that it would fail.
    [[nodiscard]] TLSEAM_API std::size_t pending() const noexcept;

    /// Valid as long as the engine; empty until the handshake is complete. After a later authentication it is another
    /// object (connection_info.hpp).
    [[nodiscard]] TLSEAM_API const connection_info& info() const noexcept;

    // ---- the transport's side ----

    /// Takes all bytes. Decrypts nothing yet: memory grows by what the program feeds and does not read; for a part of a
    /// record, up to 160 KiB, until the rest of it comes.
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
