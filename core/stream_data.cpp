// SPDX-License-Identifier: Apache-2.0
// Data through a stream: reading, writing at once, and gathering.
#include <tlseam/stream.hpp>

#include <algorithm>

#include "core/fail.hpp"
#include "core/pump.hpp"

namespace tlseam::inline v0 {
namespace {

using detail::is_pause;
using detail::reading;
using detail::sending;
using detail::stream_owner;
using detail::writing;

result<void> flush_all(stream_owner& owner, const wait_options& wait) {
    return owner.pump(writing, sending::all, wait, [&]() -> result<void> {
        if (owner.connection.failed()) return std::unexpected(*owner.connection.failure());
        return {};
    });
}

}  // namespace

result<std::size_t> stream::read_some(std::span<std::byte> buffer, const wait_options& wait) noexcept {
    std::size_t count = 0;
    const auto done = owner_->pump(reading, sending::what_goes, wait, [&]() -> result<void> {
        auto& early = owner_->early_plaintext;
        if (!early.empty()) {
            count = std::min(early.size(), buffer.size());
            std::ranges::copy(early.bytes().first(count), buffer.begin());
            early.consume(count);
            return {};
        }
        const auto got = owner_->connection.read_some(buffer);
        if (!got) return std::unexpected(got.error());
        count = *got;
        return {};
    });
    if (!done) return std::unexpected(done.error());
    return count;
}

result<std::size_t> stream::write_some(std::span<const std::byte> data, const wait_options& wait) noexcept {
    std::size_t taken = 0;
    const auto done = owner_->pump(writing, sending::all, wait, [&]() -> result<void> {
        if (taken != 0) return {};  // only the sending is left
        if (!owner_->connection.ciphertext().out().empty()) return std::unexpected(errc::want_write);
        const auto written = owner_->connection.write_some(data);
        if (!written) return std::unexpected(written.error());
        taken = *written;
        return {};
    });
    if (!done && !(taken != 0 && is_pause(done.error()))) return std::unexpected(done.error());
    return taken;
}

result<void> stream::read_exactly(std::span<std::byte> buffer, const wait_options& wait,
                                  std::size_t* received) noexcept {
    std::size_t count = 0;
    result<void> out;
    while (out && count < buffer.size()) {
        const auto got = read_some(buffer.subspan(count), wait);
        if (!got) {
            out = std::unexpected(got.error());
        } else if (*got == 0) {
            out = seam::fail(errc::closed, "the peer closed the connection before everything was read");
        } else {
            count += *got;
        }
    }
    if (received != nullptr) *received = count;
    return out;
}

result<void> stream::write_all(std::span<const std::byte> data, const wait_options& wait,
                               std::size_t* accepted) noexcept {
    std::size_t taken = 0;
    auto done = owner_->pump(writing, sending::all, wait, [&]() -> result<void> {
        // Full records are gathered until the connection says that enough waits to be sent.
        do {
            const auto written = owner_->connection.write_some(data.subspan(taken));
            if (!written) return std::unexpected(written.error());
            taken += *written;
        } while (taken < data.size());
        return {};
    });
    if (accepted != nullptr) *accepted = taken;
    return done;
}

result<void> stream::write_all(std::span<const std::span<const std::byte>> parts, const wait_options& wait,
                               std::size_t* accepted) noexcept {
    std::size_t taken = 0;
    std::span<const std::byte> rest;
    auto done = owner_->pump(writing, sending::all, wait, [&]() -> result<void> {
        for (;;) {
            const std::size_t before = rest.size();
            const auto staged = owner_->stage(rest);
            taken += before - rest.size();
            if (!staged) return staged;
            if (parts.empty()) return owner_->encrypt_staged();
            rest = parts.front();
            parts = parts.subspan(1);
        }
    });
    if (accepted != nullptr) *accepted = taken;
    return done;
}

result<void> stream::flush(const wait_options& wait) noexcept { return flush_all(*owner_, wait); }

stream::writer::writer(stream& to) noexcept : owner_(to.owner_.get()) {}

result<void> stream::writer::write(std::span<const std::byte> data, const wait_options& wait,
                                   std::size_t* accepted) noexcept {
    auto rest = data;
    auto done = owner_->pump(writing, sending::later, wait, [&] { return owner_->stage(rest); });
    if (accepted != nullptr) *accepted = data.size() - rest.size();
    return done;
}

result<void> stream::writer::flush(const wait_options& wait) noexcept { return flush_all(*owner_, wait); }

}  // namespace tlseam::inline v0
