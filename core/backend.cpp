// SPDX-License-Identifier: Apache-2.0
#include <tlseam/backend.hpp>

#include <tlseam/types.hpp>

#include "core/seam.hpp"

namespace tlseam::inline v0 {

std::string_view name(feature f) noexcept {
    switch (f) {
        case feature::group_x25519mlkem768: return "group_x25519mlkem768";
    }
    return "unknown";
}

std::string_view name(protocol_version v) noexcept {
    switch (v) {
        case protocol_version::none: return "none";
        case protocol_version::tls1_2: return "TLS 1.2";
        case protocol_version::tls1_3: return "TLS 1.3";
    }
    return "unknown";
}

bool backend_info::supports(feature f) const noexcept { return seam::backend_supports(f); }

backend_info backend() { return {std::string(seam::backend_name()), seam::backend_version()}; }

std::string_view version() noexcept { return TLSEAM_VERSION; }

}  // namespace tlseam::inline v0
