// SPDX-License-Identifier: Apache-2.0
// Which of the keys that a client offers a server uses, from the first hello (RFC 8446 4.2.11): the client's first that
// we know and can use. The library gets that one alone.
#include "core/choose_psk.hpp"

#include <algorithm>

#include "core/alerts.hpp"
#include "core/fail.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {
namespace {

using key_pointer = std::shared_ptr<const pre_shared_key>;

/// A hello has room for thousands, and each may cost the program a look into its database.
constexpr std::size_t most_identities = 8;

bool could_be_ours(std::string_view identity) {
    return !identity.empty() && identity.size() <= external_psk::max_identity && identity.find('\0') == identity.npos;
}

result<key_pointer> ask(const psk_callback& callback, std::string_view identity) {
    try {
        auto found = callback(identity);
        if (!found) return fail(errc::callback_failed, "find_psk: " + found.error().message());
        if (!*found) return key_pointer();
        if ((*found)->identity() != identity) {
            return fail(errc::callback_failed, "find_psk gave a key with another identity than it was asked for");
        }
        return (*found)->data();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (...) {
        return fail(errc::callback_failed, "find_psk threw an exception");
    }
}

result<key_pointer> find(const psk_rules& rules, const std::string& identity) {
    for (const key_pointer& known : rules.known) {
        if (known->identity == identity) return known;
    }
    if (!rules.find) return key_pointer();
    return ask(rules.find, identity);
}

}  // namespace

/// Without a key and without a certificate, the client is refused here, with the alert for a wrong key: nobody learns
/// which identities there are (RFC 8446 E.6).
result<void> tls_connection::choose_psk(const client_hello& hello, connection& connection) {
    const psk_rules& rules = context_->psk;
    const bool usable = speaks_tls1_3_with(hello) && hello.resumes_with_new_keys && !hello.groups.empty();
    if (rules.accepts() && usable) {
        const std::size_t count = std::min(hello.psk_identities.size(), most_identities);
        for (const std::string& identity : std::span(hello.psk_identities).first(count)) {
            if (!could_be_ours(identity)) continue;
            auto found = find(rules, identity);
            if (!found) return refuse_hello(found.error().code(), alert::internal_error, found.error().message());
            if (*found && use_psk(*found, hello, connection)) return {};
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
