// SPDX-License-Identifier: Apache-2.0
#include "core/chain_rules.hpp"

#include "core/name_constraints.hpp"
#include "core/signature_algorithm.hpp"

namespace tlseam::seam {
namespace {

cert_errc judge_dates(const x509_fields& fields, std::chrono::sys_seconds time) {
    if (time < fields.not_before) return cert_errc::not_yet_valid;
    if (time > fields.not_after) return cert_errc::expired;  // the last second counts (RFC 5280 4.1.2.5)
    return cert_errc::none;
}

bool is_for(const x509_fields& fields, role peer) {
    if (!fields.extended) return true;
    return peer == role::server ? fields.extended->server : fields.extended->client;
}

bool has_serial(const x509_fields& fields) {
    constexpr std::size_t longest = 21;  // 20 bytes (RFC 5280 4.1.2.2), and one for the sign
    return fields.serial.size() <= longest;
}

class rules {
public:
    rules(const certificate_path& path, role peer, std::chrono::sys_seconds time, std::vector<chain_defect>& defects)
        : path_(path), peer_(peer), time_(time), defects_(defects) {}

    void check() {
        for (std::size_t depth = 0; depth < path_.certificates.size(); ++depth) {
            check_alone(depth);
            const bool anchor = path_.complete && depth + 1 == path_.certificates.size();
            if (!anchor) check_issued(depth);
            if (depth == 0) {
                if (!fields(0).may(key_usage::digital_signature)) add(cert_errc::wrong_purpose, 0);
            } else {
                check_issuer(depth);
            }
        }
    }

private:
    [[nodiscard]] const x509_fields& fields(std::size_t depth) const { return path_.certificates[depth]->fields; }

    void add(cert_errc code, std::size_t depth) {
        if (code != cert_errc::none) defects_.push_back({.code = code, .depth = static_cast<int>(depth)});
    }

    void check_alone(std::size_t depth) {
        const x509_fields& it = fields(depth);
        add(judge_dates(it, time_), depth);
        if (is_weak_key(it)) add(cert_errc::weak_key, depth);
        if (it.malformed_extension) add(cert_errc::malformed, depth);
        if (it.unknown_critical) add(cert_errc::unknown_critical_extension, depth);
        if (!is_for(it, peer_)) add(cert_errc::wrong_purpose, depth);
    }

    /// What its issuer has answered for.
    void check_issued(std::size_t depth) {
        const x509_fields& it = fields(depth);
        if (!has_serial(it)) add(cert_errc::malformed, depth);
        if (!parse_signature_algorithm(it.signature_algorithm)) add(cert_errc::weak_signature, depth);
    }

    void check_issuer(std::size_t depth) {
        const x509_fields& it = fields(depth);
        if (!it.is_ca || !it.may(key_usage::key_cert_sign)) add(cert_errc::invalid_ca, depth);
        if (it.path_length && authorities_below(depth) > *it.path_length) add(cert_errc::path_length, depth);
        if (!it.constraints) return;
        for (std::size_t below = 0; below < depth; ++below) {
            if (below > 0 && fields(below).is_self_issued()) continue;
            if (!are_within(fields(below), *it.constraints)) add(cert_errc::name_constraint, below);
        }
    }

    /// Those that issued themselves do not count (RFC 5280 4.2.1.9).
    [[nodiscard]] std::size_t authorities_below(std::size_t depth) const {
        std::size_t count = 0;
        for (std::size_t below = 1; below < depth; ++below) count += fields(below).is_self_issued() ? 0 : 1;
        return count;
    }

    const certificate_path& path_;
    role peer_;
    std::chrono::sys_seconds time_;
    std::vector<chain_defect>& defects_;
};

}  // namespace

bool is_weak_key(const x509_fields& fields) {
    switch (fields.key) {
        case key_kind::rsa: return fields.key_bits < 2048;
        case key_kind::ec: return fields.key_bits < 256;  // 0: a curve that is not known
        case key_kind::ed25519:
        case key_kind::ed448: return false;
        case key_kind::other: return true;
    }
    return true;
}

void check_rules(const certificate_path& path, role peer, std::chrono::sys_seconds time,
                 std::vector<chain_defect>& defects) {
    rules(path, peer, time, defects).check();
}

}  // namespace tlseam::seam
