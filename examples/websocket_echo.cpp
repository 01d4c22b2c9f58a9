// SPDX-License-Identifier: Apache-2.0
// WebSockets over TLS (wss) with Boost.Beast: every message goes back.   websocket_echo-<backend> [CERTIFICATE [KEY
// [PORT]]]
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <tlseam/boost_asio.hpp>
#include <tlseam/tlseam.hpp>

#include <iostream>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;

using tls_stream = tlseam::boost_asio_stream<beast::tcp_stream>;

asio::awaitable<void> echo(tls_stream below) {
    beast::get_lowest_layer(below).expires_after(30s);
    co_await below.async_handshake(use_awaitable);
    beast::get_lowest_layer(below).expires_never();  // websocket::stream has deadlines of its own

    websocket::stream<tls_stream> socket(std::move(below));
    socket.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
    co_await socket.async_accept(use_awaitable);
    for (;;) {
        beast::flat_buffer message;
        co_await socket.async_read(message, use_awaitable);
        socket.text(socket.got_text());
        co_await socket.async_write(message.data(), use_awaitable);
    }
}

asio::awaitable<void> listen(tcp::acceptor acceptor, tlseam::context context) {
    for (;;) {
        tls_stream stream(co_await acceptor.async_accept(use_awaitable), context);
        asio::co_spawn(acceptor.get_executor(), echo(std::move(stream)), [](const std::exception_ptr& problem) {
            try {
                if (problem) std::rethrow_exception(problem);
            } catch (const boost::system::system_error& e) {
                if (e.code() != websocket::error::closed) std::cerr << e.code().message() << std::endl;
            }
        });
    }
}

int main(int argc, char** argv) try {
    const auto argument = [&](int n, const char* otherwise) { return n < argc ? argv[n] : otherwise; };
    const auto port = static_cast<std::uint16_t>(std::stoi(argument(3, "8444")));

    auto identity =
        or_throw(tlseam::credentials::load_cert_chain(argument(1, "server.crt"), argument(2, "server.key")));
    auto context = or_throw(tlseam::context::server({.credentials = {identity}, .alpn = {"http/1.1"}}));

    asio::io_context io;
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), port));
    std::cout << "listening on localhost:" << acceptor.local_endpoint().port() << std::endl;
    asio::co_spawn(io, listen(std::move(acceptor), context), asio::detached);
    asio::signal_set signals(io, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
    io.run();
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
