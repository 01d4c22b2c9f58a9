// SPDX-License-Identifier: Apache-2.0
// Suites, groups and signature schemes have nothing to act on here.
#include "core/fail.hpp"
#include "tests/null_backend/native.hpp"

namespace tlseam::seam {

result<std::shared_ptr<const native_context>> make_context(const context_config& config) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_context>> {
        if (config.psk != protocol_version::none) return fail(errc::unsupported, "null: pre-shared keys");
        return std::make_shared<const native_context>(
            native_context{config.role, config.credentials, config.verify_peer, config.client_auth, config.min_version,
                           config.max_version, config.key_log, config.ask_for_staple});
    });
}

}  // namespace tlseam::seam
