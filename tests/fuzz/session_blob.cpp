// SPDX-License-Identifier: Apache-2.0
// Sessions that a program has kept: what loads is saved as the same bytes. And the other secrets that programs bring.
//   input: a byte that chooses, then bytes
#include "core/session_blob.hpp"

#include <algorithm>

#include <tlseam/tlseam.hpp>

#include "core/byte_writer.hpp"
#include "core/ticket_ring.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace tlseam_fuzz {
namespace {

using namespace tlseam;
using namespace tlseam::seam;

/// Everything behind magic and format has a right checksum.
buffer sealed(bytes rest, bool with_head) {
    byte_writer out;
    if (with_head) {
        out.raw(as_bytes("tlseam\r\n"));
        out.number(3, 2);
        out.text(backend_name());
        out.text(backend_version());
    }
    out.raw(rest);
    out.raw(sha256(out.bytes()));
    return out.take();
}

void check_blob(bytes blob) {
    const auto decoded = decode_session(blob);
    const auto parsed = session::parse(blob);
    if (!decoded) {
        FUZZ_CHECK(decoded.error() == errc::malformed_session || decoded.error() == errc::unsupported);
        FUZZ_CHECK(!parsed);
        return;
    }
    FUZZ_CHECK(is_sound(*decoded) && decoded->chain.size() <= max_session_chain);
    FUZZ_CHECK(std::ranges::equal(encode_session(*decoded), blob));
    FUZZ_CHECK(expiry_of(*decoded) <= decoded->authenticated + longest_session);
    if (!parsed) return;  // a chain that is none
    FUZZ_CHECK(parsed->version() == decoded->version && parsed->server_name() == decoded->server_name);
    const auto again = parsed->serialize();
    FUZZ_CHECK(again && std::ranges::equal(*again, blob));
}

void check_ticket_keys(source in) {
    const bytes current = in.take(in.flag() ? ticket_keys::secret_size : in.number());
    std::vector<bytes> previous;
    while (!in.at_end() && previous.size() < 6)
        previous.push_back(in.take(in.flag() ? ticket_keys::secret_size : in.number()));
    const auto keys = ticket_keys::from(current, previous);
    std::vector<bytes> all = previous;
    all.push_back(current);
    const bool sizes = std::ranges::all_of(all, [](bytes b) { return b.size() == ticket_keys::secret_size; });
    bool unique = true;
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) unique = unique && !std::ranges::equal(all[i], all[k]);
    }
    FUZZ_CHECK(keys.has_value() == (sizes && unique && previous.size() <= ticket_keys::most_previous));
    if (!keys) return;
    const auto ring = keys->data()->secrets();
    FUZZ_CHECK(ring->size() == all.size() && std::ranges::equal(ring->front().bytes(), current));
    const digest binding = {};
    const auto newest = select_ticket_key(*ring, binding, {});
    FUZZ_CHECK(newest && select_ticket_key(*ring, binding, newest->name));
    FUZZ_CHECK(keys->rotate() && keys->data()->secrets()->size() == std::min<std::size_t>(all.size() + 1, 4));
}

void check_psk(source in) {
    const bytes identity = in.take(in.number());
    const bytes key = in.take(in.number());
    const bool good = !identity.empty() && identity.size() <= external_psk::max_identity &&
                      text(identity).find('\0') == std::string_view::npos && key.size() >= external_psk::min_key &&
                      key.size() <= external_psk::max_key;
    const std::size_t hash = in.number();
    const auto made = external_psk::make(text(identity), key, static_cast<psk_hash>(hash));
    FUZZ_CHECK(made.has_value() == (good && hash <= 1));
    FUZZ_CHECK(made || made.error() == errc::invalid_argument);
    const auto old = external_psk::make_tls1_2(text(identity), key);
    FUZZ_CHECK(old.has_value() == good);
    if (made) FUZZ_CHECK(made->identity() == text(identity) && made->version() == protocol_version::tls1_3);
    if (old) FUZZ_CHECK(old->version() == protocol_version::tls1_2);
}

void run(bytes input) {
    source in(input);
    switch (in.number() % 5) {
        case 0: check_blob(in.rest()); break;
        case 1: check_blob(sealed(in.rest(), true)); break;
        case 2: check_blob(sealed(in.rest(), false)); break;
        case 3: check_ticket_keys(in); break;
        default: check_psk(in); break;
    }
}

session_blob example() {
    session_blob blob;
    blob.server_name = "localhost";
    blob.verified_name = "localhost";
    blob.version = protocol_version::tls1_3;
    blob.cipher_suite = 0x1301;
    blob.issued = 1'700'000'000;
    blob.lifetime = 7200;
    blob.authenticated = 1'699'999'000;
    blob.chain = {cert_file("server-leaf.der")};
    blob.staple = make({1, 2, 3});
    blob.native = make({4, 5, 6});
    return blob;
}

std::vector<buffer> seeds() {
    std::vector<buffer> out;
    const auto add = [&](unsigned how, bytes rest) { out.push_back(join({make({how}), rest})); };
    const auto fields_of = [](const session_blob& blob) {
        const buffer whole = encode_session(blob);
        const std::size_t head = 8 + 2 + 4 + backend_name().size() + 4 + backend_version().size();
        return buffer(whole.begin() + static_cast<std::ptrdiff_t>(head), whole.end() - 32);
    };
    const session_blob whole = example();
    add(0, encode_session(whole));
    add(1, fields_of(whole));
    add(2, bytes(encode_session(whole)).first(encode_session(whole).size() - 32));
    session_blob small = example();
    small.chain.clear();
    small.staple.clear();
    small.server_name.clear();
    small.version = protocol_version::tls1_2;
    add(1, fields_of(small));
    small.native.clear();
    add(1, fields_of(small));
    session_blob old = example();
    old.issued = -1;
    add(1, fields_of(old));
    session_blob strange = example();
    strange.version = protocol_version::none;
    add(1, fields_of(strange));
    session_blob broken_chain = example();
    broken_chain.chain = {make({0x30, 0})};
    add(1, fields_of(broken_chain));
    add(1, buffer(200, std::byte{0xff}));
    add(2, as_bytes("another thing that is long enough to be one"));
    add(2, join({as_bytes("tlseam\r\n"), make({0, 2}), buffer(40)}));
    add(2, join({as_bytes("tlseam\r\n"), make({0, 3, 0, 0, 0, 1, 'x', 0, 0, 0, 0}), buffer(40)}));
    add(2, join({as_bytes("tlseam\r\n"), make({0, 3, 0, 0, 0, 4}), as_bytes("null"), make({0, 0, 0, 1, '9'}),
                 buffer(40)}));
    add(2, join({as_bytes("tlseam\r\n"), make({0, 3, 9, 9, 9, 9}), buffer(40)}));
    add(3, join({make({1}), buffer(32, std::byte{1}), make({1}), buffer(32, std::byte{2}), make({1}),
                 buffer(32, std::byte{3})}));
    add(3, join({make({1}), buffer(32, std::byte{1}), make({1}), buffer(32, std::byte{1})}));
    add(3, join({make({1}), buffer(32, std::byte{1}), make({0, 31}), buffer(31, std::byte{2})}));
    add(4, join({make({2}), as_bytes("me"), make({16}), buffer(16, std::byte{1}), make({1})}));
    add(4, join({make({1, 0, 16}), buffer(16, std::byte{1}), make({7})}));
    return out;
}

const registration here({"session_blob", run, seeds});

}  // namespace
}  // namespace tlseam_fuzz
