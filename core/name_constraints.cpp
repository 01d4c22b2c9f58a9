// SPDX-License-Identifier: Apache-2.0
#include "core/name_constraints.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/names.hpp"

namespace tlseam::seam {
namespace {

/// Names times constraints; beyond it somebody wants to keep us busy.
constexpr std::size_t most_comparisons = std::size_t{1} << 16;

std::string_view text(der::bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

bool equal_text(std::string_view a, std::string_view b) { return std::ranges::equal(a, b, same_ascii_letter); }

bool ends_with(std::string_view name, std::string_view end) {
    return name.size() >= end.size() && equal_text(name.substr(name.size() - end.size()), end);
}

/// "a.example" is within "example" and "a.example". What begins with a dot means what is below it only; the RFC does
/// not know that form, but authorities use it.
bool is_within_domain(std::string_view name, std::string_view base) {
    if (base.empty()) return true;
    if (base.front() == '.') return name.size() > base.size() && ends_with(name, base);
    if (!ends_with(name, base)) return false;
    return name.size() == base.size() || name[name.size() - base.size() - 1] == '.';
}

bool dns_is_within(der::bytes name, der::bytes base) { return is_within_domain(text(name), text(base)); }

/// A wildcard is also excluded when a name that it stands for is.
bool dns_is_excluded(der::bytes name, der::bytes base) {
    if (dns_is_within(name, base)) return true;
    if (!text(name).starts_with("*.")) return false;
    const std::string_view parent = text(name).substr(2);
    const std::string_view excluded = text(base);
    const std::size_t dot = excluded.find('.');
    return dot != std::string_view::npos && equal_text(excluded.substr(dot + 1), parent);
}

bool ip_is_within(der::bytes address, der::bytes base) {
    if (base.size() != address.size() * 2) return false;
    for (std::size_t i = 0; i < address.size(); ++i) {
        if (((address[i] ^ base[i]) & base[address.size() + i]) != std::byte{0}) return false;
    }
    return true;
}

/// "user@host": that one; "host": everybody there; ".domain": everybody on its hosts.
bool email_is_within(der::bytes address, der::bytes base) {
    const std::string_view mail = text(address), want = text(base);
    const std::size_t at = mail.rfind('@');
    if (at == std::string_view::npos) return false;
    const std::string_view host = mail.substr(at + 1);
    if (const std::size_t in_base = want.rfind('@'); in_base != std::string_view::npos) {
        return mail.substr(0, at) == want.substr(0, in_base) && equal_text(host, want.substr(in_base + 1));
    }
    return want.starts_with('.') ? is_within_domain(host, want) : equal_text(host, want);
}

/// The host of "scheme://host:port/path"; empty when there is none, when it is an address (RFC 5280 4.2.1.10), or
/// behind a user's name, where readers do not agree on it.
std::string_view host_of(std::string_view uri) {
    const std::size_t begin = uri.find("://");
    if (begin == std::string_view::npos) return {};
    std::string_view host = uri.substr(begin + 3);
    host = host.substr(0, host.find_first_of("/?#"));
    if (host.find('@') != std::string_view::npos || host.starts_with('[')) return {};
    host = host.substr(0, host.find(':'));
    const auto parsed = parse_peer_name(host);
    return parsed && parsed->kind == peer_name::kind::dns ? host : std::string_view();
}

bool uri_is_within(der::bytes uri, der::bytes base) {
    const std::string_view host = host_of(text(uri)), want = text(base);
    if (host.empty()) return false;
    return want.starts_with('.') ? is_within_domain(host, want) : equal_text(host, want);
}
/// A URI without a host cannot be shown to be outside of anything.
bool uri_is_excluded(der::bytes uri, der::bytes base) { return host_of(text(uri)).empty() || uri_is_within(uri, base); }

/// What is excluded is compared without regard to letters' case, to spaces that are many or at an end, and to the kind
/// of string (RFC 5280 7.1); what is permitted byte for byte: the libraries do not agree, and this is the strict side
/// of both.
std::string comparable(der::bytes attribute) {
    der::reader parts(attribute);
    const auto type = parts.any();
    const auto value = parts.any();
    if (!type || !value) return {};
    std::string out(text(type->content));
    out += '=';
    for (const char c : text(value->content)) {
        if (c == ' ' && out.ends_with(' ')) continue;
        out += ascii_lower(c);
        if (out.ends_with("= ")) out.pop_back();
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
}

std::vector<std::string> comparable_steps(der::bytes name) {
    std::vector<std::string> out;
    der::reader steps(name);
    while (const auto step = steps.any()) {
        std::string& all = out.emplace_back();
        der::reader attributes(step->content);
        while (const auto attribute = attributes.any()) all += comparable(attribute->content) + '\n';
    }
    return out;
}

bool directory_is_within(der::bytes name, der::bytes base) {
    return name.size() >= base.size() && std::ranges::equal(name.first(base.size()), base);
}

bool directory_is_excluded(der::bytes name, der::bytes base) {
    const auto steps = comparable_steps(name), first = comparable_steps(base);
    return steps.size() >= first.size() && std::ranges::equal(std::span(steps).first(first.size()), first);
}

std::size_t count_attributes(der::bytes name) {
    std::size_t count = 0;
    der::reader steps(name);
    while (const auto step = steps.any()) {
        der::reader attributes(step->content);
        while (attributes.any()) ++count;
    }
    return count;
}

std::size_t count(const general_names& names) {
    return names.dns.size() + names.ip.size() + names.email.size() + names.uri.size() + names.directory.size();
}

bool are_too_many(const x509_fields& certificate, const name_constraints& constraints) {
    const std::size_t names = count(certificate.alt_names) + count_attributes(certificate.subject);
    return names * (count(constraints.permitted) + count(constraints.excluded)) >= most_comparisons;
}

std::vector<der::bytes> subject_emails(der::bytes subject) {
    constexpr std::array<std::uint8_t, 9> email_address = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x01};
    std::vector<der::bytes> out;
    der::reader steps(subject);
    while (const auto step = steps.any()) {
        der::reader attributes(step->content);
        while (const auto attribute = attributes.any()) {
            der::reader parts(attribute->content);
            const auto type = parts.any();
            const auto value = parts.any();
            if (type && value && std::ranges::equal(type->content, std::as_bytes(std::span(email_address)))) {
                out.push_back(value->content);
            }
        }
    }
    return out;
}

using name_list = std::vector<der::bytes>;
using relation = bool (*)(der::bytes name, der::bytes base);

class comparison {
public:
    explicit comparison(const name_constraints& constraints) : constraints_(constraints) {}

    /// Of one kind of name.
    void check(const name_list& names, name_list general_names::*kind, relation within, relation excludes) {
        const name_list& permitted = constraints_.permitted.*kind;
        const name_list& excluded = constraints_.excluded.*kind;
        for (const der::bytes name : names) {
            if (!good_) return;
            const auto fits = [&](der::bytes base) { return within(name, base); };
            if (!permitted.empty() && std::ranges::none_of(permitted, fits)) good_ = false;
            if (std::ranges::any_of(excluded, [&](der::bytes base) { return excludes(name, base); })) good_ = false;
        }
    }
    void refuse() { good_ = false; }
    [[nodiscard]] bool good() const { return good_; }

private:
    const name_constraints& constraints_;
    bool good_ = true;
};

bool has_malformed_subtree(const general_names& subtrees) {
    return std::ranges::any_of(subtrees.ip, [](der::bytes ip) { return ip.size() != 8 && ip.size() != 32; });
}

}  // namespace

bool are_within(const x509_fields& certificate, const name_constraints& constraints) {
    if (are_too_many(certificate, constraints)) return false;
    const general_names& names = certificate.alt_names;
    name_list directories = names.directory, emails = names.email;
    if (!certificate.subject.empty()) directories.push_back(certificate.subject);
    std::ranges::copy(subject_emails(certificate.subject), std::back_inserter(emails));

    comparison all(constraints);
    all.check(names.dns, &general_names::dns, dns_is_within, dns_is_excluded);
    all.check(names.ip, &general_names::ip, ip_is_within, ip_is_within);
    all.check(emails, &general_names::email, email_is_within, email_is_within);
    all.check(names.uri, &general_names::uri, uri_is_within, uri_is_excluded);
    all.check(directories, &general_names::directory, directory_is_within, directory_is_excluded);
    const bool speaks_of_others = constraints.permitted.others || constraints.excluded.others;
    if (names.others && speaks_of_others) all.refuse();
    if (has_malformed_subtree(constraints.permitted) || has_malformed_subtree(constraints.excluded)) all.refuse();
    return all.good();
}

}  // namespace tlseam::seam
