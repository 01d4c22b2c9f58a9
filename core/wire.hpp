// SPDX-License-Identifier: Apache-2.0
// Ciphertext on its way: what has arrived and what is to be sent. The only thing of core that a backend reads and
// writes while a call of it runs. Appending never refuses, so no backend ever meets a full queue; core makes room
// before it calls, and looks at exhausted() after.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "core/buffer_pool.hpp"

namespace tlseam::seam {

/// Bytes in order, contiguous. Holds no memory while empty; else a buffer of the thread's pool.
class byte_queue {
public:
    byte_queue() = default;
    ~byte_queue();
    byte_queue(const byte_queue&) = delete;
    byte_queue& operator=(const byte_queue&) = delete;

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_ + begin_, end_ - begin_}; }
    [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }

    /// False when there is no memory; nothing was appended then.
    [[nodiscard]] bool append(std::span<const std::byte> more) noexcept;
    /// Drops the first count bytes; more than size() is taken as all.
    void consume(std::size_t count) noexcept;
    /// Keeps the first size bytes, and drops what follows.
    void truncate(std::size_t size) noexcept;
    /// At least count writable bytes behind the end, or an empty span when there is no memory.
    [[nodiscard]] std::span<std::byte> prepare(std::size_t count) noexcept;
    /// The first count bytes of what prepare() gave are now part of the queue. 0 gives unused memory back.
    void commit(std::size_t count) noexcept;
    /// For a long time without change: what little is left is kept in as much memory, and no more. Without memory for
    /// that, nothing happens.
    void shrink() noexcept;

private:
    [[nodiscard]] bool grow(std::size_t count) noexcept;
    /// False when there is no memory in it; nothing happens then.
    [[nodiscard]] bool move_to(buffer_pool::buffer other) noexcept;
    void release_if_empty() noexcept;

    std::byte* data_ = nullptr;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t capacity_ = 0;
};

/// Counts the records that pass, from their headers (RFC 8446 5.1), whatever pieces they come in.
class record_counter {
public:
    void pass(std::span<const std::byte> bytes) noexcept;
    /// Records begun since the last reset.
    [[nodiscard]] std::uint32_t records() const noexcept { return records_; }
    void reset() noexcept { records_ = 0; }
    /// True when what passed so far ends within a record.
    [[nodiscard]] bool inside_record() const noexcept { return body_left_ != 0 || header_have_ != 0; }

private:
    std::size_t body_left_ = 0;
    std::uint8_t header_[5] = {};
    std::uint8_t header_have_ = 0;
    std::uint32_t records_ = 0;
};

class wire {
public:
    // ---- for backends ----

    /// What has arrived and was not consumed yet. Take what the library asks for, not more: what follows close_notify
    /// belongs to somebody else.
    [[nodiscard]] std::span<const std::byte> arrived() const noexcept {
        return in_.bytes().first(std::min(in_.size(), visible_));
    }
    void consume(std::size_t count) noexcept;

    /// Bytes for the peer.
    void send(std::span<const std::byte> bytes) noexcept;

    // ---- for core ----

    /// Of what has arrived, backends see the first count bytes, until show_all().
    void show(std::size_t count) noexcept { visible_ = count; }
    void show_all() noexcept { visible_ = std::numeric_limits<std::size_t>::max(); }
    [[nodiscard]] byte_queue& in() noexcept { return in_; }
    [[nodiscard]] byte_queue& out() noexcept { return out_; }
    [[nodiscard]] const byte_queue& in() const noexcept { return in_; }
    [[nodiscard]] const byte_queue& out() const noexcept { return out_; }
    /// True once send() found no memory: bytes are missing from the conversation and it cannot go on.
    [[nodiscard]] bool exhausted() const noexcept { return exhausted_; }
    /// Records consumed since plaintext was last delivered; bytes consumed in all.
    [[nodiscard]] record_counter& consumed_records() noexcept { return consumed_records_; }
    [[nodiscard]] std::uint64_t consumed_bytes() const noexcept { return consumed_bytes_; }
    [[nodiscard]] std::uint64_t sent_bytes() const noexcept { return sent_bytes_; }

private:
    byte_queue in_;
    byte_queue out_;
    std::size_t visible_ = std::numeric_limits<std::size_t>::max();
    record_counter consumed_records_;
    std::uint64_t consumed_bytes_ = 0;
    std::uint64_t sent_bytes_ = 0;
    bool exhausted_ = false;
};

}  // namespace tlseam::seam
