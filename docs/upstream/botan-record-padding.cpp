// SPDX-License-Identifier: Apache-2.0
// Two ends of a TLS 1.3 connection in memory. One encrypts 64 MiB, the other decrypts them; says how long each took.
// usage: botan-record-padding CERTIFICATE KEY     PEM; a self-signed one will do
#include <botan/auto_rng.h>
#include <botan/credentials_manager.h>
#include <botan/data_src.h>
#include <botan/pkcs8.h>
#include <botan/tls.h>
#include <botan/tls_session_manager_noop.h>
#include <botan/x509cert.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <vector>

namespace tls = Botan::TLS;

struct credentials final : Botan::Credentials_Manager {
    credentials(const char* certificate, const char* key) : chain{Botan::X509_Certificate(certificate)} {
        Botan::DataSource_Stream from(key);
        private_key = Botan::PKCS8::load_key(from);
    }
    std::vector<Botan::X509_Certificate> cert_chain(const std::vector<std::string>&,
                                                    const std::vector<Botan::AlgorithmIdentifier>&,
                                                    const std::string& type, const std::string&) override {
        return type == "tls-server" ? chain : std::vector<Botan::X509_Certificate>();
    }
    std::shared_ptr<Botan::Private_Key> private_key_for(const Botan::X509_Certificate&, const std::string&,
                                                        const std::string&) override {
        return private_key;
    }
    std::vector<Botan::X509_Certificate> chain;
    std::shared_ptr<Botan::Private_Key> private_key;
};

struct end final : tls::Callbacks {
    void tls_emit_data(std::span<const std::uint8_t> data) override { out.insert(out.end(), data.begin(), data.end()); }
    void tls_record_received(std::uint64_t, std::span<const std::uint8_t> data) override { received += data.size(); }
    void tls_alert(tls::Alert) override {}
    // The certificate is not what this is about.
    void tls_verify_cert_chain(const std::vector<Botan::X509_Certificate>&,
                               const std::vector<std::optional<Botan::OCSP::Response>>&,
                               const std::vector<Botan::Certificate_Store*>&, Botan::Usage_Type, std::string_view,
                               const tls::Policy&) override {}
    std::vector<std::uint8_t> out;
    std::size_t received = 0;
};

void carry(end& from, tls::Channel& to) {
    std::vector<std::uint8_t> bytes;
    bytes.swap(from.out);
    if (!bytes.empty()) to.received_data(bytes);
}

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const auto rng = std::make_shared<Botan::AutoSeeded_RNG>();
    const auto sessions = std::make_shared<tls::Session_Manager_Noop>();
    const auto identity = std::make_shared<credentials>(argv[1], argv[2]);
    const auto policy = std::make_shared<tls::Text_Policy>("allow_tls12 = false\nallow_tls13 = true\nciphers = AES-128/GCM\n");
    const auto at_client = std::make_shared<end>(), at_server = std::make_shared<end>();
    tls::Server server(at_server, sessions, identity, policy, rng);
    tls::Client client(at_client, sessions, identity, policy, rng, tls::Server_Information("localhost"),
                       tls::Protocol_Version::TLS_V13);
    while (!client.is_handshake_complete() || !server.is_handshake_complete()) {
        carry(*at_client, server);
        carry(*at_server, client);
    }

    using clock = std::chrono::steady_clock;
    constexpr std::size_t mebibytes = 64;
    const std::vector<std::uint8_t> data(1 << 20);
    std::chrono::duration<double> sending(0), receiving(0);
    for (std::size_t i = 0; i < mebibytes; ++i) {
        auto begin = clock::now();
        for (std::size_t at = 0; at < data.size(); at += 65536) client.send(data.data() + at, 65536);
        sending += clock::now() - begin;
        std::vector<std::uint8_t> bytes;
        bytes.swap(at_client->out);
        begin = clock::now();
        // 50,000 bytes at a time: pieces that do not end where records end.
        for (std::size_t at = 0; at < bytes.size(); at += 50000) {
            server.received_data(bytes.data() + at, std::min<std::size_t>(50000, bytes.size() - at));
        }
        receiving += clock::now() - begin;
    }
    std::printf("%zu MiB: encrypted at %.0f MB/s, decrypted at %.0f MB/s\n", at_server->received >> 20,
                1.048576 * mebibytes / sending.count(), 1.048576 * mebibytes / receiving.count());
}
