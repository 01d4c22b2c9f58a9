// SPDX-License-Identifier: Apache-2.0
// Whether a certificate is for a name (RFC 9525), addresses as text, and what authorities may name (RFC 5280 4.2.1.10),
// each against a second opinion that is as simple as can be.
//   input: the name, a line break, then entries of a subjectAltName and of constraints: kind, length, bytes
#include "core/names.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "core/ip.hpp"
#include "core/name_constraints.hpp"
#include "core/x509_extensions.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace tlseam_fuzz {
namespace {

using namespace tlseam::seam;

std::string lower(std::string_view name) {
    std::string out(name);
    for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return out;
}

std::vector<std::string> labels(std::string_view name) {
    std::vector<std::string> out(1);
    for (const char c : lower(name)) {
        if (c == '.') {
            out.emplace_back();
        } else {
            out.back() += c;
        }
    }
    return out;
}

/// What must be true of a pattern that matched.
bool may_match(const std::string& host, std::string_view pattern) {
    if (lower(pattern) == host) return true;
    const auto wanted = labels(pattern), asked = labels(host);
    return wanted.front() == "*" && wanted.size() >= 3 && wanted.size() == asked.size() &&
           std::equal(wanted.begin() + 1, wanted.end(), asked.begin() + 1);
}

// ---- addresses ----

template <std::size_t Size>
bool system_takes(int family, std::string_view literal, std::span<const std::byte, Size> same) {
    std::byte out[16] = {};
    const std::string terminated(literal);
    return inet_pton(family, terminated.c_str(), out) == 1 && std::ranges::equal(std::span(out).first(Size), same);
}

void check_addresses(std::string_view literal) {
    const auto ip4 = parse_ip4(literal);
    const auto ip6 = parse_ip6(literal);
    FUZZ_CHECK(!ip4 || !ip6);
    if (literal.find('\0') == std::string_view::npos) {
        std::byte out[16] = {};
        const std::string terminated(literal);
        FUZZ_CHECK(ip4.has_value() == (inet_pton(AF_INET, terminated.c_str(), out) == 1));
        FUZZ_CHECK(ip6.has_value() == (inet_pton(AF_INET6, terminated.c_str(), out) == 1));
    }
    if (ip4) FUZZ_CHECK(system_takes<4>(AF_INET, literal, *ip4) && parse_ip4(ip_text(*ip4)) == ip4);
    if (ip6) FUZZ_CHECK(system_takes<16>(AF_INET6, literal, *ip6) && parse_ip6(ip_text(*ip6)) == ip6);
}

void check_address_text(bytes address) {
    const std::string shown = ip_text(address);
    if (address.size() == 4) FUZZ_CHECK(std::ranges::equal(parse_ip4(shown).value(), address));
    if (address.size() == 16) FUZZ_CHECK(std::ranges::equal(parse_ip6(shown).value(), address));
    if (address.size() != 4 && address.size() != 16) FUZZ_CHECK(shown.empty());
}

// ---- names ----

void check_name(const peer_name& name, std::string_view literal) {
    FUZZ_CHECK(!literal.empty());
    const auto again = parse_peer_name(name.text());
    FUZZ_CHECK(again && again->kind == name.kind && again->dns == name.dns && again->ip == name.ip);
    if (name.kind != peer_name::kind::dns) {
        FUZZ_CHECK(name.dns.empty());
        return;
    }
    FUZZ_CHECK(name.dns == lower(literal) || name.dns + "." == lower(literal));
    FUZZ_CHECK(name.dns.size() <= 253 && !parse_ip4(name.dns) && !parse_ip6(name.dns));
    for (const std::string& label : labels(name.dns)) FUZZ_CHECK(!label.empty() && label.size() <= 63);
}

void check_match(const peer_name& name, const x509_fields& leaf) {
    x509_fields without = leaf;
    if (name.kind == peer_name::kind::dns) {
        const bool some =
            std::ranges::any_of(leaf.dns_names, [&](bytes san) { return may_match(name.dns, text(san)); });
        FUZZ_CHECK(!matches(name, leaf) || some);
        for (const bytes san : leaf.dns_names) {
            if (lower(text(san)) == name.dns) FUZZ_CHECK(matches(name, leaf));
        }
        without.dns_names.clear();
    } else {
        const bool same =
            std::ranges::any_of(leaf.ip_addresses, [&](bytes san) { return std::ranges::equal(san, name.address()); });
        FUZZ_CHECK(matches(name, leaf) == same);
        without.ip_addresses.clear();
    }
    FUZZ_CHECK(!matches(name, without));  // nothing but its own kind of entry counts
}

// ---- constraints ----

name_constraints only_permitted(const name_constraints& c) { return {c.permitted, {}}; }
name_constraints only_excluded(const name_constraints& c) { return {{}, c.excluded}; }

/// What is excluded refuses more, and each half refuses on its own.
void check_constraints(const x509_fields& leaf, const name_constraints& constraints) {
    FUZZ_CHECK(are_within(leaf, name_constraints{}));
    const bool within = are_within(leaf, constraints);
    FUZZ_CHECK(within ==
               (are_within(leaf, only_permitted(constraints)) && are_within(leaf, only_excluded(constraints))));
    name_constraints every = constraints;
    every.excluded.dns.push_back({});  // an empty one stands for all
    FUZZ_CHECK(!are_within(leaf, every) || leaf.alt_names.dns.empty());
    for (const bytes name : leaf.alt_names.dns) {
        if (text(name).starts_with('.')) continue;  // no host name; as a constraint it means what is below it
        name_constraints exact;
        exact.excluded.dns.push_back(name);
        FUZZ_CHECK(!are_within(leaf, exact));
    }
    for (const bytes name : leaf.alt_names.directory) {
        name_constraints exact;
        exact.excluded.directory.push_back(name);
        FUZZ_CHECK(!are_within(leaf, exact));
    }
}

general_names& list_for(std::size_t kind, x509_fields& leaf, name_constraints& constraints) {
    switch (kind / 6 % 3) {
        case 0: return leaf.alt_names;
        case 1: return constraints.permitted;
        default: return constraints.excluded;
    }
}

void add(std::size_t kind, bytes entry, general_names& to) {
    switch (kind % 6) {
        case 0: to.dns.push_back(entry); break;
        case 1: to.ip.push_back(entry); break;
        case 2: to.email.push_back(entry); break;
        case 3: to.uri.push_back(entry); break;
        case 4:
            if (is_name(entry)) to.directory.push_back(entry);
            break;
        default: to.others = true; break;
    }
}

void run(bytes input) {
    const std::size_t end = std::min(text(input).find('\n'), input.size());
    const std::string_view literal = text(input.first(end));
    check_addresses(literal);
    x509_fields leaf;
    name_constraints constraints;
    constexpr int most_entries = 200;  // more than are compared: core/name_constraints.cpp
    int entries = 0;
    for (source in(input.subspan(std::min(end + 1, input.size()))); !in.at_end() && ++entries < most_entries;) {
        const std::size_t kind = in.number();
        const bytes entry = in.piece();
        check_address_text(entry);
        if (kind == 255) {
            leaf.subject = is_name(entry) ? entry : bytes();
        } else {
            add(kind, entry, list_for(kind, leaf, constraints));
        }
    }
    leaf.dns_names = leaf.alt_names.dns;
    leaf.ip_addresses = leaf.alt_names.ip;
    check_constraints(leaf, constraints);
    const auto name = parse_peer_name(literal);
    if (!name) return;
    check_name(*name, literal);
    check_match(*name, leaf);
}

buffer entry(std::size_t kind, bytes content) {
    return join({make({static_cast<unsigned>(kind), static_cast<unsigned>(content.size())}), content});
}

std::vector<buffer> seeds() {
    constexpr std::size_t names = 0, permitted = 6, excluded = 12;
    constexpr std::size_t dns = 0, ip = 1, email = 2, uri = 3, directory = 4, other = 5;
    std::vector<buffer> out;
    for (const std::string_view name : {"example.com",
                                        "Example.COM.",
                                        "a.b.example.com",
                                        "192.0.2.1",
                                        "[2001:db8::1]",
                                        "2001:db8::1",
                                        "::",
                                        "::1",
                                        "1:2:3:4:5:6:7::",
                                        "::ffff:192.0.2.1",
                                        "1:2:3:4:5:6:192.0.2.1",
                                        "1.2.3.04",
                                        "256.1.1.1",
                                        "1.2.3",
                                        "a.0x7f",
                                        "x_y-z.example",
                                        "",
                                        ".",
                                        "a..b",
                                        "*.example.com",
                                        "1::2::3",
                                        "12345::",
                                        "a b"}) {
        for (const std::string_view san :
             {"example.com", "*.example.com", "*.com", "*.b.example.com", "*", "192.0.2.1"}) {
            out.push_back(join({as_bytes(name), as_bytes("\n"), entry(names + dns, as_bytes(san)),
                                entry(names + ip, make({192, 0, 2, 1}))}));
        }
    }
    const buffer common_name = make({0x31, 0x0c, 0x30, 0x0a, 6, 3, 0x55, 4, 3, 0x0c, 3, 'A', ' ', 'b'});
    const buffer mail =
        join({make({0x31, 0x16, 0x30, 0x14, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1, 0x16, 7}),
              as_bytes("me@a.de")});
    const auto constrained = [&](std::size_t kind, bytes name, bytes base) {
        for (const std::size_t half : {permitted, excluded}) {
            out.push_back(join({as_bytes("a.example.com\n"), entry(names + kind, name), entry(half + kind, base)}));
        }
    };
    constrained(dns, as_bytes("a.example.com"), as_bytes("example.com"));
    constrained(dns, as_bytes("a.example.com"), as_bytes(".example.com"));
    constrained(dns, as_bytes("*.example.com"), as_bytes("a.example.com"));
    constrained(dns, as_bytes("a.example.com"), {});
    constrained(ip, make({192, 0, 2, 1}), make({192, 0, 2, 0, 255, 255, 255, 0}));
    constrained(ip, make({192, 0, 2, 1}), make({192, 0, 2, 0}));
    constrained(ip, buffer(16), buffer(32));
    constrained(email, as_bytes("me@example.com"), as_bytes("example.com"));
    constrained(email, as_bytes("me@example.com"), as_bytes("me@example.com"));
    constrained(email, as_bytes("me@a.example.com"), as_bytes(".example.com"));
    constrained(email, as_bytes("nobody"), as_bytes("example.com"));
    constrained(uri, as_bytes("https://a.example.com:443/x"), as_bytes(".example.com"));
    constrained(uri, as_bytes("https://example.com"), as_bytes("example.com"));
    constrained(uri, as_bytes("https://me@example.com"), as_bytes("example.com"));
    constrained(uri, as_bytes("https://[::1]/"), as_bytes("example.com"));
    constrained(uri, as_bytes("https://192.0.2.1/"), as_bytes("example.com"));
    const buffer with_spaces = make({0x31, 0x0c, 0x30, 0x0a, 6, 3, 0x55, 4, 3, 0x0c, 3, 'A', ' ', ' '});
    constrained(directory, with_spaces, common_name);
    constrained(directory, common_name, join({common_name, common_name}));
    constrained(uri, as_bytes("mailto:me"), as_bytes("example.com"));
    constrained(directory, common_name, common_name);
    constrained(directory, join({common_name, mail}), common_name);
    constrained(other, {}, {});
    out.push_back(join({as_bytes("a\n"), entry(255, join({common_name, mail})),
                        entry(permitted + email, as_bytes("a.de")), entry(excluded + directory, mail)}));
    return out;
}

const registration here({"names", run, seeds});

}  // namespace
}  // namespace tlseam_fuzz
