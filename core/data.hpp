// SPDX-License-Identifier: Apache-2.0
// What the public handles (credentials, trust_store, context) point to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <tlseam/certificate.hpp>
#include <tlseam/settings.hpp>

#include "core/anchors.hpp"
#include "core/choose_credentials.hpp"
#include "core/choose_psk.hpp"
#include "core/crl.hpp"
#include "core/seam.hpp"
#include "core/server_names.hpp"
#include "core/session_data.hpp"
#include "core/ticket_ring.hpp"
#include "core/usable.hpp"
#include "core/verify.hpp"

namespace tlseam::inline v0::detail {

struct credentials_data {
    std::vector<certificate> chain;
    std::shared_ptr<const seam::native_credentials> native;
    std::shared_ptr<const std::vector<std::byte>> staple;  // an OCSP response for servers; null: none
};

struct trust_data {
    explicit trust_data(std::vector<std::vector<std::byte>> ders) : anchors(std::move(ders)) {}
    seam::anchor_set anchors;
};

struct crl_data {
    struct list {
        seam::der::bytes der;
        seam::crl_fields fields;
    };
    std::vector<std::vector<std::byte>> ders;
    std::vector<list> lists;  // of ders
};

struct context_data {
    tlseam::role role = tlseam::role::client;
    std::vector<seam::candidate> candidates;                           // of settings.credentials, in their order
    std::vector<std::shared_ptr<const seam::native_context>> natives;  // servers: one per candidate; clients: one
    protocol_version min_version = protocol_version::tls1_2;
    protocol_version max_version = protocol_version::tls1_3;
    std::vector<std::string> alpn;
    std::vector<std::uint16_t> cipher_suites;
    std::vector<std::uint16_t> groups;
    std::vector<std::uint16_t> signature_schemes;
    std::size_t max_record_size = seam::max_record;
    tlseam::client_auth client_auth = tlseam::client_auth::none;
    std::optional<seam::verification> verification;  // none: certificates are not checked
    seam::server_names names;
    wall_clock clock;
    seam::digest scope = {};                         // of resumption
    bool resumption = false;                         // clients
    std::shared_ptr<session_store> sessions;         // clients that resume
    std::function<void(const session&)> on_session;  // clients that resume; may be empty
    std::shared_ptr<ticket_key_data> tickets;        // servers; null: none are issued
    std::chrono::seconds renew_tickets = {};         // after which their secret is renewed; 0: the program's own
    bool exporter = false;
    key_log_callback key_log;  // empty: none
    seam::psk_rules psk;
    bool post_handshake_auth = false;  // clients: answer requests after the handshake
};

}  // namespace tlseam::inline v0::detail
