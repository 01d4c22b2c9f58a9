// SPDX-License-Identifier: Apache-2.0
#include "cli/front/certificate_facts.hpp"

#include <arpa/inet.h>
#include <gnutls/x509.h>

#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <type_traits>

#include "cli/time.hpp"

namespace cli::front {
namespace {

std::string ip_text(std::string_view bytes) {
    std::array<char, INET6_ADDRSTRLEN> text;
    const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
    if (bytes.size() != 4 && bytes.size() != 16) return "?";
    return inet_ntop(family, bytes.data(), text.data(), text.size());
}

std::vector<std::string> names_of(gnutls_x509_crt_t parsed) {
    std::vector<std::string> out;
    std::array<char, 256> buffer;
    for (unsigned i = 0;; ++i) {
        std::size_t size = buffer.size();
        const int type = gnutls_x509_crt_get_subject_alt_name(parsed, i, buffer.data(), &size, nullptr);
        if (type == GNUTLS_E_SHORT_MEMORY_BUFFER) continue;  // longer than a host name can be
        if (type < 0) return out;
        const std::string_view value(buffer.data(), size);
        if (type == GNUTLS_SAN_DNSNAME) out.emplace_back(value);
        if (type == GNUTLS_SAN_IPADDRESS) out.push_back(ip_text(value));
    }
}

}  // namespace

certificate_facts facts_of(const std::string& pem) {
    gnutls_x509_crt_t made = nullptr;
    if (gnutls_x509_crt_init(&made) < 0) throw std::bad_alloc();
    const std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, void (*)(gnutls_x509_crt_t)> parsed(
        made, gnutls_x509_crt_deinit);
    const gnutls_datum_t data = {reinterpret_cast<unsigned char*>(const_cast<char*>(pem.data())),
                                 static_cast<unsigned>(pem.size())};
    if (gnutls_x509_crt_import(made, &data, GNUTLS_X509_FMT_PEM) < 0) {
        throw std::runtime_error("is not a certificate in PEM form");
    }
    const std::chrono::seconds end(gnutls_x509_crt_get_expiration_time(made));
    return {names_of(made), time_text(std::chrono::sys_seconds(end))};
}

}  // namespace cli::front
