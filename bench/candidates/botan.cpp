// SPDX-License-Identifier: Apache-2.0
#include "bench/candidates/botan.hpp"

#include <botan/aead.h>
#include <botan/auto_rng.h>
#include <botan/certstor.h>
#include <botan/certstor_system.h>
#include <botan/data_src.h>
#include <botan/pkcs8.h>
#include <botan/tls_session_manager_noop.h>

#include <array>
#include <stdexcept>
#include <vector>

namespace bench {
namespace {

class test_credentials final : public Botan::Credentials_Manager {
public:
    test_credentials() : store_(Botan::X509_Certificate(certificate_file("root.crt"))) {
        Botan::DataSource_Stream chain(certificate_file("server.crt"));
        while (!chain.end_of_data() && chain_.size() < 2) chain_.emplace_back(chain);
        Botan::DataSource_Stream key(certificate_file("server.key"));
        key_ = Botan::PKCS8::load_key(key);
    }
    std::vector<Botan::Certificate_Store*> trusted_certificate_authorities(const std::string& type,
                                                                           const std::string&) override {
        return type == "tls-client" ? std::vector<Botan::Certificate_Store*>{&store_}
                                    : std::vector<Botan::Certificate_Store*>();
    }
    std::vector<Botan::X509_Certificate> cert_chain(const std::vector<std::string>&,
                                                    const std::vector<Botan::AlgorithmIdentifier>&,
                                                    const std::string& type, const std::string&) override {
        return type == "tls-server" ? chain_ : std::vector<Botan::X509_Certificate>();
    }
    std::shared_ptr<Botan::Private_Key> private_key_for(const Botan::X509_Certificate&, const std::string&,
                                                        const std::string&) override {
        return key_;
    }

private:
    Botan::Certificate_Store_In_Memory store_;
    std::vector<Botan::X509_Certificate> chain_;
    std::shared_ptr<Botan::Private_Key> key_;
};

constexpr const char* policy_text =
    "allow_tls12 = false\n"
    "allow_tls13 = true\n"
    "ciphers = AES-128/GCM\n"
    "key_exchange_groups = x25519\n"
    "require_cert_revocation_info = false\n";

/// Keeps what is to be sent for the other end.
class memory_end final : public Botan::TLS::Callbacks {
public:
    void tls_emit_data(std::span<const std::uint8_t> data) override { out.insert(out.end(), data.begin(), data.end()); }
    void tls_record_received(std::uint64_t, std::span<const std::uint8_t> data) override { received += data.size(); }
    void tls_alert(Botan::TLS::Alert) override {}
    void carry_to(Botan::TLS::Channel& other) {
        std::vector<std::uint8_t> taken;
        taken.swap(out);
        if (!taken.empty()) other.received_data(taken);
    }

    std::vector<std::uint8_t> out;
    std::size_t received = 0;
};

}  // namespace

std::unique_ptr<Botan::TLS::Channel> botan_parts::client(std::shared_ptr<Botan::TLS::Callbacks> callbacks) const {
    return std::make_unique<Botan::TLS::Client>(std::move(callbacks), sessions, credentials, policy, rng,
                                                Botan::TLS::Server_Information(server_name),
                                                Botan::TLS::Protocol_Version::TLS_V13);
}

std::unique_ptr<Botan::TLS::Channel> botan_parts::server(std::shared_ptr<Botan::TLS::Callbacks> callbacks) const {
    return std::make_unique<Botan::TLS::Server>(std::move(callbacks), sessions, credentials, policy, rng);
}

botan_parts make_botan_parts(std::shared_ptr<Botan::RandomNumberGenerator> rng) {
    return {.rng = std::move(rng),
            .sessions = std::make_shared<Botan::TLS::Session_Manager_Noop>(),
            .credentials = std::make_shared<test_credentials>(),
            .policy = std::make_shared<Botan::TLS::Text_Policy>(policy_text)};
}

void botan_handshake_in_memory(const botan_parts& parts) {
    const auto at_client = std::make_shared<memory_end>(), at_server = std::make_shared<memory_end>();
    const auto server = parts.server(at_server), client = parts.client(at_client);
    while (!client->is_handshake_complete() || !server->is_handshake_complete()) {
        at_client->carry_to(*server);
        at_server->carry_to(*client);
    }
    constexpr std::array<std::uint8_t, 1> byte = {7};
    client->send(byte);
    at_client->carry_to(*server);
    if (at_server->received != 1) throw std::runtime_error("no byte came");
}

void botan_seal(std::span<std::byte> record) {
    static Botan::AEAD_Mode* const cipher = [] {
        auto made = Botan::AEAD_Mode::create_or_throw("AES-128/GCM", Botan::Cipher_Dir::Encryption);
        made->set_key(std::array<std::uint8_t, 16>());
        return made.release();
    }();
    static Botan::secure_vector<std::uint8_t> out;
    const auto* data = reinterpret_cast<const std::uint8_t*>(record.data());
    out.reserve(record.size() + 16);
    out.assign(data, data + record.size());
    cipher->set_associated_data(std::array<std::uint8_t, 5>());
    cipher->start(std::array<std::uint8_t, 12>());
    cipher->finish(out);
}

void botan_system_store() { const Botan::System_Certificate_Store store; }

}  // namespace bench
