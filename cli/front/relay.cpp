// SPDX-License-Identifier: Apache-2.0
#include "cli/front/relay.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

namespace cli::front {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t most_of_a_start = std::size_t{256} * 1024;  // more than any first message may have
constexpr std::size_t most_records = 4096;
// What may still come after a handshake: an alert of a server that does not want the client after all, and its end.
constexpr auto last_words = std::chrono::seconds(1);
constexpr std::size_t most_last_words = std::size_t{1024} * 1024;

/// Finds the records in what one side sends, wherever it is cut.
class record_reader {
public:
    explicit record_reader(sender from) noexcept : from_(from) {}

    void read(std::string_view bytes, clock::time_point now, std::vector<passed_record>& out) {
        while (!bytes.empty() && is_tls_) {
            if (header_.size() < header_size) {
                const auto part = bytes.substr(0, header_size - header_.size());
                header_ += part;
                advance(bytes, part.size());
                if (header_.size() < header_size) return;
                const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(header_[i]); };
                is_tls_ = byte(0) >= 20 && byte(0) <= 24 && byte(1) == 3;
                body_ = left_ = static_cast<std::size_t>(byte(3)) << 8 | byte(4);
            }
            const std::size_t part = std::min(left_, bytes.size());
            left_ -= part;
            advance(bytes, part);
            if (left_ > 0) return;
            if (is_tls_ && out.size() < most_records) {
                out.push_back({from_, static_cast<std::uint8_t>(header_[0]), body_, total_, now});
            }
            header_.clear();
        }
    }

private:
    static constexpr std::size_t header_size = 5;

    void advance(std::string_view& bytes, std::size_t count) noexcept {
        bytes.remove_prefix(count);
        total_ += count;
    }

    sender from_;
    bool is_tls_ = true;  // until something else comes
    std::string header_;
    std::size_t body_ = 0, left_ = 0, total_ = 0;
};

/// One direction: what has arrived and was not yet passed on.
struct direction {
    owned_fd& from;
    owned_fd& to;
    record_reader records;
    std::string& start;
    std::size_t& count;
    clock::time_point& first;
    std::string waiting = {};
    bool ended = false;     // nothing more will arrive
    bool unwanted = false;  // nobody takes it any more
    bool end_told = false;

    [[nodiscard]] bool wants_input() const { return !ended && waiting.empty(); }
    [[nodiscard]] bool is_over() const { return ended && (waiting.empty() || unwanted); }

    /// True when the sender ended by a reset.
    bool receive(recording& seen) {
        std::array<char, 16384> buffer;
        const ssize_t got = ::recv(from.get(), buffer.data(), buffer.size(), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
        ended = got <= 0;
        if (ended) return got < 0;
        const auto now = clock::now();
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
        if (count == 0) first = now;
        count += bytes.size();
        start.append(bytes.substr(0, most_of_a_start - std::min(most_of_a_start, start.size())));
        records.read(bytes, now, seen.records);
        if (!unwanted) waiting = bytes;
        return false;
    }

    void send() {
        const ssize_t sent = ::send(to.get(), waiting.data(), waiting.size(), MSG_NOSIGNAL);
        if (sent > 0) waiting.erase(0, static_cast<std::size_t>(sent));
        if (sent >= 0 || errno == EAGAIN || errno == EINTR) return;
        unwanted = true;  // still read: what it says is worth knowing
        waiting.clear();
    }

    void tell_end() {
        if (!std::exchange(end_told, true)) (void)::shutdown(to.get(), SHUT_WR);
    }
};

/// The next close() sends a reset, as somebody did to us.
void reset_when_closed(const owned_fd& fd) {
    const linger now = {.l_onoff = 1, .l_linger = 0};
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

relay::relay(find_ends find)
    : thread_([this, find = std::move(find)](const std::stop_token& stop) mutable { run(find, stop); }) {}

relay::~relay() = default;

void relay::handshake_is_over() noexcept {
    over_ = true;
    wake_.wake();
}

recording relay::finish(sender gone) {
    if (!passing_) thread_.request_stop();
    client_gone_ = gone == sender::client;
    handshake_is_over();
    if (thread_.joinable()) thread_.join();
    return std::move(seen_);
}

void relay::run(find_ends& find, const std::stop_token& stop) {
    try {
        ends both = find(stop);
        passing_ = true;
        pass(both, stop);
    } catch (const stopped&) {
    } catch (const std::exception&) {  // both ends are closed: whoever is there sees that
    }
}

void relay::pass(ends& both, const std::stop_token& stop) {
    const std::stop_callback on_stop(stop, [this] { wake_.wake(); });
    direction up = {both.client,        both.server,        record_reader(sender::client),
                    seen_.client_start, seen_.client_bytes, seen_.started};
    direction down = {both.server,        both.client,        record_reader(sender::server),
                      seen_.server_start, seen_.server_bytes, seen_.answered};
    std::optional<clock::time_point> deadline;
    std::size_t most = 0;
    while (!up.is_over() || !(down.is_over() || client_gone_)) {
        const auto events = [](const direction& in, const direction& out) {
            return static_cast<short>((in.wants_input() ? POLLIN : 0) | (out.waiting.empty() ? 0 : POLLOUT));
        };
        const short at_client = events(up, down), at_server = events(down, up);
        // One that is asked for nothing is left out: its end would be told again and again.
        std::array<pollfd, 3> waits = {
            {{.fd = at_client != 0 ? both.client.get() : -1, .events = at_client, .revents = 0},
             {.fd = at_server != 0 ? both.server.get() : -1, .events = at_server, .revents = 0},
             {.fd = wake_.readable(), .events = POLLIN, .revents = 0}}};
        const auto left =
            deadline ? std::chrono::ceil<std::chrono::milliseconds>(*deadline - clock::now()).count() : -1;
        if (deadline && left <= 0) break;
        if (::poll(waits.data(), waits.size(), static_cast<int>(left)) < 0 && errno != EINTR) break;
        if (stop.stop_requested()) break;
        if (waits[2].revents != 0) wake_.forget();
        if (over_ && !deadline) {
            deadline = clock::now() + last_words;
            most = up.count + down.count + most_last_words;
        }
        if (deadline && up.count + down.count > most) break;

        // The client first: what the server says afterwards may be an answer to it.
        bool reset = false;
        if (up.wants_input() && waits[0].revents != 0) reset = up.receive(seen_);
        if (!up.waiting.empty()) up.send();
        if (down.wants_input() && waits[1].revents != 0) reset = down.receive(seen_) || reset;
        if (!down.waiting.empty()) down.send();
        if (up.ended && up.waiting.empty()) up.tell_end();
        if (down.ended && down.waiting.empty()) {
            if (reset) reset_when_closed(both.client);
            down.tell_end();
        }
    }
    // A client that was cut off sees an end and no reset: it has something to read before.
    (void)::shutdown(both.client.get(), SHUT_WR);
}

}  // namespace cli::front
