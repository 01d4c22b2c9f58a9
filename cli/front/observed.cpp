// SPDX-License-Identifier: Apache-2.0
#include "cli/front/observed.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "cli/front/tls_names.hpp"
#include "core/client_hello.hpp"
#include "core/first_message.hpp"

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;
namespace seam = tlseam::seam;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

json names(const std::vector<std::uint16_t>& numbers, std::string (*name)(std::uint16_t)) {
    json out = json::array();
    for (const auto number : numbers) out.push_back(name(number));
    return out;
}

json describe(const seam::peek_result& found) {
    const seam::client_hello& hello = found.hello;
    const auto has = [&](std::uint16_t type) {
        return std::ranges::find(hello.extensions, type) != hello.extensions.end();
    };
    constexpr std::uint16_t session_ticket = 35;
    return {{"versions", names(hello.versions, version_text)},
            {"cipher_suites", names(hello.cipher_suites, cipher_suite_text)},
            {"groups", names(hello.groups, group_text)},
            {"key_shares", names(hello.key_shares, group_text)},
            {"signature_schemes", names(hello.signature_schemes, signature_scheme_text)},
            {"alpn", hello.has_alpn ? json(hello.alpn) : json()},
            {"server_name", hello.has_server_name ? json(hello.server_name) : json()},
            {"session_ticket", has(session_ticket)},
            {"pre_shared_key", hello.has_pre_shared_key},
            {"session_id_bytes", hello.session_id.size()},
            {"extensions", names(hello.extensions, extension_text)},
            {"bytes", found.records_size}};
}

/// Types of records (RFC 8446 5.1, RFC 5246 6.2.1). In TLS 1.3, whatever is encrypted says that it is data.
enum : std::uint8_t { change_cipher_spec = 20, alert = 21, handshake = 22, data = 23 };

/// A Finished alone in an encrypted record of TLS 1.3: its header, a hash, the type, and the tag of an AEAD.
bool is_finished(const passed_record& r) {
    constexpr std::array<std::size_t, 4> bodies = {4 + 32 + 1 + 16, 4 + 48 + 1 + 16, 4 + 32 + 1 + 8, 4 + 48 + 1 + 8};
    return r.type == data && std::ranges::find(bodies, r.body) != bodies.end();
}

/// An alert is shorter than any message of a handshake.
bool is_long_enough(const passed_record& r) { return r.type == data && r.body > 2 + 1 + 16; }

/// The records up to the last of the handshake. In TLS 1.3 that is the client's Finished: what its server says before
/// it has seen that belongs to the handshake, what it says afterwards, tickets above all, does not.
std::size_t records_of_handshake(const std::vector<passed_record>& records, bool tls1_3) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const passed_record& r = records[i];
        if (!tls1_3) {
            if (r.type == data || r.type == alert) break;
            end = i + 1;
        } else if (r.from == sender::client && (is_long_enough(r) || r.type == handshake)) {
            end = i + 1;
            if (is_finished(r)) break;
        }
    }
    return end;
}

bool is_retry(const recording& seen) {
    constexpr std::array<unsigned char, 8> start_of_random = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11};
    constexpr std::uint8_t server_hello = 2;
    const auto first = seam::read_first_message(
        bytes_of(seen.server_start), {.type = server_hello, .largest = 65536, .most_records = 64, .alone = false});
    if (first.status != seam::first_status::complete || first.body.size() < 2 + 32) return false;
    return std::ranges::equal(std::as_bytes(std::span(start_of_random)),
                              std::span(first.body).subspan(2, start_of_random.size()));
}

}  // namespace

json offered_in(const recording& seen) {
    const auto found = seam::peek_client_hello(bytes_of(seen.client_start));
    switch (found.status) {
        using enum seam::peek_status;
        case complete: return describe(found);
        case need_more: return nullptr;
        case http: return {{"malformed", "it speaks plain HTTP"}};
        case not_tls: return {{"malformed", "it does not speak TLS"}};
        case alert:
        case closed: return {{"malformed", "it sends an alert at once"}};
        default: return {{"malformed", found.reason}};
    }
}

handshake_extent extent_of(const recording& seen, bool complete, bool tls1_3) {
    handshake_extent out{
        .client_bytes = seen.client_bytes, .server_bytes = seen.server_bytes, .retried = is_retry(seen)};
    if (seen.client_bytes == 0) return out;
    if (seen.server_bytes > 0) out.first_answer = seen.answered - seen.started;
    const std::size_t count = complete ? records_of_handshake(seen.records, tls1_3) : 0;
    if (count == 0) return out;
    out.client_bytes = out.server_bytes = 0;
    for (const passed_record& each : std::span(seen.records).first(count)) {
        (each.from == sender::client ? out.client_bytes : out.server_bytes) = each.total;
    }
    out.whole = seen.records[count - 1].at - seen.started;
    return out;
}

}  // namespace cli::front
