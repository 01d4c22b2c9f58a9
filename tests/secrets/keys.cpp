// SPDX-License-Identifier: Apache-2.0
// Private keys and their passphrases, in every form in which they are loaded.
#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/secrets/inputs.hpp"
#include "tests/secrets/look.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/versions.hpp"

using namespace tlseam;
using namespace tlseam_test;

namespace secrets {
namespace {

using loaded = result<credentials>;

class keys : public testing::TestWithParam<protocol_version> {
protected:
    /// Says what is to be looked for, loads, and uses the key on a server. alive: it is there as long as it is needed.
    static void use(const std::function<loaded()>& load, std::string_view key = "server.key") {
        expect_gone([&] {
            look_for_key(key);
            auto identity = load();
            const bool encrypted =
                !identity && (identity.error() == errc::internal || identity.error() == errc::wrong_passphrase);
            if (encrypted && !has_cryptography()) return;
            ASSERT_TRUE(ok(identity));
            EXPECT_EQ(is_in_memory(kind::private_key), has_cryptography());
            auto server = server_of(GetParam(), *std::move(identity));
            const auto made = context::server(server);
            if (!made && made.error() == errc::unsupported) return;  // no scheme for this kind of key
            talk(client_of(GetParam()), server);
        });
    }
};
INSTANTIATE_TEST_SUITE_P(versions, keys, both_versions(), version_name());

TEST_P(keys, of_a_pem_file_are_gone) {
    use([] { return credentials::load_cert_chain(pki::file("server.crt"), pki::file("server.key")); });
}

TEST_P(keys, of_a_der_file_are_gone) {
    use([] { return credentials::load_cert_chain(pki::file("server.crt"), pki::file("server.key.der")); });
}

TEST_P(keys, in_the_form_of_sec1_are_gone) {
    use([] { return credentials::load_cert_chain(pki::file("server.crt"), pki::file("server-sec1.key")); },
        "server-sec1.key");
}

TEST_P(keys, in_the_form_of_pkcs1_are_gone) {
    use([] { return credentials::load_cert_chain(pki::file("server-rsa.crt"), pki::file("server-rsa-pkcs1.key")); },
        "server-rsa-pkcs1.key");
}

TEST_P(keys, on_ed25519_are_gone) {
    use([] { return credentials::load_cert_chain(pki::file("server-ed25519.crt"), pki::file("server-ed25519.key")); },
        "server-ed25519.key");
}

TEST_P(keys, from_memory_are_gone) {
    use([] {
        const page key = read_into_page(pki::file("server.key")), chain = read_into_page(pki::file("server.crt"));
        return credentials::parse_cert_chain(chain.text(), key.text());
    });
}

TEST_P(keys, of_a_pkcs12_file_are_gone) {
    use([] { return credentials::load_pkcs12(pki::file("passphrases/long.p12"), passphrase("long").text()); });
}

TEST_P(keys, of_a_pkcs12_file_that_is_not_encrypted_are_gone) {
    use([] { return credentials::load_pkcs12(pki::file("pkcs12/clear.p12"), std::nullopt); });
}

TEST_P(keys, under_a_passphrase_are_gone_and_so_is_it) {
    use([] {
        return credentials::load_cert_chain(pki::file("server.crt"), pki::file("passphrases/long.key"),
                                            passphrase("long").text());
    });
}

/// Made in its place, as a program should: what a string is moved out of, or copied from, is the program's to wipe.
passphrase_callback answering(std::string_view name) {
    return [name]() -> result<std::string> {
        const page text = passphrase(name);
        return result<std::string>(std::in_place, text.text());
    };
}

TEST_P(keys, under_a_passphrase_of_a_callback_are_gone_and_so_is_it) {
    use([] {
        return credentials::load_cert_chain(pki::file("server.crt"), pki::file("passphrases/long.key"),
                                            answering("long"));
    });
    use([] { return credentials::load_pkcs12(pki::file("passphrases/long.p12"), answering("long")); });
}

// A string that keeps it within itself leaves a copy behind when it is moved.
TEST_P(keys, under_a_short_passphrase_of_a_callback_are_gone_and_so_is_it) {
    use([] {
        return credentials::load_cert_chain(pki::file("server.crt"), pki::file("passphrases/short.key"),
                                            answering("short"));
    });
}

TEST_P(keys, that_are_not_opened_leave_no_passphrase) {
    expect_gone([] {
        const auto wrong = errc::wrong_passphrase;
        const auto chain = pki::file("server.crt"), key = pki::file("passphrases/short.key");
        EXPECT_TRUE(fails_with(credentials::load_cert_chain(chain, key, passphrase("long").text()), wrong));
        EXPECT_TRUE(fails_with(credentials::load_cert_chain(chain, key, answering("long")), wrong));
        EXPECT_FALSE(credentials::load_pkcs12(pki::file("pkcs12/rsa.p12"), answering("long")));
    });
}

TEST_P(keys, that_are_refused_are_gone) {
    expect_gone([] {
        look_for_key("server.key");
        const auto key = pki::file("server.key");
        if (has_cryptography()) {
            EXPECT_TRUE(fails_with(credentials::load_cert_chain(pki::file("client.crt"), key), errc::key_mismatch));
        }
        EXPECT_TRUE(fails_with(credentials::load_cert_chain(key, key), errc::no_certificate));
        const page pem = read_into_page(key), chain = read_into_page(pki::file("server.crt"));
        for (const std::size_t size : {pem.text().size() / 2, pem.text().size() - 30}) {
            EXPECT_TRUE(fails_with(credentials::parse_cert_chain(chain.text(), pem.text().substr(0, size)),
                                   errc::malformed_key));
        }
    });
}

/// A pipe that has the key, and then so much text that whoever reads it needs more room again and again.
class long_pipe {
public:
    long_pipe() {
        constexpr std::size_t more = 200'000;
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
        in_ = ends[0];
        const page key = read_into_page(pki::file("server.key"));
        const std::string text(more, '\n');
        const bool written =
            ::fcntl(ends[1], F_SETPIPE_SZ, 2 * more) > 0 && write(ends[1], key.text()) && write(ends[1], text);
        ::close(ends[1]);
        if (!written) throw std::runtime_error("a pipe has no room");
    }
    ~long_pipe() { ::close(in_); }
    long_pipe(const long_pipe&) = delete;
    long_pipe& operator=(const long_pipe&) = delete;
    [[nodiscard]] std::string path() const { return "/dev/fd/" + std::to_string(in_); }

private:
    static bool write(int to, std::string_view text) {
        return ::write(to, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    }
    int in_ = -1;
};

TEST_P(keys, of_a_long_pipe_are_gone) {
    use([] { return credentials::load_cert_chain(pki::file("server.crt"), long_pipe().path()); });
}

TEST_P(keys, in_a_file_that_is_too_large_are_gone) {
    expect_gone([] {
        look_for_key("server.key");
        const temp_dir place;
        const auto file = place.path() / "large";
        std::filesystem::copy_file(pki::file("server.key"), file);
        std::filesystem::resize_file(file, std::uintmax_t{17} << 20);
        EXPECT_TRUE(fails_with(credentials::load_cert_chain(pki::file("server.crt"), file), errc::too_large));
    });
}

TEST_P(keys, of_a_client_are_gone) {
    expect_gone([] {
        look_for_key("client.key");
        auto client = client_of(GetParam());
        client.credentials = {or_throw(credentials::load_cert_chain(pki::file("client.crt"), pki::file("client.key")))};
        auto server = server_of(GetParam(), pki::identity("server"));
        server.client_auth = client_auth::required;
        server.client_trust = pki::trust();
        talk(client, server);
    });
}

}  // namespace
}  // namespace secrets
