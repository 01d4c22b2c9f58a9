// SPDX-License-Identifier: Apache-2.0
// External pre-shared keys: credentials of one connection that have nothing but the key. Botan asks for keys of TLS 1.2
// and 1.3 by different functions, and by default answers the one question with the other's key: each class has one
// kind.
#include <botan/tls_external_psk.h>

#include <algorithm>

#include "backends/botan/native.hpp"

namespace tlseam::seam {
namespace {

using Botan::TLS::Connection_Side;
using Botan::TLS::ExternalPSK;

class key_bearer final : public Botan::Credentials_Manager {
public:
    explicit key_bearer(std::shared_ptr<const pre_shared_key> key) : key_(std::move(key)) {}

    /// A server is asked with what the client offers, once the suite is chosen, a client without either.
    std::vector<ExternalPSK> find_preshared_keys(std::string_view, Connection_Side side,
                                                 const std::vector<std::string>& identities,
                                                 const std::optional<std::string>& hash) override {
        std::vector<ExternalPSK> found;
        const bool fits = !hash || *hash == hash_name();
        const bool offered = std::ranges::find(identities, key_->identity) != identities.end();
        if (side == Connection_Side::Client || (fits && offered)) {
            const auto key = octets(key_->key.bytes());
            found.emplace_back(key_->identity, hash_name(), Botan::secure_vector<std::uint8_t>(key.begin(), key.end()));
        }
        return found;
    }

    Botan::SymmetricKey psk(const std::string&, const std::string&, const std::string&) override {
        return Botan::SymmetricKey();
    }

private:
    [[nodiscard]] const char* hash_name() const { return key_->hash == psk_hash::sha384 ? "SHA-384" : "SHA-256"; }

    std::shared_ptr<const pre_shared_key> key_;
};

class key_bearer_tls1_2 final : public Botan::Credentials_Manager {
public:
    /// key: a client's.
    key_bearer_tls1_2(const native_engine& engine, std::shared_ptr<const pre_shared_key> key)
        : engine_(engine), key_(std::move(key)) {}

    std::string psk_identity(const std::string&, const std::string&, const std::string&) override {
        return key_ ? key_->identity : std::string();
    }
    /// A server's key goes with the identity that core has read. None: Botan refuses the client.
    Botan::SymmetricKey psk(const std::string&, const std::string&, const std::string&) override {
        const pre_shared_key* key = key_ ? key_.get() : engine_.events.psk();
        return key != nullptr ? Botan::SymmetricKey(octets(key->key.bytes())) : Botan::SymmetricKey();
    }
    std::vector<ExternalPSK> find_preshared_keys(std::string_view, Connection_Side, const std::vector<std::string>&,
                                                 const std::optional<std::string>&) override {
        return {};
    }

private:
    const native_engine& engine_;
    std::shared_ptr<const pre_shared_key> key_;
};

}  // namespace

std::shared_ptr<Botan::Credentials_Manager> make_key_bearer(const native_engine& engine, const connection& connection) {
    if (engine.context->psk == protocol_version::tls1_2) {
        return std::make_shared<key_bearer_tls1_2>(engine, connection.psk);
    }
    return std::make_shared<key_bearer>(connection.psk);
}

}  // namespace tlseam::seam
