// SPDX-License-Identifier: Apache-2.0
// What core itself decides about exported keys: peers without the extended master secret (RFC 7627).
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/core/support.hpp"

namespace {

using namespace tlseam;
using namespace core_test;

pair_settings exporting(protocol_version version) {
    pair_settings settings(version);
    settings.client.exporter = settings.server.exporter = true;
    return settings;
}

result<void> export_from(engine& e) {
    std::byte out[32];
    return e.export_keying_material(out, "EXPERIMENTAL-tlseam-test");
}

/// Both hellos with another extension in the place of extended_master_secret, which is empty: nothing authenticates
/// what the null backend sends.
result<void> handshake_without_it(engine_pair& pair) {
    constexpr std::uint16_t unknown = 0x5a5a;
    EXPECT_EQ(word(pair.client.handshake()), "want_read");
    buffer hello(pair.client.output().begin(), pair.client.output().end());
    pair.client.consume_output(hello.size());
    const auto extension = bytes({0, 23, 0, 0});
    const auto found = std::ranges::search(hello, extension);
    if (found.empty()) return std::unexpected(errc::internal);
    found[0] = found[1] = static_cast<std::byte>(unknown & 0xff);
    if (auto fed = pair.server.feed(hello); !fed) return fed;
    return pair.handshake();
}

TEST(Exporter, NeedsTheExtendedMasterSecretInTls12) {
    engine_pair with{exporting(protocol_version::tls1_2)};
    ASSERT_EQ(word(with.handshake()), "ok");
    EXPECT_EQ(word(export_from(with.client)), "ok");
    EXPECT_EQ(word(export_from(with.server)), "ok");

    engine_pair without{exporting(protocol_version::tls1_2)};
    ASSERT_EQ(word(handshake_without_it(without)), "ok");
    for (engine* each : {&without.client, &without.server}) {
        const auto refused = export_from(*each);
        ASSERT_EQ(word(refused), "unsupported");
        EXPECT_NE(refused.error().message().find("RFC 7627"), std::string::npos) << refused.error().message();
    }
}

TEST(Exporter, DoesNotNeedItInTls13) {
    engine_pair pair{exporting(protocol_version::tls1_3)};
    ASSERT_EQ(word(handshake_without_it(pair)), "ok");
    EXPECT_EQ(word(export_from(pair.client)), "ok");
    EXPECT_EQ(word(export_from(pair.server)), "ok");
}

}  // namespace
