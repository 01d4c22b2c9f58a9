// SPDX-License-Identifier: Apache-2.0
// A certificate chain and its private key, parsed and checked when loaded; the key may also stay where it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
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

/// Gives a passphrase (UTF-8). Called at most once, and only when something is encrypted. Its error becomes the load's;
/// one that throws gives callback_failed. tlseam wipes what it returns.
using passphrase_callback = std::function<result<std::string>()>;

/// How a handshake is signed, by IANA's numbers (RFC 8446 4.2.3). With ecdsa_* in TLS 1.2 the key may be on another
/// curve than the name says: only the hash counts there.
enum class signature_scheme : std::uint16_t {
    rsa_pkcs1_sha256 = 0x0401,  ///< RSASSA-PKCS1-v1_5; TLS 1.2 only
    rsa_pkcs1_sha384 = 0x0501,
    rsa_pkcs1_sha512 = 0x0601,
    ecdsa_secp256r1_sha256 = 0x0403,
    ecdsa_secp384r1_sha384 = 0x0503,
    ecdsa_secp521r1_sha512 = 0x0603,
    rsa_pss_rsae_sha256 = 0x0804,  ///< RSASSA-PSS, MGF1 with the same hash, a salt as long as the hash
    rsa_pss_rsae_sha384 = 0x0805,
    rsa_pss_rsae_sha512 = 0x0806,
    ed25519 = 0x0807,
};

/// Signs with a key that is elsewhere. input: the hash (SHA-256, 384 or 512, as the scheme says) of what is signed: 32,
/// 48 or 64 bytes; for ed25519 the message itself. Returns the signature as TLS has it: ECDSA as a DER SEQUENCE of r
/// and s, RSA as long as the modulus, Ed25519 64 bytes.
///
/// Called from the thread that handshakes, which waits; from several threads at once when several connections
/// handshake. One that throws, returns an error, or returns what cannot be such a signature fails the handshake with
/// callback_failed; the peer gets internal_error (80), or from some libraries the end without a word. A signature that
/// is merely wrong is noticed by the peer.
using sign_callback =
    std::function<result<std::vector<std::byte>>(signature_scheme scheme, std::span<const std::byte> input)>;

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
    /// a private one must be the certificate's. Of the whole chain, what every peer asks for: no shorter key, and no
    /// signature with SHA-1 or older but a root's on itself. Regular files only (no FIFO, no device), but /dev/stdin,
    /// /dev/fd/N and /proc/self/fd/N may be a pipe, which is read to its end, however long that takes.
    ///
    /// Errors: file_not_found, file_unreadable, no_certificate, malformed_certificate, no_private_key, malformed_key,
    /// unsupported_key, weak_key, weak_signature, key_mismatch, passphrase_required, wrong_passphrase,
    /// invalid_argument (an empty path, or one with an embedded NUL), too_large (a file above 16 MiB), out_of_memory.
    /// The sentence names the file.
    [[nodiscard]] TLSEAM_API static result<credentials> load_cert_chain(
        const std::filesystem::path& chain_file, const std::filesystem::path& key_file,
        std::optional<std::string_view> passphrase = std::nullopt) noexcept;

    /// The same, with a passphrase that is asked for. Errors: also callback_failed, and those of the callback.
    [[nodiscard]] TLSEAM_API static result<credentials> load_cert_chain(const std::filesystem::path& chain_file,
                                                                        const std::filesystem::path& key_file,
                                                                        const passphrase_callback& passphrase) noexcept;

    /// The same from memory: PEM text or DER bytes (a DER chain is certificates one behind the other).
    [[nodiscard]] TLSEAM_API static result<credentials> parse_cert_chain(
        std::string_view chain, std::string_view key,
        std::optional<std::string_view> passphrase = std::nullopt) noexcept;

    [[nodiscard]] TLSEAM_API static result<credentials> parse_cert_chain(
        std::string_view chain, std::string_view key, const passphrase_callback& passphrase) noexcept;

    /// Reads a PKCS#12 file (RFC 7292) with one private key. The first certificate of that key is the leaf; of the
    /// others those are sent that lead from it towards a root, each the issuer of the one before, without the root.
    ///
    /// On every backend: DER; contents in the clear or under PBES2 (as for keys, see load_cert_chain()); an HMAC with
    /// SHA-1, 224, 256, 384 or 512, its key derived as RFC 7292 B or as RFC 9579 (PBMAC1) says, or no MAC. At most
    /// 10,000,000 rounds for all that is derived in the file. Today's `openssl pkcs12 -export` writes such files. Older
    /// encryption (RC2, 3DES) is unsupported_key, and the sentence says how to convert such a file. BER is
    /// malformed_key.
    ///
    /// passphrase: not set, only a file without MAC and encryption is read. An empty one is a passphrase too. For a MAC
    /// of RFC 7292 it must be UTF-8 (invalid_argument).
    ///
    /// Errors: those of load_cert_chain(); malformed_key also when it is no PKCS#12 or has more than one key,
    /// wrong_passphrase when the MAC does not fit, too_large also for more than 100 certificates, no_certificate when
    /// it has none, key_mismatch when none of its certificates is the key's.
    [[nodiscard]] TLSEAM_API static result<credentials> load_pkcs12(
        const std::filesystem::path& file, std::optional<std::string_view> passphrase) noexcept;
    [[nodiscard]] TLSEAM_API static result<credentials> load_pkcs12(const std::filesystem::path& file,
                                                                    const passphrase_callback& passphrase) noexcept;
    /// The same from memory.
    [[nodiscard]] TLSEAM_API static result<credentials> parse_pkcs12(
        std::span<const std::byte> der, std::optional<std::string_view> passphrase) noexcept;
    [[nodiscard]] TLSEAM_API static result<credentials> parse_pkcs12(std::span<const std::byte> der,
                                                                     const passphrase_callback& passphrase) noexcept;

    /// A key that is elsewhere, in an HSM or another process: sign is called for every handshake. chain: leaf first
    /// (certificate::load_all() reads one). Kinds of keys as in load_cert_chain(); whether the callback has the leaf's
    /// is not checked here. What the callback holds is released with the last copy, context and connection.
    /// Errors: invalid_argument (an empty callback), no_certificate (an empty chain), malformed_certificate,
    /// unsupported_key, weak_key, weak_signature, out_of_memory.
    [[nodiscard]] TLSEAM_API static result<credentials> with_external_key(std::span<const certificate> chain,
                                                                          sign_callback sign) noexcept;

    /// The same chain and key, with an OCSP response (RFC 6960, DER, at most 16,380 bytes) for the leaf. Servers send
    /// it to clients that ask for one (status_request: RFC 6066 8, RFC 8446 4.4.2.1); to nobody in a resumption. What
    /// it says of the leaf, until when, and who signed it is for the client to judge: nothing is refused by its dates,
    /// as the server may be ahead of them or about to renew it. To renew it, make a new context with the new one for
    /// listener::use().
    ///
    /// Errors: malformed_ocsp_response; invalid_argument when the responder only says why it does not answer
    /// ("tryLater"), or when the response has nothing on the leaf: its serial number and its issuer's name, and if the
    /// chain has the issuer its key, with SHA-1 or SHA-256 (CertID); too_large; out_of_memory. A client's context with
    /// such credentials is an invalid_argument: it would be sent to nobody.
    [[nodiscard]] TLSEAM_API result<credentials> with_ocsp_response(std::span<const std::byte> der) const noexcept;
    /// The same from a file (DER). Errors: also those of load_cert_chain() for files. The sentence names the file.
    [[nodiscard]] TLSEAM_API result<credentials> load_ocsp_response(const std::filesystem::path& file) const noexcept;

    /// The chain exactly as it will be sent, leaf first. Never empty.
    [[nodiscard]] TLSEAM_API const std::vector<certificate>& chain() const noexcept;
    /// What with_ocsp_response() was given; empty: nothing. Lives as long as one of the copies.
    [[nodiscard]] TLSEAM_API std::span<const std::byte> ocsp_response() const noexcept;

    /// Used by tlseam itself.
    explicit credentials(std::shared_ptr<const detail::credentials_data> data) noexcept : data_(std::move(data)) {}
    [[nodiscard]] const detail::credentials_data& data() const noexcept { return *data_; }

private:
    std::shared_ptr<const detail::credentials_data> data_;
};

}  // namespace v0
}  // namespace tlseam
