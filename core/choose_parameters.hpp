// SPDX-License-Identifier: Apache-2.0
// From what the settings name to what a context negotiates, or a sentence that says what is wrong with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tlseam/error.hpp>
#include <tlseam/profile.hpp>

#include "core/usable.hpp"

namespace tlseam::seam {

/// What the settings say. Only valid during choose_parameters().
struct parameter_wishes {
    tlseam::role role;
    tlseam::profile profile;
    protocol_version min_version;  // a version, and not above the other
    protocol_version max_version;
    const std::vector<std::string>& cipher_suites;  // empty: those of the profile
    const std::vector<std::string>& groups;
    const std::vector<std::string>& signature_schemes;
    const std::vector<key_shape>& keys;  // of our credentials
    psk_use psk = psk_use::none;
};

struct parameters {
    protocol_version min_version;
    protocol_version max_version;
    parameter_lists lists;  // what this backend has, and these versions use
};

/// Mistakes first, whatever the backend: they are the same on each. Errors: invalid_argument, unsupported.
[[nodiscard]] result<parameters> choose_parameters(const parameter_wishes& wishes);

/// Why a name of IANA's registries is none that the settings may have; empty when nothing is known of it. what: the
/// settings' field.
[[nodiscard]] std::string_view why_not_offered(std::string_view what, std::string_view name) noexcept;

}  // namespace tlseam::seam
