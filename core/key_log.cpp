// SPDX-License-Identifier: Apache-2.0
// What a library reports of a connection's secrets, to lines of a key log (draft-ietf-tls-keylogfile).
#include <algorithm>
#include <array>
#include <string>
#include <system_error>

#include "core/certificate_text.hpp"
#include "core/fail.hpp"
#include "core/secret.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {
namespace {

/// Libraries report more than this, each something else: early secrets, later generations.
constexpr std::array<std::string_view, 6> labels = {
    "CLIENT_RANDOM",           "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0",         "EXPORTER_SECRET"};

/// The program's callback: whatever it throws is its failure.
result<void> call(const key_log_callback& callback, std::string_view line) {
    try {
        callback(line);
        return {};
    } catch (const std::system_error& e) {
        const auto& kind = e.code().category();
        error_detail detail{.message = std::string("key_log: ") + e.what(), .alert = {}};
        if (kind == std::generic_category() || kind == std::system_category()) detail.system_code = e.code().value();
        return fail(errc::callback_failed, std::move(detail));
    } catch (const std::exception& e) {
        return fail(errc::callback_failed, std::string("key_log threw an exception: ") + e.what());
    } catch (...) {
        return fail(errc::callback_failed, "key_log threw an exception");
    }
}

}  // namespace

void events::key_log(std::string_view label, std::span<const std::byte> client_random,
                     std::span<const std::byte> secret) noexcept {
    static_cast<tls_connection&>(*this).log_secret(label, client_random, secret);
}

/// Not every library can be told from here that the handshake is over: the failure is remembered for handshake().
void tls_connection::log_secret(std::string_view label, std::span<const std::byte> client_random,
                                std::span<const std::byte> secret) noexcept {
    if (!context_->key_log || callback_failure_ || std::ranges::find(labels, label) == labels.end()) return;
    std::string line;
    const wipe_at_exit wiped(line);
    const auto logged = guarded([&]() -> result<void> {
        line.reserve(label.size() + 2 * (client_random.size() + secret.size()) + 2);  // no copies behind
        line += label;
        line += ' ';
        append_hex(line, client_random);
        line += ' ';
        append_hex(line, secret);
        return call(context_->key_log, line);
    });
    if (!logged) callback_failure_ = logged.error();
}

}  // namespace tlseam::seam
