// SPDX-License-Identifier: Apache-2.0
#include <tlseam/credentials.hpp>

#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/file.hpp"
#include "core/lack_of_memory.hpp"
#include "core/own_chain.hpp"
#include "core/passphrase.hpp"
#include "core/pem.hpp"
#include "core/private_key.hpp"
#include "core/sealed_key.hpp"

namespace tlseam::seam {

error name_source(const error& e, const std::string& chain_source, const std::string& key_source) {
    if (e == errc::out_of_memory || e == errc::internal) return e;
    error_detail detail = e.detail() != nullptr ? *e.detail() : error_detail{};
    switch (e.code()) {
        case errc::key_mismatch:
            detail.message =
                "the private key in " + key_source + " is not the key of the certificate in " + chain_source;
            break;
        case errc::malformed_certificate: detail.message = chain_source + ": a certificate cannot be parsed"; break;
        case errc::wrong_passphrase:
            detail.message = "the passphrase does not open the private key in " + key_source;
            break;
        case errc::weak_key:
        case errc::unsupported_key: detail.message = key_source + ": " + e.message(); break;
        default: detail.message = key_source + ": the private key cannot be parsed"; break;
    }
    return {e.code(), std::move(detail)};
}

}  // namespace tlseam::seam

namespace tlseam {
namespace {

using namespace seam;

/// A chain that will be sent, as certificates and as bytes.
struct parsed_chain {
    std::vector<certificate> certificates;
    std::vector<der_bytes> ders;  // of certificates
};

result<parsed_chain> parse_chain(std::span<const std::vector<std::byte>> ders) {
    parsed_chain out;
    for (const auto& der : ders) {
        auto parsed = certificate::from_der(der);
        if (!parsed) return std::unexpected(parsed.error());
        out.certificates.push_back(std::move(*parsed));
        out.ders.push_back(out.certificates.back().der());
    }
    return out;
}

result<credentials> assemble(std::string_view chain, const std::string& chain_source, std::string_view key,
                             const std::string& key_source, passphrase_source&& passphrase) {
    auto certificates = split_certificates(chain, chain_source);
    if (!certificates) return std::unexpected(certificates.error());
    auto parsed = parse_chain(*certificates);
    if (!parsed) return std::unexpected(parsed.error());
    const der_bytes leaf = parsed->ders.front();
    if (auto accepted = accept_own_chain(parsed->certificates, chain_source); !accepted) {
        return std::unexpected(accepted.error());
    }

    auto found = find_private_key(key, key_source);
    if (!found) return std::unexpected(found.error());
    std::string_view opens_it;
    if (found->encrypted) {
        const auto given = passphrase.get("the private key in " + key_source);
        if (!given) return std::unexpected(given.error());
        opens_it = *given;
    }
    auto accepted = found->encrypted ? open_sealed_key(found->pkcs8.bytes(), opens_it, leaf)
                                     : accept_private_key(found->pkcs8.bytes(), leaf);
    if (!accepted) return std::unexpected(name_source(accepted.error(), chain_source, key_source));
    auto native = with_memory([&] { return load_credentials(parsed->ders, accepted->bytes()); });
    if (!native) return std::unexpected(name_source(native.error(), chain_source, key_source));
    auto data = std::make_shared<detail::credentials_data>();
    data->chain = std::move(parsed->certificates);
    data->native = std::move(*native);
    return credentials(std::move(data));
}

template <class Passphrase>
result<credentials> load(const std::filesystem::path& chain_file, const std::filesystem::path& key_file,
                         const Passphrase& passphrase) {
    auto chain = read_file(chain_file);
    if (!chain) return std::unexpected(chain.error());
    const wipe_at_exit wipe_chain(*chain);  // it may hold the key too
    auto key = read_file(key_file);
    if (!key) return std::unexpected(key.error());
    const wipe_at_exit wipe_key(*key);
    return assemble(*chain, quoted(chain_file), *key, quoted(key_file), passphrase_source(passphrase));
}

template <class Passphrase>
result<credentials> parse(std::string_view chain, std::string_view key, const Passphrase& passphrase) {
    return assemble(chain, "the chain in memory", key, "the key in memory", passphrase_source(passphrase));
}

}  // namespace

inline namespace v0 {

using optional_passphrase = std::optional<std::string_view>;

result<credentials> credentials::load_cert_chain(const std::filesystem::path& chain_file,
                                                 const std::filesystem::path& key_file,
                                                 optional_passphrase passphrase) noexcept {
    return guarded([&] { return load(chain_file, key_file, passphrase); });
}
result<credentials> credentials::load_cert_chain(const std::filesystem::path& chain_file,
                                                 const std::filesystem::path& key_file,
                                                 const passphrase_callback& passphrase) noexcept {
    return guarded([&] { return load(chain_file, key_file, passphrase); });
}
result<credentials> credentials::parse_cert_chain(std::string_view chain, std::string_view key,
                                                  optional_passphrase passphrase) noexcept {
    return guarded([&] { return parse(chain, key, passphrase); });
}
result<credentials> credentials::parse_cert_chain(std::string_view chain, std::string_view key,
                                                  const passphrase_callback& passphrase) noexcept {
    return guarded([&] { return parse(chain, key, passphrase); });
}

const std::vector<certificate>& credentials::chain() const noexcept { return data_->chain; }

}  // namespace v0
}  // namespace tlseam
