// SPDX-License-Identifier: Apache-2.0
#include "tests/fault_injection/life.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>

#include "tests/fault_injection/injector.hpp"
#include "tests/support/bytes.hpp"
#include "tests/support/expect.hpp"
#include "tests/support/service.hpp"
#include "tests/support/sockets.hpp"
#include "tests/support/stream_pair.hpp"

namespace faults {

using namespace tlseam;
using namespace tlseam_test;

namespace {

constexpr int connections = 2;
/// The part that goes through a writer, in small pieces.
constexpr std::size_t piece = 300, pieces = 3;

std::string text_of(std::size_t size, std::uint32_t seed) { return to_text(pattern(size, seed)); }

class storyteller {
public:
    storyteller(story& told, bool tries_again) : told_(told), tries_again_(tries_again) {}

    /// Does a step and tells of it. False when it failed.
    template <class Step>
    bool operator()(const char* name, Step&& step) {
        auto done = step();
        if (!done) {
            const spared not_part_of_it;
            if (!told_.failure) {
                told_.failed_step = name;
                told_.failure = done.error();
            }
        }
        if (!done && tries_again_) done = step();
        const spared not_part_of_it;
        if (done) told_.steps.emplace_back(name);
        return done.has_value();
    }

private:
    story& told_;
    bool tries_again_;
};

/// Says all of it, or what is left of it after a try that failed.
class speech {
public:
    explicit speech(std::string_view text) : left_(text) {}
    result<void> say(stream& to) {
        std::size_t accepted = 0;
        auto done = to.write_all(as_bytes(left_), soon(), &accepted);
        left_.remove_prefix(accepted);
        return done;
    }
    result<void> write(stream::writer& to) {
        while (!left_.empty()) {
            std::size_t accepted = 0;
            auto done = to.write(as_bytes(left_.substr(0, piece)), soon(), &accepted);
            left_.remove_prefix(accepted);
            if (!done) return done;
        }
        return {};
    }

private:
    std::string_view left_;
};

/// Hears so many bytes, and keeps what it has heard.
result<void> hear(stream& from, std::size_t size, std::string& heard) {
    std::vector<std::byte> room(size - heard.size());
    std::size_t count = 0;
    auto done = from.read_exactly(room, soon(), &count);
    heard += to_text(std::span(room).first(count));
    return done;
}

result<void> hear_the_end(stream& from) {
    std::byte room[64];
    const auto count = from.read_some(room, soon());
    if (!count) return std::unexpected(count.error());
    if (*count != 0) return std::unexpected(errc::internal);
    return {};
}

bool say_all(storyteller& step, stream& to, const std::string& text) {
    const std::size_t small = piece * pieces;
    speech large(std::string_view(text).substr(0, text.size() - small));
    speech rest(std::string_view(text).substr(text.size() - small));
    stream::writer out(to);
    return step("write", [&] { return large.say(to); }) && step("writer", [&] { return rest.write(out); }) &&
           step("flush", [&] { return out.flush(soon()); });
}

/// What both lives end a connection with.
bool say_goodbye(storyteller& step, stream& to) {
    return step("close_write", [&] { return to.close_write(soon()); }) &&
           step("the end", [&] { return hear_the_end(to); }) && step("shutdown", [&] { return to.shutdown(soon()); });
}

// ---- whoever is not tested: never waits, and goes on when it is asked to ----

class peer {
public:
    std::vector<seen_connection> seen;

protected:
    peer(std::size_t expects, const std::string& answer) : expects_(expects), answer_(answer) {}

    void begin(stream with) {
        stream_ = std::move(with);
        stream_->set_blocking(false);
        seen.emplace_back();
    }
    [[nodiscard]] bool is_talking() const { return stream_.has_value(); }
    stream& with() { return *stream_; }

    /// Reads what is there; answers once all has come, and ends after the end.
    void listen() {
        std::vector<std::byte> room(32768);
        while (stream_) {
            const auto count = stream_->read_some(room);
            if (!count && count.error() == errc::want_read) return;
            seen_connection& now = seen.back();
            if (!count) return end(count.error());
            now.ended = *count == 0;
            if (now.ended) {
                const auto closed = stream_->close_write();
                return end(closed ? std::nullopt : std::optional(closed.error()));
            }
            now.received += to_text(std::span(room).first(*count));
            if (now.received.size() != expects_ || answer_.empty()) continue;
            if (const auto said = stream_->write_all(as_bytes(answer_)); !said) return end(said.error());
        }
    }
    void end(std::optional<error> why) {
        seen.back().failure = std::move(why);
        stream_.reset();
    }

private:
    std::optional<stream> stream_;
    std::size_t expects_;
    std::string answer_;
};

class server_peer : public peer {
public:
    explicit server_peer(const contexts& made) : peer(request().size(), reply()), listener_(listening(made)) {}
    [[nodiscard]] std::uint16_t port() const { return port_of(listener_); }

    void go_on() {
        if (!is_talking()) {
            if (auto accepted = listener_.accept(within(std::chrono::milliseconds(0)))) begin(std::move(*accepted));
        }
        listen();
    }

private:
    listener listener_;
};

class client_peer : public peer {
public:
    explicit client_peer(const contexts& made) : peer(0, {}), contexts_(made) {}

    void go_on(std::uint16_t port) {
        if (!is_talking() && port != 0 && calls_ < connections) {
            ++calls_;
            unique_fd fd = tcp_connect(port);
            auto made = or_throw(stream::wrap(contexts_.client, fd.get(), contexts_.names));
            (void)fd.release();
            asked_ = false;
            begin(std::move(made));
        }
        if (is_talking() && !asked_) ask();
        if (is_talking() && asked_) listen();
    }

private:
    void ask() {
        auto done = with().handshake();
        if (!done && done.error() == errc::want_read) return;
        if (done) done = with().write_all(as_bytes(request()));
        asked_ = done.has_value();
        if (!done) end(done.error());
    }

    const contexts& contexts_;
    int calls_ = 0;
    bool asked_ = false;
};

/// What the peer had not heard yet when the life was over.
template <class GoOn>
void let_the_rest_arrive(GoOn&& go_on) {
    const spared not_part_of_it;
    for (int turn = 0; turn < 3; ++turn) go_on();
}

// ---- the lives ----

bool meet(storyteller& step, story& told, const context& with, std::uint16_t port) {
    std::optional<stream> made;
    const auto connect = [&]() -> result<void> {
        auto connected = stream::connect(with, "127.0.0.1", port, {.server_name = "localhost"}, soon());
        if (!connected) return std::unexpected(connected.error());
        made = std::move(*connected);
        return {};
    };
    if (!step("connect", connect)) return false;
    told.received.emplace_back();
    told.resumed = made->info().resumed;
    return step("addresses",
                [&]() -> result<socket_address> {
                    if (auto local = made->local_address(); !local) return local;
                    return made->peer_address();
                }) &&
           say_all(step, *made, request()) &&
           step("read", [&] { return hear(*made, reply().size(), told.received.back()); }) && say_goodbye(step, *made);
}

void be_client(const world& in, story& told, std::uint16_t port) {
    storyteller step(told, in.tries_again);
    client_settings settings;
    const auto anchors = in.directory.path() / "anchors";
    if (!step("trust", [&]() -> result<void> {
            auto loaded = trust_store::load({.files = {pki::file("other-root.crt")}, .directories = {anchors}});
            if (!loaded) return std::unexpected(loaded.error());
            settings.trust = std::move(*loaded);
            return {};
        })) {
        return;
    }
    if (!step("key log", [&]() -> result<void> {
            auto opened = key_log_file::open(in.directory.path() / "keys.log");
            if (!opened) return std::unexpected(opened.error());
            settings.key_log = std::move(*opened);
            return {};
        })) {
        return;
    }
    std::optional<context> made;
    if (!step("context", [&]() -> result<void> {
            auto built = context::client(settings);
            if (!built) return std::unexpected(built.error());
            made = std::move(*built);
            return {};
        })) {
        return;
    }
    for (int i = 0; i < connections; ++i) {
        if (!meet(step, told, *made, port)) return;
    }
}

bool load(storyteller& step, std::optional<context>& into) {
    return step("credentials", [&]() -> result<void> {
        auto loaded = credentials::load_cert_chain(pki::file("server.crt"), pki::file("server.key"));
        if (!loaded) return std::unexpected(loaded.error());
        auto built = context::server({.credentials = {std::move(*loaded)}});
        if (!built) return std::unexpected(built.error());
        into = std::move(*built);
        return {};
    });
}

bool serve(storyteller& step, story& told, listener& from) {
    std::optional<stream> made;
    if (!step("accept", [&]() -> result<void> {
            auto accepted = from.accept(soon());
            if (!accepted) return std::unexpected(accepted.error());
            made = std::move(*accepted);
            return {};
        })) {
        return false;
    }
    told.received.emplace_back();
    return step("handshake", [&] { return made->handshake(soon()); }) &&
           step("read", [&] { return hear(*made, request().size(), told.received.back()); }) &&
           say_all(step, *made, reply()) && say_goodbye(step, *made);
}

void be_server(const world& in, story& told, std::uint16_t& port) {
    storyteller step(told, in.tries_again);
    std::optional<context> made;
    if (!load(step, made)) return;
    std::optional<listener> listens;
    if (!step("bind", [&]() -> result<void> {
            auto bound = listener::bind(*made, "localhost", 0);
            if (!bound) return std::unexpected(bound.error());
            listens = std::move(*bound);
            return {};
        })) {
        return;
    }
    if (!step("address", [&]() -> result<void> {
            const auto all = listens->local_addresses();
            if (!all) return std::unexpected(all.error());
            port = all->front().port;
            return {};
        })) {
        return;
    }
    for (int i = 0; i < connections; ++i) {
        if (i > 0) {
            if (!load(step, made)) return;
            if (!step("use", [&] { return listens->use(*made); })) return;
        }
        if (!serve(step, told, *listens)) return;
    }
    listens->close();
}

}  // namespace

const std::string& request() {
    static const std::string& text = *new std::string(text_of(18000, 1));
    return text;
}

const std::string& reply() {
    static const std::string& text = *new std::string(text_of(17000, 2));
    return text;
}

std::size_t story::count(std::string_view step) const {
    return static_cast<std::size_t>(std::ranges::count(steps, step));
}

world::world() {
    const auto anchors = directory.path() / "anchors";
    std::filesystem::create_directory(anchors);
    std::filesystem::copy_file(pki::file("root.crt"), anchors / "root.crt");
    std::filesystem::create_symlink(pki::file("intermediate.crt"), anchors / "linked.crt");
    std::filesystem::create_symlink("nowhere", anchors / "dangling.crt");
    peers.client.resumption = true;
}

lives live_as_client(const world& in) {
    lives both;
    std::optional<contexts> made;
    std::optional<server_peer> server;
    std::uint16_t port = 0;
    {
        const spared not_part_of_it;
        made.emplace(in.peers);
        server.emplace(*made);
        port = server->port();
    }
    const auto go_on = [&] { server->go_on(); };
    {
        const while_waiting meanwhile(go_on);
        be_client(in, both.told, port);
    }
    let_the_rest_arrive(go_on);
    both.seen = std::move(server->seen);
    const spared not_part_of_it;
    server.reset();
    made.reset();
    return both;
}

lives live_as_server(const world& in) {
    lives both;
    std::uint16_t port = 0;
    std::optional<contexts> made;
    std::optional<client_peer> client;
    {
        const spared not_part_of_it;
        made.emplace(in.peers);
        client.emplace(*made);
    }
    const auto go_on = [&] { client->go_on(port); };
    {
        const while_waiting meanwhile(go_on);
        be_server(in, both.told, port);
    }
    port = 0;  // nobody listens any more
    let_the_rest_arrive(go_on);
    both.seen = std::move(client->seen);
    const spared not_part_of_it;
    client.reset();
    made.reset();
    return both;
}

}  // namespace faults
