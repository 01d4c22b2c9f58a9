// SPDX-License-Identifier: Apache-2.0
#include "core/external_key.hpp"

#include <string>
#include <utility>

#include "core/der.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

/// A signature is made between a call of the library and its return, in one thread.
thread_local std::optional<error> last_failure;
/// last_failure is something. It is not touched before: the C library needs memory to note what a thread has to
/// destroy, and ends the program when there is none.
thread_local bool has_failed = false;

constexpr std::size_t ed25519_size = 64;

/// SEQUENCE { r, s }, each positive and no longer than the curve's order.
bool is_ecdsa(std::span<const std::byte> signature, std::size_t number_size) {
    const auto outer = der::single(signature, der::tag::sequence);
    if (!outer) return false;
    der::reader in(outer->content);
    for (int i = 0; i < 2; ++i) {
        const auto number = in.expect(der::tag::integer);
        if (!number || !der::is_integer(number->content)) return false;
        const bool negative = (number->content.front() & std::byte{0x80}) != std::byte{0};
        const bool has_sign_byte = number->content.front() == std::byte{0};
        const bool zero = has_sign_byte && number->content.size() == 1;
        if (negative || zero || number->content.size() - (has_sign_byte ? 1 : 0) > number_size) return false;
    }
    return in.at_end();
}

result<std::vector<std::byte>> refuse(std::string why) {
    return fail(errc::callback_failed, "the external key: " + std::move(why));
}

result<std::vector<std::byte>> ask(const sign_callback& sign, std::uint16_t scheme, std::span<const std::byte> input) {
    try {
        return sign(static_cast<signature_scheme>(scheme), input);
    } catch (const std::exception& e) {
        return refuse(std::string("its callback threw: ") + e.what());
    } catch (...) {
        return refuse("its callback threw");
    }
}

}  // namespace

std::size_t external_key::signature_size() const noexcept {
    const std::size_t bytes = (key_bits_ + 7) / 8;
    if (kind_ == key_kind::ed25519) return ed25519_size;
    constexpr std::size_t der_overhead = 9;  // three headers, one of them of three bytes, and two sign bytes
    return kind_ == key_kind::ec ? 2 * bytes + der_overhead : bytes;
}

result<std::vector<std::byte>> external_key::sign(std::uint16_t scheme,
                                                  std::span<const std::byte> input) const noexcept {
    auto made = guarded([&]() -> result<std::vector<std::byte>> {
        auto signature = ask(sign_, scheme, input);
        if (!signature) {
            if (signature.error() == errc::callback_failed) return signature;
            return refuse("its callback refused: " + signature.error().message());
        }
        if (signature->empty()) return refuse("its callback returned nothing");
        const bool good =
            kind_ == key_kind::ec ? is_ecdsa(*signature, (key_bits_ + 7) / 8) : signature->size() == signature_size();
        if (good) return signature;
        return refuse("its callback returned " + std::to_string(signature->size()) +
                      " bytes that are no signature by this kind of key");
    });
    if (!made) {
        last_failure = made.error();
        has_failed = true;
    }
    return made;
}

std::optional<error> external_key::take_failure() noexcept {
    if (!std::exchange(has_failed, false)) return std::nullopt;
    return std::exchange(last_failure, std::nullopt);
}

std::optional<hash_kind> hash_of_scheme(std::uint16_t scheme) noexcept {
    switch (scheme) {
        case 0x0401:
        case 0x0403:
        case 0x0804: return hash_kind::sha256;
        case 0x0501:
        case 0x0503:
        case 0x0805: return hash_kind::sha384;
        case 0x0601:
        case 0x0603:
        case 0x0806: return hash_kind::sha512;
        default: return std::nullopt;
    }
}

}  // namespace tlseam::seam
