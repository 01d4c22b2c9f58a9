// SPDX-License-Identifier: Apache-2.0
// The certificates of a trust store, parsed, and found by name.
#pragma once

#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include <tlseam/certificate.hpp>

#include "core/seam.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {

/// A certificate and what it says. The bytes belong to somebody else.
struct parsed_certificate {
    der::bytes der;
    x509_fields fields;
};

/// Immutable; safe to use from many threads.
class anchor_set {
public:
    /// ders: without duplicates, each one a certificate that parses. Throws std::bad_alloc.
    explicit anchor_set(std::vector<std::vector<std::byte>> ders);
    anchor_set(const anchor_set&) = delete;
    anchor_set& operator=(const anchor_set&) = delete;

    /// Those with this subject, byte for byte.
    [[nodiscard]] std::span<const parsed_certificate> named(der::bytes subject) const noexcept;
    [[nodiscard]] bool contains(const parsed_certificate& certificate) const noexcept;
    /// The anchor whose bytes these are, and not equal ones: shares them. Never allocates.
    [[nodiscard]] std::optional<certificate> at(der::bytes der) const noexcept;
    [[nodiscard]] std::span<const parsed_certificate> all() const noexcept { return parsed_; }
    [[nodiscard]] std::size_t size() const noexcept { return parsed_.size(); }
    /// The same for the same certificates, wherever they came from. Computed when it is first asked for: a store has
    /// many contexts. Throws std::bad_alloc.
    [[nodiscard]] const digest& fingerprint() const;

private:
    std::vector<certificate> kept_;
    std::vector<parsed_certificate> parsed_;  // sorted by subject
    mutable std::once_flag fingerprinted_;
    mutable digest fingerprint_ = {};
};

}  // namespace tlseam::seam
