// SPDX-License-Identifier: Apache-2.0
#include <tlseam/crl_store.hpp>

#include "core/data.hpp"
#include "core/fail.hpp"
#include "core/file.hpp"
#include "core/pem.hpp"

namespace tlseam {
namespace {

using namespace seam;
using der_list = std::vector<std::vector<std::byte>>;

/// The lists of PEM text or of DER bytes, one behind the other. source: for the sentence.
result<void> split_lists(std::string_view pem_or_der, const std::string& source, der_list& out) {
    const std::size_t before = out.size();
    const auto add = [&](der_bytes der) -> result<void> {
        if (!parse_crl(der)) {
            const auto number = std::to_string(out.size() - before + 1);
            return fail(errc::malformed_crl, source + ": revocation list " + number + " cannot be parsed");
        }
        out.emplace_back(der.begin(), der.end());
        return {};
    };
    if (looks_like_pem(pem_or_der)) {
        auto blocks = split_pem(pem_or_der, errc::malformed_crl, source);
        if (!blocks) return std::unexpected(blocks.error());
        for (const pem_block& block : *blocks) {
            if (block.label != "X509 CRL") continue;
            if (auto added = add(block.der.bytes()); !added) return added;
        }
    } else if (!pem_or_der.empty() && pem_or_der.front() == der::tag::sequence) {
        const auto bytes = std::as_bytes(std::span(pem_or_der));
        der::reader in(bytes);
        while (!in.at_end()) {
            const auto element = in.any();
            if (auto added = add(element ? element->whole : der_bytes()); !added) return added;
        }
    }
    if (out.size() == before) return fail(errc::no_crl, source + " holds no revocation list");
    return {};
}

crl_store make_store(der_list lists) {
    auto data = std::make_shared<detail::crl_data>();
    data->ders = std::move(lists);
    for (const auto& der : data->ders) data->lists.push_back({der, *parse_crl(der)});
    return crl_store(std::move(data));
}

}  // namespace

inline namespace v0 {

result<crl_store> crl_store::load_files(const std::vector<std::filesystem::path>& files) noexcept {
    return guarded([&]() -> result<crl_store> {
        if (files.empty()) return fail(errc::invalid_argument, "no file with revocation lists is given");
        der_list lists;
        for (const auto& file : files) {
            auto text = read_file(file);
            if (!text) return std::unexpected(text.error());
            if (auto added = split_lists(*text, quoted(file), lists); !added) return std::unexpected(added.error());
        }
        return make_store(std::move(lists));
    });
}

result<crl_store> crl_store::load_file(const std::filesystem::path& file) noexcept {
    return guarded([&] { return load_files({file}); });
}

result<crl_store> crl_store::parse(std::string_view pem_or_der) noexcept {
    return guarded([&]() -> result<crl_store> {
        der_list lists;
        auto added = split_lists(pem_or_der, "the revocation lists in memory", lists);
        if (!added) return std::unexpected(added.error());
        return make_store(std::move(lists));
    });
}

std::size_t crl_store::size() const noexcept { return data_->lists.size(); }

}  // namespace v0
}  // namespace tlseam
