// SPDX-License-Identifier: Apache-2.0
// Every verb in every state, as engine.hpp promises it: one row per state, for both roles and versions. IO-014
#include <functional>
#include <tuple>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/bytes.hpp"
#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

enum class state { fresh, handshaking, open, peer_closed, closing, closed, failed };

/// Brings one end of a new pair into a state.
engine_pair pair_in(state wanted, protocol_version version, role who) {
    auto settings = only(version);
    settings.client.exporter = settings.server.exporter = true;
    if (wanted == state::fresh) return new_pair(settings);
    if (wanted == state::handshaking) {
        auto pair = new_pair(settings);
        EXPECT_TRUE(needs_input(pair.client.handshake()));
        pair.to_server.dials.stall_at = 100;
        pair.move_all();
        EXPECT_TRUE(needs_input(pair.server.handshake()));
        return pair;
    }
    auto pair = open_pair(settings);
    auto& self = who == role::client ? pair.client : pair.server;
    auto& peer = who == role::client ? pair.server : pair.client;
    if (wanted == state::closing || wanted == state::closed) {
        EXPECT_TRUE(ok(self.close_write()));
    }
    if (wanted == state::peer_closed || wanted == state::closed) {
        EXPECT_TRUE(ok(peer.close_write()));
        pair.move_all();
        EXPECT_EQ(read_text(self).value_or("failed"), "");
    }
    pair.move_all();
    if (wanted == state::failed) {
        self.end_of_input();
        EXPECT_TRUE(fails_with(read_text(self), errc::truncated));
    }
    return pair;
}

/// What a verb gave, as one word: "ok", "end" for a read of 0, or the name of the error.
std::string word(const result<void>& r) { return r ? "ok" : name(r.error().code()); }
std::string word(const result<std::size_t>& r) {
    if (!r) return name(r.error().code());
    return *r == 0 ? "end" : "ok";
}

const std::function<std::string(engine&)> verbs[] = {
    [](engine& e) { return word(e.handshake()); },
    [](engine& e) {
        std::byte buffer[16];
        return word(e.read_some(buffer));
    },
    [](engine& e) { return word(e.write_some(as_bytes("x"))); },
    [](engine& e) { return word(e.close_write()); },
    [](engine& e) { return word(e.key_update(true)); },
    [](engine& e) {
        std::byte key[16];
        return word(e.export_keying_material(key, "EXPERIMENTAL-tlseam-test"));
    },
};
const char* const verb_names[] = {"handshake", "read", "write", "close", "key_update", "export_keying_material"};

struct row {
    state in;
    const char* label;
    const char* tls1_3[6];
    const char* tls1_2[6];
};

// clang-format off
const row rows[] = {
    //                                    handshake    read         write        close        key_update   export
    {state::fresh, "fresh",             {"want_read", "want_read", "want_read", "misuse",    "misuse",      "misuse"},
                                        {"want_read", "want_read", "want_read", "misuse",    "misuse",      "misuse"}},
    {state::handshaking, "handshaking", {"want_read", "want_read", "want_read", "misuse",    "misuse",      "misuse"},
                                        {"want_read", "want_read", "want_read", "misuse",    "misuse",      "misuse"}},
    {state::open, "open",               {"ok",        "want_read", "ok",        "ok",        "ok",          "ok"},
                                        {"ok",        "want_read", "ok",        "ok",        "unsupported", "ok"}},
    {state::peer_closed, "peer_closed", {"ok",        "end",       "ok",        "ok",        "ok",          "ok"},
                                        {"ok",        "end",       "closed",    "ok",        "unsupported", "ok"}},
    {state::closing, "closing",         {"ok",        "want_read", "closed",    "ok",        "closed",      "ok"},
                                        {"ok",        "want_read", "closed",    "ok",        "unsupported", "ok"}},
    {state::closed, "closed",           {"ok",        "end",       "closed",    "ok",        "closed",      "ok"},
                                        {"ok",        "end",       "closed",    "ok",        "unsupported", "ok"}},
    {state::failed, "failed",           {"truncated", "truncated", "truncated", "truncated", "truncated",   "truncated"},
                                        {"truncated", "truncated", "truncated", "truncated", "truncated",   "truncated"}},
};
// clang-format on

using version_role_row = std::tuple<protocol_version, role, row>;
class state_table : public testing::TestWithParam<version_role_row> {};

std::string row_name(const testing::TestParamInfo<version_role_row>& info) {
    const auto& [version, who, row] = info.param;
    return short_name(version) + (who == role::client ? "_client_" : "_server_") + row.label;
}
INSTANTIATE_TEST_SUITE_P(tls, state_table,
                         testing::Combine(both_versions(), testing::Values(role::client, role::server),
                                          testing::ValuesIn(rows)),
                         row_name);

TEST_P(state_table, gives_each_verb_its_promised_result) {
    const auto& [version, who, row] = GetParam();
    for (std::size_t verb = 0; verb < std::size(verbs); ++verb) {
        auto pair = pair_in(row.in, version, who);
        auto& self = who == role::client ? pair.client : pair.server;
        const char* const expected = version == protocol_version::tls1_3 ? row.tls1_3[verb] : row.tls1_2[verb];
        EXPECT_EQ(verbs[verb](self), expected) << verb_names[verb];
    }
}

// misuse, closed, unsupported and want_* leave everything as it was.
TEST_P(state_table, gives_the_same_again_when_a_verb_was_refused) {
    const auto& [version, who, row] = GetParam();
    for (std::size_t verb = 0; verb < std::size(verbs); ++verb) {
        auto pair = pair_in(row.in, version, who);
        auto& self = who == role::client ? pair.client : pair.server;
        const auto first = verbs[verb](self);
        const auto output = self.output().size();
        if (first == "ok") continue;
        EXPECT_EQ(verbs[verb](self), first) << verb_names[verb];
        EXPECT_EQ(self.output().size(), output) << verb_names[verb];
    }
}

TEST(states, a_moved_to_engine_has_the_state_of_the_old_one) {
    for (const auto& row : rows) {
        auto pair = pair_in(row.in, protocol_version::tls1_3, role::client);
        engine moved(std::move(pair.client));
        std::byte buffer[16];
        EXPECT_EQ(word(moved.read_some(buffer)), row.tls1_3[1]) << row.label;
    }
}

}  // namespace
