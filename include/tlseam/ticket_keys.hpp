// SPDX-License-Identifier: Apache-2.0
// The secrets that a server's session tickets are encrypted with.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <tlseam/error.hpp>
#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
struct ticket_key_data;
}

/// One current secret, which new tickets are made with, and up to three previous ones, whose tickets are still good. A
/// handle: copies share the secrets, and a change is seen by every context that has one, from the next handshake on.
/// Thread safe.
///
/// The keys themselves are derived from a secret, the settings of the context (versions, groups; not its certificate),
/// the library underneath with its version, and the server name and application protocol of the connection. So several
/// servers with the same secrets and settings resume each other's sessions, and a ticket is worth nothing anywhere
/// else.
///
/// Whoever has a secret can read every TLS 1.2 connection whose tickets it made, also recorded ones, and in TLS 1.3
/// take the server's place towards clients that resume. Keep secrets out of files where possible, and replace them
/// within days. Secrets are wiped when they are dropped.
class ticket_keys {
public:
    static constexpr std::size_t secret_size = 32;  ///< bytes
    static constexpr std::size_t most_previous = 3;

    /// A random current secret. Errors: internal (the library has no random numbers), out_of_memory.
    [[nodiscard]] TLSEAM_API static result<ticket_keys> generate() noexcept;

    /// Secrets of the program, 32 random bytes each; previous: the newest first.
    /// Errors: invalid_argument (a secret of another size, the same one twice, more than three previous ones),
    /// out_of_memory.
    [[nodiscard]] TLSEAM_API static result<ticket_keys> from(
        std::span<const std::byte> current, const std::vector<std::span<const std::byte>>& previous = {}) noexcept;

    /// Takes other secrets in the place of all there are, at once. Errors: as from(); nothing has changed then.
    [[nodiscard]] TLSEAM_API result<void> use(
        std::span<const std::byte> current,
        const std::vector<std::span<const std::byte>>& previous = {}) const noexcept;

    /// A new random secret becomes the current one, the current one the newest previous one, and the oldest of more
    /// than three goes: its tickets mean full handshakes from now on. Errors: as generate(); nothing has changed then.
    [[nodiscard]] TLSEAM_API result<void> rotate() const noexcept;

    /// Used by tlseam itself.
    explicit ticket_keys(std::shared_ptr<detail::ticket_key_data> data) noexcept : data_(std::move(data)) {}
    [[nodiscard]] const std::shared_ptr<detail::ticket_key_data>& data() const noexcept { return data_; }

private:
    std::shared_ptr<detail::ticket_key_data> data_;
};

}  // namespace v0
}  // namespace tlseam
