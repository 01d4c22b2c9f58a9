// SPDX-License-Identifier: Apache-2.0
#include "core/client_hello.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "core/names.hpp"

namespace tlseam::seam {
namespace {

using bytes = std::span<const std::byte>;

constexpr std::uint8_t unexpected_message = 10, record_overflow = 22, illegal_parameter = 47, decode_error = 50;
constexpr std::size_t record_header = 5, message_header = 4, max_fragment = 16384;

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

/// Reads big-endian numbers and vectors with a length in front (RFC 8446 3). After a failure everything fails.
class cursor {
public:
    explicit cursor(bytes input) : rest_(input) {}
    bool at_end() const { return rest_.empty(); }
    std::optional<bytes> take(std::size_t count) {
        if (rest_.size() < count) return std::nullopt;
        const bytes out = rest_.first(count);
        rest_ = rest_.subspan(count);
        return out;
    }
    std::optional<std::size_t> number(std::size_t size) {
        const auto digits = take(size);
        if (!digits) return std::nullopt;
        std::size_t value = 0;
        for (const std::byte b : *digits) value = value << 8 | std::to_integer<std::size_t>(b);
        return value;
    }
    std::optional<bytes> vector(std::size_t length_size) {
        const auto length = number(length_size);
        return length ? take(*length) : std::nullopt;
    }

private:
    bytes rest_;
};

std::string to_string(bytes b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

bool could_be_http(bytes received) {
    static constexpr std::array<std::string_view, 10> methods = {"GET ", "POST", "HEAD", "PUT ", "OPTI",
                                                                 "DELE", "CONN", "TRAC", "PATC", "PRI "};
    const std::size_t count = std::min<std::size_t>(received.size(), 4);
    const std::string start = to_string(received.first(count));
    return std::ranges::any_of(methods, [&](std::string_view method) { return method.substr(0, count) == start; });
}

// ---- extensions: nullptr is good, else what is wrong ----

const char* parse_server_name(bytes body, client_hello& hello) {
    cursor in(body);
    const auto list = in.vector(2);
    if (!list || !in.at_end()) return "server_name has a wrong length";
    cursor names(*list);
    const auto type = names.number(1);
    const auto name = names.vector(2);
    if (!type || *type != 0 || !name || name->empty() || !names.at_end()) return "server_name is not one host name";
    auto parsed = parse_peer_name(to_string(*name));
    if (!parsed || parsed->kind != peer_name::kind::dns || name->back() == std::byte{'.'}) {
        return "server_name is not a host name";  // an address or a trailing dot is forbidden (RFC 6066 3)
    }
    hello.server_name = std::move(parsed->dns);
    return nullptr;
}

const char* parse_alpn(bytes body, client_hello& hello) {
    cursor in(body);
    const auto list = in.vector(2);
    if (!list || list->empty() || !in.at_end()) return "ALPN has a wrong length";
    hello.has_alpn = true;
    cursor names(*list);
    while (!names.at_end()) {
        const auto name = names.vector(1);
        if (!name || name->empty()) return "ALPN has an empty name";
        hello.alpn.push_back(to_string(*name));
    }
    return nullptr;
}

const char* parse_versions(bytes body, client_hello& hello) {
    cursor in(body);
    const auto list = in.vector(1);
    if (!list || list->empty() || list->size() % 2 != 0 || !in.at_end()) return "supported_versions has a wrong length";
    hello.versions.clear();
    cursor numbers(*list);
    while (const auto version = numbers.number(2)) hello.versions.push_back(static_cast<std::uint16_t>(*version));
    return nullptr;
}

const char* parse_extension(std::size_t type, bytes body, client_hello& hello) {
    constexpr std::size_t server_name = 0, alpn = 16, supported_versions = 43;
    switch (type) {
        case server_name: return parse_server_name(body, hello);
        case alpn: return parse_alpn(body, hello);
        case supported_versions: return parse_versions(body, hello);
        default: return nullptr;
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
    if (in.at_end()) return out;  // no extensions at all

    const auto extensions = in.vector(2);
    if (!extensions || !in.at_end()) return malformed("its extensions have a wrong length");
    std::vector<std::size_t> seen;
    cursor list(*extensions);
    while (!list.at_end()) {
        const auto type = list.number(2);
        const auto content = list.vector(2);
        if (!type || !content) return malformed("an extension has a wrong length");
        seen.push_back(*type);
        if (const char* problem = parse_extension(*type, *content, hello)) return malformed(problem);
    }
    std::ranges::sort(seen);
    if (std::ranges::adjacent_find(seen) != seen.end()) {
        return refuse(peek_status::malformed, illegal_parameter, "it has an extension twice");
    }
    return out;
}

}  // namespace

peek_result peek_client_hello(bytes received) {
    constexpr unsigned handshake = 22, alert = 21, client_hello_type = 1;
    std::vector<std::byte> joined;  // only when the message spans records
    bytes message;
    bytes rest = received;
    if (rest.empty()) return with(peek_status::need_more);
    if (could_be_http(rest)) return with(rest.size() < 4 ? peek_status::need_more : peek_status::http);

    for (bool first = true;; first = false) {
        const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(rest[i]); };
        if (rest.empty()) return with(peek_status::need_more);
        if (at(0) == alert && first) {
            return rest.size() < 2 ? with(peek_status::need_more)
                   : at(1) != 3    ? with(peek_status::not_tls)
                                   : refuse(peek_status::malformed, unexpected_message, "an alert comes first");
        }
        if (at(0) != handshake) {
            if (first) return with(peek_status::not_tls);
            return refuse(peek_status::malformed, unexpected_message, "another record interrupts it");
        }
        if (rest.size() < 2) return with(peek_status::need_more);
        if (at(1) != 3) return with(peek_status::not_tls);
        if (rest.size() < record_header) return with(peek_status::need_more);
        const std::size_t length = at(3) << 8 | at(4);
        if (length == 0) return refuse(peek_status::malformed, unexpected_message, "a record of it is empty");
        if (length > max_fragment) return refuse(peek_status::malformed, record_overflow, "a record of it is too long");
        const bytes body = rest.subspan(record_header, std::min(length, rest.size() - record_header));
        if (first) {
            message = body;
        } else {
            if (joined.empty()) joined.assign(message.begin(), message.end());
            joined.insert(joined.end(), body.begin(), body.end());
            message = joined;
        }
        if (!message.empty() && std::to_integer<unsigned>(message[0]) != client_hello_type) {
            return refuse(peek_status::malformed, unexpected_message, "another handshake message comes first");
        }
        if (message.size() >= message_header) {
            std::size_t size = message_header;
            size += std::to_integer<std::size_t>(message[1]) << 16 | std::to_integer<std::size_t>(message[2]) << 8 |
                    std::to_integer<std::size_t>(message[3]);
            if (size > max_client_hello) return refuse(peek_status::too_large, illegal_parameter, "it is too large");
            if (message.size() >= size) return parse_hello(message.subspan(message_header, size - message_header));
        }
        if (body.size() < length) return with(peek_status::need_more);
        rest = rest.subspan(record_header + length);
    }
}

}  // namespace tlseam::seam
