// SPDX-License-Identifier: Apache-2.0
#include "core/wire.hpp"

#include <algorithm>
#include <cstring>

namespace tlseam::seam {

byte_queue::~byte_queue() { buffer_pool::give_back({data_, capacity_}); }

bool byte_queue::append(std::span<const std::byte> more) noexcept {
    if (more.empty()) return true;
    const std::span<std::byte> room = prepare(more.size());
    if (room.empty()) return false;
    std::memcpy(room.data(), more.data(), more.size());
    commit(more.size());
    return true;
}

void byte_queue::consume(std::size_t count) noexcept {
    begin_ += std::min(count, size());
    release_if_empty();
}

void byte_queue::truncate(std::size_t size) noexcept {
    end_ = begin_ + std::min(size, this->size());
    release_if_empty();
}

std::span<std::byte> byte_queue::prepare(std::size_t count) noexcept {
    if (capacity_ - end_ < count && !grow(count)) return {};
    return {data_ + end_, capacity_ - end_};
}

void byte_queue::commit(std::size_t count) noexcept {
    end_ += count;
    release_if_empty();
}

bool byte_queue::grow(std::size_t count) noexcept {
    const std::size_t held = size();
    if (capacity_ - held >= count && begin_ >= held) {
        // Enough room in front, and the two places do not overlap: move instead of allocating.
        std::memcpy(data_, data_ + begin_, held);
        begin_ = 0;
        end_ = held;
        return true;
    }
    const std::size_t wanted = held + count;
    if (wanted < count) return false;
    return move_to(buffer_pool::borrow(wanted <= buffer_pool::large_size ? wanted : std::max(wanted, capacity_ * 2)));
}

void byte_queue::shrink() noexcept {
    const std::size_t held = size();
    if (capacity_ != buffer_pool::large_size || held > capacity_ / 2) return;
    (void)move_to(held <= buffer_pool::small_size ? buffer_pool::borrow(held) : buffer_pool::allocate(held));
}

bool byte_queue::move_to(buffer_pool::buffer other) noexcept {
    if (other.data == nullptr) return false;
    const std::size_t held = size();
    if (held != 0) std::memcpy(other.data, data_ + begin_, held);
    if (data_ != nullptr) buffer_pool::give_back({data_, capacity_});
    data_ = other.data;
    capacity_ = other.capacity;
    begin_ = 0;
    end_ = held;
    return true;
}

void byte_queue::release_if_empty() noexcept {
    if (begin_ != end_) return;
    buffer_pool::give_back({data_, capacity_});
    data_ = nullptr;
    begin_ = end_ = capacity_ = 0;
}

void record_counter::pass(std::span<const std::byte> bytes) noexcept {
    while (!bytes.empty()) {
        if (body_left_ != 0) {
            const std::size_t step = std::min(body_left_, bytes.size());
            body_left_ -= step;
            bytes = bytes.subspan(step);
            continue;
        }
        if (header_have_ == 0) ++records_;
        if (header_have_ == 0 && bytes.size() >= sizeof header_) {
            body_left_ = std::to_integer<std::size_t>(bytes[3]) << 8 | std::to_integer<std::size_t>(bytes[4]);
            bytes = bytes.subspan(sizeof header_);
            continue;
        }
        header_[header_have_++] = std::to_integer<std::uint8_t>(bytes.front());
        bytes = bytes.subspan(1);
        if (header_have_ == sizeof header_) {
            body_left_ = static_cast<std::size_t>(header_[3]) << 8 | header_[4];
            header_have_ = 0;
        }
    }
}

void wire::consume(std::size_t count) noexcept {
    count = std::min(count, arrived().size());
    if (visible_ != std::numeric_limits<std::size_t>::max()) visible_ -= count;
    consumed_records_.pass(in_.bytes().first(count));
    consumed_bytes_ += count;
    in_.consume(count);
}

void wire::send(std::span<const std::byte> bytes) noexcept {
    if (exhausted_) return;  // the peer must not take what follows a gap for what was missing
    if (out_.append(bytes)) {
        sent_bytes_ += bytes.size();
    } else {
        exhausted_ = true;
    }
}

}  // namespace tlseam::seam
