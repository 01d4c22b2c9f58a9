// SPDX-License-Identifier: Apache-2.0
// What a client resumes with: a session of an earlier connection.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <tlseam/error.hpp>
#include <tlseam/export.hpp>
#include <tlseam/types.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
struct session_data;
}

/// A ticket of a server, with everything that belongs to it: keys, the server's certificates, the names it was checked
/// for. An immutable value; copies share it. Thread safe.
///
/// A client's context resumes by itself (client_settings::resumption). This class is for programs that keep sessions
/// over the end of a process: client_settings::on_session gives them, connect_options::session takes them.
///
/// A session is offered to a server only when all of this holds; else the handshake is a full one, which is no error:
/// - the context has the same scope as the one it comes from: trust anchors, verification settings, versions, suites,
///   groups and own certificate are equal, whatever objects they come in (clocks, ALPN and callbacks for sessions do
///   not matter). With a verification callback, the scope is the context and its copies.
/// - server_name and verified_name are the same, and its version is the newest that the settings allow;
/// - it has not expired, and the server has shown its certificate within seven days, and at most 120 handshakes ago:
///   there are servers that fail after some more;
/// - the server's chain, judged again at this moment, is still accepted: dates, names, revocation lists, pins;
/// - TLS 1.3: it has not been offered before (RFC 8446 C.4), as far as this object and its copies know;
/// - TLS 1.2: the client sends a server_name;
/// - the connection that it comes from has not failed. One that was destroyed, or cut off after its handshake, without
///   close_notify has not (RFC 5246 7.2.1).
class session {
public:
    /// Everything, for a file or a database. Holds the keys of the session: whoever reads it can take the server's
    /// place towards this client, and reads TLS 1.2 connections. Not encrypted. For this library in this version only.
    /// Errors: out_of_memory.
    [[nodiscard]] TLSEAM_API result<std::vector<std::byte>> serialize() const noexcept;

    /// Errors: malformed_session (damaged, changed, or nothing that serialize() wrote), unsupported (of another
    /// library, of another version of it, or in another format; the sentence says which), out_of_memory.
    [[nodiscard]] TLSEAM_API static result<session> parse(std::span<const std::byte> bytes) noexcept;

    [[nodiscard]] TLSEAM_API protocol_version version() const noexcept;
    /// As the client sent it; empty: it sent none. Valid as long as any copy of this session.
    [[nodiscard]] TLSEAM_API std::string_view server_name() const noexcept;
    /// From then on it is not offered, by the clock of the settings that it is offered with.
    [[nodiscard]] TLSEAM_API std::chrono::sys_seconds expires() const noexcept;

    /// Used by tlseam itself.
    explicit session(std::shared_ptr<const detail::session_data> data) noexcept : data_(std::move(data)) {}
    [[nodiscard]] const std::shared_ptr<const detail::session_data>& data() const noexcept { return data_; }

private:
    std::shared_ptr<const detail::session_data> data_;
};

}  // namespace v0
}  // namespace tlseam
