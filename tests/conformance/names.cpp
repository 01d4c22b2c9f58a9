// SPDX-License-Identifier: Apache-2.0
// Names through real handshakes (RFC 9525): whatever a library thinks of an odd subjectAltName, the answer is one.
// certs/names/generate.py says what stands in each certificate. VN-001 to VN-021
#include <string>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

/// no_name: nobody can be asked for like this. malformed: nobody can serve such a certificate (RFC 5280 4.2.1.6).
enum class answer { accepted, name_mismatch, no_name, malformed };

struct row {
    std::string certificate, name;
    answer expected;
};

constexpr auto yes = answer::accepted;
constexpr auto no = answer::name_mismatch;
constexpr auto never = answer::no_name;
constexpr auto broken = answer::malformed;

std::string repeated(char c, std::size_t count) { return std::string(count, c); }

std::string long_name(char c) {
    std::string out;
    for (int i = 0; i < 5; ++i) out += std::string(49, c) + ".";
    return out;
}

const row rows[] = {
    // VN-001 to VN-003, VN-021
    {"exact", "first.tlseam.test", yes},
    {"exact", "FIRST.tlseam.TEST", yes},
    {"exact", "second.tlseam.test", yes},
    {"exact", "last.tlseam.test", yes},
    {"exact", "other.tlseam.test", no},
    {"exact", "tlseam.test", no},
    {"exact", "xfirst.tlseam.test", no},
    {"exact", "a.first.tlseam.test", no},
    {"exact", "first.tlseam.test.evil.test", no},
    {"exact", "first.tlseam.tes", no},
    {"exact", "first-tlseam.test", no},
    {"exact", "exact", no},
    {"single-label", "localhost", yes},
    {"single-label", "LOCALHOST", yes},
    {"single-label", "localhost.localdomain", no},
    // VN-004, VN-005
    {"wildcard", "a.wild.test", yes},
    {"wildcard", "A.WILD.test", yes},
    {"wildcard", "wild.test", no},
    {"wildcard", "a.b.wild.test", no},
    {"wildcard", "awild.test", no},
    {"wildcard", "a.mild.test", no},
    {"wildcard-two-labels", "x.a.wild.test", yes},
    {"wildcard-two-labels", "wild.test", yes},
    {"wildcard-two-labels", "a.wild.test", no},
    // VN-006, VN-007
    {"wildcard-prefix", "a1.wild.test", no},
    {"wildcard-prefix", "a.wild.test", no},
    {"wildcard-suffix", "1a.wild.test", no},
    {"wildcard-middle", "a1b.wild.test", no},
    {"wildcard-inner", "www.a.wild.test", no},
    {"wildcard-double", "a.b.wild.test", no},
    {"wildcard-stars", "a.wild.test", no},
    // VN-008
    {"wildcard-all", "localhost", no},
    {"wildcard-all", "a.test", no},
    {"wildcard-tld", "a.test", no},
    {"wildcard-dot", "localhost", no},
    {"wildcard-dot", "a.", no},
    // VN-009
    {"wildcard", "xn--bcher-kva.wild.test", yes},
    {"wildcard-xn", "xn--bcher-kva.wild.test", no},
    {"wildcard-xn", "xn--.wild.test", no},
    {"idna", "xn--bcher-kva.tlseam.test", yes},
    {"idna", "XN--BCHER-KVA.tlseam.test", yes},
    {"idna", "bcher-kva.tlseam.test", no},
    {"idna",
     "b\xc3\xbc"
     "cher.tlseam.test",
     never},
    // VN-010
    {"cn-only", "first.tlseam.test", no},
    {"cn-beside", "first.tlseam.test", no},
    {"cn-beside", "second.tlseam.test", yes},
    // VN-011 to VN-013
    {"address", "192.0.2.1", yes},
    {"address", "192.0.2.2", no},
    {"address", "192.0.2.01", never},
    {"address", "192.0.2", never},
    {"address", "3221225985", never},
    {"address", "0xc0000201", never},
    {"address", "2001:db8::a", yes},
    {"address", "2001:DB8::A", yes},
    {"address", "2001:0db8:0000:0000:0000:0000:0000:000a", yes},
    {"address", "2001:db8:0:0::a", yes},
    {"address", "2001:db8::0.0.0.10", yes},
    {"address", "[2001:db8::a]", yes},
    {"address", "2001:db8::b", no},
    {"address", "2001:db8::a%eth0", never},
    {"address", "2001:db8:::a", never},
    {"address", "::ffff:192.0.2.1", no},
    {"address", "192.0.2.1.", never},
    {"address", "localhost", no},
    {"address-mapped", "::ffff:192.0.2.1", yes},
    {"address-mapped", "::ffff:c000:201", yes},
    {"address-mapped", "192.0.2.1", no},
    {"address-as-dns", "192.0.2.1", no},
    {"address-as-dns", "2001:db8::a", no},
    {"address-as-dns", "first.tlseam.test", yes},
    {"address-as-cn", "192.0.2.1", no},
    {"wildcard-ip", "127.0.0.1", no},
    {"address-with-mask", "192.0.2.1", broken},
    {"address-3-bytes", "first.tlseam.test", broken},
    {"address-3-bytes", "192.0.2.0", broken},
    {"address-empty", "first.tlseam.test", broken},
    // VN-014
    {"nul", "first.tlseam.test", broken},
    {"nul-behind", "first.tlseam.test", broken},
    {"nul-before", "first.tlseam.test", broken},
    {"exact", std::string("first.tlseam.test\0", 18), never},
    // VN-015
    {"leading-dot", "a.tlseam.test", no},
    {"leading-dot", "tlseam.test", no},
    {"leading-dot", ".tlseam.test", never},
    {"double-dot", "a..tlseam.test", never},
    {"empty-dns", "first.tlseam.test", yes},
    {"only-empty-dns", "first.tlseam.test", no},
    {"empty-san", "first.tlseam.test", broken},
    {"non-ascii", "xn--bcher-kva.tlseam.test", no},
    {"underscore", "a_b.tlseam.test", yes},
    {"underscore", "_srv.tlseam.test", yes},
    {"underscore", "a-b.tlseam.test", no},
    {"blank", "first.tlseam.test", no},
    {"blank", "second.tlseam.test", no},
    // VN-016
    {"exact", "first.tlseam.test.", yes},
    {"exact", "first.tlseam.test..", never},
    {"trailing-dot", "dot.tlseam.test", no},
    {"trailing-dot", "dot.tlseam.test.", no},
    // Other kinds of names
    {"uri", "first.tlseam.test", no},
    {"email", "first.tlseam.test", no},
    {"srv", "first.tlseam.test", no},
    {"mixed", "first.tlseam.test", yes},
    {"mixed", "192.0.2.1", yes},
    {"critical", "first.tlseam.test", yes},
    {"critical", "c", no},
    {"no-subject", "first.tlseam.test", yes},
    {"no-subject", "other.tlseam.test", no},
    // Length
    {"long-label", repeated('a', 63) + ".tlseam.test", yes},
    {"long-label", repeated('b', 64) + ".tlseam.test", never},
    {"long-label", repeated('b', 63) + ".tlseam.test", no},
    {"long-name", long_name('a') + "xy", yes},
    {"long-name", long_name('b') + repeated('b', 49), never},
    {"many", "host-0000.many.tlseam.test", yes},
    {"many", "host-0999.many.tlseam.test", yes},
    {"many", "host-1000.many.tlseam.test", no},
};

setup serving(const std::string& certificate, protocol_version version) {
    auto s = only(version);
    s.server.credentials = {or_throw(credentials::parse_cert_chain(
        pki::bytes("names/" + certificate + ".crt") + pki::bytes("intermediate.crt"), pki::bytes("names/server.key")))};
    return s;
}

void expect_row(const row& r, protocol_version version) {
    SCOPED_TRACE(r.certificate + " asked for as '" + r.name + "'");
    const auto loaded = credentials::parse_cert_chain(
        pki::bytes("names/" + r.certificate + ".crt") + pki::bytes("intermediate.crt"), pki::bytes("names/server.key"));
    if (r.expected == answer::malformed) {
        EXPECT_TRUE(fails_with(loaded, errc::malformed_certificate));
        return;
    }
    ASSERT_TRUE(ok(loaded));
    auto s = serving(r.certificate, version);
    s.names = {.server_name = "sent.tlseam.test", .verified_name = r.name};
    if (r.expected == answer::no_name) {
        EXPECT_TRUE(fails_with(engine::create(or_throw(context::client(s.client)), s.names), errc::invalid_argument));
        return;
    }
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    if (r.expected == answer::accepted) {
        EXPECT_TRUE(ok(seen.client));
        EXPECT_TRUE(ok(seen.server));
    } else {
        EXPECT_TRUE(refused_for(seen.client, cert_errc::name_mismatch));
        EXPECT_TRUE(saw_the_refusal(seen.server));
    }
}

TEST(names, are_matched_as_the_table_says_in_tls1_3) {
    for (const auto& r : rows) expect_row(r, protocol_version::tls1_3);
}

TEST(names, are_matched_as_the_table_says_in_tls1_2) {
    for (const auto& r : rows) expect_row(r, protocol_version::tls1_2);
}

// KEY-012
TEST(names, of_a_thousand_are_all_received) {
    auto s = serving("many", protocol_version::tls1_3);
    s.names = {.server_name = "host-0500.many.tlseam.test"};
    auto pair = new_pair(s);
    ASSERT_TRUE(ok(run_handshake(pair).client));
    const auto received = pair.client.info().peer_certificates;
    ASSERT_FALSE(received.empty());
    EXPECT_EQ(received.front().dns_names().size(), 1000U);
    EXPECT_GT(received.front().der().size(), 25000U);
}

}  // namespace
