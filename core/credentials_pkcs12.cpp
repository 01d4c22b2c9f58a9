// SPDX-License-Identifier: Apache-2.0
// PKCS#12 files to credentials: which of the certificates is the key's, and which others are its chain.
#include <algorithm>

#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/file.hpp"
#include "core/lack_of_memory.hpp"
#include "core/own_chain.hpp"
#include "core/pkcs12.hpp"
#include "core/private_key.hpp"

namespace tlseam {
namespace {

using namespace seam;

struct parsed {
    certificate whole;
    x509_fields fields;  // of whole
};

result<std::vector<parsed>> parse_all(const pkcs12_contents& contents, const std::string& source) {
    std::vector<parsed> out;
    for (const auto& der : contents.certificates) {
        auto one = certificate::from_der(der);
        if (!one) return fail(one.error().code(), source + ": a certificate cannot be parsed");
        out.push_back({*one, *parse_x509(one->der())});
    }
    return out;
}

/// Puts the key's certificate first, and its issuers behind it, each one once, roots left out: whoever trusts one has
/// it.
std::vector<certificate> order(std::vector<parsed> all, std::size_t leaf) {
    std::vector<certificate> out;
    for (std::size_t next = leaf; next < all.size();) {
        const parsed current = std::move(all[next]);
        all.erase(all.begin() + static_cast<std::ptrdiff_t>(next));
        out.push_back(current.whole);
        const auto issued_it = [&](const parsed& other) {
            return !other.fields.is_self_issued() && std::ranges::equal(other.fields.subject, current.fields.issuer);
        };
        next = static_cast<std::size_t>(std::ranges::find_if(all, issued_it) - all.begin());
    }
    return out;
}

/// The key as the library has it, with one certificate; key_mismatch when it is not that one's.
result<std::shared_ptr<const native_credentials>> load_with(der_bytes key, der_bytes leaf,
                                                            std::span<const der_bytes> chain) {
    const auto accepted = accept_private_key(key, leaf);
    if (!accepted) return std::unexpected(accepted.error());
    return with_memory([&] { return load_credentials(chain, accepted->bytes()); });
}

result<credentials> assemble(der_bytes file, const std::string& source, passphrase_source&& passphrase) {
    const auto contents = read_pkcs12(file, source, passphrase);
    if (!contents) return std::unexpected(contents.error());
    auto all = parse_all(*contents, source);
    if (!all) return std::unexpected(all.error());
    for (std::size_t i = 0; i < all->size(); ++i) {
        const der_bytes leaf = (*all)[i].whole.der();
        const auto is_leaf = load_with(contents->key.bytes(), leaf, std::span(&leaf, 1));
        if (!is_leaf && is_leaf.error() == errc::key_mismatch) continue;
        if (!is_leaf) return std::unexpected(name_source(is_leaf.error(), source, source));
        auto data = std::make_shared<detail::credentials_data>();
        data->chain = order(std::move(*all), i);
        if (auto usable = accept_own_chain(data->chain, source); !usable) return std::unexpected(usable.error());
        std::vector<der_bytes> ders;
        for (const certificate& one : data->chain) ders.push_back(one.der());
        auto native = load_with(contents->key.bytes(), ders.front(), ders);
        if (!native) return std::unexpected(name_source(native.error(), source, source));
        data->native = std::move(*native);
        return credentials(std::move(data));
    }
    return fail(errc::key_mismatch, source + ": its private key is not the key of any of its certificates");
}

template <class Passphrase>
result<credentials> load(const std::filesystem::path& file, const Passphrase& passphrase) {
    auto bytes = read_file(file);
    if (!bytes) return std::unexpected(bytes.error());
    const wipe_at_exit wipe_bytes(*bytes);
    return assemble(as_bytes(*bytes), quoted(file), passphrase_source(passphrase));
}

template <class Passphrase>
result<credentials> parse(std::span<const std::byte> der, const Passphrase& passphrase) {
    constexpr std::size_t largest = std::size_t{16} << 20;  // as of a file
    if (der.size() > largest) return fail(errc::too_large, "the PKCS#12 in memory is larger than 16 MiB");
    return assemble(der, "the PKCS#12 in memory", passphrase_source(passphrase));
}

}  // namespace

inline namespace v0 {

result<credentials> credentials::load_pkcs12(const std::filesystem::path& file,
                                             std::optional<std::string_view> passphrase) noexcept {
    return guarded([&] { return load(file, passphrase); });
}
result<credentials> credentials::load_pkcs12(const std::filesystem::path& file,
                                             const passphrase_callback& passphrase) noexcept {
    return guarded([&] { return load(file, passphrase); });
}
result<credentials> credentials::parse_pkcs12(std::span<const std::byte> der,
                                              std::optional<std::string_view> passphrase) noexcept {
    return guarded([&] { return parse(der, passphrase); });
}
result<credentials> credentials::parse_pkcs12(std::span<const std::byte> der,
                                              const passphrase_callback& passphrase) noexcept {
    return guarded([&] { return parse(der, passphrase); });
}

}  // namespace v0
}  // namespace tlseam
