// SPDX-License-Identifier: Apache-2.0
// The secrets of certs/, made known to the search, and a conversation.
#pragma once

#include <string_view>

#include <tlseam/tlseam.hpp>

#include "tests/secrets/memory.hpp"

namespace secrets {

/// The private numbers of NAME of certs/ (PEM, not encrypted), and its text. They are those of EC on P-256, RSA and
/// Ed25519 keys, as DER or in reverse.
void look_for_key(std::string_view name);
/// The text of certs/passphrases/NAME.txt, on pages of its own.
[[nodiscard]] page passphrase(std::string_view name);

/// The test double says that it has everything, and has no cryptography: it keeps no keys and opens nothing.
[[nodiscard]] bool has_cryptography();

/// Settings of a client and a server of one version that trust certs/, without resumption.
[[nodiscard]] tlseam::client_settings client_of(tlseam::protocol_version version);
[[nodiscard]] tlseam::server_settings server_of(tlseam::protocol_version version, tlseam::credentials identity);

/// A handshake, some data both ways, and the end. Fails the test when it does not work.
void talk(const tlseam::client_settings& client, const tlseam::server_settings& server);

}  // namespace secrets
