// SPDX-License-Identifier: Apache-2.0
#include "cli/front/rows.hpp"

#include <algorithm>
#include <cstdio>

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;

std::string with_digits(double value, const char* unit) {
    char text[48];
    std::snprintf(text, sizeof text, "%.*f %s", value < 10 ? 2 : 1, value, unit);
    return text;
}

cell as_milliseconds(const json& value) {
    return value.is_null() ? cell() : cell{with_digits(value.get<double>(), "ms")};
}
cell as_bytes(const json& value) { return value.is_null() ? cell() : cell{value.dump() + " bytes"}; }
cell as_kibibytes(const json& value) {
    return value.is_null() ? cell() : cell{with_digits(value.get<double>() / 1024, "KiB")};
}

/// The leaf, which says most.
cell as_certificate(const json& chain) {
    if (chain.is_null() || chain.empty()) return {};
    const json& leaf = chain[0];
    return {printable(leaf.value("subject", "") + ", " + leaf.value("key_type", "") + " " +
                      std::to_string(leaf.value("key_bits", 0)))};
}

}  // namespace

json at(const json& attempt, std::string field) {
    std::ranges::replace(field, '.', '/');
    const json::json_pointer where("/" + field);
    return attempt.contains(where) ? attempt.at(where) : json();
}

bool succeeded(const json& attempt) { return attempt["error"].is_null(); }

cell plain(const json& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return {printable(value.get<std::string>())};
    if (value.is_boolean()) return {value.get<bool>() ? "yes" : "no"};
    if (!value.is_array()) return {value.dump()};
    cell out;
    for (const auto& each : value) out.push_back(printable(each.get<std::string>()));
    return out;
}

std::vector<row> rows_offered() {
    return {{"offered.versions", "versions"},
            {"offered.cipher_suites", "cipher suites"},
            {"offered.groups", "groups"},
            {"offered.key_shares", "key shares"},
            {"offered.signature_schemes", "signature schemes"},
            {"offered.alpn", "ALPN"},
            {"offered.server_name", "server name"},
            {"offered.extensions", "extensions"},
            {"offered.session_id_bytes", "session id", as_bytes},
            {"offered.malformed", "no ClientHello"},
            {"offered.bytes", "size of the hello", as_bytes}};
}

std::vector<row> rows_negotiated(const words& words) {
    return {{"handshake.version", "version"},
            {"handshake.cipher_suite", "cipher suite"},
            {"handshake.group", "group"},
            {"handshake.retried", "second hello needed"},
            {"handshake.alpn", "ALPN"},
            {"handshake.resumed", "resumed"},
            {"handshake.peer_certificates", "certificate", as_certificate},
            {"handshake.peer_signature_scheme", words.peer_signature}};
}

std::vector<row> rows_measured() {
    return {{"timings_ms.tcp_connect", "TCP connect", as_milliseconds},
            {"timings_ms.first_answer", "first answer after", as_milliseconds},
            {"timings_ms.handshake", "handshake", as_milliseconds},
            {"bytes.sent", "handshake sent", as_bytes},
            {"bytes.received", "handshake received", as_bytes},
            {"heap_peak", "heap of its program", as_kibibytes}};
}

cell verdict_of(const json& attempt) {
    const json reason = at(attempt, "error.cert_code"), verified = at(attempt, "handshake.verified");
    if (!reason.is_null()) return {"refused: " + plain(reason).front()};
    if (verified.is_null() || at(attempt, "handshake.peer_certificates").empty()) return {};
    return {verified.get<bool>() ? "verified" : "NOT VERIFIED (--insecure)"};
}

cell alert_of(const json& attempt) {
    const json error = attempt["error"];
    if (error.is_null() || error["alert"].is_null()) return {};
    const std::string alert = printable(error["alert_name"]) + " (" + error["alert"].dump() + ")";
    return {alert + (error["origin"] == "peer" ? " received" : " sent")};
}

}  // namespace cli::front
