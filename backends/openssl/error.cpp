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
        case SSL_R_BINDER_DOES_NOT_VERIFY: return errc::psk_refused;
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

bool is_no_memory(unsigned long entry) noexcept { return ERR_GET_REASON(entry) == ERR_R_MALLOC_FAILURE; }

/// Empties the queue. Its newest entry, or where that only says that there was a reason, the newest of TLS below it, or
/// the oldest. But of whoever says that there was no memory, the last: all that follows, follows from that.
unsigned long take_error() noexcept {
    const auto is_reason = [](unsigned long entry) {
        const int reason = ERR_GET_REASON(entry);
        return ERR_GET_LIB(entry) == ERR_LIB_SSL && reason != record_layer_failure && reason != ERR_R_INTERNAL_ERROR;
    };
    const unsigned long newest = ERR_peek_last_error(), oldest = ERR_peek_error();
    unsigned long reason = 0, no_memory = 0;
    for (unsigned long entry = ERR_get_error(); entry != 0; entry = ERR_get_error()) {
        if (is_reason(entry)) reason = entry;
        if (is_no_memory(entry)) no_memory = entry;
    }
    if (no_memory != 0) return no_memory;
    // "Internal error" is what TLS says when the cipher, whose entry is the oldest, could not do something.
    const int last_word = ERR_GET_REASON(newest);
    const bool blames_cipher = last_word == ERR_R_INTERNAL_ERROR && ERR_GET_LIB(oldest) == ERR_LIB_PROV;
    const bool says_nothing =
        ERR_GET_LIB(newest) == ERR_LIB_SSL && (last_word == record_layer_failure || blames_cipher);
    if (!says_nothing) return newest;
    return reason != 0 ? reason : oldest;
}

std::unexpected<error> describe(errc code, unsigned long native) noexcept {
    if (is_no_memory(native)) code = errc::out_of_memory;
    const char* text = native != 0 ? ERR_reason_error_string(native) : nullptr;
    return fail_native(code, native, text != nullptr ? text : "");
}

}  // namespace

/// Before every call, and the queue is empty nearly always: emptying it goes through all of its sixteen places.
void clear_errors() noexcept {
    if (ERR_peek_error() != 0) ERR_clear_error();
}

bool take_out_of_memory() noexcept { return is_no_memory(take_error()); }

std::unexpected<error> fail_openssl(errc code) noexcept { return describe(code, take_error()); }

std::unexpected<error> fail_ssl() noexcept {
    const unsigned long native = take_error();
    if (ERR_GET_LIB(native) == ERR_LIB_SSL) return describe(errc_for_reason(ERR_GET_REASON(native)), native);
    // A record of TLS 1.2 that is shorter than a tag may get as far as the cipher, which cannot even begin: AES-GCM says
    // the first, ChaCha20 the second.
    const int reason = ERR_GET_LIB(native) == ERR_LIB_PROV ? ERR_GET_REASON(native) : 0;
    const bool too_short = reason == PROV_R_INVALID_AAD || reason == PROV_R_INVALID_DATA;
    return describe(too_short ? errc::bad_record_mac : errc::protocol_error, native);
}

}  // namespace tlseam::seam
