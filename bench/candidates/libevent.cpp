// SPDX-License-Identifier: Apache-2.0
// libevent as its book shows it: a bufferevent over a socket that does not block, and an event loop, which runs here
// until a call has what it waits for.
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "bench/candidates/openssl.hpp"

namespace bench {
namespace {

constexpr std::size_t output_limit = 512 * 1024;  // gathered data waits for the loop until there is this much
constexpr std::size_t input_limit = 512 * 1024;   // without one it reads 4 KiB at a time

/// The loop of one role: no two threads have connections of the same role at the same time.
class loop {
public:
    loop() {
        if (!base_) throw std::runtime_error("event_base_new");
    }
    event_base* get() {
        if (owner_ != ::getpid() && event_reinit(base_.get()) != 0) throw std::runtime_error("event_reinit");
        owner_ = ::getpid();
        return base_.get();
    }
    void run_once() {
        if (event_base_loop(base_.get(), EVLOOP_ONCE) != 0) throw std::runtime_error("event_base_loop: nothing to do");
    }

private:
    std::unique_ptr<event_base, openssl_deleter<event_base_free>> base_{event_base_new()};
    pid_t owner_ = ::getpid();
};

class libevent_connection final : public connection {
public:
    libevent_connection(loop& loop, ssl_ptr ssl, int socket, bufferevent_ssl_state role) : loop_(loop) {
        evutil_make_socket_nonblocking(socket);
        event_.reset(bufferevent_openssl_socket_new(loop_.get(), socket, ssl.get(), role, BEV_OPT_CLOSE_ON_FREE));
        if (!event_) throw std::runtime_error("bufferevent_openssl_socket_new");
        (void)ssl.release();  // BEV_OPT_CLOSE_ON_FREE
        bufferevent_setcb(event_.get(), nullptr, nullptr, happened, this);
        bufferevent_setwatermark(event_.get(), EV_READ, 0, input_limit);
        bufferevent_enable(event_.get(), EV_READ | EV_WRITE);
    }
    void handshake() override {
        run_until([&] { return connected_; });
    }
    void write(std::span<const std::byte> data) override {
        bufferevent_write(event_.get(), data.data(), data.size());
        flush();
    }
    std::size_t read(std::span<std::byte> room) override {
        run_until([&] { return evbuffer_get_length(bufferevent_get_input(event_.get())) > 0 || ended_; });
        return bufferevent_read(event_.get(), room.data(), room.size());
    }
    void gather(std::span<const std::byte> data) override {
        bufferevent_write(event_.get(), data.data(), data.size());
        run_until([&] { return evbuffer_get_length(bufferevent_get_output(event_.get())) < output_limit; });
    }
    void flush() override {
        run_until([&] { return evbuffer_get_length(bufferevent_get_output(event_.get())) == 0; });
    }
    /// As the book says under "Bufferevents and SSL".
    void close() override {
        SSL* ssl = bufferevent_openssl_get_ssl(event_.get());
        SSL_set_shutdown(ssl, SSL_RECEIVED_SHUTDOWN);
        SSL_shutdown(ssl);
    }

private:
    static void happened(bufferevent*, short what, void* self) {
        auto& connection = *static_cast<libevent_connection*>(self);
        if ((what & BEV_EVENT_CONNECTED) != 0) connection.connected_ = true;
        if ((what & BEV_EVENT_EOF) != 0) connection.ended_ = true;
        if ((what & BEV_EVENT_ERROR) != 0) connection.failed_ = true;
    }
    template <class Condition>
    void run_until(Condition condition) {
        while (!condition()) {
            if (failed_) fail();
            loop_.run_once();
        }
    }
    [[noreturn]] void fail() const {
        std::array<char, 256> text = {};
        ERR_error_string_n(bufferevent_get_openssl_error(event_.get()), text.data(), text.size());
        throw std::runtime_error(std::string("bufferevent: ") + text.data());
    }

    loop& loop_;
    std::unique_ptr<bufferevent, openssl_deleter<bufferevent_free>> event_ = {};
    bool connected_ = false, ended_ = false, failed_ = false;
};

}  // namespace

candidate make_candidate() {
    const auto client = openssl_client_context(), server = openssl_server_context();
    const auto clients = std::make_shared<loop>(), servers = std::make_shared<loop>();
    return {
        .library = std::string("libevent ") + event_get_version() + " on " + OpenSSL_version(OPENSSL_VERSION),
        .client =
            [=](int socket) {
                return std::make_unique<libevent_connection>(*clients, openssl_client(client), socket,
                                                             BUFFEREVENT_SSL_CONNECTING);
            },
        .server =
            [=](int socket) {
                return std::make_unique<libevent_connection>(*servers, openssl_server(server), socket,
                                                             BUFFEREVENT_SSL_ACCEPTING);
            },
    };
}

}  // namespace bench
