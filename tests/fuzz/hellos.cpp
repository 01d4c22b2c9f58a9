// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/hellos.hpp"

#include <algorithm>
#include <array>

namespace tlseam_fuzz {
namespace {

constexpr std::array<unsigned, 32> retry_random = {  // RFC 8446 4.1.3
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
    0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

buffer random(bool retry) {
    buffer out;
    for (unsigned i = 0; i < 32; ++i) out.push_back(static_cast<std::byte>(retry ? retry_random[i] : i));
    return out;
}

}  // namespace

buffer number(std::size_t value, unsigned size) {
    buffer out;
    while (size-- > 0) out.push_back(static_cast<std::byte>(value >> (8 * size)));
    return out;
}

buffer vector(unsigned length_size, bytes content) { return join({number(content.size(), length_size), content}); }

buffer extension(unsigned type, bytes content) { return join({number(type, 2), vector(2, content)}); }

buffer record(unsigned type, bytes body) { return join({make({type, 3, 3}), vector(2, body)}); }

buffer handshake_message(unsigned type, bytes body) { return join({make({type}), vector(3, body)}); }

buffer in_records(bytes message, std::size_t size) {
    buffer out;
    for (; !message.empty(); message = message.subspan(std::min(size, message.size()))) {
        out = join({out, record(22, message.first(std::min(size, message.size())))});
    }
    return out;
}

buffer client_hello_body(bytes suites, bytes extensions, bytes session_id) {
    return join(
        {make({3, 3}), random(false), vector(1, session_id), vector(2, suites), make({1, 0}), vector(2, extensions)});
}

buffer usual_extensions(bool tls1_3) {
    const buffer name = join({make({0}), vector(2, as_bytes("Example.com"))});
    const buffer protocols = join({vector(1, as_bytes("h2")), vector(1, as_bytes("http/1.1"))});
    const buffer share = join({make({0, 0x1d}), vector(2, buffer(32, std::byte{9}))});
    const buffer versions = tls1_3 ? make({3, 4, 3, 3}) : make({3, 3});
    buffer out = join({extension(0, vector(2, name)), extension(16, vector(2, protocols)),
                       extension(10, vector(2, make({0, 0x1d, 0, 0x17}))), extension(11, vector(1, make({0}))),
                       extension(13, vector(2, make({4, 3, 8, 4, 8, 7}))), extension(23, {}), extension(5, {}),
                       extension(35, {}), extension(0xff01, make({0})), extension(0x0a0a, as_bytes("grease"))});
    if (!tls1_3) return out;
    return join({out, extension(43, vector(1, versions)), extension(45, vector(1, make({1, 0}))),
                 extension(51, vector(2, share))});
}

buffer pre_shared_key(std::initializer_list<std::string_view> identities) {
    buffer names, binders;
    for (const std::string_view identity : identities) {
        names = join({names, vector(2, as_bytes(identity)), number(0, 4)});
        binders = join({binders, vector(1, buffer(32, std::byte{5}))});
    }
    return extension(41, join({vector(2, names), vector(2, binders)}));
}

buffer server_hello_body(std::size_t suite, bytes extensions, bool retry, bytes session_id) {
    return join(
        {make({3, 3}), random(retry), vector(1, session_id), number(suite, 2), make({0}), vector(2, extensions)});
}

}  // namespace tlseam_fuzz
