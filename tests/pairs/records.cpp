// SPDX-License-Identifier: Apache-2.0
#include "tests/pairs/records.hpp"

namespace peer {
namespace {
constexpr std::size_t header = 5;
constexpr std::byte handshake{22}, client_hello{1}, three{3};
}  // namespace

void record_counter::add(std::span<const std::byte> bytes) noexcept {
    for (const auto b : bytes) {
        if (at_ < start_.size()) start_[at_] = b;
        ++at_;
        if (at_ == header) {
            length_ =
                header + (std::to_integer<std::size_t>(start_[3]) << 8U) + std::to_integer<std::size_t>(start_[4]);
        }
        if (at_ == start_.size() && start_[0] == handshake && start_[header] == client_hello && start_[9] == three &&
            start_[10] == three) {
            ++client_hellos_;
        }
        if (at_ >= header && at_ == length_) {
            ++records_;
            at_ = 0;
        }
    }
}

}  // namespace peer
