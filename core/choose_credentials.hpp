// SPDX-License-Identifier: Apache-2.0
// Which of a context's credentials is shown: decided here for both roles, so that no library chooses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tlseam/credentials.hpp>
#include <tlseam/error.hpp>

#include "core/certificate_request.hpp"
#include "core/client_hello.hpp"
#include "core/seam.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {

/// One of a context's credentials, as far as a choice depends on it.
struct candidate {
    std::vector<certificate> chain;  // owns what leaf and issuers point into
    x509_fields leaf;
    std::vector<der::bytes> issuers;  // each one's Name, without tag and length
    std::shared_ptr<const native_credentials> native;
    std::shared_ptr<const std::vector<std::byte>> staple;  // sent along by servers; null: nothing

    std::string key;                        // "RSA", "EC P-256", "Ed25519"
    std::vector<std::uint16_t> schemes1_2;  // of ours, those that its key can sign by, in our order
    std::vector<std::uint16_t> schemes1_3;  // the same for CertificateVerify in TLS 1.3: one per curve
    std::vector<std::uint16_t> suites1_2;   // of ours, those that such a key authenticates
    std::uint16_t curve = 0;                // the key's, as a group; 0 when it is on none
    std::uint8_t client_type = 0;           // ClientCertificateType (RFC 5246 7.4.4)
};

/// schemes, suites: ours. Throws std::bad_alloc.
[[nodiscard]] candidate make_candidate(const credentials& from, std::span<const std::uint16_t> schemes,
                                       std::span<const std::uint16_t> suites);

/// Two with keys of one kind are told apart by a server through their names, by a client through their issuers. Those
/// that never could be are a mistake. Errors: invalid_argument, with the place of both.
[[nodiscard]] result<void> check_candidates(role role, std::span<const candidate> all);

/// A server's, from the client's first hello: the first whose names match server_name and whose key the client can
/// take; else the first whose key it can; else the first, and the refusal is the same as if it were the only one. all
/// is not empty.
[[nodiscard]] std::size_t choose_for_client(std::span<const candidate> all, const client_hello& hello, bool tls1_3);

/// A client's, by what the server asks for: the first whose key the server can take and whose chain has an issuer that
/// the server names; else the first whose key it can take. Nothing when no key fits: then no certificate is sent.
///
/// Authorities that the server names are a hint (RFC 8446 4.2.4, RFC 5246 7.4.6: SHOULD): a program has given its
/// context these credentials to be shown, and the server knows best whom it trusts.
[[nodiscard]] std::optional<std::size_t> choose_for_server(std::span<const candidate> all,
                                                           const certificate_request& request);

}  // namespace tlseam::seam
