// SPDX-License-Identifier: Apache-2.0
#include <tlseam/credentials.hpp>

#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/file.hpp"
#include "core/pem.hpp"
#include "core/private_key.hpp"
#include "core/sealed_key.hpp"

namespace tlseam {
namespace {

using namespace seam;

/// What a library says about a key or certificate, with the file's name in front.
error name_source(const error& e, const std::string& chain_source, const std::string& key_source) {
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

std::unexpected<error> with_source(const error& e, const std::string& chain_source) {
    return fail(e.code(), chain_source + ": the certificate has " + e.message());
}

result<credentials> assemble(std::string_view chain, const std::string& chain_source, std::string_view key,
                             const std::string& key_source, std::optional<std::string_view> passphrase) {
    auto certificates = split_certificates(chain, chain_source);
    if (!certificates) return std::unexpected(certificates.error());
    auto data = std::make_shared<detail::credentials_data>();
    std::vector<der_bytes> ders;
    for (const auto& der : *certificates) {
        auto parsed = certificate::from_der(der);
        if (!parsed) return std::unexpected(parsed.error());
        data->chain.push_back(std::move(*parsed));
        ders.emplace_back(der);
    }
    if (auto accepted = accept_public_key(ders.front()); !accepted) {
        return with_source(accepted.error(), chain_source);
    }

    auto found = find_private_key(key, key_source);
    if (!found) return std::unexpected(found.error());
    if (found->encrypted && !passphrase) {
        return fail(errc::passphrase_required,
                    "the private key in " + key_source + " is encrypted: give its passphrase");
    }
    auto accepted = found->encrypted ? open_sealed_key(found->pkcs8.bytes(), *passphrase, ders.front())
                                     : accept_private_key(found->pkcs8.bytes(), ders.front());
    if (!accepted) return std::unexpected(name_source(accepted.error(), chain_source, key_source));
    auto native = load_credentials(ders, accepted->bytes());
    if (!native) return std::unexpected(name_source(native.error(), chain_source, key_source));
    data->native = std::move(*native);
    return credentials(std::move(data));
}

}  // namespace

inline namespace v0 {

result<credentials> credentials::load_cert_chain(const std::filesystem::path& chain_file,
                                                 const std::filesystem::path& key_file,
                                                 std::optional<std::string_view> passphrase) noexcept {
    return guarded([&]() -> result<credentials> {
        auto chain = read_file(chain_file);
        if (!chain) return std::unexpected(chain.error());
        const wipe_at_exit wipe_chain(*chain);  // it may hold the key too
        auto key = read_file(key_file);
        if (!key) return std::unexpected(key.error());
        const wipe_at_exit wipe_key(*key);
        return assemble(*chain, quoted(chain_file), *key, quoted(key_file), passphrase);
    });
}

result<credentials> credentials::parse_cert_chain(std::string_view chain, std::string_view key,
                                                  std::optional<std::string_view> passphrase) noexcept {
    return guarded([&] { return assemble(chain, "the chain in memory", key, "the key in memory", passphrase); });
}

const std::vector<certificate>& credentials::chain() const noexcept { return data_->chain; }

}  // namespace v0
}  // namespace tlseam
