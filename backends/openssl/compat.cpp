// SPDX-License-Identifier: Apache-2.0
// Everything that depends on the version of OpenSSL, asked at run time where it can be.
#include <openssl/err.h>

#include <algorithm>
#include <new>

#include "backends/openssl/native.hpp"

namespace tlseam::seam {
namespace {

const char* group_word(std::uint16_t group) noexcept {
    switch (group) {
        case 0x0017: return "P-256";
        case 0x0018: return "P-384";
        case 0x0019: return "P-521";
        case 0x001d: return "X25519";
        case 0x001e: return "X448";
        case 0x11ec: return "X25519MLKEM768";  // since 3.5
        default: return nullptr;
    }
}

enum class answer : std::uint8_t { none, yes, no };

/// none: there was no memory to ask with.
answer ask_for_group(const char* word) noexcept {
    clear_errors();
    const ssl_ctx_ptr ctx(SSL_CTX_new_ex(library(), nullptr, TLS_method()));
    if (ctx && SSL_CTX_set1_groups_list(ctx.get(), word) == 1) return answer::yes;
    return take_out_of_memory() || !ctx ? answer::none : answer::no;
}

}  // namespace

bool has_group(std::uint16_t group) {
    if (group != 0x11ec) return group_word(group) != nullptr;
    static constinit made_once<answer> known(answer::none);
    const answer said = known.get([] { return ask_for_group("X25519MLKEM768"); });
    if (said == answer::none) throw std::bad_alloc();
    return said == answer::yes;
}

std::string group_list(std::span<const std::uint16_t> groups, std::span<const std::uint16_t> key_shares) {
    // Every version sends a share of the first group. More of them need the marks of 3.5, and a hybrid group too.
    const bool marks = key_shares.size() > 1;
    std::string out;
    for (const std::uint16_t group : groups) {
        if (!out.empty()) out += ':';
        if (marks && std::ranges::find(key_shares, group) != key_shares.end()) out += '*';
        out += group_word(group);
    }
    return out;
}

}  // namespace tlseam::seam
