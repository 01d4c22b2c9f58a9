// SPDX-License-Identifier: Apache-2.0
// The verdict on a peer's certificate: what the library found, and what core checks itself so that every backend agrees
// (dates, key sizes, names), put into one order.
#include <algorithm>
#include <chrono>

#include "core/tls_connection.hpp"
#include "core/x509.hpp"

namespace tlseam::seam {
namespace {

/// The lower the code, the graver: cert_errc is declared in that order.
struct worst_defect {
    chain_defect defect;
    void consider(const chain_defect& other) {
        if (defect.code == cert_errc::none || other.code < defect.code) defect = other;
    }
};

std::chrono::sys_seconds now(const wall_clock& clock) {
    if (clock) return clock();
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

cert_errc judge_dates(const x509_fields& fields, std::chrono::sys_seconds time) {
    if (time < fields.not_before) return cert_errc::not_yet_valid;
    if (time > fields.not_after) return cert_errc::expired;  // the last second counts (RFC 5280 4.1.2.5)
    return cert_errc::none;
}

bool is_weak(const x509_fields& fields) {
    return (fields.key == key_kind::rsa && fields.key_bits < 2048) ||
           (fields.key == key_kind::ec && fields.key_bits < 256);
}

}  // namespace

cert_errc events::verify(std::span<const der_bytes> path, std::span<const chain_defect> defects) noexcept {
    // tlseam has one class that listens to events.
    auto& connection = static_cast<tls_connection&>(*this);
    try {
        return connection.check_chain(path, defects);
    } catch (...) {
        connection.verdict_.emplace();
        connection.verdict_->code = cert_errc::rejected;
        connection.verdict_->callback_failed = true;
        return cert_errc::rejected;
    }
}

cert_errc tls_connection::check_chain(std::span<const der_bytes> path, std::span<const chain_defect> defects) {
    worst_defect worst;
    for (const chain_defect& found : defects) worst.consider(found);

    const auto time = now(context_->clock);
    std::optional<x509_fields> leaf;
    for (std::size_t depth = 0; depth < path.size(); ++depth) {
        auto fields = parse_x509(path[depth]);
        const int where = static_cast<int>(depth);
        if (!fields) {
            worst.consider({.code = cert_errc::malformed, .depth = where});
            continue;
        }
        if (is_weak(*fields)) worst.consider({.code = cert_errc::weak_key, .depth = where});
        if (const cert_errc dates = judge_dates(*fields, time); dates != cert_errc::none) {
            worst.consider({.code = dates, .depth = where});
        }
        if (depth == 0) leaf = std::move(fields);
    }
    if (path.empty()) worst.consider({.code = cert_errc::malformed});
    if (context_->role == role::client && leaf && !(verified_name_ && matches(*verified_name_, *leaf))) {
        worst.consider({.code = cert_errc::name_mismatch});
    }

    chain_verdict& result = verdict_.emplace();
    result.code = worst.defect.code;
    result.depth = worst.defect.depth;
    result.native_code = worst.defect.native_code;
    result.native_text = worst.defect.native_text;
    const auto at = static_cast<std::size_t>(worst.defect.depth);
    if (result.code != cert_errc::none && at < path.size()) {
        if (auto shown = certificate::from_der(path[at])) result.subject = shown->subject();
    }
    return result.code;
}

void events::alert_sent(std::uint8_t alert) noexcept { static_cast<tls_connection&>(*this).alert_sent_ = alert; }

void events::alert_received(std::uint8_t alert) noexcept {
    static_cast<tls_connection&>(*this).alert_received_ = alert;
}

}  // namespace tlseam::seam
