// SPDX-License-Identifier: Apache-2.0
// What the operations of a stream over Asio do with the engine, the same for asynchronous and blocking ones. For
// asio_stream.hpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include <tlseam/engine.hpp>
#include <tlseam/error.hpp>

namespace tlseam {
inline namespace v0 {
namespace detail {

/// Called with a core until it is done: want_read and want_write ask for bytes to be moved, and for another call.
/// sends: its end waits until all output is sent. counts: it completes with a size. limited: it waits for
/// shutdown_limit at most.
template <class Library, bool Sends, bool Counts = false, bool Limited = false>
struct asio_verb {
    static constexpr bool sends = Sends, counts = Counts, limited = Limited;
    using error_code = typename Library::error_code;
    std::size_t count = 0;

    /// What done means.
    template <class Code>
    [[nodiscard]] Code success() const {
        return {};
    }
    /// What a failure means.
    [[nodiscard]] error_code judge(const error_code& failure) const { return failure; }
};

template <class Library>
struct handshake_verb : asio_verb<Library, true> {
    template <class Core>
    result<void> operator()(Core& core) {
        return core.tls.handshake();
    }
};

/// With bytes that somebody else has received.
template <class Library>
struct buffered_handshake_verb : asio_verb<Library, true, true> {
    template <class Core, class Buffers>
    buffered_handshake_verb(Core& core, const Buffers& received) {
        for (const std::span<const std::byte> buffer : Library::spans(received)) {
            if (fed = core.tls.feed(buffer); !fed) return;
            this->count += buffer.size();
        }
    }

    template <class Core>
    result<void> operator()(Core& core) {
        return fed ? core.tls.handshake() : fed;
    }

    result<void> fed;
};

/// Fills the buffers with what is there, at least one byte.
template <class Library, class Buffers>
struct read_verb : asio_verb<Library, false, true> {
    explicit read_verb(const Buffers& into) : buffers(into) {}

    template <class Core>
    result<void> operator()(Core& core) {
        for (const std::span<std::byte> buffer : Library::spans(buffers)) {
            for (std::size_t filled = 0; filled < buffer.size();) {
                const auto got = read(core, buffer.subspan(filled));
                if (!got && this->count == 0) return std::unexpected(got.error());
                if (!got) return {};  // sticky: the next one gets it
                ended = *got == 0 && this->count == 0;
                if (*got == 0) return {};
                filled += *got;
                this->count += *got;
            }
        }
        return {};
    }

    template <class Code>
    [[nodiscard]] Code success() const {
        return ended ? Library::eof() : Code();
    }

    Buffers buffers;
    bool ended = false;

private:
    template <class Core>
    static result<std::size_t> read(Core& core, std::span<std::byte> into) {
        if (const std::size_t early = core.take_early(into); early != 0) return early;
        return core.tls.read_some(into);
    }
};

/// Takes as much as the engine takes before something has to be sent; small buffers share a record.
template <class Library, class Buffers>
struct write_verb : asio_verb<Library, true, true> {
    explicit write_verb(const Buffers& from) : buffers(from) {}

    template <class Core>
    result<void> operator()(Core& core) {
        if (this->count != 0) return {};  // only the sending is left
        std::array<std::byte, Core::largest_record> record;
        std::size_t staged = 0;
        for (std::span<const std::byte> buffer : Library::spans(buffers)) {
            while (!buffer.empty()) {
                if (staged == 0 && buffer.size() >= record.size()) {
                    if (auto did = write(core, buffer.first(record.size())); !did) return settled(did);
                    buffer = buffer.subspan(record.size());
                    continue;
                }
                const auto part = buffer.first(std::min(buffer.size(), record.size() - staged));
                std::ranges::copy(part, record.begin() + static_cast<std::ptrdiff_t>(staged));
                staged += part.size();
                buffer = buffer.subspan(part.size());
                if (staged < record.size()) continue;
                if (auto did = write(core, std::exchange(staged, 0), record); !did) return settled(did);
            }
        }
        return staged == 0 ? result<void>() : settled(write(core, std::span(record).first(staged)));
    }

    Buffers buffers;

private:
    template <class Core>
    result<void> write(Core& core, std::size_t size, std::span<const std::byte> record) {
        return write(core, record.first(size));
    }

    template <class Core>
    result<void> write(Core& core, std::span<const std::byte> data) {
        while (!data.empty()) {
            const auto written = core.tls.write_some(data);
            if (!written) return std::unexpected(written.error());
            this->count += *written;
            data = data.subspan(*written);
        }
        return {};
    }

    /// What was taken is told, and the rest is the caller's to write again.
    [[nodiscard]] result<void> settled(const result<void>& did) const {
        return !did && this->count == 0 ? did : result<void>();
    }
};

template <class Library>
struct close_verb : asio_verb<Library, true> {
    template <class Core>
    result<void> operator()(Core& core) {
        return core.tls.close_write();
    }
};

/// close_notify, and then whatever comes until the peer's.
template <class Library>
struct shutdown_verb : asio_verb<Library, true, false, true> {
    using typename asio_verb<Library, true, false, true>::error_code;

    template <class Core>
    result<void> operator()(Core& core) {
        if (auto closed = core.tls.close_write(); !closed) return closed;
        said = true;
        std::array<std::byte, 4096> scratch;
        while (core.take_early(scratch) != 0) {
        }
        for (;;) {
            const auto got = core.tls.read_some(scratch);
            if (!got) return std::unexpected(got.error());
            if (*got == 0) return {};
        }
    }

    /// A peer that leaves without a word has heard ours.
    [[nodiscard]] error_code judge(const error_code& failure) const {
        return said && (failure == Library::code(errc::truncated) || failure == Library::connection_reset())
                   ? error_code()
                   : failure;
    }

    bool said = false;
};

}  // namespace detail
}  // namespace v0
}  // namespace tlseam
