// SPDX-License-Identifier: Apache-2.0
// Credentials with an OCSP response that a server sends along.
#include <algorithm>

#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/file.hpp"
#include "core/ocsp.hpp"

namespace tlseam {
namespace {

using namespace seam;

/// Its issuer, where it stands in the chain.
std::optional<x509_fields> issuer_in(const std::vector<certificate>& chain, const x509_fields& leaf) {
    if (chain.size() < 2) return std::nullopt;
    auto second = parse_x509(chain[1].der());
    return second && std::ranges::equal(second->subject, leaf.issuer) ? second : std::nullopt;
}

result<void> check(der_bytes response, const std::vector<certificate>& chain, const std::string& source) {
    if (response.size() > max_ocsp_response) {
        return fail(errc::too_large, source + ": it has " + std::to_string(response.size()) + " bytes, more than the " +
                                         std::to_string(max_ocsp_response) + " that are sent");
    }
    const auto parsed = parse_ocsp_response(response);
    if (!parsed) {
        const errc code = parsed.error().malformed ? errc::malformed_ocsp_response : errc::invalid_argument;
        return fail(code, source + ": the OCSP response " + parsed.error().what);
    }
    const auto leaf = parse_x509(chain.front().der());
    if (!leaf) return fail(errc::internal, "a chain was loaded that cannot be parsed");
    const auto issuer = issuer_in(chain, *leaf);
    const auto is_about_leaf = [&](const ocsp_single& it) { return it.is_about(*leaf, issuer ? &*issuer : nullptr); };
    if (std::ranges::any_of(parsed->singles, is_about_leaf)) return {};
    return fail(errc::invalid_argument, source + ": the OCSP response has nothing on the certificate '" +
                                            chain.front().subject() + "' of its issuer, by SHA-1 or SHA-256");
}

result<credentials> with_response(const credentials& from, der_bytes response, const std::string& source) {
    if (auto good = check(response, from.chain(), source); !good) return std::unexpected(good.error());
    auto data = std::make_shared<detail::credentials_data>(from.data());
    data->staple = std::make_shared<const std::vector<std::byte>>(response.begin(), response.end());
    return credentials(std::move(data));
}

}  // namespace

inline namespace v0 {

result<credentials> credentials::with_ocsp_response(std::span<const std::byte> der) const noexcept {
    return guarded([&] { return with_response(*this, der, "the response in memory"); });
}

result<credentials> credentials::load_ocsp_response(const std::filesystem::path& file) const noexcept {
    return guarded([&]() -> result<credentials> {
        const auto read = read_file(file);
        if (!read) return std::unexpected(read.error());
        return with_response(*this, std::as_bytes(std::span(*read)), quoted(file));
    });
}

std::span<const std::byte> credentials::ocsp_response() const noexcept {
    return data_->staple ? std::span<const std::byte>(*data_->staple) : std::span<const std::byte>();
}

}  // namespace v0
}  // namespace tlseam
