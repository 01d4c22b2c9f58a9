// SPDX-License-Identifier: Apache-2.0
#include "core/anchors.hpp"

#include <algorithm>
#include <new>

namespace tlseam::seam {
namespace {

bool less(der::bytes a, der::bytes b) { return std::ranges::lexicographical_compare(a, b); }
der::bytes subject_of(const parsed_certificate& certificate) { return certificate.fields.subject; }

}  // namespace

anchor_set::anchor_set(std::vector<std::vector<std::byte>> ders) {
    kept_.reserve(ders.size());
    parsed_.reserve(ders.size());
    for (const auto& der : ders) {
        const auto made = certificate::from_der(der);
        if (!made) throw std::bad_alloc();  // as they parse, there is no other reason
        kept_.push_back(*made);
        if (auto fields = parse_x509(made->der())) parsed_.push_back({made->der(), std::move(*fields)});
    }
    // Those of one name in an order that does not depend on where they came from.
    std::ranges::sort(parsed_, [](const parsed_certificate& a, const parsed_certificate& b) {
        return std::ranges::equal(subject_of(a), subject_of(b)) ? less(a.der, b.der)
                                                                : less(subject_of(a), subject_of(b));
    });
}

std::span<const parsed_certificate> anchor_set::named(der::bytes subject) const noexcept {
    const auto found = std::ranges::equal_range(parsed_, subject, less, subject_of);
    return {found.begin(), found.end()};
}

std::optional<certificate> anchor_set::at(der::bytes der) const noexcept {
    const auto found = std::ranges::find(kept_, der.data(), [](const certificate& each) { return each.der().data(); });
    return found == kept_.end() ? std::nullopt : std::optional(*found);
}

const digest& anchor_set::fingerprint() const {
    std::call_once(fingerprinted_, [&] {
        std::vector<digest> digests;
        for (const parsed_certificate& anchor : parsed_) digests.push_back(sha256(anchor.der));
        std::ranges::sort(digests);
        fingerprint_ = sha256(std::as_bytes(std::span(digests)));
    });
    return fingerprint_;
}

bool anchor_set::contains(const parsed_certificate& certificate) const noexcept {
    return std::ranges::any_of(named(certificate.fields.subject), [&](const parsed_certificate& anchor) {
        return std::ranges::equal(anchor.der, certificate.der);
    });
}

}  // namespace tlseam::seam
