// SPDX-License-Identifier: Apache-2.0
#include "core/names.hpp"

#include <algorithm>

#include "core/fail.hpp"
#include "core/ip.hpp"

namespace tlseam::seam {
namespace {

constexpr std::size_t max_name = 253;
constexpr std::size_t max_label = 63;

bool is_label_character(char c) {
    const char l = ascii_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// Also what inet_aton() takes for one: "0x7f".
bool is_number(std::string_view label) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto hex_digit = [&](char c) { return digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f'); };
    if (std::ranges::all_of(label, digit)) return true;
    return label[0] == '0' && ascii_lower(label[1]) == 'x' && std::ranges::all_of(label.substr(2), hex_digit);
}

bool is_host_name(std::string_view name) {
    if (name.empty() || name.size() > max_name) return false;
    for (;;) {
        const std::size_t dot = name.find('.');
        const std::string_view label = name.substr(0, dot);
        if (label.empty() || label.size() > max_label || !std::ranges::all_of(label, is_label_character)) return false;
        if (dot == std::string_view::npos) return !is_number(label);
        name.remove_prefix(dot + 1);
    }
}

std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 80)) out += c >= 0x20 && c < 0x7f ? c : '?';
    return out;
}

bool equal_names(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, same_ascii_letter); }

bool matches_dns(std::string_view host, std::string_view pattern) {
    if (!pattern.starts_with("*.")) return is_host_name(pattern) && equal_names(host, pattern);
    const std::string_view parent = pattern.substr(2);
    if (!is_host_name(parent) || parent.find('.') == std::string_view::npos) return false;
    const std::size_t dot = host.find('.');
    return dot != std::string_view::npos && equal_names(host.substr(dot + 1), parent);
}

/// An IPv6 address may come as in a URL.
std::string_view without_brackets(std::string_view text) noexcept {
    const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
    return bracketed ? text.substr(1, text.size() - 2) : text;
}

}  // namespace

std::string peer_name::text() const { return kind == kind::dns ? dns : ip_text(address()); }

bool is_address(std::string_view text) noexcept { return parse_ip6(without_brackets(text)) || parse_ip4(text); }

result<peer_name> parse_peer_name(std::string_view text) {
    peer_name out;
    if (const auto ip6 = parse_ip6(without_brackets(text))) {
        out.kind = peer_name::kind::ip6;
        out.ip = *ip6;
        return out;
    }
    if (const auto ip4 = parse_ip4(text)) {
        out.kind = peer_name::kind::ip4;
        std::ranges::copy(*ip4, out.ip.begin());
        return out;
    }
    std::string_view name = text;
    if (name.ends_with('.')) name.remove_suffix(1);
    if (!is_host_name(name)) {
        return fail(errc::invalid_argument,
                    "'" + printable(text) +
                        "' is neither a host name (ASCII; international names in their xn-- form) "
                        "nor an IP address");
    }
    out.dns.resize(name.size());
    std::ranges::transform(name, out.dns.begin(), ascii_lower);
    return out;
}

bool matches(const peer_name& name, const x509_fields& leaf) noexcept {
    if (name.kind == peer_name::kind::dns) {
        return std::ranges::any_of(leaf.dns_names, [&](der::bytes san) {
            return matches_dns(name.dns, {reinterpret_cast<const char*>(san.data()), san.size()});
        });
    }
    return std::ranges::any_of(leaf.ip_addresses,
                               [&](der::bytes san) { return std::ranges::equal(san, name.address()); });
}

}  // namespace tlseam::seam
