// SPDX-License-Identifier: Apache-2.0
// A private key that only the program can use: for Botan it is a key of its kind, whose signatures core gets.
#include <botan/hash.h>
#include <botan/tls_exceptn.h>

#include <string>

#include "backends/botan/native.hpp"
#include "core/external_key.hpp"
#include "core/fail.hpp"
#include "core/policy.hpp"

namespace tlseam::seam {
namespace {

using Botan::TLS::Signature_Scheme;

/// Says what it is, by its public key, and can do nothing: tls_sign_message() never comes here.
class absent_key final : public Botan::Private_Key {
public:
    explicit absent_key(std::unique_ptr<Botan::Public_Key> known) : known_(std::move(known)) {}

    std::string algo_name() const override { return known_->algo_name(); }
    std::size_t estimated_strength() const override { return known_->estimated_strength(); }
    bool supports_operation(Botan::PublicKeyOperation op) const override {
        return op == Botan::PublicKeyOperation::Signature;
    }
    std::unique_ptr<Botan::Private_Key> generate_another(Botan::RandomNumberGenerator&) const override {
        throw Botan::Not_Implemented("an external key");
    }
    bool check_key(Botan::RandomNumberGenerator& rng, bool strong) const override {
        return known_->check_key(rng, strong);
    }
    std::size_t key_length() const override { return known_->key_length(); }
    Botan::AlgorithmIdentifier algorithm_identifier() const override { return known_->algorithm_identifier(); }
    std::vector<std::uint8_t> raw_public_key_bits() const override { return known_->raw_public_key_bits(); }
    std::vector<std::uint8_t> public_key_bits() const override { return known_->public_key_bits(); }
    Botan::secure_vector<std::uint8_t> private_key_bits() const override {
        throw Botan::Not_Implemented("an external key");
    }
    std::unique_ptr<Botan::Public_Key> public_key() const override {
        return Botan::X509::load_key(known_->subject_public_key());
    }

private:
    std::unique_ptr<Botan::Public_Key> known_;
};

/// Botan says by words what is to be done.
std::uint16_t scheme_for(std::string_view algorithm, std::string_view padding) {
    for (const std::uint16_t number : policy::signature_schemes) {
        const Signature_Scheme scheme(number);
        if (scheme.padding_string() == padding && scheme.algorithm_name() == algorithm) return number;
    }
    throw Botan::TLS::TLS_Exception(Botan::TLS::AlertType::InternalError, "a signature scheme that is not ours");
}

}  // namespace

result<std::shared_ptr<const native_credentials>> load_external_credentials(
    std::span<const der_bytes> chain, std::shared_ptr<const external_key> signer) noexcept {
    try {
        auto out = std::make_shared<native_credentials>();
        for (const der_bytes der : chain) out->chain.push_back(parse_certificate(der));
        out->key = std::make_shared<absent_key>(out->chain.front().subject_public_key());
        out->external = std::move(signer);
        return out;
    } catch (...) {
        return fail_botan(errc::malformed_certificate);
    }
}

std::vector<std::uint8_t> native_engine::tls_sign_message(const Botan::Private_Key& key,
                                                          Botan::RandomNumberGenerator& rng, std::string_view padding,
                                                          Botan::Signature_Format format,
                                                          const std::vector<std::uint8_t>& message) {
    const auto* shown = context->role == role::client ? client_choice : context->identity.get();
    if (shown == nullptr || !shown->external) {
        return Botan::TLS::Callbacks::tls_sign_message(key, rng, padding, format, message);
    }
    const std::uint16_t scheme = scheme_for(key.algo_name(), padding);
    std::vector<std::uint8_t> input = message;
    if (const auto hash = hash_of_scheme(scheme)) {
        input.resize(hash_size(*hash));
        if (!hash_repeatedly(*hash, std::as_bytes(std::span(message)), 1, std::as_writable_bytes(std::span(input)))) {
            throw Botan::TLS::TLS_Exception(Botan::TLS::AlertType::InternalError, "a hash function is missing");
        }
    }
    const auto made = shown->external->sign(scheme, std::as_bytes(std::span(input)));
    if (!made) {
        cause = errc::callback_failed;
        throw Botan::TLS::TLS_Exception(Botan::TLS::AlertType::InternalError, "the external key did not sign");
    }
    const auto bytes = octets(*made);
    return {bytes.begin(), bytes.end()};
}

}  // namespace tlseam::seam
