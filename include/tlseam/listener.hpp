// SPDX-License-Identifier: Apache-2.0
// Listening sockets that give TLS streams.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <tlseam/context.hpp>
#include <tlseam/error.hpp>
#include <tlseam/export.hpp>
#include <tlseam/stream.hpp>
#include <tlseam/types.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
class listener_owner;
}

struct listen_options {
    int backlog = 128;          ///< connections the system keeps until accept()
    bool reuse_address = true;  ///< bind although old connections of this port linger (SO_REUSEADDR)
};

/// Thread safe, except for moving and destroying. A moved-from listener may only be destroyed or assigned to.
class listener {
public:
    /// Listens on every address that host has ("localhost": 127.0.0.1 and ::1), all on one port; those that this
    /// machine does not have (one without IPv6) are left out, as long as there is another. An empty host means every
    /// address of the machine. Port 0 lets the system pick, see local_address().
    /// Errors: misuse (a client context), invalid_argument, host_not_found, address_in_use, transport_error,
    /// out_of_memory.
    [[nodiscard]] TLSEAM_API static result<listener> bind(const context& context, std::string_view host,
                                                          std::uint16_t port,
                                                          const listen_options& options = {}) noexcept;

    /// Takes an existing listening stream socket and makes it non-blocking. On success the listener owns and closes it,
    /// on failure the caller keeps it. Errors: misuse, invalid_argument.
    [[nodiscard]] TLSEAM_API static result<listener> adopt(const context& context, int socket) noexcept;

    TLSEAM_API ~listener();
    TLSEAM_API listener(listener&&) noexcept;
    TLSEAM_API listener& operator=(listener&&) noexcept;

    /// Waits for a TCP connection and returns at once: the handshake runs on the stream's first use or by handshake(),
    /// with its own deadline, so that a client that says nothing never blocks the next one.
    /// Errors: timed_out, cancelled, closed (after close()), transport_error (such as EMFILE: try again later),
    /// out_of_memory. None of them ends the listener but closed.
    [[nodiscard]] TLSEAM_API result<stream> accept(const wait_options& wait = {}) noexcept;

    /// New connections use this context from now on; live ones are not disturbed. Atomic. Errors: misuse (a client
    /// context).
    [[nodiscard]] TLSEAM_API result<void> use(const context& context) noexcept;

    /// Stops listening; accept() in any thread gives closed. No-op the second time.
    TLSEAM_API void close() noexcept;

    /// The first listening address, with the real port. After close(): errc::closed.
    [[nodiscard]] TLSEAM_API result<socket_address> local_address() const noexcept;
    /// All of them.
    [[nodiscard]] TLSEAM_API result<std::vector<socket_address>> local_addresses() const noexcept;
    /// The listening sockets, for poll(); empty after close().
    [[nodiscard]] TLSEAM_API std::vector<int> native_handles() const;

private:
    explicit listener(std::unique_ptr<detail::listener_owner> owner) noexcept;
    std::unique_ptr<detail::listener_owner> owner_;
};

}  // namespace v0
}  // namespace tlseam
