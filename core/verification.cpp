// SPDX-License-Identifier: Apache-2.0
// How chains are judged, from what the settings say.
#include <algorithm>
#include <utility>

#include "core/fail.hpp"
#include "core/verify.hpp"

namespace tlseam::seam {

bool asks_for_anything(const verification_settings& settings) noexcept {
    return settings.crls || !settings.pins.empty() || settings.callback || !settings.insecure_may_accept.empty() ||
           settings.ocsp != ocsp_stapling::off;
}

result<verification> make_verification(std::shared_ptr<const detail::trust_data> trust, role peer,
                                       const wall_clock& clock, const verification_settings& settings) {
    verification out{std::move(trust), peer, clock, settings, {}};
    for (const std::string& text : settings.pins) {
        const auto pin = parse_pin(text);
        if (!pin) return std::unexpected(pin.error());
        out.pins.push_back(*pin);
    }
    if (settings.ocsp > ocsp_stapling::required) {
        return fail(errc::invalid_argument, "ocsp: that is no value of ocsp_stapling");
    }
    if (settings.ocsp != ocsp_stapling::off && peer == role::client) {
        return fail(errc::invalid_argument, "ocsp: clients are not asked for OCSP responses");
    }
    const auto& may = settings.insecure_may_accept;
    if (!may.empty() && !settings.callback) {
        return fail(errc::invalid_argument, "insecure_may_accept: there is no callback that could accept anything");
    }
    if (std::ranges::find(may, cert_errc::none) != may.end()) {
        return fail(errc::invalid_argument, "insecure_may_accept: none is no defect");
    }
    if (std::ranges::find(may, cert_errc::weak_signature) != may.end()) {
        return fail(errc::invalid_argument,
                    "insecure_may_accept: a weak signature is not looked at, so nobody knows whose it is");
    }
    return out;
}

}  // namespace tlseam::seam
