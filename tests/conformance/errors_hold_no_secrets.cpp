// SPDX-License-Identifier: Apache-2.0
// Whatever is wrong with a key, a passphrase, a ticket secret or a session: no error has a part of it, neither in the
// sentence nor in the library's own words.
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/versions.hpp"
#include "tests/support/visits.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr std::size_t part = 8;  // bytes

std::string hex(std::string_view bytes, const char* digits) {
    std::string out;
    for (const std::byte b : std::as_bytes(std::span(bytes))) {
        out += digits[std::to_integer<unsigned>(b) >> 4];
        out += digits[std::to_integer<unsigned>(b) & 15];
    }
    return out;
}

/// Every part of a secret: as it is, and in hexadecimal.
class parts {
public:
    parts() = default;
    explicit parts(std::string_view secret) { add(secret); }
    void add(std::string_view secret) {
        for (std::size_t i = 0; i + part <= secret.size(); ++i) {
            const auto piece = secret.substr(i, part);
            all_.emplace(piece);
            all_.insert(hex(piece, "0123456789abcdef"));
            all_.insert(hex(piece, "0123456789ABCDEF"));
        }
    }
    /// The first part that text has; empty: none.
    [[nodiscard]] std::string in(std::string_view text) const {
        for (const std::size_t size : {part, 2 * part}) {
            for (std::size_t i = 0; i + size <= text.size(); ++i) {
                if (const auto found = all_.find(text.substr(i, size)); found != all_.end()) return *found;
            }
        }
        return "";
    }

private:
    std::set<std::string, std::less<>> all_;
};

void expect_silent(const error& e, const parts& secret) {
    std::string said = e.message();
    if (e.detail() != nullptr) said += "\n" + e.detail()->message + "\n" + std::string(e.detail()->native_text);
    EXPECT_EQ(secret.in(said), "") << said;
}

template <class T>
bool silent(const result<T>& r, const parts& secret) {
    if (!r) expect_silent(r.error(), secret);
    return !r;
}

constexpr std::string_view begin = "-----BEGIN ", dashes = "-----";

/// The base64 of a PEM file.
std::string body(const std::string& pem) {
    const auto first = pem.find('\n') + 1;
    return pem.substr(first, pem.find(dashes, first) - first);
}

/// The ways in which a text is cut off or changed in one place, some twelve of each.
template <class Use>
void for_each_defect(const std::string& good, Use&& use) {
    const std::size_t step = good.size() / 12 + 1;
    for (std::size_t at = 0; at < good.size(); at += step) use(good.substr(0, at));
    for (const char c : {'!', '\n', '-', '=', 'A', '\0', '\xff'}) {
        for (std::size_t at = 0; at < good.size(); at += step) {
            std::string bad = good;
            bad[at] = c;
            use(bad);
        }
    }
}

class errors_hold_no : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(keys, errors_hold_no,
                         testing::Values("server.key", "server-sec1.key", "server-rsa-pkcs1.key",
                                         "server-encrypted.key", "server-legacy-encrypted.key", "server.key.der",
                                         "server-ed25519.key"),
                         [](const auto& one) {
                             std::string name = one.param;
                             std::ranges::replace_if(
                                 name, [](char c) { return c == '.' || c == '-'; }, '_');
                             return name;
                         });

TEST_P(errors_hold_no, part_of_a_broken_key) {
    const std::string key = pki::bytes(GetParam()), chain = pki::bytes("server.crt");
    const parts secret(key.starts_with(begin) ? body(key) : key);
    int refused = 0;
    for_each_defect(key, [&](const std::string& bad) {
        refused += silent(credentials::parse_cert_chain(chain, bad, pki::passphrase), secret);
        refused += silent(credentials::parse_cert_chain(bad, bad, pki::passphrase), secret);
        refused += silent(certificate::parse_all(bad), secret);
    });
    EXPECT_GT(refused, 150);
}

TEST_P(errors_hold_no, part_of_a_key_in_a_wrong_place) {
    const std::string key = pki::bytes(GetParam()), chain = pki::bytes("server.crt");
    if (!key.starts_with(begin)) {
        EXPECT_TRUE(silent(credentials::parse_cert_chain(key, chain), parts(key)));
        return;
    }
    const std::string text = body(key);
    std::string line = text;
    std::erase(line, '\n');
    const parts secret(text + line);
    const std::string label = "PRIVATE KEY", end = "-----END PRIVATE KEY-----\n";
    for (const std::string& bad : {
             std::string(begin) + line + std::string(dashes) + "\n" + text + end,       // in the place of the label
             std::string(begin) + label + std::string(dashes) + line + "\n" + end,      // behind it
             std::string(begin) + label + std::string(dashes) + "\n-----END " + line,   // at the end
             std::string(begin) + label + std::string(dashes) + "\n" + line + ": a\n",  // as a header
             text,                                                                      // without anything around it
             end + key,
             key + key,
             key.substr(0, key.size() / 2) + "\n" + key,
             std::string(begin) + "CERTIFICATE" + std::string(dashes) + "\n" + text + "-----END CERTIFICATE-----\n",
             std::string(begin) + "OPENSSH PRIVATE KEY" + std::string(dashes) + "\n" + text +
                 "-----END OPENSSH PRIVATE KEY-----\n",
         }) {
        EXPECT_TRUE(silent(credentials::parse_cert_chain(chain, bad), secret));
        EXPECT_TRUE(silent(credentials::parse_cert_chain(bad, bad), secret));
        EXPECT_TRUE(silent(trust_store::parse(bad), secret));
        EXPECT_TRUE(silent(credentials::parse_pkcs12(std::as_bytes(std::span(bad)), std::nullopt), secret));
    }
    EXPECT_TRUE(silent(credentials::parse_cert_chain(pki::bytes("client.crt"), key), secret));
}

TEST(errors, hold_no_part_of_a_passphrase) {
    const std::string chain = pki::bytes("server.crt"), key = pki::bytes("server-encrypted.key");
    const std::string p12 = pki::bytes("server.p12");
    const auto file = std::as_bytes(std::span(p12));
    for (const std::string& wrong : {std::string("correct horse battery staple"), std::string("no UTF-8: \xff\xfe\xc0"),
                                     std::string("with\0zeros\0in it", 16), std::string(5000, 'x')}) {
        const parts secret(wrong);
        const auto answer = [&]() -> result<std::string> { return wrong; };
        EXPECT_TRUE(silent(credentials::parse_cert_chain(chain, key, wrong), secret));
        EXPECT_TRUE(silent(credentials::parse_cert_chain(chain, key, passphrase_callback(answer)), secret));
        EXPECT_TRUE(silent(credentials::parse_pkcs12(file, wrong), secret));
        EXPECT_TRUE(silent(credentials::parse_pkcs12(file, passphrase_callback(answer)), secret));
        EXPECT_TRUE(silent(
            credentials::load_cert_chain(pki::file("server.crt"), pki::file("server-encrypted.key"), wrong), secret));
    }
}

TEST(errors, hold_no_part_of_a_broken_pkcs12) {
    const std::string file = pki::bytes("pkcs12/clear.p12");  // nothing in it is encrypted
    std::string scalar = pki::bytes("server.key.der").substr(36, 32);
    const parts secret(scalar);
    ASSERT_NE(file.find(scalar), file.npos);
    int refused = 0;
    for_each_defect(file, [&](const std::string& bad) {
        refused += silent(credentials::parse_pkcs12(std::as_bytes(std::span(bad)), std::nullopt), secret);
    });
    EXPECT_GT(refused, 10);
}

std::vector<std::byte> random_like(std::size_t size) {
    std::vector<std::byte> out(size);
    unsigned x = 1;
    for (std::byte& each : out) each = static_cast<std::byte>((x = x * 1103515245 + 12345) >> 16);
    return out;
}

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(errors, hold_no_part_of_a_shared_key) {
    const auto key = random_like(200);
    const parts secret(text_of(key));
    const std::span<const std::byte> all(key);
    for (const std::size_t size : {0U, 8U, 15U, 65U, 200U}) {
        EXPECT_TRUE(silent(external_psk::make("device 17", all.first(size)), secret));
        EXPECT_TRUE(silent(external_psk::make_tls1_2("device 17", all.first(size)), secret));
    }
    EXPECT_TRUE(silent(external_psk::make("", all.first(32)), secret));
    EXPECT_TRUE(silent(external_psk::make("device 17", all.first(32), static_cast<psk_hash>(7)), secret));
    const auto one = or_throw(external_psk::make("device 17", all.first(32)));
    const auto older = or_throw(external_psk::make_tls1_2("device 17", all.first(32)));
    EXPECT_TRUE(silent(context::client({.min_version = protocol_version::tls1_3, .psk = older}), secret));
    EXPECT_TRUE(silent(context::server({.min_version = protocol_version::tls1_3, .psks = {one, one}}), secret));
    EXPECT_TRUE(silent(context::server({.psks = {one, older}}), secret));
}

TEST(errors, hold_no_part_of_a_ticket_secret) {
    const auto key = random_like(200);
    const parts secret(text_of(key));
    const std::span<const std::byte> all(key);
    for (const std::size_t size : {0U, 31U, 33U, 200U}) EXPECT_TRUE(silent(ticket_keys::from(all.first(size)), secret));
    const auto one = all.first(32);
    EXPECT_TRUE(silent(ticket_keys::from(one, {one}), secret));
    EXPECT_TRUE(
        silent(ticket_keys::from(one, {all.subspan(1, 32), all.subspan(2, 32), all.subspan(3, 32), all.subspan(4, 32)}),
               secret));
}

class errors_of_connections : public in_each_version {};
INSTANTIATE_TEST_SUITE_P(versions, errors_of_connections, both_versions(), version_name());

TEST_P(errors_of_connections, hold_no_part_of_a_shared_key) {
    const auto key = random_like(64);
    const parts secret(text_of(key));
    const auto make = [&](std::size_t at) {
        const auto bytes = std::span(key).subspan(at, 32);
        return or_throw(is_tls1_3() ? external_psk::make("device 17", bytes)
                                    : external_psk::make_tls1_2("device 17", bytes));
    };
    setup s{.client = {.min_version = version(), .max_version = version(), .psk = make(0)},
            .server = {.min_version = version(), .max_version = version(), .psks = {make(32)}},
            .names = {}};
    auto pair = new_pair(s);
    const auto seen = run_handshake(pair);
    EXPECT_TRUE(silent(seen.client, secret));
    EXPECT_TRUE(silent(seen.server, secret));
}

TEST_P(errors_of_connections, hold_no_part_of_a_session) {
    auto s = resuming(version());
    const session_list sessions;
    s.client.on_session = sessions.sink();
    (void)visit_once(contexts(s));
    const auto bytes = or_throw(sessions.last().serialize());
    const std::string good(text_of(bytes));
    // What names library and version is no secret, and is said.
    const parts secret(std::string_view(good).substr(64));
    int refused = 0;
    for_each_defect(good, [&](const std::string& bad) {
        refused += silent(session::parse(std::as_bytes(std::span(bad))), secret);
    });
    EXPECT_GT(refused, 70);
}

}  // namespace
