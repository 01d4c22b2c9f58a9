// SPDX-License-Identifier: Apache-2.0
#include "tests/fault_injection/scenarios.hpp"

#include <sys/socket.h>

#include <optional>

#include "tests/fault_injection/conversation.hpp"
#include "tests/support/sockets.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

namespace faults {

using namespace tlseam;
using namespace tlseam_test;

namespace {

/// From bytes to contexts.
class loading : public scenario {
public:
    verdict run() override {
        caller it("loading");
        const auto trust = it([&] { return trust_store::parse(root_); });
        const auto own = it([&] { return credentials::parse_cert_chain(chain_, key_); });
        const auto lists = it([&] { return crl_store::parse(crl_); });
        if (it.failed()) return judge({&it}, "");
        client_settings for_client = {.trust = *trust, .alpn = {"h2", "http/1.1"}};
        server_settings for_server = {.credentials = {*own}, .alpn = {"h2"}};
        for_server.client_auth = client_auth::required;
        for_server.client_trust = *trust;
        for_server.verification.crls = *lists;
        const auto client = it([&] { return context::client(for_client); });
        const auto server = it([&] { return context::server(for_server); });
        return judge({&it}, "");
    }

private:
    const std::string root_ = pki::bytes("root.crt"), chain_ = pki::bytes("server.crt"),
                      key_ = pki::bytes("server.key"), crl_ = pki::bytes("crl.pem");
};

/// Keys under a passphrase: thousands of rounds.
class opening : public scenario {
public:
    verdict run() override {
        caller it("opening");
        const auto sealed = it([&] { return credentials::parse_cert_chain(chain_, sealed_key_, pki::passphrase); });
        const auto bundle = it([&] { return credentials::parse_pkcs12(pkcs12_, pki::passphrase); });
        return judge({&it}, "");
    }

private:
    const std::string chain_ = pki::bytes("server.crt"), sealed_key_ = pki::bytes("server-encrypted.key"),
                      p12_ = pki::bytes("server.p12");
    const std::span<const std::byte> pkcs12_ = std::as_bytes(std::span(p12_));
};

/// A whole connection.
class connected : public scenario {
public:
    explicit connected(const setup& from) : made_(from), names_(from.names) {}

    verdict run() override {
        conversation between(made_.client, made_.server, names_);
        between.shake();
        const char* wrong = "";
        if (between.both_done()) {
            wrong = look_at(between);
            if (*wrong == '\0' && !between.talk()) wrong = "data, or the end, did not come as sent";
        } else if (!between.client.failed() && !between.server.failed()) {
            wrong = "nobody failed, and nobody is done";
        }
        return judge({&between.client, &between.server}, wrong);
    }

protected:
    [[nodiscard]] virtual const char* look_at(const conversation& between) {
        const auto& client = between.client_engine->info();
        const auto& server = between.server_engine->info();
        if (!client.peer_verified) return "the server was not verified";
        if (client.version != server.version || client.cipher_suite != server.cipher_suite) return "not the same";
        return "";
    }

private:
    contexts made_;
    connect_options names_;
};

class mutual : public connected {
public:
    using connected::connected;
    const char* look_at(const conversation& between) override {
        const auto& server = between.server_engine->info();
        if (!server.peer_verified || server.peer_certificates.empty()) return "the client was not verified";
        return connected::look_at(between);
    }
};

/// From bytes to a connection: all that there is, of what is made once in a process.
class loading_and_connecting : public scenario {
public:
    verdict run() override {
        caller it("loading");
        const auto trust = it([&] { return trust_store::parse(root_); });
        const auto own = it([&] { return credentials::parse_cert_chain(chain_, key_); });
        if (it.failed()) return judge({&it}, "");
        client_settings for_client = {.trust = *trust};
        server_settings for_server = {.credentials = {*own}};
        const auto client = it([&] { return context::client(for_client); });
        const auto server = it([&] { return context::server(for_server); });
        if (it.failed()) return judge({&it}, "");
        conversation between(*client, *server, names_);
        between.shake();
        const char* wrong = "";
        if (between.both_done()) {
            // What a library has must not depend on whether there was memory when it was first asked.
            const bool best = between.client_engine->info().group_name == backend().groups().front();
            if (!best) wrong = "a group that the library has was left out";
            if (*wrong == '\0' && !between.talk()) wrong = "data, or the end, did not come as sent";
        } else if (!between.client.failed() && !between.server.failed()) {
            wrong = "nobody failed, and nobody is done";
        }
        return judge({&between.client, &between.server}, wrong);
    }

private:
    const std::string root_ = pki::bytes("root.crt"), chain_ = pki::bytes("server.crt"),
                      key_ = pki::bytes("server.key");
    const connect_options names_ = {.server_name = "localhost"};
};

/// With a session of an earlier one, which is saved and read again.
class resumption : public scenario {
public:
    explicit resumption(const setup& from) : setup_(from), made_(with_sink(setup_, newest_)) {
        (void)visit_once(made_);
        if (!newest_) throw std::runtime_error("no session");
    }

    verdict run() override {
        caller disk("session");
        const session mine = *newest_;
        const auto saved = disk([&] { return mine.serialize(); });
        if (disk.failed()) return judge({&disk}, "");
        const auto again = disk([&] { return session::parse(*saved); });
        if (disk.failed()) return judge({&disk}, "");
        connect_options names = setup_.names;
        names.session = *again;
        conversation between(made_.client, made_.server, names);
        between.shake();
        const char* wrong = "";
        if (between.both_done()) {
            if (!between.client_engine->info().peer_verified) wrong = "the server was not verified";
            if (*wrong == '\0' && !between.talk()) wrong = "data, or the end, did not come as sent";
        } else if (!between.client.failed() && !between.server.failed()) {
            wrong = "nobody failed, and nobody is done";
        }
        return judge({&between.client, &between.server}, wrong);
    }

private:
    static setup& with_sink(setup& s, std::optional<session>& newest) {
        s.client.on_session = [&newest](const session& fresh) { newest = fresh; };
        return s;
    }

    setup setup_;
    std::optional<session> newest_;
    contexts made_;
};

/// The check without a connection.
class verification : public scenario {
public:
    explicit verification(bool good)
        : good_(good), pem_(pki::bytes(good ? "server.crt" : "bad-signature.crt")), options_{.trust = pki::trust()} {
        options_.name = "localhost";
    }
    verdict run() override {
        caller it("verification");
        const auto chain = it([&] { return certificate::parse_all(pem_); });
        if (it.failed()) return judge({&it}, "");
        const auto verified = it([&] { return verify_chain(*chain, options_); });
        if (good_) return judge({&it}, "");
        if (verified) return {verdict::kind::wrong, "a bad signature was accepted"};
        // Without memory for words, the code must do.
        const bool usual = it.failure()->certificate() == cert_errc::bad_signature;
        const bool speechless = *it.failure() == errc::certificate_refused && it.failure()->detail() == nullptr;
        return usual || speechless ? verdict{} : judge({&it}, "");
    }

private:
    bool good_;
    std::string pem_;
    verify_options options_;
};

/// Streams, one of which goes away without a word.
class streams : public scenario {
public:
    explicit streams(const setup& from) : made_(from), names_(from.names) {}

    verdict run() override {
        caller client("client"), server("server");
        std::optional<socket_ends> ends = socket_pair();
        std::optional<stream> left, right;
        wrap(client, left, made_.client, names_, ends->a);
        wrap(server, right, made_.server, {}, ends->b);
        const char* wrong = client.failed() || server.failed() ? "" : meet(client, *left, server, right);
        return judge({&client, &server}, wrong);
    }

private:
    static void wrap(caller& who, std::optional<stream>& into, const context& with, const connect_options& names,
                     unique_fd& fd) {
        (void)who([&]() -> result<void> {
            auto made = stream::wrap(with, fd.get(), names);
            if (!made) return std::unexpected(made.error());
            (void)fd.release();
            into = std::move(*made);
            into->set_blocking(false);
            return {};
        });
    }

    static const char* meet(caller& client, stream& left, caller& server, std::optional<stream>& right) {
        bool done = false;
        for (int turn = 0; turn < 20 && !done; ++turn) {
            const bool l = client([&] { return left.handshake(); }).has_value();
            const bool r = server([&] { return right->handshake(); }).has_value();
            if (client.failed() || server.failed()) break;
            done = l && r;
        }
        std::array<std::byte, 6000> said = {}, heard = {};
        if (!done && !client.failed() && !server.failed()) return "no handshake";
        if (done) {
            stream::writer out(*right);
            (void)server([&] { return out.write(said); });
            (void)server([&] { return out.flush(); });
            (void)client([&] { return left.write_all(said); });
            const auto got = client([&] { return left.read_exactly(heard); });
            if (!got && !client.failed() && !server.failed()) return "nothing came";
        }
        right.reset();  // with data unread: a reset, or the end
        caller later("client, later");
        (void)later([&] { return left.write_all(said); });
        const auto end = later([&] { return left.read_some(heard); });
        if (end && *end == 0) return "the end of a connection that was cut off looks like a goodbye";
        const bool as_usual = later.failed() && later.blame(true).words.empty();
        if (later.failed() && !as_usual && !client.failed()) return "another error than memory, or the peer's end";
        return "";
    }

    contexts made_;
    connect_options names_;
};

// ---- what must not be ----

class forbidden : public scenario {
public:
    forbidden(const setup& from, role victim) : made_(from), names_(from.names), victim_(victim) {}

    verdict run() override {
        conversation between(made_.client, made_.server, names_);
        between.shake();
        const bool client = victim_ == role::client;
        if (client ? between.client_done() : between.server_done()) return {verdict::kind::wrong, "ACCEPTED"};
        if (!between.client.hit() && !between.server.hit()) return {};
        const caller& victim = client ? between.client : between.server;
        if (!victim.failed() && !(client ? between.server : between.client).failed()) {
            return {verdict::kind::wrong, "nobody failed"};
        }
        return {.what = verdict::kind::reported};
    }

private:
    contexts made_;
    connect_options names_;
    role victim_;
};

/// Signs with a key that is not the certificate's.
credentials forged() {
    const auto chain = pki::identity("server").chain();
    std::vector<std::byte> signature = {std::byte{0x30}, std::byte{0x44}};
    for (int number = 0; number < 2; ++number) {
        signature.push_back(std::byte{0x02});
        signature.push_back(std::byte{0x20});
        for (int i = 0; i < 32; ++i) signature.push_back(static_cast<std::byte>(i + 17 * number + 1));
    }
    return or_throw(credentials::with_external_key(
        chain, [signature](signature_scheme, std::span<const std::byte>) -> result<std::vector<std::byte>> {
            return signature;
        }));
}

setup asking(setup s) {
    s.server.client_auth = client_auth::required;
    s.server.client_trust = pki::trust();
    return s;
}

std::string with_version(const char* name, protocol_version version) {
    return std::string(name) + "_" + short_name(version);
}

template <class Scenario, class... Arguments>
maker make(Arguments... arguments) {
    return [=] { return std::make_unique<Scenario>(arguments...); };
}

/// Contexts are made in the child: in the parent, nothing of the library has been touched.
template <class Scenario, class Settings, class... Arguments>
maker make_from(Settings settings, Arguments... arguments) {
    return [=] { return std::make_unique<Scenario>(settings(), arguments...); };
}

}  // namespace

std::vector<named_scenario> sound_scenarios(bool all_of_them) {
    std::vector<named_scenario> all = {{"loading", make<loading>()},
                                       {"opening", make<opening>(), true},
                                       {"verification", make<verification>(true)},
                                       {"verification_of_a_bad_chain", make<verification>(false)}};
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        all.push_back({with_version("connection", version), make_from<connected>([=] { return only(version); })});
        if (version == protocol_version::tls1_2 && !all_of_them) continue;
        all.push_back({with_version("streams", version), make_from<streams>([=] { return only(version); })});
        all.push_back({with_version("connection_rsa", version),
                       make_from<connected>([=] { return only(version, "server-rsa"); })});
        all.push_back({with_version("mutual", version), make_from<mutual>([=] {
                           setup s = asking(only(version));
                           s.client.credentials = {pki::identity("client")};
                           return s;
                       })});
        all.push_back({with_version("resumption", version), make_from<resumption>([=] { return resuming(version); })});
    }
    return all;
}

std::vector<named_scenario> first_scenarios() {
    return {{"loading", make<loading>()}, {"a_connection", make<loading_and_connecting>()}};
}

std::vector<named_scenario> forbidden_scenarios(bool all_of_them) {
    std::vector<named_scenario> all;
    for (const auto version : {protocol_version::tls1_2, protocol_version::tls1_3}) {
        for (const char* server : {"bad-signature", "unknown-ca", "expired", "wrong-name", "self-signed", "not-a-ca"}) {
            if (server != std::string_view("bad-signature") && !all_of_them) continue;
            all.push_back({with_version(server, version),
                           make_from<forbidden>([=] { return only(version, server); }, role::client)});
        }
        all.push_back({with_version("forged", version), make_from<forbidden>(
                                                            [=] {
                                                                setup s = only(version);
                                                                s.server.credentials = {forged()};
                                                                return s;
                                                            },
                                                            role::client)});
        all.push_back({with_version("client_without_certificate", version),
                       make_from<forbidden>([=] { return asking(only(version)); }, role::server)});
        all.push_back({with_version("client_of_unknown_ca", version), make_from<forbidden>(
                                                                          [=] {
                                                                              setup s = asking(only(version));
                                                                              s.client.credentials = {
                                                                                  pki::identity("client-unknown-ca")};
                                                                              return s;
                                                                          },
                                                                          role::server)});
    }
    return all;
}

}  // namespace faults
