// SPDX-License-Identifier: Apache-2.0
#include "cli/report.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include <tlseam/profile.hpp>

#include "cli/options.hpp"
#include "cli/time.hpp"

namespace cli {
namespace {

using json = nlohmann::ordered_json;

json event(const char* name) { return {{"event", name}, {"backend", tlseam::backend().name}}; }

json event(const char* name, const std::string& peer) {
    json out = event(name);
    out["peer"] = peer.empty() ? json() : json(peer);
    return out;
}

/// Always valid UTF-8: certificates and names come from strangers.
std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// No control character of a peer reaches a terminal.
std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    return text;
}

json describe(const tlseam::certificate& certificate) {
    return {{"subject", certificate.subject()},
            {"issuer", certificate.issuer()},
            {"serial", certificate.serial()},
            {"not_before", time_text(certificate.not_before())},
            {"not_after", time_text(certificate.not_after())},
            {"dns_names", certificate.dns_names()},
            {"ip_addresses", certificate.ip_addresses()},
            {"key_type", certificate.key_type()},
            {"key_bits", certificate.key_bits()},
            {"signature_algorithm", certificate.signature_algorithm()},
            {"is_ca", certificate.is_ca()},
            {"sha256_fingerprint", certificate.sha256_fingerprint()},
            {"public_key_pin", certificate.public_key_pin()}};
}

json fingerprints(const std::vector<tlseam::certificate>& chain) {
    json out = json::array();
    for (const auto& each : chain) out.push_back(each.sha256_fingerprint());
    return out;
}

}  // namespace

void reporter::warn(const exposed_file& about) {
    char mode[8];
    std::snprintf(mode, sizeof(mode), "%04o", about.mode);
    const std::string sentence = std::string("the ") + about.what + " '" + about.file +
                                 "' is open to others than its owner (mode " + mode + "): chmod 600 it";
    if (!json_) return line(stderr, "warning: " + printable(sentence));
    json out = event("warning");
    out["code"] = "exposed_file";
    out["file"] = about.file;
    out["mode"] = mode;
    out["detail"] = sentence;
    line(events_, text_of(out));
}

void reporter::listening(const std::vector<tlseam::socket_address>& addresses) {
    std::vector<std::string> texts;
    std::string sentence = "listening on";
    for (const auto& address : addresses) {
        texts.push_back(address.to_string());
        sentence += (texts.size() == 1 ? " " : ", ") + texts.back();
    }
    if (!json_) return line(events_, sentence);
    json out = event("listening");
    out["port"] = addresses.front().port;
    out["addresses"] = texts;
    line(events_, text_of(out));
}

void reporter::handshake(const std::string& peer, const tlseam::connection_info& info) {
    if (json_) {
        json out = event("handshake", peer);
        out["version"] = name(info.version);
        out["cipher_suite"] = info.cipher_suite_name;
        out["group"] = info.group == 0 ? json() : json(info.group_name);
        out["alpn"] = info.alpn.empty() ? json() : json(info.alpn);
        out["server_name"] = info.server_name.empty() ? json() : json(info.server_name);
        out["resumed"] = info.resumed;
        out["verified"] = info.peer_verified;
        out["peer_certificates"] = json::array();
        for (const auto& certificate : info.peer_certificates) {
            out["peer_certificates"].push_back(describe(certificate));
        }
        out["local_certificates"] = fingerprints(info.local_certificates);
        out["verified_chain"] = fingerprints(info.verified_chain);
        out["ocsp_good"] = info.ocsp_good;
        out["peer_signature_scheme"] = info.peer_signature_scheme == 0 ? json() : json(info.peer_signature_scheme_name);
        out["psk_identity"] = info.psk_identity.empty() ? json() : json(info.psk_identity);
        return line(events_, text_of(out));
    }
    std::string out =
        "handshake with " + peer + ": " + std::string(name(info.version)) + ", " + std::string(info.cipher_suite_name);
    if (info.group != 0) out += ", " + std::string(info.group_name);
    if (!info.alpn.empty()) out += ", alpn " + printable(info.alpn);
    if (!info.server_name.empty()) out += ", server name " + info.server_name;
    if (info.resumed) out += ", resumed";
    if (!info.psk_identity.empty()) out += ", pre-shared key '" + printable(info.psk_identity) + "'";
    if (!info.peer_certificates.empty()) {
        out += ", peer '" + info.peer_certificates.front().subject() + (info.peer_verified ? "'" : "' NOT VERIFIED");
    }
    line(events_, out);
}

void reporter::closed(const std::string& peer, traffic traffic) {
    if (!json_) return;
    json out = event("closed", peer);
    out["bytes_in"] = traffic.bytes_in;
    out["bytes_out"] = traffic.bytes_out;
    line(events_, text_of(out));
}

void reporter::failed(const std::string& peer, const tlseam::error& error) {
    std::string sentence = error.message();
    if (sentence.find(peer) == std::string::npos) sentence = peer + ": " + sentence;  // most name the peer already
    if (!json_) return line(stderr, "error: " + sentence);
    json out = event("error", peer);
    out["code"] = name(error.code());
    const bool has_certificate = error.certificate() != tlseam::cert_errc::none;
    out["cert_code"] = has_certificate ? json(name(error.certificate())) : json();
    out["alert"] = error.alert() ? json(*error.alert()) : json();
    out["alert_name"] = error.alert() ? json(tlseam::alert_name(*error.alert())) : json();
    constexpr const char* origins[] = {"local", "peer", "system"};
    out["origin"] = origins[static_cast<std::size_t>(error.origin())];
    out["detail"] = sentence;
    out["native"] = error.detail() != nullptr ? error.detail()->native_text : "";
    line(events_, text_of(out));
}

void reporter::stack(stack_use used) {
    if (!json_) {
        return line(events_, "stack of a connection: " + std::to_string(used.client) + " bytes in a client, " +
                                 std::to_string(used.server) + " bytes in a server");
    }
    json out = event("stack");
    out["client"] = used.client;
    out["server"] = used.server;
    line(events_, text_of(out));
}

void reporter::verdict(const verify_answer& answer) {
    const auto& verdict = answer.verdict;
    const char* word = verdict ? "accepted" : answer.undecided ? "undecided" : "rejected";
    if (!json_) {
        if (!verdict)
            return line(answer.undecided ? stderr : events_, std::string(word) + ": " + verdict.error().message());
        std::string path;
        for (const auto& each : *verdict) path += (path.empty() ? " '" : " <- '") + each.subject() + "'";
        return line(events_, word + (":" + path));
    }
    json out = event("verify");
    out["id"] = json::parse(answer.id);
    out["verdict"] = word;
    const bool has_reason = !verdict && verdict.error().certificate() != tlseam::cert_errc::none;
    out["code"] = verdict ? json() : json(name(verdict.error().code()));
    out["cert_code"] = has_reason ? json(name(verdict.error().certificate())) : json();
    out["detail"] = verdict ? json() : json(verdict.error().message());
    const bool has_words = !verdict && verdict.error().detail() != nullptr;
    out["native"] = has_words ? verdict.error().detail()->native_text : "";
    out["path"] = json::array();
    if (verdict) {
        for (const auto& each : *verdict) out["path"].push_back(each.subject());
    }
    out["fingerprints"] = verdict ? fingerprints(*verdict) : json::array();
    line(events_, text_of(out));
}

namespace {
std::string joined(const std::vector<std::string_view>& words) {
    std::string out;
    for (const auto word : words) out.append(out.empty() ? "" : ", ").append(word);
    return out;
}

json describe(const tlseam::profile_contents& contents) {
    return {{"supported", contents.supported},
            {"min_version", name(contents.min_version)},
            {"max_version", name(contents.max_version)},
            {"cipher_suites", contents.cipher_suites},
            {"groups", contents.groups},
            {"signature_schemes", contents.signature_schemes},
            {"psk_cipher_suites", contents.psk_cipher_suites}};
}

std::string sentence(const tlseam::profile_contents& contents) {
    if (!contents.supported) return "not supported";
    std::string versions(name(contents.min_version));
    if (contents.min_version != contents.max_version) versions += " to " + std::string(name(contents.max_version));
    return versions + "; " + joined(contents.cipher_suites) + "; " + joined(contents.groups) + "; " +
           joined(contents.signature_schemes);
}
}  // namespace

void reporter::about(const tlseam::backend_info& backend, const char* facts) {
    if (json_) {
        json out = event("info");
        out["backend_version"] = backend.version;
        out["tlseam_version"] = tlseam::version();
        out["features"] = json::object();
        for (const auto feature : tlseam::all_features) {
            out["features"][std::string(name(feature))] = backend.supports(feature);
        }
        out["groups"] = backend.groups();
        out["cipher_suites"] = backend.cipher_suites();
        out["psk_cipher_suites"] = backend.psk_cipher_suites();
        out["signature_schemes"] = backend.signature_schemes();
        out["profiles"] = json::object();
        for (const auto profile : tlseam::all_profiles) {
            out["profiles"][std::string(name(profile))] = describe(contents(profile));
        }
        if (facts != nullptr) out["facts"] = json::parse(facts);
        return line(events_, text_of(out));
    }
    line(events_, "tlseam " + std::string(tlseam::version()) + " with " + backend.name + " (" + backend.version + ")");
    for (const auto feature : tlseam::all_features) {
        line(events_, std::string(name(feature)) + ": " + (backend.supports(feature) ? "yes" : "no"));
    }
    line(events_, "groups: " + joined(backend.groups()));
    line(events_, "cipher suites: " + joined(backend.cipher_suites()));
    line(events_, "cipher suites with a pre-shared key of TLS 1.2: " + joined(backend.psk_cipher_suites()));
    line(events_, "signature schemes: " + joined(backend.signature_schemes()));
    for (const auto profile : tlseam::all_profiles) {
        line(events_, "profile " + std::string(name(profile)) + ": " + sentence(contents(profile)));
    }
    line(events_,
         "licence: tlseam is Apache-2.0; a program that links " + backend.name + " is bound by its licence too");
}

void reporter::line(std::FILE* to, const std::string& text) {
    const std::scoped_lock lock(mutex_);
    std::fputs((text + "\n").c_str(), to);
    std::fflush(to);
}

int exit_code_for(const tlseam::error& error) noexcept {
    switch (error.code()) {
        using enum tlseam::errc;
        case host_not_found:
        case connection_refused:
        case address_in_use:
        case file_not_found:
        case file_unreadable:
        case no_certificate:
        case malformed_certificate:
        case no_private_key:
        case malformed_key:
        case unsupported_key:
        case weak_key:
        case key_mismatch:
        case passphrase_required:
        case wrong_passphrase:
        case no_crl:
        case malformed_crl:
        case malformed_session:
        case malformed_ocsp_response:
        case invalid_argument:
        case unsupported: return exit_usage;
        default: return exit_failed;
    }
}

}  // namespace cli
