// SPDX-License-Identifier: Apache-2.0
// What both ways to use Botan have in common: who is trusted, what is shown, and the policy.
#pragma once

#include <botan/credentials_manager.h>
#include <botan/rng.h>
#include <botan/tls.h>

#include <functional>
#include <memory>
#include <span>

#include "bench/candidate.hpp"

namespace bench {

struct botan_parts {
    std::shared_ptr<Botan::RandomNumberGenerator> rng;
    std::shared_ptr<Botan::TLS::Session_Manager> sessions;
    std::shared_ptr<Botan::Credentials_Manager> credentials;
    std::shared_ptr<const Botan::TLS::Policy> policy;

    [[nodiscard]] std::unique_ptr<Botan::TLS::Channel> client(std::shared_ptr<Botan::TLS::Callbacks> callbacks) const;
    [[nodiscard]] std::unique_ptr<Botan::TLS::Channel> server(std::shared_ptr<Botan::TLS::Callbacks> callbacks) const;
};

[[nodiscard]] botan_parts make_botan_parts(std::shared_ptr<Botan::RandomNumberGenerator> rng);

/// A handshake and one byte between two channels that are pushed by each other's callbacks.
void botan_handshake_in_memory(const botan_parts& parts);
/// AES-128-GCM with one key.
void botan_seal(std::span<std::byte> record);
void botan_system_store();

}  // namespace bench
