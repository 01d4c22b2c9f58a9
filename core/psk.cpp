// SPDX-License-Identifier: Apache-2.0
#include <tlseam/psk.hpp>

#include "core/fail.hpp"
#include "core/pre_shared_key.hpp"

namespace tlseam {
namespace {

using namespace seam;

result<external_psk> make_of(std::string_view identity, std::span<const std::byte> key, protocol_version version,
                             psk_hash hash) {
    if (identity.empty()) return fail(errc::invalid_argument, "external_psk: the identity is empty");
    if (identity.size() > external_psk::max_identity) {
        return fail(errc::invalid_argument, "external_psk: the identity has " + std::to_string(identity.size()) +
                                                " bytes, more than " + std::to_string(external_psk::max_identity));
    }
    if (identity.find('\0') != identity.npos) {
        return fail(errc::invalid_argument, "external_psk: the identity has a zero byte in it");
    }
    if (key.size() < external_psk::min_key || key.size() > external_psk::max_key) {
        return fail(errc::invalid_argument,
                    "external_psk: a key of " + std::to_string(key.size()) + " bytes is not within 16 to 64");
    }
    if (hash != psk_hash::sha256 && hash != psk_hash::sha384) {
        return fail(errc::invalid_argument, "external_psk: the hash must be SHA-256 or SHA-384");
    }
    auto data = std::make_shared<detail::psk_data>();
    data->identity = identity;
    data->key = secret_bytes(std::vector<std::byte>(key.begin(), key.end()));
    data->hash = hash;
    data->version = version;
    return external_psk(std::move(data));
}

}  // namespace

inline namespace v0 {

result<external_psk> external_psk::make(std::string_view identity, std::span<const std::byte> key,
                                        psk_hash hash) noexcept {
    return guarded([&] { return make_of(identity, key, protocol_version::tls1_3, hash); });
}

result<external_psk> external_psk::make_tls1_2(std::string_view identity, std::span<const std::byte> key) noexcept {
    return guarded([&] { return make_of(identity, key, protocol_version::tls1_2, psk_hash::sha256); });
}

const std::string& external_psk::identity() const noexcept { return data_->identity; }

protocol_version external_psk::version() const noexcept { return data_->version; }

psk_hash external_psk::hash() const noexcept { return data_->hash; }

}  // namespace v0
}  // namespace tlseam
