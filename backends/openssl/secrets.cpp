// SPDX-License-Identifier: Apache-2.0
// What leaves a connection of its secrets.
#include <algorithm>
#include <array>

#include "backends/openssl/native.hpp"
#include "core/secret.hpp"

namespace tlseam::seam {
namespace {

/// Hexadecimal, as OpenSSL made it, into as much of room as it takes.
std::span<const std::byte> from_hex(std::string_view text, std::span<std::byte> room) noexcept {
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    const std::size_t size = std::min(room.size(), text.size() / 2);
    for (std::size_t i = 0; i < size; ++i) {
        room[i] = static_cast<std::byte>(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
    }
    return room.first(size);
}

/// OpenSSL makes lines of label, client random and secret; core makes its own of what is in them.
void report_line(const SSL* ssl, const char* line) {
    const std::string_view whole(line);
    const auto first = whole.find(' '), second = whole.find(' ', first + 1);
    if (first == whole.npos || second == whole.npos) return;
    std::array<std::byte, SSL3_RANDOM_SIZE> random;
    std::array<std::byte, EVP_MAX_MD_SIZE> secret;
    engine_of(ssl).events.key_log(whole.substr(0, first), from_hex(whole.substr(first + 1, second - first - 1), random),
                                  from_hex(whole.substr(second + 1), secret));
    wipe(secret);
}

}  // namespace

void install_key_log(SSL_CTX* ctx) noexcept { SSL_CTX_set_keylog_callback(ctx, report_line); }

result<void> export_keying_material(native_engine& engine, std::span<std::byte> out, std::string_view label,
                                    std::optional<std::span<const std::byte>> context) noexcept {
    clear_errors();
    const auto given = context.value_or(std::span<const std::byte>());
    const int done = SSL_export_keying_material(
        engine.ssl.get(), reinterpret_cast<unsigned char*>(out.data()), out.size(), label.data(), label.size(),
        reinterpret_cast<const unsigned char*>(given.data()), given.size(), context.has_value() ? 1 : 0);
    if (done == 1) return {};
    return fail_openssl(errc::internal);
}

}  // namespace tlseam::seam
