// SPDX-License-Identifier: Apache-2.0
// Keys that both sides have been given beforehand, in the place of certificates (RFC 8446 2.2 and 4.2.11; how to choose
// and keep them: RFC 9257).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tlseam/error.hpp>
#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
struct psk_data;
}

/// The hash that a key is used with, on both sides (RFC 8446 4.2.11). It decides the cipher suites: with SHA-384
/// TLS_AES_256_GCM_SHA384, with SHA-256 the others of TLS 1.3.
enum class psk_hash : std::uint8_t { sha256, sha384 };

/// An external pre-shared key. TLS 1.3 only, and always with a new key exchange (psk_dhe_ke), so that whoever learns
/// the key later cannot read what was said before.
///
/// Both sides prove that they have the key, and nothing else: there is no certificate, and no name is checked. So a key
/// belongs to one client and one server; where more than two have it, any of them can pose as any other (RFC 9257 4.1).
/// It must be random: a password is no key, since whoever poses as a server can try all of them at leisure.
/// The identity is sent in the clear.
///
/// Immutable; copies share the key, which is wiped with the last of them. Thread safe.
class external_psk {
public:
    static constexpr std::size_t max_identity = 128;  ///< bytes
    static constexpr std::size_t min_key = 16;        ///< bytes
    static constexpr std::size_t max_key = 64;        ///< bytes

    /// identity: 1 to 128 bytes, none of them zero; compared byte by byte. key: 16 to 64 bytes.
    /// Errors: invalid_argument (an identity or a key of another size, a zero byte in the identity, an unknown hash),
    /// out_of_memory. No error has a byte of the key in it.
    [[nodiscard]] TLSEAM_API static result<external_psk> make(std::string_view identity, std::span<const std::byte> key,
                                                              psk_hash hash = psk_hash::sha256) noexcept;

    [[nodiscard]] TLSEAM_API const std::string& identity() const noexcept;
    [[nodiscard]] TLSEAM_API psk_hash hash() const noexcept;

    /// Used by tlseam itself.
    explicit external_psk(std::shared_ptr<const detail::psk_data> data) noexcept : data_(std::move(data)) {}
    [[nodiscard]] const std::shared_ptr<const detail::psk_data>& data() const noexcept { return data_; }

private:
    std::shared_ptr<const detail::psk_data> data_;
};

/// Finds the key with this identity, which a client offers; nothing when there is none. Called by a server before it
/// answers, from the thread of the handshake, once for each of the first eight identities that are not in the list of
/// the settings, until one is found; identities that no external_psk can have are left out. A client that resumes
/// offers its ticket in the same place: expect bytes that mean nothing, and take the identity for what it is, the word
/// of somebody who has not proved anything.
///
/// An error, an exception or a key with another identity ends the handshake with callback_failed.
using psk_callback = std::function<result<std::optional<external_psk>>(std::string_view identity)>;

}  // namespace v0
}  // namespace tlseam
