// SPDX-License-Identifier: Apache-2.0
// Pre-shared keys of TLS 1.2 on a server (RFC 4279 2, RFC 5489 2). The hello decides by its suites alone. The client
// says which key it means after our answer, in its ClientKeyExchange: core reads that before the library does, so that
// the key is found, and an identity judged, in one way.
#include <algorithm>
#include <string>
#include <vector>

#include "core/alerts.hpp"
#include "core/choose_psk.hpp"
#include "core/fail.hpp"
#include "core/first_message.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {
namespace {

constexpr std::uint8_t client_key_exchange = 16;
/// Two lengths, the longest identity of ours and a point, with room for others' identities.
constexpr std::size_t largest_key_exchange = 2048, most_records = 64;

/// With it, the handshake fails where it fails with a wrong key, and takes as long.
result<key_pointer> make_unknown(std::string_view identity) {
    std::vector<std::byte> random(32);
    if (auto filled = fill_random(random); !filled) return std::unexpected(filled.error());
    auto key = std::make_shared<pre_shared_key>();
    key->identity = identity;
    key->key = secret_bytes(std::move(random));
    key->version = protocol_version::tls1_2;
    return key;
}

}  // namespace

/// Libraries agree on a suite of ours in our order; and on no curve where the client names none (RFC 8422 4).
bool tls_connection::takes_tls1_2_psk(const client_hello& hello) const noexcept {
    if (!context_->psk.native_tls1_2 || speaks_tls1_3_with(hello) || hello.groups.empty()) return false;
    return std::ranges::any_of(context_->psk.suites_tls1_2, [&](std::uint16_t suite) {
        return std::ranges::find(hello.cipher_suites, suite) != hello.cipher_suites.end();
    });
}

result<void> tls_connection::take_identity() {
    const auto found = read_first_message(
        wire_.arrived(),
        {.type = client_key_exchange, .largest = largest_key_exchange, .most_records = most_records, .alone = true});
    switch (found.status) {
        case first_status::need_more: return std::unexpected(errc::want_read);
        case first_status::not_tls:
            return refuse_hello(errc::protocol_error, alert::unexpected_message,
                                "the client's key exchange is missing");
        case first_status::alert:  // the library's to read, and nothing behind it
            wire_.show(found.records_size);
            return {};
        case first_status::malformed:
            return refuse_hello(found.problem.alert == alert::record_overflow ? errc::too_large : errc::protocol_error,
                                found.problem.alert,
                                std::string("the client's key exchange is malformed: ") + found.problem.reason);
        case first_status::too_large:
            return refuse_hello(errc::too_large, found.problem.alert, "the client's key exchange is too large");
        case first_status::complete: break;
    }
    cursor in(found.body);
    const auto identity = in.vector(2);
    const auto point = in.vector(1);
    if (!identity || !point || !in.at_end()) {
        return refuse_hello(errc::protocol_error, alert::decode_error,
                            "the client's key exchange is malformed: it has a wrong length");
    }
    return name_psk({reinterpret_cast<const char*>(identity->data()), identity->size()});
}

/// Whether an identity is known must not show. One that no key can have tells nothing.
result<void> tls_connection::name_psk(std::string_view identity) {
    constexpr auto tls1_2 = protocol_version::tls1_2;
    if (!could_be_psk_identity(identity)) {
        return refuse_hello(errc::psk_refused, alert::decrypt_error,
                            "the client names a pre-shared key that nobody can have");
    }
    psk_ = context_->psk.find_known(identity, tls1_2);
    if (!psk_ && context_->psk.find_tls1_2) {
        auto found = context_->psk.ask(identity, tls1_2);
        if (!found) return refuse_hello(found.error().code(), alert::internal_error, found.error().message());
        psk_ = std::move(*found);
    }
    if (!psk_) {
        auto unknown = make_unknown(identity);
        if (!unknown) return std::unexpected(unknown.error());
        psk_ = std::move(*unknown);
        psk_unknown_ = true;
    }
    psk_step_ = psk_step::named;
    return {};
}

/// The library has seen the hello, or an alert in the place of the key exchange. True: there is more to look at.
bool tls_connection::awaits_identity() noexcept {
    if (psk_step_ == psk_step::hello) psk_step_ = psk_step::identity;
    return psk_step_ == psk_step::identity && !wire_.arrived().empty();
}

const pre_shared_key* tls_connection::named_psk() const noexcept {
    return psk_step_ == psk_step::named ? psk_.get() : nullptr;
}

/// The first thing that the key protects is the client's Finished, which cannot be decrypted then: to the library, a
/// damaged record. Our keys are not changed yet, so the alert is in the clear. unsent: what was to be sent before the
/// library spoke.
std::unexpected<error> tls_connection::refuse_wrong_psk(std::size_t unsent) noexcept {
    wire_.out().truncate(unsent);
    wire_.send(plaintext_alert(alert::decrypt_error));
    alert_sent_ = alert::decrypt_error;
    core_refused_ = true;
    return stop(fail(errc::psk_refused, psk_unknown_
                                            ? "the client names a pre-shared key that this server does not have"
                                            : describe_failure(errc::psk_refused))
                    .error());
}

}  // namespace tlseam::seam
