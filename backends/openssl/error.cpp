// SPDX-License-Identifier: Apache-2.0
#include <openssl/err.h>
#include <openssl/proverr.h>

#include "backends/openssl/native.hpp"

namespace tlseam::seam {
namespace {

/// Reasons that say more than the alert that goes with them.
errc errc_for_reason(int reason) noexcept {
    switch (reason) {
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_NO_SUITABLE_KEY_SHARE:
        case SSL_R_NO_SUITABLE_GROUPS:
        case SSL_R_NO_SHARED_GROUPS:
        case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
        case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
        case SSL_R_NO_CIPHERS_AVAILABLE: return errc::no_shared_parameters;
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_NO_PROTOCOLS_AVAILABLE:
        case SSL_R_VERSION_TOO_LOW:
        case SSL_R_INAPPROPRIATE_FALLBACK: return errc::no_shared_version;
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return errc::certificate_required;
        case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
        case SSL_R_LENGTH_TOO_SHORT:  // than a tag
        case SSL_R_DECRYPTION_FAILED: return errc::bad_record_mac;
        case SSL_R_EXCESSIVE_MESSAGE_SIZE:
        case SSL_R_DATA_LENGTH_TOO_LONG:
        case SSL_R_ENCRYPTED_LENGTH_TOO_LONG:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
        case SSL_R_TOO_MANY_WARN_ALERTS:
        case SSL_R_RECORD_TOO_SMALL: return errc::too_large;  // empty ones, too many
        case ERR_R_MALLOC_FAILURE: return errc::out_of_memory;
        default: return errc::protocol_error;  // core looks at the alert
    }
}

/// The newest entry of the queue; but where it only says that there was a reason, that reason, which is the oldest.
unsigned long newest_error() noexcept {
    const unsigned long newest = ERR_peek_last_error();
    const bool empty = ERR_GET_LIB(newest) == ERR_LIB_SSL && ERR_GET_REASON(newest) == record_layer_failure;
    return empty ? ERR_peek_error() : newest;
}

}  // namespace

void clear_errors() noexcept { ERR_clear_error(); }

std::unexpected<error> fail_openssl(errc code) noexcept {
    const unsigned long native = newest_error();
    const char* text = native != 0 ? ERR_reason_error_string(native) : nullptr;
    ERR_clear_error();
    return fail_native(code, native, text != nullptr ? text : "");
}

std::unexpected<error> fail_ssl() noexcept {
    const unsigned long native = newest_error();
    if (ERR_GET_LIB(native) == ERR_LIB_SSL) return fail_openssl(errc_for_reason(ERR_GET_REASON(native)));
    // 3.5 gives a record of TLS 1.2 that is shorter than a tag to the cipher, which cannot even begin.
    const bool too_short = ERR_GET_LIB(native) == ERR_LIB_PROV && ERR_GET_REASON(native) == PROV_R_INVALID_AAD;
    return fail_openssl(too_short ? errc::bad_record_mac : errc::protocol_error);
}

}  // namespace tlseam::seam
