// SPDX-License-Identifier: Apache-2.0
// A whole conversation over a transport that spoils records. Nobody is told anything else than what was said, nor that
// it was all when it was not; both ends that are connected agree on everything; and without spoiling, all arrives.
//   input: a byte that chooses the settings, then what is done to each record in flight
#include <algorithm>
#include <deque>

#include "tests/fuzz/fuzz.hpp"
#include "tests/fuzz/setups.hpp"

namespace tlseam_fuzz {
namespace {

using namespace tlseam;

constexpr std::size_t header_size = 5;
constexpr int most_turns = 400;

// ---- the transport ----

/// One direction: whole records in, whatever the script makes of them out.
class direction {
public:
    explicit direction(source& script) : script_(script) {}

    [[nodiscard]] bool spoiled() const { return spoiled_; }

    /// Says whether anything moved.
    bool move(engine& from, engine& to) {
        const bytes said = from.output();
        pending_.insert(pending_.end(), said.begin(), said.end());
        from.consume_output(said.size());
        bool moved = !said.empty();
        while (auto record = take_record()) {
            deliver(to, std::move(*record));
            moved = true;
        }
        return moved;
    }

    /// Nothing follows: what was held back, half a record, and the end.
    void hang_up(engine& to) {
        if (cut_) return;
        release(to);
        feed(to, pending_);
        to.end_of_input();
        cut_ = true;
    }

private:
    std::optional<buffer> take_record() {
        if (pending_.size() < header_size) return std::nullopt;
        const std::size_t size =
            header_size + (std::to_integer<std::size_t>(pending_[3]) << 8 | std::to_integer<std::size_t>(pending_[4]));
        if (pending_.size() < size) return std::nullopt;
        const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(size);
        buffer out(pending_.begin(), end);
        pending_.erase(pending_.begin(), end);
        return out;
    }

    void feed(engine& to, bytes record) {
        if (!cut_) FUZZ_CHECK(to.feed(record).has_value());
    }

    void release(engine& to) {
        for (const buffer& held : std::exchange(held_, {})) feed(to, held);
    }

    void deliver(engine& to, buffer record) {
        history_.push_back(record);
        const std::size_t what = script_.number() % 20;
        const bool pass = what < 8;
        spoiled_ = spoiled_ || (!pass && what != 8);
        const std::size_t at = pass || what == 8 ? 0 : script_.number(2) % record.size();
        switch (what) {
            case 8:  // byte by byte
                for (const std::byte& each : record) feed(to, {&each, 1});
                break;
            case 9:
                record[at] ^= static_cast<std::byte>(script_.number() | 1U);
                feed(to, record);
                break;
            case 10: break;  // lost
            case 11:
                feed(to, record);
                feed(to, record);
                break;
            case 12: held_.push_back(record); return;  // behind the next one
            case 13: feed(to, bytes(record).first(at)); break;
            case 14: feed(to, with_length(std::move(record), at)); break;
            case 15: {
                const bytes strange = script_.piece();
                feed(to, strange);
                feed(to, record);
                break;
            }
            case 16:
                record[0] = static_cast<std::byte>(script_.number());
                feed(to, record);
                break;
            case 17: feed(to, history_[at % history_.size()]); break;  // an older one in its place
            case 18:                                                   // another body of the same size
                for (std::size_t i = header_size + at % (record.size() - header_size + 1);
                     i < record.size() && !script_.at_end(); ++i) {
                    record[i] = static_cast<std::byte>(script_.number());
                }
                feed(to, record);
                break;
            case 19:
                feed(to, bytes(record).first(at));
                to.end_of_input();
                cut_ = true;
                break;
            default: feed(to, record); break;
        }
        release(to);
    }

    /// The first bytes of its body, in a record of that length.
    static buffer with_length(buffer record, std::size_t size) {
        const std::size_t body = std::min(size, record.size() - header_size);
        record.resize(header_size + body);
        record[3] = static_cast<std::byte>(body >> 8);
        record[4] = static_cast<std::byte>(body & 0xff);
        return record;
    }

    source& script_;
    buffer pending_;
    std::vector<buffer> held_;
    std::vector<buffer> history_;
    bool spoiled_ = false;
    bool cut_ = false;
};

// ---- the ends ----

/// What each end says: without a short period, so that a byte that is lost, doubled or moved shows.
buffer speech(std::size_t size, std::uint32_t state) {
    buffer out(size);
    for (auto& each : out) {
        state = state * 1664525U + 1013904223U;
        each = static_cast<std::byte>(state >> 24U);
    }
    return out;
}

class end {
public:
    end(engine it, const buffer& says, const buffer& hears, bool closes_first)
        : engine_(std::move(it)), says_(says), hears_(hears), closes_first_(closes_first) {}

    engine& transport() { return engine_; }
    [[nodiscard]] const connection_info& info() const { return engine_.info(); }
    [[nodiscard]] bool connected() const { return connected_; }
    [[nodiscard]] bool has_closed() const { return has_closed_; }
    [[nodiscard]] bool saw_the_end() const { return saw_the_end_; }
    [[nodiscard]] const std::optional<error>& failure() const { return failure_; }

    /// Does what can be done now.
    void step(const end& other, bool updates_keys) {
        if (failure_) return;
        if (!connected_ && !shake_hands()) return;
        if (updates_keys && !std::exchange(updated_, true)) note(engine_.key_update(true));
        say();
        hear(other);
        const bool may_close = said_ == says_.size() && (closes_first_ ? heard_ == hears_.size() : saw_the_end_);
        if (may_close && !has_closed_ && !failure_) has_closed_ = note(engine_.close_write());
    }

private:
    bool shake_hands() {
        connected_ = note(engine_.handshake());
        FUZZ_CHECK(connected_ == (engine_.info().version != protocol_version::none));
        return connected_;
    }

    void say() {
        while (said_ < says_.size() && !failure_) {
            const auto count =
                engine_.write_some(bytes(says_).subspan(said_, std::min<std::size_t>(says_.size() - said_, 1500)));
            if (!count) {
                // After the peer's close_notify, TLS 1.2 writes nothing any more; here that comes last, unless it was
                // moved.
                if (count.error() != errc::closed) note(result<void>(std::unexpected(count.error())));
                return;
            }
            said_ += *count;
        }
    }

    void hear(const end& other) {
        std::byte room[4096];
        while (!failure_ && !saw_the_end_) {
            const auto count = engine_.read_some(room);
            if (!count) {
                note(result<void>(std::unexpected(count.error())));
                return;
            }
            if (*count == 0) {
                saw_the_end_ = true;
                FUZZ_CHECK(other.has_closed_ && heard_ == hears_.size());  // an end that is none
                return;
            }
            FUZZ_CHECK(*count <= hears_.size() - heard_);
            FUZZ_CHECK(std::equal(room, room + *count, hears_.begin() + static_cast<std::ptrdiff_t>(heard_)));
            heard_ += *count;
            FUZZ_CHECK(heard_ <= other.said_);
        }
    }

    bool note(const result<void>& done) {
        if (done) return true;
        const error& e = done.error();
        check_error(e);
        if (e != errc::want_read) failure_ = e;
        return false;
    }

    engine engine_;
    const buffer& says_;
    const buffer& hears_;
    bool closes_first_;
    std::size_t said_ = 0, heard_ = 0;
    bool connected_ = false, updated_ = false, has_closed_ = false, saw_the_end_ = false;
    std::optional<error> failure_;
};

/// Two ends that both have a complete handshake have the same one.
void check_agreement(const end& one, const end& other, engine& a, engine& b) {
    const connection_info &x = one.info(), &y = other.info();
    FUZZ_CHECK(x.version == y.version && x.cipher_suite == y.cipher_suite && x.group == y.group);
    FUZZ_CHECK(x.alpn == y.alpn && x.server_name == y.server_name && x.resumed == y.resumed);
    FUZZ_CHECK(x.psk_identity == y.psk_identity);
    FUZZ_CHECK(x.local_certificates == y.peer_certificates || x.resumed);
    FUZZ_CHECK(y.local_certificates == x.peer_certificates || x.resumed);
    if (one.failure() || other.failure()) return;
    std::byte mine[32], theirs[32];
    FUZZ_CHECK(a.export_keying_material(mine, "EXPORTER-fuzz") && b.export_keying_material(theirs, "EXPORTER-fuzz"));
    FUZZ_CHECK(std::ranges::equal(mine, theirs));
}

void run(bytes input) {
    static const buffer from_client = speech(3000, 1), from_server = speech(20000, 2);
    source script(input);
    const setup& with = setup_of(script.number());
    end client(new_client(with), from_client, from_server, true);
    end server(new_server(with), from_server, from_client, false);
    direction up(script), down(script);
    bool agreed = false, hung_up = false;
    for (int turn = 0;; ++turn) {
        FUZZ_CHECK(turn < most_turns);
        client.step(server, with.updates_keys);
        const bool sent_up = up.move(client.transport(), server.transport());
        server.step(client, with.updates_keys);
        const bool sent_down = down.move(server.transport(), client.transport());
        if (client.connected() && server.connected() && !std::exchange(agreed, true)) {
            check_agreement(client, server, client.transport(), server.transport());
        }
        if (sent_up || sent_down) continue;
        if (std::exchange(hung_up, true)) break;
        up.hang_up(server.transport());
        down.hang_up(client.transport());
    }
    if (up.spoiled() || down.spoiled()) return;
    FUZZ_CHECK(agreed && client.saw_the_end() && server.saw_the_end());
    FUZZ_CHECK(!client.failure() && !server.failure());
    FUZZ_CHECK(client.info().resumed == !with.session.empty());
}

std::vector<buffer> seeds() {
    std::vector<buffer> out;
    const auto count = static_cast<unsigned>(setups().size());
    for (unsigned setup = 0; setup < count; ++setup) {
        out.push_back(make({setup}));
        // Each way to spoil at one of the records, another one in each setup.
        for (unsigned what = 8; what < 20; ++what) {
            buffer script = make({setup});
            script.insert(script.end(), (setup + what) % 9, std::byte{0});
            out.push_back(join({script, make({what, 0, 20, 7})}));
        }
    }
    return out;
}

const registration here({"conversation", run, seeds});

}  // namespace
}  // namespace tlseam_fuzz
