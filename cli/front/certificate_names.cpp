// SPDX-License-Identifier: Apache-2.0
#include "cli/front/certificate_names.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include "cli/front/programs.hpp"

namespace cli::front {
namespace {

constexpr std::size_t longest_name = 253;  // RFC 1035 2.3.4, without the dot at the end
constexpr std::size_t longest_label = 63;
constexpr std::size_t longest_common_name = 64;  // RFC 5280, ub-common-name

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter_or_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex_digit(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Also what inet_aton() takes for one: "0x7f".
bool is_number(std::string_view label) {
    if (std::ranges::all_of(label, is_digit)) return true;
    return (label.starts_with("0x") || label.starts_with("0X")) && std::ranges::all_of(label.substr(2), is_hex_digit);
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// For a sentence: no control character reaches a terminal.
std::string quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text.substr(0, 80)) out += c >= 0x20 && c < 0x7f ? c : '?';
    return out + (text.size() > 80 ? "...'" : "'");
}

[[noreturn]] void refuse(std::string_view name, const std::string& reason) {
    throw usage_error("no certificate can be made for " + quoted(name) + ": " + reason);
}

std::optional<certificate_name> parse_ip(const std::string& text) {
    std::array<char, 16> address;
    for (const auto& [family, size] : {std::pair(AF_INET, 4), {AF_INET6, 16}}) {
        if (inet_pton(family, text.c_str(), address.data()) != 1) continue;
        std::string canonical(INET6_ADDRSTRLEN, '\0');
        inet_ntop(family, address.data(), canonical.data(), INET6_ADDRSTRLEN);
        canonical.resize(canonical.find('\0'));
        return certificate_name{certificate_name::kind::ip, canonical,
                                std::string(address.data(), static_cast<std::size_t>(size))};
    }
    return std::nullopt;
}

void check_characters(std::string_view name) {
    for (const char c : name) {
        if (c == ' ' || c == '\t') refuse(name, "it has a space in it");
        if (static_cast<unsigned char>(c) >= 0x80) {
            refuse(name, "it is not ASCII; international names are written in their xn-- form");
        }
        if (c < 0x20 || c == 0x7f) refuse(name, "it has a control character in it");
    }
}

void check_label(std::string_view name, std::string_view label) {
    if (label.empty()) refuse(name, "a label is empty: two dots side by side, or one at an end");
    if (label.size() > longest_label) {
        refuse(name, "the label " + quoted(label) + " has " + std::to_string(label.size()) + " characters, and " +
                         std::to_string(longest_label) + " are the most");
    }
    if (label.find('*') != std::string_view::npos) {
        refuse(name, "'*' stands for the whole first label only, as in *.example.test");
    }
    const auto strange =
        std::ranges::find_if(label, [](char c) { return !is_letter_or_digit(c) && c != '-' && c != '_'; });
    if (strange != label.end()) refuse(name, quoted({strange, 1}) + " is in no host name and no IP address");
    if (label.front() == '-' || label.back() == '-') refuse(name, "a label starts or ends with '-'");
}

void check_host_name(std::string_view name) {
    if (name.size() > longest_name) {
        refuse(name, "it has " + std::to_string(name.size()) + " characters, and " + std::to_string(longest_name) +
                         " are the most");
    }
    const bool wildcard = name.starts_with("*.");
    std::string_view rest = wildcard ? name.substr(2) : name;
    if (wildcard && rest.find('.') == std::string_view::npos) {
        refuse(name, "a wildcard needs two labels behind it to match anything, as in *.example.test");
    }
    std::string_view label;
    for (bool more = true; more;) {
        const std::size_t dot = rest.find('.');
        label = rest.substr(0, dot);
        check_label(name, label);
        more = dot != std::string_view::npos;
        if (more) rest.remove_prefix(dot + 1);
    }
    if (is_number(label)) refuse(name, "it looks like an IPv4 address and is none");
}

}  // namespace

certificate_name parse_certificate_name(std::string_view text) {
    if (text.empty()) throw usage_error("no certificate can be made for an empty name");
    check_characters(text);
    const bool bracketed = text.starts_with('[') && text.ends_with(']');
    if (auto ip = parse_ip(std::string(bracketed ? text.substr(1, text.size() - 2) : text))) {
        if (bracketed && ip->bytes.size() == 4) refuse(text, "only an IPv6 address may have brackets");
        return *ip;
    }
    if (text.find("://") != std::string_view::npos) refuse(text, "it is a URL; only its host name is wanted");
    if (std::ranges::count(text, ':') > 1) refuse(text, "it looks like an IPv6 address and is none");
    if (std::ranges::count(text, ':') == 1) refuse(text, "a certificate is for a host, without a port");
    check_host_name(text);
    std::string name(text);
    std::ranges::transform(name, name.begin(), lower);
    return {certificate_name::kind::dns, name, name};
}

std::vector<certificate_name> parse_certificate_names(const std::vector<std::string>& texts) {
    std::vector<certificate_name> out;
    for (const auto& text : texts) {
        auto name = parse_certificate_name(text);
        if (std::ranges::find(out, name.bytes, &certificate_name::bytes) == out.end()) out.push_back(std::move(name));
    }
    return out;
}

void check_client_name(std::string_view text) {
    if (text.empty()) throw usage_error("no client certificate can be made for an empty name");
    check_characters(text);
    const auto strange = std::ranges::find_if(
        text, [](char c) { return !is_letter_or_digit(c) && c != '.' && c != '-' && c != '_' && c != '@'; });
    if (strange != text.end()) refuse(text, quoted({strange, 1}) + " cannot be in the name of a client");
    if (text.size() > longest_common_name) {
        refuse(text, "it has " + std::to_string(text.size()) + " characters, and " +
                         std::to_string(longest_common_name) + " are the most");
    }
}

}  // namespace cli::front
