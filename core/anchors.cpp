// SPDX-License-Identifier: Apache-2.0
#include "core/anchors.hpp"

#include <algorithm>

namespace tlseam::seam {
namespace {

bool less(der::bytes a, der::bytes b) { return std::ranges::lexicographical_compare(a, b); }
der::bytes subject_of(const parsed_certificate& certificate) { return certificate.fields.subject; }

}  // namespace

anchor_set::anchor_set(std::vector<std::vector<std::byte>> ders) : ders_(std::move(ders)) {
    parsed_.reserve(ders_.size());
    for (const auto& der : ders_) {
        if (auto fields = parse_x509(der)) parsed_.push_back({der, std::move(*fields)});
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
