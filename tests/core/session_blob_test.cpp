// SPDX-License-Identifier: Apache-2.0
// The envelope of a session: there and back, and whatever else somebody may give for one.
#include <gtest/gtest.h>

#include "core/byte_writer.hpp"
#include "core/seam.hpp"
#include "core/session_blob.hpp"
#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;
using namespace tlseam::seam;

session_blob example() {
    session_blob blob;
    blob.scope.fill(std::byte{7});
    blob.server_name = "localhost";
    blob.verified_name = "127.0.0.1";
    blob.version = protocol_version::tls1_3;
    blob.cipher_suite = 0x1301;
    blob.issued = 1'700'000'000;
    blob.lifetime = 7200;
    blob.authenticated = 1'699'999'000;
    blob.resumptions = 119;
    blob.chain = {cert_der("server.crt"), cert_der("root.crt")};
    blob.staple = bytes("an OCSP response");
    blob.native = bytes("what the library needs");
    return blob;
}

/// As encode_session() does it, with parts to be replaced.
struct envelope {
    std::string magic = "tlseam\r\n";
    std::uint64_t format = 3;
    std::string library = std::string(backend_name());
    std::string version = backend_version();
    buffer rest;

    [[nodiscard]] buffer build() const {
        byte_writer out;
        out.raw(bytes(magic));
        out.number(format, 2);
        out.text(library);
        out.text(version);
        out.raw(rest);
        out.raw(sha256(out.bytes()));
        return out.take();
    }
};

/// The fields behind library and version.
buffer fields_of(const session_blob& blob) {
    const buffer whole = encode_session(blob);
    const std::size_t head = 8 + 2 + 4 + backend_name().size() + 4 + backend_version().size();
    return {whole.begin() + static_cast<std::ptrdiff_t>(head), whole.end() - 32};
}

std::string sentence(const result<session_blob>& r) { return r ? "ok" : r.error().message(); }

TEST(SessionBlob, ThereAndBack) {
    const session_blob blob = example();
    const auto back = decode_session(encode_session(blob));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, blob);
    EXPECT_EQ(envelope{.rest = fields_of(blob)}.build(), encode_session(blob));
}

TEST(SessionBlob, ThereAndBackWithNothingThatMayBeMissing) {
    session_blob blob = example();
    blob.server_name.clear();
    blob.verified_name.clear();
    blob.chain.clear();
    blob.staple.clear();
    blob.lifetime = 0;
    const auto back = decode_session(encode_session(blob));
    ASSERT_TRUE(back) << back.error().message();
    EXPECT_EQ(*back, blob);
}

TEST(SessionBlob, OfSomebodyElseIsUnsupported) {
    const buffer rest = fields_of(example());
    const auto library = decode_session(envelope{.library = "other", .rest = rest}.build());
    EXPECT_EQ(word(library), "unsupported");
    EXPECT_NE(sentence(library).find("of another TLS library"), std::string::npos) << sentence(library);
    const auto version = decode_session(envelope{.version = "0.1", .rest = rest}.build());
    EXPECT_EQ(word(version), "unsupported");
    EXPECT_NE(sentence(version).find("of another version of null"), std::string::npos) << sentence(version);
    const auto format = decode_session(envelope{.format = 1, .rest = rest}.build());
    EXPECT_EQ(word(format), "unsupported");
    EXPECT_NE(sentence(format).find("of format 1"), std::string::npos) << sentence(format);
}

TEST(SessionBlob, WithARightChecksumAndWrongFieldsIsMalformed) {
    const buffer rest = fields_of(example());
    EXPECT_EQ(word(decode_session(envelope{.magic = "TLSEAM\r\n", .rest = rest}.build())), "malformed_session");
    for (std::size_t size = 0; size < rest.size(); ++size) {
        const buffer cut(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(word(decode_session(envelope{.rest = cut}.build())), "malformed_session") << size;
    }
    buffer longer = rest;
    longer.push_back(std::byte{0});
    EXPECT_EQ(word(decode_session(envelope{.rest = longer}.build())), "malformed_session");
}

TEST(SessionBlob, ValuesThatMakeNoSense) {
    const auto refused = [](auto change) {
        session_blob blob = example();
        change(blob);
        return word(decode_session(encode_session(blob)));
    };
    EXPECT_EQ(refused([](session_blob& b) { b.version = protocol_version::none; }), "malformed_session");
    EXPECT_EQ(refused([](session_blob& b) { b.version = protocol_version{0x0305}; }), "malformed_session");
    EXPECT_EQ(refused([](session_blob& b) { b.native.clear(); }), "malformed_session");
    for (const std::int64_t time :
         {std::int64_t{-1}, std::int64_t{1} << 40, std::numeric_limits<std::int64_t>::max()}) {
        EXPECT_EQ(refused([&](session_blob& b) { b.issued = time; }), "malformed_session") << time;
        EXPECT_EQ(refused([&](session_blob& b) { b.lifetime = time; }), "malformed_session") << time;
        EXPECT_EQ(refused([&](session_blob& b) { b.authenticated = time; }), "malformed_session") << time;
    }
    EXPECT_EQ(refused([](session_blob& b) { b.chain.resize(65, b.chain.front()); }), "malformed_session");
    EXPECT_EQ(refused([](session_blob& b) { b.native.resize(max_session_blob); }), "malformed_session");
}

TEST(SessionBlob, RandomBytesWithARightChecksum) {
    generator random(42);
    const buffer good = fields_of(example());
    for (int i = 0; i < 4'000; ++i) {
        buffer rest = good;
        for (int changes = 0; changes < 4; ++changes)
            rest[random.below(rest.size())] = static_cast<std::byte>(random());
        (void)decode_session(envelope{.rest = rest}.build());  // whatever it says, it says it
    }
}

TEST(SessionBlob, EndsByTheEarliestOfThreeLimits) {
    session_blob blob = example();
    EXPECT_EQ(expiry_of(blob), blob.issued + 7200);
    blob.lifetime = longest_session + 1;
    blob.authenticated = blob.issued;
    EXPECT_EQ(expiry_of(blob), blob.issued + longest_session);
    blob.authenticated = blob.issued - longest_session + 5;
    EXPECT_EQ(expiry_of(blob), blob.issued + 5);
}

}  // namespace
