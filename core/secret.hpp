// SPDX-License-Identifier: Apache-2.0
// Memory that held a private key or a passphrase is wiped before it is given back.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tlseam::seam {

/// Overwrites with zeros in a way that the compiler does not remove.
void wipe(std::span<std::byte> bytes) noexcept;

/// Owning bytes, wiped when destroyed or assigned over. Never grows in place: growing would leave copies behind.
class secret_bytes {
public:
    secret_bytes() = default;
    explicit secret_bytes(std::vector<std::byte> bytes) noexcept : bytes_(std::move(bytes)) {}
    ~secret_bytes() { wipe(bytes_); }
    secret_bytes(secret_bytes&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
    secret_bytes& operator=(secret_bytes&& other) noexcept {
        if (this != &other) {
            wipe(bytes_);
            bytes_ = std::move(other.bytes_);
            other.bytes_.clear();
        }
        return *this;
    }

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

private:
    std::vector<std::byte> bytes_;
};

/// Wipes a string at the end of a scope.
class wipe_at_exit {
public:
    explicit wipe_at_exit(std::string& text) noexcept : text_(text) {}
    ~wipe_at_exit() { wipe(std::as_writable_bytes(std::span(text_))); }
    wipe_at_exit(const wipe_at_exit&) = delete;
    wipe_at_exit& operator=(const wipe_at_exit&) = delete;

private:
    std::string& text_;
};

}  // namespace tlseam::seam
