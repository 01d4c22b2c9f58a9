// SPDX-License-Identifier: Apache-2.0
// Keys that both sides have been given beforehand, in the place of certificates (RFC 8446 2.2 and 4.2.11; how to choose
// and keep them: RFC 9257; in TLS 1.2: RFC 4279, RFC 5489).
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
#include <tlseam/types.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
struct psk_data;
}

/// The hash that a key of TLS 1.3 is used with, on both sides (RFC 8446 4.2.11). It decides the cipher suites: with
/// SHA-384 TLS_AES_256_GCM_SHA384, with SHA-256 the others of TLS 1.3.
enum class psk_hash : std::uint8_t { sha256, sha384 };

/// An external pre-shared key, for one version of TLS: the two do different things with it, and nobody has shown that
/// one key is safe in both (RFC 8446 4.2.11). Always with a new key exchange (TLS 1.3: psk_dhe_ke; TLS 1.2: ECDHE_PSK,
/// RFC 5489), so that whoever learns the key later cannot read what was said before.
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
    /// A key for TLS 1.2, and for nothing else; make() makes those of TLS 1.3. The hash is that of the cipher suite.
    /// Sizes and errors: as make().
    [[nodiscard]] TLSEAM_API static result<external_psk> make_tls1_2(std::string_view identity,
                                                                     std::span<const std::byte> key) noexcept;

    [[nodiscard]] TLSEAM_API const std::string& identity() const noexcept;
    /// The only version that it is used in.
    [[nodiscard]] TLSEAM_API protocol_version version() const noexcept;
    /// Of a key of TLS 1.2, SHA-256, and it means nothing.
    [[nodiscard]] TLSEAM_API psk_hash hash() const noexcept;

    /// Used by tlseam itself.
    explicit external_psk(std::shared_ptr<const detail::psk_data> data) noexcept : data_(std::move(data)) {}
    [[nodiscard]] const std::shared_ptr<const detail::psk_data>& data() const noexcept { return data_; }

private:
    std::shared_ptr<const detail::psk_data> data_;
};

/// Finds the key with this identity, which a client offers; nothing when there is none. Called by a server from the
/// thread of the handshake, for identities that are not in the list of the settings and that an external_psk can have.
/// TLS 1.3: before the server answers, for each of the first eight identities, until one is found; a client that
/// resumes offers its ticket in the same place. TLS 1.2: after the server's answer, once. So expect bytes that mean
/// nothing, and take the identity for what it is, the word of somebody who has not proved anything.
///
/// An error, an exception, a key with another identity or of another version ends the handshake with callback_failed.
using psk_callback = std::function<result<std::optional<external_psk>>(std::string_view identity)>;

}  // namespace v0
}  // namespace tlseam
