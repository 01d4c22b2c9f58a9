// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "cli/time.hpp"
#include "cli/verify.hpp"

namespace cli {
namespace {

using nlohmann::json;

struct refused {
    std::string why;
};

std::string text(const json& value, const std::string& name) {
    if (!value.is_string()) throw refused{"'" + name + "' is not a string"};
    return value.get<std::string>();
}

std::vector<std::string> texts(const json& value, const std::string& name) {
    if (!value.is_array()) return {text(value, name)};
    std::vector<std::string> out;
    for (const json& each : value) out.push_back(text(each, name));
    return out;
}

tlseam::role purpose(const std::string& word) {
    if (word == "server") return tlseam::role::server;
    if (word == "client") return tlseam::role::client;
    throw refused{"'purpose' is neither \"server\" nor \"client\""};
}

tlseam::crl_scope scope(const std::string& word) {
    if (word == "chain") return tlseam::crl_scope::chain;
    if (word == "leaf") return tlseam::crl_scope::leaf;
    throw refused{"'crl_scope' is neither \"chain\" nor \"leaf\""};
}

/// A name that is not known is a mistake: whoever wrote it expects something of it.
void take(const std::string& name, const json& value, verify_request& out) {
    if (name == "leaf") {
        out.leaf = texts(value, name);
    } else if (name == "untrusted") {
        out.untrusted = texts(value, name);
    } else if (name == "trust") {
        out.trust = texts(value, name);
        if (out.trust.empty()) throw refused{"'trust' is an empty list: nobody would be trusted"};
    } else if (name == "crl") {
        out.crls = texts(value, name);
    } else if (name == "pin") {
        out.pins = texts(value, name);
    } else if (name == "crl_scope") {
        out.crl_scope = scope(text(value, name));
    } else if (name == "name" || name == "ip") {
        if (out.name) throw refused{"'name' and 'ip' are both given"};
        out.name = text(value, name);
    } else if (name == "time") {
        out.time = parse_time(text(value, name));
        if (!out.time) throw refused{"'time' is no point in time as RFC 3339 writes it"};
    } else if (name == "purpose") {
        out.purpose = purpose(text(value, name));
    } else if (name != "id") {
        throw refused{"there is no '" + name + "' in a request"};
    }
}

}  // namespace

tlseam::result<void> parse_verify_request(const std::string& line, verify_request& out) {
    try {
        const json request = json::parse(line);
        if (!request.is_object()) throw refused{"a request is a JSON object"};
        if (const auto id = request.find("id"); id != request.end()) out.id = id->dump();
        for (const auto& [name, value] : request.items()) {
            if (!value.is_null()) take(name, value, out);
        }
        if (out.leaf.empty()) throw refused{"there is no 'leaf' in the request"};
        return {};
    } catch (const json::exception& problem) {
        return std::unexpected(tlseam::error(tlseam::errc::invalid_argument, {.message = problem.what()}));
    } catch (const refused& problem) {
        return std::unexpected(tlseam::error(tlseam::errc::invalid_argument, {.message = problem.why}));
    }
}

}  // namespace cli
