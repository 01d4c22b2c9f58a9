// SPDX-License-Identifier: Apache-2.0
// A certificate chain and its private key, parsed and checked when loaded.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/certificate.hpp>
#include <tlseam/error.hpp>
#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
struct credentials_data;
}

/// Immutable; copies share the parsed form. Thread safe. The key's bytes never appear in an error or a log, and
/// tlseam's own copies of them are wiped.
class credentials {
public:
    /// Reads a chain (leaf first) and its key from files, PEM or DER. Both may be the same file.
    ///
    /// Keys: PKCS#8, PKCS#1 ("RSA PRIVATE KEY"), SEC1 ("EC PRIVATE KEY"), and PKCS#8 encrypted with a passphrase.
    /// Encrypted means PBES2: PBKDF2 with HMAC-SHA-1, 224, 256, 384 or 512 and at most 10,000,000 iterations, then
    /// AES-CBC; anything else is unsupported_key. The older "Proc-Type: 4,ENCRYPTED" form is too: its key derivation is
    /// one MD5. Kinds: RSA of 2048 to 4096 bits, EC on P-256, P-384 and P-521, Ed25519. A public key that stands beside
    /// a private one must be the certificate's. Regular files only (no FIFO, no device), but /dev/stdin, /dev/fd/N and
    /// /proc/self/fd/N may be a pipe, which is read to its end, however long that takes.
    ///
    /// Errors: file_not_found, file_unreadable, no_certificate, malformed_certificate, no_private_key, malformed_key,
    /// unsupported_key, weak_key, key_mismatch, passphrase_required, wrong_passphrase, invalid_argument (an empty
    /// path, or one with an embedded NUL), too_large (a file above 16 MiB), out_of_memory. The sentence names the file.
    [[nodiscard]] TLSEAM_API static result<credentials> load_cert_chain(
        const std::filesystem::path& chain_file, const std::filesystem::path& key_file,
        std::optional<std::string_view> passphrase = std::nullopt) noexcept;

    /// The same from memory: PEM text or DER bytes (a DER chain is certificates one behind the other).
    [[nodiscard]] TLSEAM_API static result<credentials> parse_cert_chain(
        std::string_view chain, std::string_view key,
        std::optional<std::string_view> passphrase = std::nullopt) noexcept;

    /// The chain exactly as it will be sent, leaf first. Never empty.
    [[nodiscard]] TLSEAM_API const std::vector<certificate>& chain() const noexcept;

    /// Used by tlseam itself.
    explicit credentials(std::shared_ptr<const detail::credentials_data> data) noexcept : data_(std::move(data)) {}
    [[nodiscard]] const detail::credentials_data& data() const noexcept { return *data_; }

private:
    std::shared_ptr<const detail::credentials_data> data_;
};

}  // namespace v0
}  // namespace tlseam
