// SPDX-License-Identifier: Apache-2.0
// What both ways to use wolfSSL have in common.
#pragma once

// Says how the library was built, and comes before its other headers.
#include <wolfssl/options.h>

#include <wolfssl/ssl.h>

#include <memory>
#include <span>
#include <string>

#include "bench/candidate.hpp"

namespace bench {

struct wolfssl_deleter {
    void operator()(WOLFSSL* ssl) const { wolfSSL_free(ssl); }
};
using wolfssl_ctx_ptr = std::shared_ptr<WOLFSSL_CTX>;
using wolfssl_ptr = std::unique_ptr<WOLFSSL, wolfssl_deleter>;

[[nodiscard]] wolfssl_ctx_ptr wolfssl_client_context();
[[nodiscard]] wolfssl_ctx_ptr wolfssl_server_context();
/// An object without a transport, ready to shake hands.
[[nodiscard]] wolfssl_ptr wolfssl_client(const wolfssl_ctx_ptr& from);
[[nodiscard]] wolfssl_ptr wolfssl_server(const wolfssl_ctx_ptr& from);
/// A handshake and one byte, carried by the callbacks of two contexts of its own.
class wolfssl_memory {
public:
    wolfssl_memory();
    void handshake_and_one_byte() const;

private:
    wolfssl_ctx_ptr client_, server_;
};
/// AES-128-GCM with one key.
void wolfssl_seal(std::span<std::byte> record);
void wolfssl_system_context();

/// WOLFSSL_SUCCESS, or an exception.
void check_wolfssl(int code, const char* what);
/// The same for calls that return a count.
std::size_t count_of_wolfssl(WOLFSSL* ssl, int count, const char* what);

}  // namespace bench
