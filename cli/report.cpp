// SPDX-License-Identifier: Apache-2.0
#include "cli/report.hpp"

#include <nlohmann/json.hpp>

namespace cli {
namespace {

using json = nlohmann::ordered_json;

json event(const char* name) { return {{"event", name}, {"backend", tlseam::backend().name}}; }

std::string text(const json& object) { return object.dump(-1, ' ', false, json::error_handler_t::replace); }

/// For people: no control character of a peer reaches the terminal.
std::string printable(const std::string& from) {
    std::string out;
    for (const char c : from) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
    return out;
}

json describe(const tlseam::certificate& c) {
    return {{"subject", c.subject()},
            {"issuer", c.issuer()},
            {"serial", c.serial()},
            {"not_before", c.not_before().time_since_epoch().count()},
            {"not_after", c.not_after().time_since_epoch().count()},
            {"dns_names", c.dns_names()},
            {"ip_addresses", c.ip_addresses()},
            {"key", c.key_type() + " " + std::to_string(c.key_bits())}};
}

}  // namespace

void report::listening(const tlseam::socket_address& at) {
    if (!json_) return line("listening on " + at.to_string());
    json out = event("listening");
    out["host"] = at.host;
    out["port"] = at.port;
    line(text(out));
}

void report::handshake(const std::string& peer, const tlseam::connection_info& info) {
    if (!json_) {
        std::string out = "handshake with " + peer + ": " + std::string(name(info.version)) + ", " +
                          std::string(info.cipher_suite_name);
        if (info.group != 0) out += ", " + std::string(info.group_name);
        if (!info.alpn.empty()) out += ", alpn " + printable(info.alpn);
        if (!info.server_name.empty()) out += ", for " + info.server_name;
        if (info.resumed) out += ", resumed";
        if (info.peer_verified) out += ", verified " + info.peer_certificates.front().subject();
        if (!info.peer_verified && !info.peer_certificates.empty()) out += ", NOT VERIFIED";
        return line(out);
    }
    json out = event("handshake");
    out["peer"] = peer;
    out["version"] = name(info.version);
    out["cipher_suite"] = info.cipher_suite_name;
    out["group"] = info.group_name;
    out["alpn"] = info.alpn;
    out["server_name"] = info.server_name;
    out["resumed"] = info.resumed;
    out["verified"] = info.peer_verified;
    out["peer_certificates"] = json::array();
    for (const auto& certificate : info.peer_certificates) out["peer_certificates"].push_back(describe(certificate));
    line(text(out));
}

void report::closed(const std::string& peer, const traffic& bytes) {
    if (!json_) {
        return line("closed " + peer + ": " + std::to_string(bytes.received) + " bytes received, " +
                    std::to_string(bytes.sent) + " sent");
    }
    json out = event("closed");
    out["peer"] = peer;
    out["received"] = bytes.received;
    out["sent"] = bytes.sent;
    line(text(out));
}

void report::error(const std::string& peer, const tlseam::error& e) {
    if (!json_) return line("error: " + printable(e.message()) + " [" + name(e.code()) + "]");
    json out = event("error");
    out["peer"] = peer;
    out["code"] = name(e.code());
    out["cert_code"] = e.certificate() == tlseam::cert_errc::none ? json() : json(name(e.certificate()));
    out["alert"] = e.alert() ? json(*e.alert()) : json();
    out["detail"] = e.message();
    line(text(out));
}

void report::line(const std::string& what) {
    const std::scoped_lock lock(mutex_);
    std::fwrite(what.data(), 1, what.size(), out_);
    std::fputc('\n', out_);
    std::fflush(out_);
}

}  // namespace cli
