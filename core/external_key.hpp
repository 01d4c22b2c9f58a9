// SPDX-License-Identifier: Apache-2.0
// A private key that only the program can use: what libraries call when one is to sign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <tlseam/credentials.hpp>
#include <tlseam/error.hpp>

#include "core/seam.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {

class external_key {
public:
    /// key_bits: of the modulus or the curve.
    external_key(sign_callback sign, key_kind kind, unsigned key_bits) noexcept
        : sign_(std::move(sign)), kind_(kind), key_bits_(key_bits) {}

    [[nodiscard]] key_kind kind() const noexcept { return kind_; }
    /// The most bytes that a signature has.
    [[nodiscard]] std::size_t signature_size() const noexcept;

    /// Asks the program. input: the digest, or for Ed25519 the message. What is returned has the size and form of a
    /// signature by this key. Errors: callback_failed; it is also remembered, see take_failure().
    [[nodiscard]] result<std::vector<std::byte>> sign(std::uint16_t scheme,
                                                      std::span<const std::byte> input) const noexcept;

    /// The error of the last sign() of this thread that failed, once: libraries lose it on its way to the connection.
    [[nodiscard]] static std::optional<error> take_failure() noexcept;

private:
    sign_callback sign_;
    key_kind kind_;
    unsigned key_bits_;
};

/// The hash of a scheme; none for Ed25519, which signs messages, and for numbers that are no scheme of ours.
[[nodiscard]] std::optional<hash_kind> hash_of_scheme(std::uint16_t scheme) noexcept;

}  // namespace tlseam::seam
