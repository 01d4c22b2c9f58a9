// SPDX-License-Identifier: Apache-2.0
// What is looked for in memory: pieces of secrets, kept under a mask, so that a search does not find its own list.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace secrets {

/// What a piece is of. Names as in backends/<name>/leftovers.txt.
enum class kind : unsigned char {
    private_key,
    key_text,  // a private key in PEM form
    passphrase,
    pre_shared_key,
    ticket_secret,
    connection_secret,  // of a handshake, as a key log has it
    key_log_text,
    exported_key,
    planted,  // by a test, to see that it is found
};
constexpr std::size_t kinds = 9;
[[nodiscard]] std::string_view name(kind which) noexcept;

/// From now on, every run of so many bytes of it, one behind the other, is looked for. What is left over of a secret is
/// found when it has two such runs.
void look_for(kind which, std::span<const std::byte> secret, std::size_t run = 8);
/// The same, also from its last byte to its first: as libraries hold large numbers.
void look_for_number(kind which, std::span<const std::byte> number);
void look_for_nothing() noexcept;

/// Calls found(kind, address) for every piece in memory that is ours to read. Allocates nothing.
using found_function = void (*)(void* context, kind which, const std::byte* at);
void search(std::span<const std::byte> memory, found_function found, void* context) noexcept;

}  // namespace secrets
