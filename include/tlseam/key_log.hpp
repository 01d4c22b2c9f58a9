// SPDX-License-Identifier: Apache-2.0
// The secrets of connections, for programs that decrypt a recorded conversation (Wireshark): draft-ietf-tls-keylogfile,
// known by the environment variable SSLKEYLOGFILE. Whoever has them reads and, in TLS 1.2, forges everything. For
// debugging only; nothing is ever logged unless the settings ask for it.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include <tlseam/error.hpp>
#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

/// One line, without its end: "LABEL client-random secret", the latter two in lower-case hexadecimal. The text is gone
/// after the call. TLS 1.2: CLIENT_RANDOM. TLS 1.3: CLIENT_HANDSHAKE_TRAFFIC_SECRET, SERVER_HANDSHAKE_TRAFFIC_SECRET,
/// CLIENT_TRAFFIC_SECRET_0, SERVER_TRAFFIC_SECRET_0, EXPORTER_SECRET. Each once for a connection, in no order that is
/// promised; a handshake that fails may leave some of them out. Key updates log nothing: what follows is derived from
/// these.
///
/// Called from the thread that handshakes, from several at once for several connections; it must not use the
/// connection. One that throws fails the handshake with callback_failed, and the peer sees the connection end without
/// an alert.
using key_log_callback = std::function<void(std::string_view line)>;

/// A file that key logs are appended to. The callbacks may be copied, shared between contexts and used from many
/// threads; the file is closed with the last of them. Each line is written whole, at once, also when other programs
/// append to the same file.
///
/// A line that cannot be written (no space left) fails its handshake with callback_failed, the system's error in
/// error::system_code() and the file's name in the sentence: who asked for a log is told that it has a hole.
class key_log_file {
public:
    /// Creates the file for its owner alone (mode 0600), or appends to it. Refused, as anybody else could read what is
    /// written: a symbolic link in the place of the file, a file of another user, one whose mode lets its group or
    /// others in, and everything that is no regular file.
    /// Errors: file_not_found (no such directory), file_unreadable (refused, or may not be opened), invalid_argument
    /// (an empty path, or one with an embedded NUL), out_of_memory. The sentence names the file.
    [[nodiscard]] TLSEAM_API static result<key_log_callback> open(const std::filesystem::path& path) noexcept;

    /// The file that SSLKEYLOGFILE names; an empty callback, which settings take for no log, when it names none, and in
    /// set-user-id programs, which must not let their caller choose a file. The only place that reads this variable,
    /// and only when it is called. Errors: as open().
    [[nodiscard]] TLSEAM_API static result<key_log_callback> from_environment() noexcept;

    key_log_file() = delete;
};

}  // namespace v0
}  // namespace tlseam
