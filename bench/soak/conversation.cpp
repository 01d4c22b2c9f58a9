// SPDX-License-Identifier: Apache-2.0
#include "bench/soak/conversation.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace soak {
namespace {

using namespace tlseam;
using std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds(60);

/// What one end sees when the plan has the other one cut the connection.
struct was_cut {};

/// Of the sender alone: TCP waits for its timers where a receiver has no room for a segment.
void shrink_buffer(int fd) {
    const int smallest = 1;  // the system rounds up
    (void)::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest);
}

class conversation {
public:
    conversation(stream s, role side, std::uint64_t seed, tally& counts)
        : stream_(std::move(s)),
          client_(side == role::client),
          plan_(make_plan(seed)),
          counts_(counts),
          outgoing_(seed + (client_ ? 1 : 2)),
          incoming_(seed + (client_ ? 2 : 1)) {
        tls1_3_ = stream_->info().version == protocol_version::tls1_3;
        other_cuts_ = is_cut_short() && client_ != plan_.client_cuts;
        if (plan_.small_buffers) shrink_buffer(stream_->native_handle());
    }

    void run() try {
        const std::size_t whole = plan_.phases.size() - (is_cut_short() ? 1 : 0);
        for (std::size_t i = 0; i < whole; ++i) {
            where_ = "phase " + std::to_string(i + 1);
            play(plan_.phases[i]);
        }
        where_ = "the end";
        is_cut_short() ? play_cut(plan_.phases.back()) : say_goodbye();
    } catch (const was_cut&) {
        ++counts_.cut;
    }

private:
    [[nodiscard]] bool is_cut_short() const { return plan_.end == ending::reset || plan_.end == ending::vanish; }

    [[noreturn]] void fail(const std::string& what, const error& e) const {
        throw surprise(where_ + ": " + what + ": " + std::string(name(e.code())) + ": " + std::string(e.message()));
    }

    enum class doing : std::uint8_t { reading, writing };

    /// The call again and again until it is done, waiting in between where the stream does not.
    template <class Call>
    auto until_done(const char* what, doing side, bool waits, Call call) {
        const auto deadline = steady_clock::now() + patience;
        for (;;) {
            auto done = call();
            if (done) return *done;
            const errc code = done.error().code();
            if (waits || (code != errc::want_read && code != errc::want_write)) check(what, done.error());
            // Who reads and is told that something is to be sent before goes on reading: the peer may do the same.
            const short readable = side == doing::reading || code == errc::want_read ? POLLIN : 0;
            wait_for(static_cast<short>(readable | (code == errc::want_write ? POLLOUT : 0)), deadline);
        }
    }

    [[noreturn]] void check(const char* what, const error& e) const {
        if (other_cuts_ && is_cut(e)) throw was_cut();
        fail(what, e);
    }

    void wait_for(short events, steady_clock::time_point deadline) const {
        pollfd wanted = {.fd = stream_->native_handle(), .events = events, .revents = 0};
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
        if (left <= 0 || ::poll(&wanted, 1, static_cast<int>(left)) == 0) throw surprise(where_ + ": nothing moves");
    }

    // ---- one direction ----

    void write(const flow& f, std::size_t size) {
        std::vector<std::byte> data(std::min(size, std::size_t{256} * 1024));
        stream::writer writer(*stream_);
        const std::size_t between = f.key_updates == 0 ? size + 1 : size / static_cast<std::size_t>(f.key_updates) + 1;
        std::size_t written = 0;
        for (std::size_t next_update = between; written < size;) {
            const auto part = std::span(data).first(std::min({data.size(), size - written, next_update - written}));
            outgoing_.fill(part);
            write_part(f, part, writer);
            written += part.size();
            if (written < next_update) continue;
            next_update += between;
            if (tls1_3_) update_keys(f.asks);
        }
        until_done("flush", doing::writing, f.writer_waits, [&] { return bool_of(stream_->flush(soon())); });
        counts_.sent += size;
    }

    void write_part(const flow& f, std::span<const std::byte> part, stream::writer& writer) {
        const std::size_t piece = f.how == style::whole ? part.size() : f.write_piece;
        while (!part.empty()) {
            const auto now = part.first(std::min(piece, part.size()));
            std::size_t taken = 0;
            switch (f.how) {
                case style::records:
                    taken = until_done("write_some", doing::writing, f.writer_waits,
                                       [&] { return stream_->write_some(now, soon()); });
                    break;
                case style::whole:
                    taken = take_all("write_all", f, now, [&](auto rest, std::size_t& accepted) {
                        return stream_->write_all(rest, soon(), &accepted);
                    });
                    break;
                case style::pieces:
                    taken = take_all("write_all", f, now, [&](auto rest, std::size_t& accepted) {
                        const std::array parts = {rest.first(rest.size() / 3), rest.subspan(rest.size() / 3)};
                        return stream_->write_all(std::span<const std::span<const std::byte>>(parts), soon(),
                                                  &accepted);
                    });
                    break;
                case style::writer:
                    taken = take_all("writer", f, now, [&](auto rest, std::size_t& accepted) {
                        return writer.write(rest, soon(), &accepted);
                    });
                    break;
            }
            part = part.subspan(taken);
        }
    }

    /// Calls that take a part of the data before they have to wait, and say how much.
    template <class Call>
    std::size_t take_all(const char* what, const flow& f, std::span<const std::byte> data, Call call) {
        std::size_t taken = 0;
        until_done(what, doing::writing, f.writer_waits, [&]() -> result<bool> {
            std::size_t accepted = 0;
            auto done = call(data.subspan(taken), accepted);
            taken += accepted;
            return bool_of(done);
        });
        return taken;
    }

    static result<bool> bool_of(const result<void>& done) {
        if (!done) return std::unexpected(done.error());
        return true;
    }

    void update_keys(bool ask) {
        const bool asks = ask || !backend().supports(feature::key_update_unanswered);
        until_done("key_update", doing::writing, false, [&] { return bool_of(stream_->key_update(asks, soon())); });
    }

    void read(const flow& f, std::size_t size) {
        std::vector<std::byte> buffer(f.read_piece);
        for (std::size_t got = 0; got < size;) {
            const auto room = std::span(buffer).first(std::min(buffer.size(), size - got));
            const std::size_t count = until_done("read_some", doing::reading, f.reader_waits,
                                                 [&] { return stream_->read_some(room, soon()); });
            if (count == 0)
                throw surprise(where_ + ": the peer's close_notify after " + std::to_string(got) + " bytes");
            if (!incoming_.matches(std::span(buffer).first(count))) {
                throw surprise(where_ + ": other bytes came than were sent, behind " + std::to_string(got));
            }
            got += count;
        }
        counts_.received += size;
    }

    void expect_end() {
        std::byte more[1];
        const std::size_t count =
            until_done("read_some", doing::reading, true, [&] { return stream_->read_some(more, soon()); });
        if (count != 0) throw surprise(where_ + ": more data than was sent");
    }

    // ---- phases ----

    void play(const phase& p) {
        const flow &out = client_ ? p.up : p.down, &in = client_ ? p.down : p.up;
        if (out.size == 0 || in.size == 0) {
            stream_->set_blocking(out.size != 0 ? out.writer_waits : in.reader_waits);
            if (out.size != 0) write(out, out.size);
            if (in.size != 0) read(in, in.size);
            stream_->set_blocking(true);
            return;
        }
        // The mode is the stream's, for both directions.
        flow both_ways = out, towards_us = in;
        both_ways.writer_waits = towards_us.reader_waits = out.writer_waits;
        stream_->set_blocking(out.writer_waits);
        std::exception_ptr problem;
        {
            const std::jthread writing([&] {
                try {
                    write(both_ways, both_ways.size);
                } catch (...) {
                    problem = std::current_exception();
                }
            });
            read(towards_us, towards_us.size);
        }
        if (problem) std::rethrow_exception(problem);
        stream_->set_blocking(true);
    }

    /// The last phase, in which one end leaves in the middle.
    void play_cut(const phase& p) {
        const flow &out = client_ ? p.up : p.down, &in = client_ ? p.down : p.up;
        const bool we_cut = !other_cuts_;
        const flow& mine = out.size != 0 ? out : in;
        stream_->set_blocking(out.size != 0 ? mine.writer_waits : mine.reader_waits);
        const std::size_t size = we_cut ? std::min(mine.size, plan_.cut_after) : mine.size;
        out.size != 0 ? write(out, size) : read(in, size);
        if (we_cut) {
            ++counts_.cut;
            if (plan_.end == ending::reset) {
                const linger now = {.l_onoff = 1, .l_linger = 0};
                (void)::setsockopt(stream_->native_handle(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
            }
            return stream_.reset();
        }
        stream_->set_blocking(true);
        expect_end();
        throw surprise(where_ + ": a connection that was cut ended with close_notify");
    }

    void say_goodbye() {
        if (plan_.end == ending::shutdown) {
            // Waits for five seconds at most, which is little on a busy machine; then it may be called again.
            const auto deadline = steady_clock::now() + patience;
            for (;;) {
                const auto done = stream_->shutdown(soon());
                if (done) return;
                if (done.error() != errc::timed_out || steady_clock::now() > deadline) check("shutdown", done.error());
            }
        }
        if (!client_) expect_end();
        if (client_) close_write();
        if (plan_.end == ending::half && tls1_3_) {
            const flow& f = plan_.after_half;
            stream_->set_blocking(client_ ? f.reader_waits : f.writer_waits);
            client_ ? read(f, f.size) : write(f, f.size);
            stream_->set_blocking(true);
        }
        if (!client_) close_write();
        if (client_) expect_end();
    }

    void close_write() {
        if (auto done = stream_->close_write(soon()); !done) check("close_write", done.error());
    }

    std::optional<stream> stream_;
    bool client_;
    plan plan_;
    tally& counts_;
    byte_stream outgoing_, incoming_;
    bool tls1_3_ = true;
    /// Then it may do so as soon as it has written its part, whatever of that is still to be read here.
    bool other_cuts_ = false;
    std::string where_;
};

}  // namespace

void converse(stream s, role side, std::uint64_t seed, tally& counts) {
    conversation(std::move(s), side, seed, counts).run();
}

bool is_cut(const error& e) noexcept { return e == errc::truncated || e == errc::connection_reset; }

wait_options soon() noexcept { return within(patience); }

}  // namespace soak
