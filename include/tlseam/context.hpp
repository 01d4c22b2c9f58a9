// SPDX-License-Identifier: Apache-2.0
// Settings, checked and compiled: what many connections share.
#pragma once

#include <memory>

#include <tlseam/error.hpp>
#include <tlseam/export.hpp>
#include <tlseam/types.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
struct context_data;
}
struct client_settings;  // settings.hpp
struct server_settings;

/// Immutable; copies share everything and cost one reference count. Thread safe. May be destroyed while connections
/// made with it live. To change a setting or a certificate, make a new one.
class context {
public:
    /// Errors: invalid_argument (min above max, an ALPN name that is empty, over 255 bytes or given twice, a list over
    /// 65,535 bytes; two credentials with keys of one kind (RSA, Ed25519, a curve) that nothing tells apart: the same
    /// DNS names for a server, the same issuers for a client; session_cache or on_session although resumption is off; a
    /// suite, group or signature scheme that is unknown, not offered, given twice or outside the profile; a version
    /// from min_version to max_version for which these leave no suite, group or scheme that can be used in it, or none
    /// that a key of the credentials can sign with; a key that fits no version; a profile without such a version;
    /// max_record_size outside its bounds; what
    /// does not go together with psk), unsupported (a suite, group or scheme that this backend does not have, or a
    /// profile for which it lacks too much; an ALPN name that needs feature::alpn_any_bytes; credentials with an
    /// Ed25519 key where it has no such signature scheme; what feature::signature_choice says), out_of_memory, and
    /// those of trust_store::system() when trust is not set. The sentence names the setting and what to change.
    [[nodiscard]] TLSEAM_API static result<context> client(const client_settings& settings) noexcept;
    /// With the defaults.
    [[nodiscard]] TLSEAM_API static result<context> client() noexcept;

    /// Errors: as client(), and invalid_argument for neither credentials nor pre-shared keys, for an identity that two
    /// of psks have in one version, for a key in both, for keys without their version or with client_auth, for
    /// client_auth without client_trust or the other way round, for ticket_keys with client_auth or without resumption,
    /// for a ticket_lifetime that is out of range, and for a named context whose name is no host name, given twice, or
    /// whose context is a client's or has names or a callback of its own.
    [[nodiscard]] TLSEAM_API static result<context> server(const server_settings& settings) noexcept;

    [[nodiscard]] TLSEAM_API tlseam::role role() const noexcept;

    /// Used by tlseam itself.
    explicit context(std::shared_ptr<const detail::context_data> data) noexcept : data_(std::move(data)) {}
    [[nodiscard]] const std::shared_ptr<const detail::context_data>& data() const noexcept { return data_; }

private:
    std::shared_ptr<const detail::context_data> data_;
};

}  // namespace v0
}  // namespace tlseam
