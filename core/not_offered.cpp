// SPDX-License-Identifier: Apache-2.0
// Names that exist at IANA and that the settings refuse all the same, with the reason.
#include <algorithm>
#include <array>

#include "core/choose_parameters.hpp"

namespace tlseam::seam {
namespace {

struct refusal {
    std::string_view begin;  // of the name
    std::string_view part;   // anywhere in it
    std::string_view why;
};

constexpr std::string_view unsafe = "its cipher is broken", not_everywhere = "not every backend has it";

// The first that fits counts: the gravest reason.
constexpr std::array<refusal, 21> suites = {{
    {"TLS_", "_SCSV", "it is a signal and no suite"},
    {"TLS_", "_NULL", "it does not encrypt"},
    {"TLS_", "_anon_", "it authenticates nobody"},
    {"TLS_", "_EXPORT_", unsafe},
    {"TLS_", "_RC4_", unsafe},
    {"TLS_", "_RC2_", unsafe},
    {"TLS_", "_DES_", unsafe},
    {"TLS_", "_DES40_", unsafe},
    {"TLS_", "_3DES_", unsafe},
    {"TLS_", "_IDEA_", unsafe},
    {"TLS_RSA_WITH_", "", "it has no forward secrecy"},
    {"TLS_ECDH_", "", "it has no forward secrecy"},
    {"TLS_DH_", "", "it has no forward secrecy"},
    {"TLS_PSK_", "", "it has no forward secrecy"},
    {"TLS_RSA_PSK_", "", "it has no forward secrecy"},
    {"TLS_DHE_", "", "finite-field Diffie-Hellman should not be negotiated any more (RFC 9325 4.1)"},
    {"TLS_", "_CBC_", "it has no authenticated encryption"},
    {"TLS_", "_CCM", not_everywhere},
    {"TLS_", "_ARIA_", not_everywhere},
    {"TLS_", "_CAMELLIA_", not_everywhere},
    {"TLS_", "_SM4_", not_everywhere},
}};

constexpr std::array<refusal, 10> groups = {{
    {"ffdhe", "", "finite-field Diffie-Hellman is not used in TLS 1.2, and elliptic curves are better in TLS 1.3"},
    {"sect", "", "curves over binary fields are obsolete (RFC 8422 5.1.1)"},
    {"secp1", "", "it is too short"},
    {"secp224", "", "it is too short"},
    {"secp256k1", "", "it is obsolete in TLS (RFC 8422 5.1.1)"},
    {"brainpool", "", not_everywhere},
    {"SecP", "MLKEM", not_everywhere},
    {"MLKEM", "", not_everywhere},
    {"X25519Kyber768", "", "it is a draft of X25519MLKEM768"},
    {"arbitrary_explicit_", "", "only named curves are safe (RFC 8422 5.1.1)"},
}};

constexpr std::array<refusal, 8> schemes = {{
    {"", "_sha1", "SHA-1 is broken"},
    {"rsa_pss_pss_", "", "keys that are for RSASSA-PSS alone are not accepted"},
    {"ed448", "", not_everywhere},
    {"ecdsa_brainpool", "", not_everywhere},
    {"mldsa", "", not_everywhere},
    {"slhdsa", "", not_everywhere},
    {"sm2sig_", "", not_everywhere},
    {"gostr", "", not_everywhere},
}};

std::string_view find(std::span<const refusal> known, std::string_view name) noexcept {
    const auto found = std::ranges::find_if(
        known, [&](const refusal& r) { return name.starts_with(r.begin) && name.find(r.part) != name.npos; });
    return found == known.end() ? std::string_view() : found->why;
}

}  // namespace

std::string_view why_not_offered(std::string_view what, std::string_view name) noexcept {
    if (what == "cipher_suites") return find(suites, name);
    return what == "groups" ? find(groups, name) : find(schemes, name);
}

}  // namespace tlseam::seam
