// SPDX-License-Identifier: Apache-2.0
// Resumption: what makes a second handshake short, what must not, and what both ends know of it. RES-001 to RES-017
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/expect.hpp"
#include "tests/support/service.hpp"
#include "tests/support/stream_pair.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;
using namespace std::chrono_literals;

namespace {

class sessions : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(tls, sessions, both_versions(), version_name());

/// A clock that tests move.
class moved_clock {
public:
    explicit moved_clock(std::chrono::sys_seconds start) : time_(std::make_shared<std::chrono::sys_seconds>(start)) {}
    void set(std::chrono::sys_seconds time) const { *time_ = time; }
    void move(std::chrono::seconds by) const { *time_ += by; }
    [[nodiscard]] wall_clock clock() const {
        return [time = time_] { return *time; };
    }

private:
    std::shared_ptr<std::chrono::sys_seconds> time_;
};

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

/// A setup whose client gives its sessions to a list.
struct collecting {
    explicit collecting(protocol_version version) : made(resuming(version)) { made.client.on_session = list.sink(); }
    session_list list;
    setup made;
};

// ---- what resumes ----

TEST_P(sessions, are_resumed_by_themselves) {
    auto s = resuming(version());
    s.client.alpn = s.server.alpn = {"h2"};
    const contexts made(s);
    const auto first = visit_once(made);
    ASSERT_TRUE(first.seen.complete());
    EXPECT_FALSE(first.resumed());
    for (int i = 0; i < 3; ++i) {
        const auto again = visit_once(made);
        ASSERT_TRUE(again.seen.complete()) << describe(again.seen.client) << describe(again.seen.server);
        EXPECT_TRUE(again.resumed()) << i;
        EXPECT_EQ(again.client.version, version());
        EXPECT_EQ(again.client.cipher_suite, first.client.cipher_suite);
        EXPECT_EQ(again.client.peer_certificates, first.client.peer_certificates);
        EXPECT_TRUE(again.client.peer_verified);
        EXPECT_EQ(again.client.alpn, "h2");
        EXPECT_EQ(again.server.alpn, "h2");
        EXPECT_EQ(again.server.server_name, "localhost");
        // TLS 1.3: always with a new key exchange. TLS 1.2: there is none.
        EXPECT_EQ(again.client.group != 0, is_tls1_3());
        EXPECT_EQ(again.client.group, again.server.group);
    }
}

TEST_P(sessions, are_off_when_either_side_says_so) {
    auto s = resuming(version());
    s.client.resumption = false;
    const contexts without_client(s);
    EXPECT_FALSE(visit_once(without_client).resumed());
    EXPECT_FALSE(visit_once(without_client).resumed());

    collecting c(version());
    c.made.server.resumption = false;
    const contexts without_server(c.made);
    EXPECT_FALSE(visit_once(without_server).resumed());
    EXPECT_FALSE(visit_once(without_server).resumed());
    EXPECT_EQ(c.list.size(), 0U);
}

TEST_P(sessions, go_through_bytes_to_another_context) {
    collecting c(version());
    const contexts made(c.made);
    EXPECT_FALSE(visit_once(made).resumed());
    ASSERT_EQ(c.list.size(), 1U);
    const session given = c.list.last();
    EXPECT_EQ(given.version(), version());
    EXPECT_EQ(given.server_name(), "localhost");
    EXPECT_GT(given.expires(), now());
    EXPECT_LE(given.expires(), now() + 2h);

    auto other = resuming(version());
    other.client.trust = or_throw(trust_store::load_file(pki::file("root.crt")));
    contexts anew(other);
    anew.server = made.server;
    const auto second = visit_once(anew, copied(given));
    ASSERT_TRUE(second.seen.complete());
    EXPECT_TRUE(second.resumed());
    EXPECT_TRUE(second.client.peer_verified);
    EXPECT_FALSE(second.client.peer_certificates.empty());
}

TEST_P(sessions, may_be_offered_as_often_as_the_version_allows) {
    collecting c(version());
    const contexts made(c.made);
    visit_once(made);
    const session given = c.list.last();
    EXPECT_TRUE(visit_once(made, given).resumed());
    EXPECT_EQ(visit_once(made, given).resumed(), !is_tls1_3());  // RFC 8446 C.4
    EXPECT_TRUE(visit_once(made, copied(given)).resumed());      // what nobody can know
}

TEST_P(sessions, are_given_once_per_handshake_that_makes_one) {
    collecting c(version());
    const contexts made(c.made);
    visit_once(made);
    EXPECT_EQ(c.list.size(), 1U);
    EXPECT_TRUE(visit_once(made).resumed());
    EXPECT_EQ(c.list.size(), is_tls1_3() ? 2U : 1U);
}

TEST_P(sessions, come_only_to_those_who_read) {
    collecting c(version());
    auto pair = open_pair(c.made);
    EXPECT_EQ(c.list.size(), is_tls1_3() ? 0U : 1U);
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::want_read));
    EXPECT_EQ(c.list.size(), 1U);
}

TEST_P(sessions, need_no_verification) {
    auto s = resuming(version());
    s.client.insecure_skip_verification = true;
    s.server.credentials = {pki::identity("self-signed")};
    const contexts made(s);
    EXPECT_FALSE(visit_once(made).resumed());
    const auto second = visit_once(made);
    EXPECT_TRUE(second.resumed());
    EXPECT_FALSE(second.client.peer_verified);
    EXPECT_FALSE(second.client.peer_certificates.empty());
}

// TLS 1.3: the server wants another group than the client's first, so both hellos carry the ticket.
TEST_P(sessions, survive_a_second_hello) {
    auto s = resuming(version());
    s.server.groups = {"secp384r1"};
    const contexts made(s);
    const auto first = visit_once(made);
    EXPECT_FALSE(first.resumed());
    const auto second = visit_once(made);
    ASSERT_TRUE(second.seen.complete()) << describe(second.seen.client) << describe(second.seen.server);
    EXPECT_TRUE(second.resumed());
    EXPECT_EQ(second.client.group_name, is_tls1_3() ? "secp384r1" : "");
}

TEST_P(sessions, work_over_sockets) {
    const contexts made(resuming(version()));
    auto accepting = listening(made);
    for (int i = 0; i < 2; ++i) {
        auto serving = in_background([&]() -> result<void> {
            auto peer = accepting.accept(soon());
            if (!peer) return std::unexpected(peer.error());
            if (auto sent = peer->write_all(as_bytes("hello"), soon()); !sent) return sent;
            return peer->shutdown(soon());
        });
        auto client = call(made, accepting);
        ASSERT_TRUE(ok(client));
        EXPECT_EQ(read_text(*client).value_or("failed"), "hello");
        EXPECT_EQ(client->info().resumed, i == 1);
        EXPECT_TRUE(ok(client->shutdown(soon())));
        EXPECT_TRUE(ok(serving.get()));
    }
}

// ---- what does not ----

/// Takes a session with the first setup and offers it with another, to the server of the first: must be a full
/// handshake, as it is resumed without the change.
void expect_no_resumption(protocol_version version, const std::function<void(setup&)>& change) {
    collecting c(version);
    const contexts made(c.made);
    visit_once(made);
    const session given = c.list.last();
    const auto offered_by = [&](const setup& s) {
        contexts other(s);
        other.server = made.server;
        return visit_once(other, copied(given));
    };
    EXPECT_TRUE(offered_by(resuming(version)).resumed());
    auto changed = resuming(version);
    change(changed);
    const auto seen = offered_by(changed);
    EXPECT_TRUE(seen.seen.complete()) << describe(seen.seen.client) << describe(seen.seen.server);
    EXPECT_FALSE(seen.resumed());
    EXPECT_EQ(seen.client.peer_verified, !changed.client.insecure_skip_verification);
}

TEST_P(sessions, do_not_outlive_a_change_of_trust) {
    expect_no_resumption(version(), [](setup& s) { s.client.trust = pki::trust("ca-bundle"); });
}

TEST_P(sessions, do_not_cross_names) {
    expect_no_resumption(version(), [](setup& s) { s.names = {.server_name = "server.tlseam.test"}; });
    expect_no_resumption(version(), [](setup& s) { s.names.verified_name = "server.tlseam.test"; });
    expect_no_resumption(
        version(), [](setup& s) { s.names = {.server_name = "server.tlseam.test", .verified_name = "localhost"}; });
}

TEST_P(sessions, do_not_outlive_a_change_of_verification) {
    expect_no_resumption(version(), [](setup& s) {
        s.client.verification.crls = or_throw(crl_store::load_files({pki::file("crl.pem"), pki::file("root.crl.pem")}));
    });
    expect_no_resumption(version(),
                         [](setup& s) { s.client.verification.callback = [](const chain_step&) { return true; }; });
    expect_no_resumption(version(), [](setup& s) { s.client.insecure_skip_verification = true; });
}

TEST_P(sessions, do_not_outlive_a_change_of_identity_or_parameters) {
    expect_no_resumption(version(), [](setup& s) { s.client.credentials = {pki::identity("client")}; });
    expect_no_resumption(version(), [](setup& s) { s.client.groups = {"secp384r1", "secp256r1"}; });
}

TEST_P(sessions, do_not_cross_application_protocols) {
    collecting c(version());
    c.made.client.alpn = {"one", "two"};
    c.made.server.alpn = {"one"};
    c.made.server.ticket_keys = or_throw(ticket_keys::generate());
    const contexts made(c.made);
    visit_once(made);
    const session given = c.list.last();
    EXPECT_TRUE(visit_once(made, copied(given)).resumed());
    auto other = c.made;
    other.server.alpn = {"two"};
    contexts changed(other);
    const auto seen = visit_once(changed, copied(given));
    EXPECT_TRUE(seen.seen.complete());
    EXPECT_FALSE(seen.resumed());
    EXPECT_EQ(seen.client.alpn, "two");
}

TEST_P(sessions, of_a_context_with_a_callback_stay_with_it) {
    auto s = resuming(version());
    s.client.verification.callback = [](const chain_step&) { return true; };
    const contexts made(s);
    EXPECT_FALSE(visit_once(made).resumed());
    EXPECT_TRUE(visit_once(made).resumed());
}

TEST_P(sessions, end) {
    const moved_clock time(now());
    collecting c(version());
    c.made.client.clock = time.clock();
    c.made.server.ticket_lifetime = 1h;
    const contexts made(c.made);
    visit_once(made);
    const session given = c.list.last();
    EXPECT_EQ(given.expires(), time.clock()() + 1h);
    time.move(1h - 1s);
    EXPECT_TRUE(visit_once(made, copied(given)).resumed());
    time.move(1s);
    const auto late = visit_once(made, copied(given));
    EXPECT_TRUE(late.seen.complete());
    EXPECT_FALSE(late.resumed());
}

// RFC 8446 4.6.1: a chain of resumptions does not spare the server its certificate for ever.
TEST_P(sessions, need_a_full_handshake_within_seven_days) {
    const moved_clock time(now());
    auto s = resuming(version());
    s.client.clock = time.clock();
    s.server.ticket_lifetime = std::chrono::days(7);
    const contexts made(s);
    EXPECT_FALSE(visit_once(made).resumed());
    time.move(std::chrono::days(4));
    EXPECT_TRUE(visit_once(made).resumed());
    time.move(std::chrono::days(2));
    EXPECT_TRUE(visit_once(made).resumed());
    time.move(std::chrono::days(1));
    EXPECT_FALSE(visit_once(made).resumed());
}

TEST_P(sessions, are_worth_what_the_certificate_is_worth_now) {
    setup s = resuming(version());
    const auto ends = s.server.credentials.front().chain().front().not_after();
    const moved_clock time(ends - 10min);
    s.client.clock = time.clock();
    const contexts made(s);
    EXPECT_FALSE(visit_once(made).resumed());
    time.set(ends - 1s);
    EXPECT_TRUE(visit_once(made).resumed());
    time.set(ends + 1s);
    EXPECT_TRUE(refused_for(visit_once(made).seen.client, cert_errc::expired));
}

TEST_P(sessions, of_failed_connections_are_never_used) {
    std::vector<std::byte> changed_record(5 + 48, std::byte{0});
    changed_record[0] = std::byte{23};
    changed_record[1] = changed_record[2] = std::byte{3};
    changed_record[4] = std::byte{48};
    collecting c(version());
    const contexts made(c.made);
    {
        auto pair = open_pair(made);
        EXPECT_TRUE(fails_with(read_text(pair.client), errc::want_read));
        ASSERT_EQ(c.list.size(), 1U);
        ASSERT_TRUE(ok(pair.client.feed(changed_record)));
        EXPECT_TRUE(fails_with(read_text(pair.client), errc::bad_record_mac));
    }
    EXPECT_FALSE(visit_once(made, c.list.last()).resumed());
    EXPECT_TRUE(visit_once(made).resumed());  // that one ended well
}

TEST_P(sessions, of_an_older_version_are_not_offered) {
    if (is_tls1_3()) return;  // there is no newer one: nothing to be older than
    auto s = resuming(protocol_version::tls1_2);
    session_list list;
    s.client.on_session = list.sink();
    s.client.max_version = protocol_version::tls1_3;
    const contexts made(s);
    EXPECT_FALSE(visit_once(made).resumed());
    EXPECT_EQ(visit_once(made).client.version, protocol_version::tls1_2);
    EXPECT_FALSE(visit_once(made, list.last()).resumed());
}

TEST_P(sessions, are_not_given_where_clients_show_certificates) {
    for (const auto asks : {client_auth::optional, client_auth::required}) {
        collecting c(version());
        c.made.client.credentials = {pki::identity("client")};
        c.made.server.client_auth = asks;
        c.made.server.client_trust = pki::trust();
        const contexts made(c.made);
        EXPECT_FALSE(visit_once(made).resumed());
        const auto second = visit_once(made);
        EXPECT_FALSE(second.resumed());
        EXPECT_TRUE(second.server.peer_verified);
        EXPECT_EQ(c.list.size(), 0U);
    }
}

// The server has other versions by now: whatever is agreed on, it is by a full handshake.
TEST(sessions_and_versions, do_not_mix) {
    const auto keys = or_throw(ticket_keys::generate());
    session_list list;
    auto s = resuming(protocol_version::tls1_3);
    s.client.min_version = protocol_version::tls1_2;
    s.client.on_session = list.sink();
    s.server.ticket_keys = keys;
    const contexts newer(s);
    EXPECT_FALSE(visit_once(newer).resumed());
    EXPECT_TRUE(visit_once(newer, copied(list.last())).resumed());
    s.server.min_version = s.server.max_version = protocol_version::tls1_2;
    contexts older = newer;
    older.server = contexts(s).server;
    const auto seen = visit_once(older, copied(list.last()));
    ASSERT_TRUE(seen.seen.complete()) << describe(seen.seen.client) << describe(seen.seen.server);
    EXPECT_FALSE(seen.resumed());
    EXPECT_EQ(seen.client.version, protocol_version::tls1_2);
    EXPECT_TRUE(seen.client.peer_verified);
}

// A ticket from before the server asked for certificates gets nobody around that.
TEST_P(sessions, do_not_replace_a_client_certificate) {
    const auto keys = or_throw(ticket_keys::generate());
    collecting c(version());
    c.made.server.ticket_keys = keys;
    const contexts open(c.made);
    visit_once(open);
    auto asking = c.made;
    asking.server.ticket_keys.reset();
    asking.server.client_auth = client_auth::required;
    asking.server.client_trust = pki::trust();
    EXPECT_TRUE(fails_with(visit_once(contexts(asking), c.list.last()).seen.server, errc::certificate_required));
}

/// A server's own secret is replaced, so that whoever learns one day's cannot read another day's.
TEST_P(sessions, are_forgotten_by_a_server_that_renewed_its_secret_often) {
    collecting c(version());
    const moved_clock servers(now());
    c.made.server.clock = servers.clock();
    c.made.server.ticket_lifetime = 60s;
    c.made.client.clock = [time = now()] { return time; };
    const auto server = contexts(c.made).server;
    const auto visit = [&](const std::optional<session>& with) {
        contexts made(c.made);
        made.server = server;
        return (with ? visit_once(made, *with) : visit_once(made)).resumed();
    };
    EXPECT_FALSE(visit({}));
    const auto first = or_throw(session::parse(or_throw(c.list.last().serialize())));
    const auto again = or_throw(session::parse(or_throw(first.serialize())));
    for (int secret = 1; secret <= 3; ++secret) {
        servers.move(61s);
        EXPECT_FALSE(visit({}));
    }
    EXPECT_TRUE(visit(first)) << "three secrets later";
    servers.move(61s);
    EXPECT_FALSE(visit({}));
    EXPECT_FALSE(visit(again)) << "four secrets later";
    EXPECT_TRUE(visit(c.list.last()));
}

// ---- misuse ----

TEST_P(sessions, are_for_clients_that_resume) {
    collecting c(version());
    const contexts made(c.made);
    visit_once(made);
    const connect_options with = {.server_name = "localhost", .session = c.list.last()};
    EXPECT_TRUE(fails_with(engine::create(made.server, {.session = with.session}), errc::misuse));
    auto off = resuming(version());
    off.client.resumption = false;
    EXPECT_TRUE(fails_with(engine::create(contexts(off).client, with), errc::invalid_argument));
    off.client.on_session = [](const session&) {};
    EXPECT_TRUE(fails_with(context::client(off.client), errc::invalid_argument));
    off.client.on_session = {};
    off.client.session_cache = or_throw(session_cache::create());
    EXPECT_TRUE(fails_with(context::client(off.client), errc::invalid_argument));
}

TEST_P(sessions, fail_the_connection_when_the_program_throws) {
    auto s = resuming(version());
    s.client.on_session = [](const session&) { throw std::runtime_error("no"); };
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    if (is_tls1_3()) {
        EXPECT_TRUE(ok(seen.client));
        EXPECT_TRUE(fails_with(read_text(pair.client), errc::callback_failed));
    } else {
        EXPECT_TRUE(fails_with(seen.client, errc::callback_failed));
    }
    EXPECT_TRUE(fails_with(read_text(pair.client), errc::callback_failed));
}

// ---- bytes ----

TEST_P(sessions, are_refused_with_any_bit_turned_over) {
    collecting c(version());
    visit_once(contexts(c.made));
    const auto good = or_throw(c.list.last().serialize());
    ASSERT_TRUE(ok(session::parse(good)));
    for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
        auto bad = good;
        bad[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
        ASSERT_TRUE(fails_with(session::parse(bad), errc::malformed_session)) << bit;
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        ASSERT_TRUE(fails_with(session::parse(std::span(good).first(size)), errc::malformed_session)) << size;
    }
    auto longer = good;
    longer.push_back(std::byte{0});
    EXPECT_TRUE(fails_with(session::parse(longer), errc::malformed_session));
}

}  // namespace
