// SPDX-License-Identifier: Apache-2.0
#include "core/certificate_request.hpp"

#include "core/first_message.hpp"

namespace tlseam::seam {
namespace {

using bytes = std::span<const std::byte>;

bool parse_schemes(bytes list, certificate_request& out) {
    for (cursor in(list); !in.at_end();) {
        const auto scheme = in.number(2);
        if (!scheme) return false;
        out.signature_schemes.push_back(static_cast<std::uint16_t>(*scheme));
    }
    return true;
}

bool parse_authorities(bytes list, certificate_request& out) {
    for (cursor in(list); !in.at_end();) {
        const auto name = in.vector(2);
        if (!name) return false;
        out.authorities.push_back(*name);
    }
    return true;
}

bool parse_tls1_2(cursor in, certificate_request& out) {
    const auto types = in.vector(1), schemes = in.vector(2), authorities = in.vector(2);
    if (!types || !schemes || !authorities || !in.at_end()) return false;
    for (const std::byte type : *types) out.types.push_back(std::to_integer<std::uint8_t>(type));
    return parse_schemes(*schemes, out) && parse_authorities(*authorities, out);
}

bool parse_tls1_3(cursor in, certificate_request& out) {
    constexpr std::uint16_t signature_algorithms = 13, certificate_authorities = 47;
    const auto context = in.vector(1), extensions = in.vector(2);
    if (!context || !extensions || !in.at_end()) return false;
    for (cursor all(*extensions); !all.at_end();) {
        const auto type = all.number(2);
        const auto body = all.vector(2);
        if (!type || !body) return false;
        if (*type != signature_algorithms && *type != certificate_authorities) continue;
        cursor inside(*body);
        const auto list = inside.vector(2);
        if (!list || !inside.at_end()) return false;
        const bool good = *type == signature_algorithms ? parse_schemes(*list, out) : parse_authorities(*list, out);
        if (!good) return false;
    }
    return true;
}

}  // namespace

std::optional<certificate_request> parse_certificate_request(protocol_version version, bytes body) {
    certificate_request out;
    out.tls1_3 = version == protocol_version::tls1_3;
    const bool good = out.tls1_3 ? parse_tls1_3(cursor(body), out) : parse_tls1_2(cursor(body), out);
    if (!good) return std::nullopt;
    return out;
}

}  // namespace tlseam::seam
