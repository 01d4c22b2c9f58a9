// SPDX-License-Identifier: Apache-2.0
// The look at the first ClientHello: the same whatever pieces and records it comes in, and what it gives is sound.
//   input: what a server received
#include "core/client_hello.hpp"

#include <algorithm>
#include <tuple>

#include "core/first_message.hpp"
#include "core/ja4.hpp"
#include "core/names.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/hellos.hpp"

namespace tlseam_fuzz {
namespace {

using namespace tlseam::seam;

auto fields(const client_hello& it) {
    return std::tie(it.legacy_version, it.versions, it.cipher_suites, it.groups, it.signature_schemes,
                    it.has_server_name, it.server_name, it.has_alpn, it.alpn, it.has_pre_shared_key,
                    it.resumes_with_new_keys, it.key_shares, it.extensions, it.session_id, it.offers_compression,
                    it.psk_identities);
}

bool same_hello(const client_hello& a, const client_hello& b) { return fields(a) == fields(b); }

bool same(const peek_result& a, const peek_result& b) {
    return a.status == b.status && a.alert == b.alert && std::string_view(a.reason) == b.reason &&
           a.records_size == b.records_size && same_hello(a.hello, b.hello);
}

bool has(const client_hello& hello, std::uint16_t type) { return std::ranges::count(hello.extensions, type) == 1; }

template <class T>
bool is_unique(std::vector<T> list) {
    std::ranges::sort(list);
    return std::ranges::adjacent_find(list) == list.end();
}

/// Every part came from the message, and nothing is there that the extensions do not have.
void check_hello(const client_hello& hello, bytes message) {
    FUZZ_CHECK(!hello.versions.empty() && !hello.cipher_suites.empty());
    FUZZ_CHECK(hello.session_id.size() <= 32);
    FUZZ_CHECK(is_unique(hello.extensions) && is_unique(hello.key_shares));
    FUZZ_CHECK(hello.has_server_name == has(hello, 0) && hello.has_alpn == has(hello, 16));
    FUZZ_CHECK(hello.has_pre_shared_key == has(hello, 41));
    FUZZ_CHECK(has(hello, 10) == !hello.groups.empty() && has(hello, 13) == !hello.signature_schemes.empty());
    FUZZ_CHECK(has(hello, 43) || hello.versions == std::vector{hello.legacy_version});
    FUZZ_CHECK(hello.has_server_name == !hello.server_name.empty());
    if (hello.has_server_name) {
        const auto name = parse_peer_name(hello.server_name);
        FUZZ_CHECK(name && name->kind == peer_name::kind::dns && name->dns == hello.server_name);
    }
    FUZZ_CHECK(hello.has_alpn == !hello.alpn.empty());
    for (const auto& protocol : hello.alpn) {
        FUZZ_CHECK(!protocol.empty() && protocol.size() <= 255 && text(message).find(protocol) != std::string::npos);
    }
    for (const auto& identity : hello.psk_identities) {
        FUZZ_CHECK(!identity.empty() && text(message).find(identity) != std::string::npos);
    }
    FUZZ_CHECK(hello.has_pre_shared_key == !hello.psk_identities.empty());
}

/// FoxIO's form: t13d1516h2_8daaf6152771_e5627efa2ab1. The order of suites and extensions does not count, nor GREASE.
void check_ja4(client_hello hello) {
    const std::string whole = ja4(hello);
    FUZZ_CHECK(whole.size() == 36 && whole[0] == 't' && whole[10] == '_' && whole[23] == '_');
    FUZZ_CHECK(whole[3] == (hello.has_server_name ? 'd' : 'i'));
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    FUZZ_CHECK(std::ranges::all_of(whole.substr(4, 4), is_digit));
    const auto is_hex = [&](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
    FUZZ_CHECK(std::ranges::all_of(whole.substr(11, 12) + whole.substr(24), is_hex));
    std::ranges::reverse(hello.cipher_suites);
    std::ranges::reverse(hello.extensions);
    hello.cipher_suites.push_back(0x1a1a);
    hello.extensions.push_back(0xfafa);
    FUZZ_CHECK(ja4(hello) == whole);
}

/// The same message in other records.
void check_records(const peek_result& whole, bytes input) {
    const auto found = read_first_message(
        input, {.type = 1, .largest = max_client_hello, .most_records = max_client_hello_records, .alone = true});
    FUZZ_CHECK(found.status == first_status::complete && found.records_size == whole.records_size);
    const buffer message = handshake_message(1, found.body);
    for (const std::size_t size : {std::size_t{1}, std::size_t{5}, std::size_t{16384}}) {
        if (message.size() / size >= max_client_hello_records || (size < 5 && message.size() > 2048)) continue;
        const auto again = peek_client_hello(in_records(message, size));
        FUZZ_CHECK(again.status == peek_status::complete && same_hello(again.hello, whole.hello));
    }
    check_hello(whole.hello, message);
    check_ja4(whole.hello);
}

/// What is decided at a byte is decided: what follows changes nothing, and before it more was asked for.
void check_pieces(const peek_result& whole, bytes input) {
    bool decided = false;
    const std::size_t step = std::max<std::size_t>(1, input.size() / 16);
    for (std::size_t size = 0; size <= input.size(); size += size < 16 ? 1 : step) {
        const auto part = peek_client_hello(input.first(size));
        FUZZ_CHECK(!decided || part.status != peek_status::need_more);
        decided = part.status != peek_status::need_more;
        FUZZ_CHECK(!decided || same(part, whole));
    }
}

void run(bytes input) {
    const auto whole = peek_client_hello(input);
    FUZZ_CHECK(whole.records_size <= input.size());
    const bool refused = whole.status == peek_status::malformed || whole.status == peek_status::too_large;
    FUZZ_CHECK(!refused || (whole.alert != 0 && whole.reason[0] != '\0'));
    FUZZ_CHECK(whole.status != peek_status::need_more ||
               input.size() < max_client_hello + 5 * max_client_hello_records);
    check_pieces(whole, input);
    if (whole.status == peek_status::complete) check_records(whole, input);
}

std::vector<buffer> seeds() {
    const buffer suites = make({0x13, 1, 0xc0, 0x2b, 0x0a, 0x0a});
    const buffer usual = usual_extensions();
    const auto hello = [&](bytes extensions) { return handshake_message(1, client_hello_body(suites, extensions)); };
    std::vector<buffer> out = {
        record(22, hello(usual)),
        in_records(hello(usual), 7),
        record(22, hello(usual_extensions(false))),
        record(22, hello(join({usual, pre_shared_key({"an identity"})}))),
        record(22, hello(join({usual, pre_shared_key({"one", "another"})}))),
        record(22, hello({})),
        record(22, hello(join({usual, usual}))),
        record(22, hello(extension(16, vector(2, vector(1, make({0xab, 0xcd})))))),
        record(22, handshake_message(1, client_hello_body(suites, {}, buffer(32, std::byte{1})))),
        record(22, handshake_message(2, {})),
        record(21, make({2, 40})),
        record(21, make({1, 0})),
        record(21, make({1, 90})),
        record(21, make({2})),
        join({record(22, make({1, 0, 0})), record(23, make({1}))}),
        join({record(22, make({1, 0, 0})), record(22, {})}),
        join({record(22, make({1, 0, 0})), make({22, 2, 0, 0, 0})}),
        make({22, 3, 1, 0x40, 1, 1}),
        make({22, 3, 1, 0x41}),
        record(22, make({1, 1, 0, 0})),
        record(22, make({1, 0xff})),
        buffer(as_bytes("GET / HTTP/1.1\r\n").begin(), as_bytes("GET / HTTP/1.1\r\n").end()),
    };
    // The whole body once more without each of its last parts: versions of old clients' hellos have no extensions.
    const buffer body = client_hello_body(suites, {});
    out.push_back(record(22, handshake_message(1, bytes(body).first(body.size() - 2))));
    for (const unsigned type : {0U, 10U, 13U, 16U, 41U, 43U, 45U, 51U}) {
        out.push_back(record(22, hello(extension(type, {}))));
        out.push_back(record(22, hello(extension(type, make({0, 3, 0, 1, 2})))));
        out.push_back(record(22, hello(extension(type, make({0, 4, 0, 0, 0, 0})))));
    }
    for (const std::string_view protocol : {"Az", "aZ", "a{", "{a", "[a", "a[", "1~", "~1", ":"}) {
        out.push_back(record(22, hello(extension(16, vector(2, vector(1, as_bytes(protocol)))))));
    }
    for (const unsigned version : {0x0304U, 0x0303U, 0x0302U, 0x0301U, 0x0300U, 0x0a0aU}) {
        out.push_back(record(22, hello(extension(43, vector(1, number(version, 2))))));
    }
    return out;
}

const registration here({"client_hello", run, seeds});

}  // namespace
}  // namespace tlseam_fuzz
