// SPDX-License-Identifier: Apache-2.0
// Which of the keys that a client offers a server uses, from the first hello (RFC 8446 4.2.11): the client's first that
// we know and can use. The library gets that one alone. In TLS 1.2 the hello has only the suite, and the key comes
// later: name_psk.cpp.
#include "core/choose_psk.hpp"

#include <algorithm>

#include "core/alerts.hpp"
#include "core/fail.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {
namespace {

/// A hello has room for thousands, and each may cost the program a look into its database.
constexpr std::size_t most_questions = 8;

}  // namespace

/// Without a key and without a certificate, the client is refused here, with the alert for a wrong key: so that it is
/// not easy to learn which identities there are (RFC 8446 E.6). It is not impossible: where another hello is asked for,
/// some libraries do that before they look at the proof.
result<void> tls_connection::choose_psk(const client_hello& hello, connection& connection) {
    const psk_rules& rules = context_->psk;
    if (takes_tls1_2_psk(hello)) {
        psk_step_ = psk_step::hello;
        return {};
    }
    constexpr auto tls1_3 = protocol_version::tls1_3;
    const bool usable = speaks_tls1_3_with(hello) && hello.resumes_with_new_keys && !hello.groups.empty();
    if (rules.accepts(tls1_3) && usable) {
        std::size_t questions = 0;
        for (const std::string& identity : hello.psk_identities) {
            if (!could_be_psk_identity(identity)) continue;
            auto key = rules.find_known(identity, tls1_3);
            if (!key && rules.find && questions++ < most_questions) {
                auto found = rules.ask(identity, tls1_3);
                if (!found) return refuse_hello(found.error().code(), alert::internal_error, found.error().message());
                key = std::move(*found);
            }
            if (key && use_psk(key, hello, connection)) return {};
        }
    }
    if (!context_->candidates.empty()) return {};
    return refuse_hello(errc::psk_refused, alert::decrypt_error,
                        hello.psk_identities.empty()
                            ? "the client offers no pre-shared key, and this server has no certificate"
                            : "the client offers no pre-shared key that this server has and can use");
}

/// False when the client has no suite of ours with the key's hash.
bool tls_connection::use_psk(const std::shared_ptr<const pre_shared_key>& key, const client_hello& hello,
                             connection& connection) {
    const auto ours = suites_with(key->hash, context_->cipher_suites);
    const auto suite = std::ranges::find_if(ours, [&](std::uint16_t each) {
        return std::ranges::find(hello.cipher_suites, each) != hello.cipher_suites.end();
    });
    if (suite == ours.end()) return false;
    psk_ = key;
    connection.psk = key;
    connection.psk_suite = *suite;
    return true;
}

/// A client's: every suite of the context has its hash.
void tls_connection::offer_psk(connection& connection) {
    if (!context_->psk.offered) return;
    psk_ = context_->psk.offered;
    connection.psk = psk_;
    connection.psk_suite = context_->cipher_suites.front();
}

/// A server that finds a wrong binder says so with one alert, whatever the library would say.
void tls_connection::answer_wrong_key() noexcept {
    if (context_->role != role::server || answered_) return;
    wire_.out().consume(wire_.out().size());
    wire_.send(plaintext_alert(alert::decrypt_error));
    alert_sent_ = alert::decrypt_error;
}

}  // namespace tlseam::seam
