// SPDX-License-Identifier: Apache-2.0
// Chains with one defect each: every backend names the same one, on the same side.
#include <tuple>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

struct defect {
    const char* server;
    cert_errc reason;
    const char* anchor = "root";
};

const defect defects[] = {
    {"expired", cert_errc::expired},
    {"not-yet-valid", cert_errc::not_yet_valid},
    {"wrong-name", cert_errc::name_mismatch},
    {"self-signed", cert_errc::self_signed},
    {"unknown-ca", cert_errc::unknown_ca},
    {"missing-intermediate", cert_errc::unknown_ca},
    {"not-a-ca", cert_errc::invalid_ca},
    {"wrong-purpose", cert_errc::wrong_purpose},
    {"path-length", cert_errc::path_length},
    {"name-constraint", cert_errc::name_constraint},
    {"bad-signature", cert_errc::bad_signature},
    {"cn-only", cert_errc::name_mismatch},
    {"expired-intermediate", cert_errc::expired},
    {"expired-root", cert_errc::expired, "expired-root-ca"},
};

using version_and_defect = std::tuple<protocol_version, defect>;
class defective_chain : public testing::TestWithParam<version_and_defect> {
protected:
    [[nodiscard]] static setup with_defect() {
        const auto& [version, d] = GetParam();
        auto s = only(version, d.server);
        s.client.trust = pki::trust(d.anchor);
        return s;
    }
};

std::string defect_name(const testing::TestParamInfo<version_and_defect>& info) {
    std::string name = short_name(std::get<0>(info.param)) + "_" + std::get<1>(info.param).server;
    for (auto& c : name) c = c == '-' ? '_' : c;
    return name;
}
INSTANTIATE_TEST_SUITE_P(tls, defective_chain, testing::Combine(both_versions(), testing::ValuesIn(defects)),
                         defect_name);

// VN-003, VN-010, VC-002, VC-004, VC-007, VC-008, VC-009, VC-012, VC-016, VT-001, ERR-001
TEST_P(defective_chain, is_refused_by_the_client_for_its_one_defect) {
    auto pair = new_pair(with_defect());
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(refused_for(seen.client, std::get<1>(GetParam()).reason));
    ASSERT_FALSE(seen.client);
    EXPECT_EQ(seen.client.error().origin(), error_origin::local);
    EXPECT_TRUE(saw_the_refusal(seen.server)) << describe(seen.server);
    EXPECT_EQ(pair.client.info().version, protocol_version::none);
    EXPECT_FALSE(pair.client.info().peer_verified);
}

// CLS-011: the server learns why.
TEST_P(defective_chain, is_refused_with_an_alert_that_the_server_receives) {
    auto pair = new_pair(with_defect());
    const auto seen = run_handshake(pair);
    ASSERT_FALSE(seen.client);
    ASSERT_FALSE(seen.server);
    ASSERT_TRUE(seen.client.error().alert().has_value());
    EXPECT_TRUE(received_alert(seen.server, *seen.client.error().alert()));
}

/// RFC 8446 6.2: what each reason is called on the wire, where the library lets us choose.
std::uint8_t best_alert(cert_errc reason) {
    switch (reason) {
        case cert_errc::unknown_ca:
        case cert_errc::self_signed:
        case cert_errc::invalid_ca:
        case cert_errc::path_length: return 48;    // unknown_ca
        case cert_errc::wrong_purpose: return 43;  // unsupported_certificate
        case cert_errc::expired:
        case cert_errc::not_yet_valid: return 45;  // certificate_expired
        default: return 42;                        // bad_certificate
    }
}

TEST_P(defective_chain, is_refused_with_the_alert_that_fits) {
    auto pair = new_pair(with_defect());
    const auto seen = run_handshake(pair);
    ASSERT_FALSE(seen.client);
    const auto best = best_alert(std::get<1>(GetParam()).reason);
    const bool exact = backend().supports(feature::certificate_alerts) || best == 48;
    EXPECT_EQ(seen.client.error().alert(), exact ? best : 42);
}

// HS-027, ERR-007
TEST_P(defective_chain, is_refused_for_good) {
    auto pair = new_pair(with_defect());
    const auto seen = run_handshake(pair);
    ASSERT_FALSE(seen.client);
    EXPECT_TRUE(refused_for(read_text(pair.client), seen.client.error().certificate()));
    EXPECT_TRUE(refused_for(pair.client.write_some(as_bytes("x")), seen.client.error().certificate()));
    EXPECT_TRUE(refused_for(pair.client.handshake(), seen.client.error().certificate()));
    EXPECT_EQ(pair.client.handshake().error().message(), seen.client.error().message());
}

// CTX-020
TEST_P(defective_chain, is_accepted_only_without_verification_and_then_called_unverified) {
    auto s = with_defect();
    s.client.insecure_skip_verification = true;
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    ASSERT_TRUE(ok(seen.client));
    ASSERT_TRUE(ok(seen.server));
    EXPECT_FALSE(pair.client.info().peer_verified);
    EXPECT_EQ(pair.client.info().peer_certificates, s.server.credentials.front().chain());
    EXPECT_EQ(carry(pair, pair.client, pair.server, "hello"), "hello");
}

// KEY-007
TEST(weak_key, is_refused_when_it_is_loaded) {
    EXPECT_TRUE(
        fails_with(credentials::load_cert_chain(pki::file("weak-key.crt"), pki::file("weak-key.key")), errc::weak_key));
}

}  // namespace
