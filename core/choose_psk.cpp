// SPDX-License-Identifier: Apache-2.0
// Which of the keys that a client offers a server uses, from the first hello (RFC 8446 4.2.11): the client's first that
// we know and can use. The library gets that one alone.
#include "core/choose_psk.hpp"

#include <algorithm>
#include <optional>

#include "core/alerts.hpp"
#include "core/fail.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {
namespace {

using key_pointer = std::shared_ptr<const pre_shared_key>;

/// A hello has room for thousands, and each may cost the program a look into its database.
constexpr std::size_t most_questions = 8;

bool could_be_ours(std::string_view identity) {
    return !identity.empty() && identity.size() <= external_psk::max_identity && identity.find('\0') == identity.npos;
}

result<std::optional<external_psk>> call(const psk_callback& callback, std::string_view identity) {
    try {
        return callback(identity);
    } catch (...) {
        return fail(errc::callback_failed, "it threw an exception");
    }
}

result<key_pointer> ask(const psk_callback& callback, std::string_view identity) {
    auto found = call(callback, identity);
    if (!found) return fail(errc::callback_failed, "find_psk: " + found.error().message());
    if (!*found) return key_pointer();
    if ((*found)->identity() != identity) {
        return fail(errc::callback_failed, "find_psk gave a key with another identity than it was asked for");
    }
    return (*found)->data();
}

key_pointer find_known(const psk_rules& rules, std::string_view identity) {
    const auto same = [&](const key_pointer& known) { return known->identity == identity; };
    const auto at = std::ranges::find_if(rules.known, same);
    return at == rules.known.end() ? key_pointer() : *at;
}

}  // namespace

/// Without a key and without a certificate, the client is refused here, with the alert for a wrong key: so that it is
/// not easy to learn which identities there are (RFC 8446 E.6). It is not impossible: where another hello is asked for,
/// some libraries do that before they look at the proof.
result<void> tls_connection::choose_psk(const client_hello& hello, connection& connection) {
    const psk_rules& rules = context_->psk;
    const bool usable = speaks_tls1_3_with(hello) && hello.resumes_with_new_keys && !hello.groups.empty();
    if (rules.accepts() && usable) {
        std::size_t questions = 0;
        for (const std::string& identity : hello.psk_identities) {
            if (!could_be_ours(identity)) continue;
            auto key = find_known(rules, identity);
            if (!key && rules.find && questions++ < most_questions) {
                auto found = ask(rules.find, identity);
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
