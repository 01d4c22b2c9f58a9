// SPDX-License-Identifier: Apache-2.0
// What a connection's own secrets come to: key logs, sessions, exported keys.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/secrets/inputs.hpp"
#include "tests/secrets/look.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace secrets {
namespace {

class connections : public testing::TestWithParam<protocol_version> {};
INSTANTIATE_TEST_SUITE_P(versions, connections, both_versions(), version_name());

int value_of(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/// Looks for what is logged: the text, and the bytes that it stands for.
void note(std::string_view line) {
    const auto text = line.substr(line.rfind(' ') + 1);
    look_for(kind::key_log_text, as_bytes(text), 16);
    const page bytes(text.size() / 2);
    for (std::size_t i = 0; i < bytes.bytes().size(); ++i) {
        bytes.bytes()[i] = static_cast<std::byte>(value_of(text[2 * i]) << 4 | value_of(text[2 * i + 1]));
    }
    look_for(kind::connection_secret, bytes.bytes());
}

setup logging(protocol_version version) {
    setup out{.client = client_of(version),
              .server = server_of(version, pki::identity("server")),
              .names = {.server_name = "localhost"}};
    out.client.key_log = note;
    return out;
}

TEST_P(connections, leave_none_of_the_secrets_that_they_log) {
    if (!has_cryptography()) return;  // those of the test double are ab ab ab ...
    expect_gone([] {
        const auto s = logging(GetParam());
        talk(s.client, s.server);
    });
}

TEST_P(connections, leave_no_exported_keys) {
    expect_gone([] {
        auto s = logging(GetParam());
        if (!has_cryptography()) s.client.key_log = {};
        s.client.exporter = s.server.exporter = true;
        auto pair = open_pair(s);
        const page out(48);
        EXPECT_TRUE(ok(pair.client.export_keying_material(out.bytes(), "EXPERIMENTAL-tlseam-test")));
        look_for(kind::exported_key, out.bytes());
        EXPECT_TRUE(ok(pair.server.export_keying_material(out.bytes(), "EXPERIMENTAL-tlseam-test")));
    });
}

// In TLS 1.2 what is logged is what a session consists of.
TEST_P(connections, leave_no_sessions) {
    if (!has_cryptography()) return;
    expect_gone([] {
        auto s = logging(GetParam());
        s.client.resumption = true;
        const session_list sessions;
        s.client.on_session = sessions.sink();
        const contexts made(s);
        EXPECT_FALSE(visit_once(made).resumed());
        if (GetParam() == protocol_version::tls1_2) {
            EXPECT_TRUE(is_in_memory(kind::connection_secret));
        }
        auto bytes = or_throw(sessions.last().serialize());
        auto again = or_throw(session::parse(bytes));
        for (std::byte& each : bytes) const_cast<volatile std::byte&>(each) = {};  // it was ours
        EXPECT_TRUE(visit_once(made, again).resumed());
    });
}

}  // namespace
}  // namespace secrets
