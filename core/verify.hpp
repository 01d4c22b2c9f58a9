// SPDX-License-Identifier: Apache-2.0
// The verdict on a chain of certificates: what core finds, what the library finds, put into one order.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tlseam/verification.hpp>

#include "core/names.hpp"
#include "core/seam.hpp"

namespace tlseam::inline v0::detail {
struct trust_data;
}

namespace tlseam::seam {

struct certificate_path;

/// How chains are judged: from the settings, shared by all connections of a context.
struct verification {
    std::shared_ptr<const detail::trust_data> trust;
    role peer = role::server;  // whose chains they are
    wall_clock clock;
    verification_settings more;
    std::vector<digest> pins;
};

// ---- verification.cpp ----

/// Whether anything is set there: checks that nobody would make must not look as if they were made.
[[nodiscard]] bool asks_for_anything(const verification_settings& settings) noexcept;

/// Checks the settings and compiles the pins. Errors: invalid_argument.
[[nodiscard]] result<verification> make_verification(std::shared_ptr<const detail::trust_data> trust, role peer,
                                                     const wall_clock& clock, const verification_settings& settings);

// ---- verify.cpp ----

/// What the clock of the settings says, else the system's. Throws what that throws.
[[nodiscard]] std::chrono::sys_seconds time_by(const wall_clock& clock);

struct chain_verdict {
    cert_errc code = cert_errc::none;
    int depth = 0;
    std::string subject;  // of the certificate at this depth
    std::uint64_t native_code = 0;
    std::string_view native_text;
    const char* about_staple = nullptr;     // what is wrong with the OCSP response, if that is the reason
    const char* failed_callback = nullptr;  // what of the program's threw
    bool out_of_memory = false;
    bool too_long = false;        // more certificates than anybody looks at
    std::vector<der_bytes> path;  // as built; points to what was judged and to the anchors
};

/// Something of the program's threw.
struct callback_failure {
    const char* which;
};
/// time_by(), with callback_failure in the place of what the clock throws.
[[nodiscard]] std::chrono::sys_seconds now_or_fail(const wall_clock& clock);
/// Of the certificate that the verdict is about.
[[nodiscard]] std::string subject_of(const chain_verdict& verdict);

/// What run, which judges, comes to: when it throws, that is a refusal.
template <class Run>
[[nodiscard]] chain_verdict judged(Run&& run) noexcept {
    chain_verdict refused;
    refused.code = cert_errc::rejected;
    try {
        chain_verdict out = run();
        if (out.code != cert_errc::none) out.subject = subject_of(out);
        return out;
    } catch (const callback_failure& failure) {
        refused.failed_callback = failure.which;
    } catch (...) {
        refused.out_of_memory = true;
    }
    return refused;
}

/// chain: leaf first, as sent. name: what a server's certificate must carry; null: names are not checked.
[[nodiscard]] chain_verdict judge_chain(const verification& how, std::span<const der_bytes> chain,
                                        const peer_name* name) noexcept;

/// Completes the error of a verdict that is not none.
[[nodiscard]] error refusal(const chain_verdict& verdict, role peer, const peer_name* name, error_detail detail);

// ---- revocation.cpp ----

/// What the lists say of the certificates of a path. Without an anchor, the last one's issuer is missing, and its list.
void check_revocation(const verification& how, const certificate_path& path, std::chrono::sys_seconds time,
                      std::vector<chain_defect>& defects);

// ---- staple.cpp ----

/// The OCSP response that came along with a chain, or nothing. path: as verified, not empty. Only the peer's own
/// certificate is looked at. Without a response: what verification_settings::ocsp says of that.
[[nodiscard]] chain_verdict judge_staple(const verification& how, std::span<const der_bytes> path,
                                         std::optional<der_bytes> response) noexcept;

// ---- pins.cpp ----

/// "sha256//" and Base64. Errors: invalid_argument.
[[nodiscard]] result<digest> parse_pin(const std::string& text);

}  // namespace tlseam::seam
