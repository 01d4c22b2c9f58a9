// SPDX-License-Identifier: Apache-2.0
// OCSP responses: a server's to clients that ask, a server's to core. Botan parses what comes only for
// tls_verify_cert_chain, and drops there what it cannot parse; so the bytes are taken from the messages.
#include <botan/tls_exceptn.h>
#include <botan/tls_extensions.h>
#include <botan/tls_messages.h>

#include "backends/botan/native.hpp"

namespace tlseam::seam {
namespace {

void judge(native_engine& engine, std::optional<der_bytes> response) {
    engine.staple_judged = true;
    if (engine.events.verify_staple(response) == cert_errc::none) return;
    throw Botan::TLS::TLS_Exception(Botan::TLS::AlertType::BadCertificateStatusResponse,
                                    "the OCSP response was refused");
}

bool is_due(const native_engine& engine) {
    return engine.context->asks_for_staple && engine.chain_verified && !engine.staple_judged;
}

}  // namespace

void look_at_staple(native_engine& engine, const Botan::TLS::Handshake_Message& message) {
    if (!is_due(engine)) return;
    if (message.type() == Botan::TLS::Handshake_Type::CertificateStatus) {
        const auto& status = dynamic_cast<const Botan::TLS::Certificate_Status&>(message);
        judge(engine, std::as_bytes(std::span(status.response())));
    } else if (message.type() == Botan::TLS::Handshake_Type::ServerHelloDone) {
        judge(engine, std::nullopt);
    }
}

/// Of a Certificate message in TLS 1.3: called for each certificate, the leaf first, after the message was inspected.
void native_engine::tls_examine_extensions(const Botan::TLS::Extensions& extensions, Botan::TLS::Connection_Side,
                                           Botan::TLS::Handshake_Type message) {
    if (message != Botan::TLS::Handshake_Type::Certificate || !is_due(*this)) return;
    const auto* status = extensions.get<Botan::TLS::Certificate_Status_Request>();
    if (status == nullptr) return judge(*this, std::nullopt);
    judge(*this, std::as_bytes(std::span(status->get_ocsp_response())));
}

/// Nothing: no response is sent.
std::vector<std::uint8_t> native_engine::tls_provide_cert_status(const std::vector<Botan::X509_Certificate>&,
                                                                 const Botan::TLS::Certificate_Status_Request&) {
    if (!context->staple) return {};
    const auto bytes = octets(*context->staple);
    return {bytes.begin(), bytes.end()};
}

}  // namespace tlseam::seam
