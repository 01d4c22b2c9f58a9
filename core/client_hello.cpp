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

/// Reads big-endian numbers and vectors with a length in front (RFC 8446 3).
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

std::size_t message_size(bytes header) {
    return message_header + (std::to_integer<std::size_t>(header[1]) << 16 |
                             std::to_integer<std::size_t>(header[2]) << 8 | std::to_integer<std::size_t>(header[3]));
}

std::string to_string(bytes b) { return {reinterpret_cast<const char*>(b.data()), b.size()}; }

bool could_be_http(bytes received) {
    static constexpr std::array<std::string_view, 10> methods = {"GET ", "POST", "HEAD", "PUT ", "OPTI",
                                                                 "DELE", "CONN", "TRAC", "PATC", "PRI "};
    const std::size_t count = std::min<std::size_t>(received.size(), 4);
    const std::string start = to_string(received.first(count));
    return std::ranges::any_of(methods, [&](std::string_view method) { return method.substr(0, count) == start; });
}

struct problem {
    std::uint8_t alert = 0;  // none: all is well
    const char* reason = "";
};

problem wrong_length(const char* reason) { return {decode_error, reason}; }

std::vector<std::uint16_t> to_numbers(bytes list) {
    std::vector<std::uint16_t> out;
    cursor numbers(list);
    while (const auto number = numbers.number(2)) out.push_back(static_cast<std::uint16_t>(*number));
    return out;
}

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
    if (!parsed || parsed->kind != peer_name::kind::dns || name->back() == std::byte{'.'}) {
        return {illegal_parameter, "server_name is not a host name"};
    }
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

problem parse_extension(std::size_t type, bytes body, client_hello& hello) {
    constexpr std::size_t server_name = 0, supported_groups = 10, signature_algorithms = 13, alpn = 16,
                          pre_shared_key = 41, supported_versions = 43;
    switch (type) {
        case server_name: return parse_server_name(body, hello);
        case alpn: return parse_alpn(body, hello);
        case supported_groups: return parse_numbers(body, 2, hello.groups, "supported_groups has a wrong length");
        case signature_algorithms:
            return parse_numbers(body, 2, hello.signature_schemes, "signature_algorithms has a wrong length");
        case supported_versions: return parse_numbers(body, 1, hello.versions, "supported_versions has a wrong length");
        case pre_shared_key: hello.has_pre_shared_key = true; return {};
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
        const problem found = parse_extension(*type, *content, hello);
        if (found.alert != 0) return refuse(peek_status::malformed, found.alert, found.reason);
    }
    std::ranges::sort(seen);
    if (std::ranges::adjacent_find(seen) != seen.end()) {
        return refuse(peek_status::malformed, illegal_parameter, "it has an extension twice");
    }
    return out;
}

// ---- records ----

struct refusal {
    peek_status status;
    std::uint8_t alert;
    const char* reason;
};
using verdict = std::optional<refusal>;  // nothing: no fault so far

/// A record's header, as far as it has arrived.
verdict judge_record(bytes record, bool first) {
    constexpr unsigned handshake = 22, alert = 21, longest = max_fragment >> 8;
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(record[i]); };
    const bool no_version = record.size() > 1 && at(1) != 3;
    if (first && (no_version || (at(0) != alert && at(0) != handshake))) return refusal{peek_status::not_tls, 0, ""};
    if (first && at(0) == alert) {
        if (record.size() < 2) return {};
        return refusal{peek_status::malformed, unexpected_message, "an alert comes first"};
    }
    if (at(0) != handshake) return refusal{peek_status::malformed, unexpected_message, "another record interrupts it"};
    if (no_version) return refusal{peek_status::malformed, decode_error, "a record of it has no TLS version"};
    if (record.size() > 3 && (at(3) > longest || (at(3) == longest && record.size() > 4 && at(4) != 0))) {
        return refusal{peek_status::malformed, record_overflow, "a record of it is too long"};
    }
    if (record.size() > 4 && at(3) == 0 && at(4) == 0) {
        return refusal{peek_status::malformed, unexpected_message, "a record of it is empty"};
    }
    return {};
}

/// The handshake message's header, as far as it has arrived.
verdict judge_message(bytes header) {
    constexpr std::byte client_hello_type{1};
    if (!header.empty() && header[0] != client_hello_type) {
        return refusal{peek_status::malformed, unexpected_message, "another handshake message comes first"};
    }
    const bool too_large = (header.size() > 1 && header[1] != std::byte{0}) ||
                           (header.size() == message_header && message_size(header) > max_client_hello);
    if (too_large) return refusal{peek_status::too_large, illegal_parameter, "it is too large"};
    return {};
}

std::size_t fragment_size(bytes record) {
    return std::to_integer<std::size_t>(record[3]) << 8 | std::to_integer<std::size_t>(record[4]);
}

/// The fragments of whole records, one behind the other.
std::vector<std::byte> join(bytes records, std::size_t size) {
    std::vector<std::byte> out;
    out.reserve(size);
    while (out.size() < size) {
        const bytes fragment = records.subspan(record_header, fragment_size(records));
        out.insert(out.end(), fragment.begin(), fragment.end());
        records = records.subspan(record_header + fragment.size());
    }
    return out;
}

}  // namespace

peek_result peek_client_hello(bytes received) {
    if (received.empty()) return with(peek_status::need_more);
    if (could_be_http(received)) return with(received.size() < 4 ? peek_status::need_more : peek_status::http);

    std::array<std::byte, message_header> header{};
    std::size_t arrived = 0, records = 0;
    for (bytes rest = received; !rest.empty(); ++records) {
        if (records == max_client_hello_records) {
            return refuse(peek_status::too_large, illegal_parameter, "it comes in too many records");
        }
        if (const verdict v = judge_record(rest, records == 0)) return refuse(v->status, v->alert, v->reason);
        if (rest.size() < record_header) break;
        const std::size_t length = fragment_size(rest);
        const bytes fragment = rest.subspan(record_header, std::min(length, rest.size() - record_header));
        for (std::size_t i = 0; i < fragment.size() && arrived + i < message_header; ++i) {
            header[arrived + i] = fragment[i];
        }
        const std::size_t announced = arrived + length;
        arrived += fragment.size();
        const bytes known = std::span(header).first(std::min(arrived, message_header));
        if (const verdict v = judge_message(known)) return refuse(v->status, v->alert, v->reason);
        if (known.size() == message_header) {
            const std::size_t size = message_size(known);
            if (announced > size) {  // a client has nothing more to say before our answer
                return refuse(peek_status::malformed, unexpected_message, "something follows it in the same record");
            }
            if (arrived == size) {
                const auto message = join(received, size);
                return parse_hello(bytes(message).subspan(message_header));
            }
        }
        if (fragment.size() < length) break;
        rest = rest.subspan(record_header + length);
    }
    return with(peek_status::need_more);
}

}  // namespace tlseam::seam
