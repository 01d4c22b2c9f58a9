// SPDX-License-Identifier: Apache-2.0
// Settings to a policy, credentials and a session manager. Everything is set explicitly: defaults differ between
// versions.
#include <botan/system_rng.h>
#include <botan/tls_ciphersuite.h>

#include <algorithm>

#include "backends/botan/native.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

using Botan::TLS::Group_Params;
using Botan::TLS::Protocol_Version;
using Botan::TLS::Signature_Scheme;

template <class Number>
std::vector<Number> convert(std::span<const std::uint16_t> numbers) {
    std::vector<Number> out;
    for (const std::uint16_t number : numbers) out.push_back(Number(number));
    return out;
}

bool contains(const auto& list, const auto& value) { return std::ranges::find(list, value) != list.end(); }

/// Of the handshake. Certificates of a peer are the longest: OpenSSL takes as much.
constexpr std::size_t max_message = 100 * 1024;

/// Settings that Botan 3.11 does not have, where these are functions that nobody calls: hence no override.
class newer_settings : public Botan::TLS::Policy {
public:
    virtual bool require_extended_master_secret() const { return false; }  // offered, as everywhere
    // Core counts records that carry no data, and bytes of a handshake; but it cannot see the length of one message.
    virtual std::size_t maximum_handshake_message_size() const { return max_message; }
    virtual std::uint64_t minimum_key_update_interval_ms() const { return 0; }
    virtual std::size_t maximum_session_tickets_per_connection() const { return 0; }  // no limit
};

class policy final : public newer_settings {
public:
    explicit policy(const context_config& config)
        : tls1_2_(config.min_version == protocol_version::tls1_2),
          tls1_3_(config.max_version == protocol_version::tls1_3),
          client_auth_(config.client_auth),
          issue_tickets_(config.issue_tickets),
          ticket_lifetime_(config.ticket_lifetime),
          key_log_(config.key_log),
          staples_(config.ask_for_staple || config.staple),
          groups_(convert<Group_Params>(config.groups)),
          shares_(convert<Group_Params>(config.key_shares)),
          schemes_(convert<Signature_Scheme>(config.signature_schemes)) {
        for (const std::uint16_t suite : config.cipher_suites) {
            (suite >> 8 == 0x13 ? suites1_3_ : suites1_2_).push_back(suite);
        }
    }

    bool allow_tls12() const override { return tls1_2_; }
    bool allow_tls13() const override { return tls1_3_; }
    bool allow_dtls12() const override { return false; }

    std::vector<std::uint16_t> ciphersuite_list(Protocol_Version version) const override {
        return version == Protocol_Version::TLS_V13 ? suites1_3_ : suites1_2_;
    }
    bool acceptable_ciphersuite(const Botan::TLS::Ciphersuite& suite) const override {
        return contains(suites1_3_, suite.ciphersuite_code()) || contains(suites1_2_, suite.ciphersuite_code());
    }
    bool server_uses_own_ciphersuite_preferences() const override { return true; }

    std::vector<Group_Params> key_exchange_groups() const override { return groups_; }
    std::vector<Group_Params> key_exchange_groups_to_offer() const override { return shares_; }
    /// Ours first; but a group that the client has sent a share of spares a round trip. In TLS 1.2 there are no shares.
    Group_Params choose_key_exchange_group(const std::vector<Group_Params>& supported,
                                           const std::vector<Group_Params>& offered) const override {
        for (const auto& group : groups_) {
            if (contains(offered, group) && contains(supported, group)) return group;
        }
        for (const auto& group : groups_) {
            if (contains(supported, group)) return group;
        }
        return Group_Params::NONE;
    }
    bool use_ecc_point_compression() const override { return false; }

    std::vector<Signature_Scheme> allowed_signature_schemes() const override { return schemes_; }
    std::vector<Signature_Scheme> acceptable_signature_schemes() const override { return schemes_; }
    std::optional<std::vector<Signature_Scheme>> acceptable_certificate_signature_schemes() const override {
        return std::nullopt;  // the same
    }
    std::vector<std::string> allowed_signature_methods() const override { return {"ECDSA", "RSA"}; }
    std::vector<std::string> allowed_signature_hashes() const override { return {"SHA-256", "SHA-384", "SHA-512"}; }
    /// A weak key is a reason to refuse a certificate, and found when it is verified.
    void check_peer_key_acceptable(const Botan::Public_Key&) const override {}

    bool request_client_certificate_authentication() const override { return client_auth_ != client_auth::none; }
    bool require_client_certificate_authentication() const override { return client_auth_ == client_auth::required; }

    std::size_t new_session_tickets_upon_handshake_success() const override { return issue_tickets_ ? 1 : 0; }
    std::chrono::seconds session_ticket_lifetime() const override { return ticket_lifetime_; }  // 0: the peer's word
    bool only_resume_with_exact_version() const override { return true; }

    bool allow_ssl_key_log_file() const override { return key_log_; }

    bool allow_client_initiated_renegotiation() const override { return false; }
    bool allow_server_initiated_renegotiation() const override { return false; }
    bool allow_insecure_renegotiation() const override { return false; }
    bool abort_connection_on_undesired_renegotiation() const override { return false; }
    bool negotiate_encrypt_then_mac() const override { return false; }  // every suite of ours is AEAD
    bool support_cert_status_message() const override { return staples_; }
    bool include_time_in_hello_random() const override { return false; }
    bool tls_13_middlebox_compatibility_mode() const override { return true; }
    std::optional<std::uint16_t> record_size_limit() const override { return std::nullopt; }
    std::size_t maximum_certificate_chain_size() const override { return 0; }  // core counts

private:
    bool tls1_2_;
    bool tls1_3_;
    tlseam::client_auth client_auth_;
    bool issue_tickets_;
    std::chrono::seconds ticket_lifetime_;
    bool key_log_;
    bool staples_;
    std::vector<std::uint16_t> suites1_3_, suites1_2_;
    std::vector<Group_Params> groups_, shares_;
    std::vector<Signature_Scheme> schemes_;
};

}  // namespace

result<std::shared_ptr<const native_context>> make_context(const context_config& config) noexcept {
    return guarded([&]() -> result<std::shared_ptr<const native_context>> {
        auto out = std::make_shared<native_context>();
        out->role = config.role;
        out->needs_client_certificate = config.client_auth == client_auth::required;
        out->verify_peer = config.verify_peer;
        out->identity = config.credentials;
        out->has_client_credentials = !config.client_credentials.empty();
        out->policy = std::make_shared<policy>(config);
        out->rng = std::make_shared<Botan::System_RNG>();
        out->credentials = make_identity(config.credentials);
        out->issue_tickets = config.issue_tickets;
        out->take_sessions = config.take_sessions;
        out->asks_for_staple = config.ask_for_staple;
        out->staple = config.staple;
        out->psk = config.psk;
        return out;
    });
}

}  // namespace tlseam::seam
