// SPDX-License-Identifier: Apache-2.0
// External pre-shared keys of TLS 1.3: credentials of one connection that have nothing but the key.
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

private:
    [[nodiscard]] const char* hash_name() const { return key_->hash == psk_hash::sha384 ? "SHA-384" : "SHA-256"; }

    std::shared_ptr<const pre_shared_key> key_;
};

}  // namespace

std::shared_ptr<Botan::Credentials_Manager> make_key_bearer(std::shared_ptr<const pre_shared_key> key) {
    return std::make_shared<key_bearer>(std::move(key));
}

}  // namespace tlseam::seam
