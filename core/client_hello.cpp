// SPDX-License-Identifier: Apache-2.0
#include "core/client_hello.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "core/alerts.hpp"
#include "core/first_message.hpp"
#include "core/names.hpp"
#include "core/policy.hpp"

namespace tlseam::seam {
namespace {

using bytes = std::span<const std::byte>;

using alert::decode_error, alert::illegal_parameter, alert::unexpected_message;

peek_result with(peek_status status) {
    peek_result out;
    out.status = status;
    return out;
}

peek_result refuse(peek_status status, std::uint8_t alert, const char* reason) {
    peek_result out = with(status);
    out.alert = alert;
    out.reason = reason;
    return out;
}

std::string to_string(bytes b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

bool could_be_http(bytes received) {
    static constexpr std::array<std::string_view, 10> methods = {"GET ", "POST", "HEAD", "PUT ", "OPTI",
                                                                 "DELE", "CONN", "TRAC", "PATC", "PRI "};
    const std::size_t count = std::min<std::size_t>(received.size(), 4);
    const std::string start = to_string(received.first(count));
    return std::ranges::any_of(methods, [&](std::string_view method) { return method.substr(0, count) == start; });
}

using problem = flaw;

problem wrong_length(const char* reason) { return {decode_error, reason}; }

// ---- extensions ----

problem parse_server_name(bytes body, client_hello& hello) {
    cursor in(body);
    const auto list = in.vector(2);
    if (!list || !in.at_end()) return wrong_length("server_name has a wrong length");
    cursor names(*list);
    const auto type = names.number(1);
    const auto name = names.vector(2);
    if (!type || *type != 0 || !name || name->empty() || !names.at_end()) {
        return wrong_length("server_name is not one host name");
    }
    auto parsed = parse_peer_name(to_string(*name));
    if (!parsed || name->back() == std::byte{'.'}) return {illegal_parameter, "server_name is not a host name"};
    if (parsed->kind != peer_name::kind::dns) return {};  // no name at all
    hello.has_server_name = true;
    hello.server_name = std::move(parsed->dns);
    return {};
}

problem parse_alpn(bytes body, client_hello& hello) {
    cursor in(body);
    const auto list = in.vector(2);
    if (!list || list->empty() || !in.at_end()) return wrong_length("ALPN has a wrong length");
    hello.has_alpn = true;
    cursor names(*list);
    while (!names.at_end()) {
        const auto name = names.vector(1);
        if (!name || name->empty()) return wrong_length("ALPN has an empty name");
        hello.alpn.push_back(to_string(*name));
    }
    return {};
}

/// A list of two-byte numbers that is not empty and fills the extension.
problem parse_numbers(bytes body, std::size_t length_size, std::vector<std::uint16_t>& out, const char* reason) {
    cursor in(body);
    const auto list = in.vector(length_size);
    if (!list || list->empty() || list->size() % 2 != 0 || !in.at_end()) return wrong_length(reason);
    out = to_numbers(*list);
    return {};
}

/// RFC 8446 4.2.8. What the shares are worth is the library's to find out, except for lengths that cannot be.
problem parse_key_shares(bytes body, client_hello& hello) {
    cursor in(body);
    const auto list = in.vector(2);
    if (!list || !in.at_end()) return wrong_length("key_share has a wrong length");
    cursor shares(*list);
    while (!shares.at_end()) {
        const auto group = shares.number(2);
        const auto share = shares.vector(2);
        if (!group || !share || share->empty()) return wrong_length("a key share has a wrong length");
        const auto number = static_cast<std::uint16_t>(*group);
        const std::size_t size = policy::key_share_size(number, role::client);
        if (size != 0 && share->size() != size) return {illegal_parameter, "a key share is not of its group's size"};
        if (std::ranges::find(hello.key_shares, number) != hello.key_shares.end()) {
            return {illegal_parameter, "a group has two key shares"};
        }
        hello.key_shares.push_back(number);
        if (hello.key_shares.size() > max_key_shares) return {};  // refused in a moment
    }
    return {};
}

/// RFC 8446 4.2.9
problem parse_modes(bytes body, client_hello& hello) {
    constexpr auto psk_dhe_ke = std::byte{1};
    cursor in(body);
    const auto modes = in.vector(1);
    if (!modes || modes->empty() || !in.at_end()) return wrong_length("psk_key_exchange_modes has a wrong length");
    hello.resumes_with_new_keys = std::ranges::find(*modes, psk_dhe_ke) != modes->end();
    return {};
}

/// RFC 8446 4.2.11: every identity has its binder.
problem parse_identities(bytes body, client_hello& hello) {
    constexpr std::size_t ticket_age = 4, shortest_binder = 32;
    hello.has_pre_shared_key = true;
    cursor in(body);
    const auto identities = in.vector(2), binders = in.vector(2);
    if (!identities || identities->empty() || !binders || !in.at_end()) {
        return wrong_length("pre_shared_key has a wrong length");
    }
    cursor list(*identities);
    while (!list.at_end()) {
        const auto identity = list.vector(2);
        if (!identity || identity->empty() || !list.take(ticket_age)) return wrong_length("an identity is malformed");
        hello.psk_identities.push_back(to_string(*identity));
    }
    std::size_t count = 0;
    for (cursor each(*binders); !each.at_end(); ++count) {
        const auto binder = each.vector(1);
        if (!binder || binder->size() < shortest_binder) return wrong_length("a binder has a wrong length");
    }
    if (count != hello.psk_identities.size()) return {illegal_parameter, "not every identity has its binder"};
    return {};
}

problem parse_extension(std::size_t type, bytes body, client_hello& hello) {
    constexpr std::size_t server_name = 0, supported_groups = 10, signature_algorithms = 13, alpn = 16,
                          pre_shared_key = 41, supported_versions = 43, psk_modes = 45, key_share = 51;
    switch (type) {
        case server_name: return parse_server_name(body, hello);
        case alpn: return parse_alpn(body, hello);
        case supported_groups: return parse_numbers(body, 2, hello.groups, "supported_groups has a wrong length");
        case signature_algorithms:
            return parse_numbers(body, 2, hello.signature_schemes, "signature_algorithms has a wrong length");
        case supported_versions: return parse_numbers(body, 1, hello.versions, "supported_versions has a wrong length");
        case pre_shared_key: return parse_identities(body, hello);
        case psk_modes: return parse_modes(body, hello);
        case key_share: return parse_key_shares(body, hello);
        default: return {};
    }
}

peek_result parse_hello(bytes body) {
    const auto malformed = [](const char* reason) { return refuse(peek_status::malformed, decode_error, reason); };
    peek_result out = with(peek_status::complete);
    client_hello& hello = out.hello;
    cursor in(body);
    const auto version = in.number(2);
    const auto random = in.take(32);
    const auto session_id = in.vector(1);
    const auto suites = in.vector(2);
    const auto compression = in.vector(1);
    if (!version || !random || !session_id || !suites || !compression) return malformed("it ends early");
    if (session_id->size() > 32) return malformed("its session id is too long");
    if (suites->empty() || suites->size() % 2 != 0) return malformed("its list of cipher suites has a wrong length");
    if (compression->empty()) return malformed("it has no compression methods");
    hello.legacy_version = static_cast<std::uint16_t>(*version);
    hello.versions = {hello.legacy_version};
    hello.cipher_suites = to_numbers(*suites);
    hello.session_id.assign(session_id->begin(), session_id->end());
    if (std::ranges::find(*compression, std::byte{0}) == compression->end()) {
        return refuse(peek_status::malformed, illegal_parameter, "it wants compression");
    }
    hello.offers_compression = compression->size() > 1;
    if (in.at_end()) return out;  // no extensions at all

    const auto extensions = in.vector(2);
    if (!extensions || !in.at_end()) return malformed("its extensions have a wrong length");
    cursor list(*extensions);
    while (!list.at_end()) {
        const auto type = list.number(2);
        const auto content = list.vector(2);
        if (!type || !content) return malformed("an extension has a wrong length");
        hello.extensions.push_back(static_cast<std::uint16_t>(*type));
        const problem found = parse_extension(*type, *content, hello);
        if (found.alert != 0) return refuse(peek_status::malformed, found.alert, found.reason);
        if (hello.key_shares.size() > max_key_shares) {
            return refuse(peek_status::too_large, illegal_parameter, "it has too many key shares");
        }
    }
    std::vector<std::uint16_t> seen = hello.extensions;
    std::ranges::sort(seen);
    if (std::ranges::adjacent_find(seen) != seen.end()) {
        return refuse(peek_status::malformed, illegal_parameter, "it has an extension twice");
    }
    const bool named = std::ranges::all_of(hello.key_shares, [&](std::uint16_t group) {
        return std::ranges::find(hello.groups, group) != hello.groups.end();
    });
    if (!hello.groups.empty() && !named) {
        return refuse(peek_status::malformed, illegal_parameter, "it has a key share of a group that it does not name");
    }
    return out;
}

/// The client gives up before it has begun, or says something that has no meaning yet.
peek_result alert_instead(const first_message& found) {
    constexpr std::uint8_t fatal = 2;
    if (found.level == fatal) return refuse(peek_status::alert, found.code, "");
    if (found.code == alert::close_notify) return with(peek_status::closed);
    return refuse(peek_status::malformed, unexpected_message, "an alert comes first");
}

}  // namespace

peek_result peek_client_hello(bytes received) {
    if (received.empty()) return with(peek_status::need_more);
    if (could_be_http(received)) return with(received.size() < 4 ? peek_status::need_more : peek_status::http);

    constexpr std::uint8_t client_hello_type = 1;
    const first_message found =
        read_first_message(received, {.type = client_hello_type,
                                      .largest = max_client_hello,
                                      .most_records = max_client_hello_records,
                                      .alone = true});  // a client has nothing more to say before our answer
    switch (found.status) {
        case first_status::need_more: return with(peek_status::need_more);
        case first_status::not_tls: return with(peek_status::not_tls);
        case first_status::alert: return alert_instead(found);
        case first_status::malformed: return refuse(peek_status::malformed, found.problem.alert, found.problem.reason);
        case first_status::too_large: return refuse(peek_status::too_large, found.problem.alert, found.problem.reason);
        case first_status::complete: break;
    }
    peek_result out = parse_hello(found.body);
    out.records_size = found.records_size;
    return out;
}

}  // namespace tlseam::seam
