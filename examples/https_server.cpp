// SPDX-License-Identifier: Apache-2.0
// An HTTPS server on Boost.Beast: one thread, any number of clients.   https_server-<backend> [CERTIFICATE [KEY
// [PORT]]]
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <tlseam/boost_asio.hpp>
#include <tlseam/tlseam.hpp>

#include <iostream>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;

using tls_stream = tlseam::boost_asio_stream<beast::tcp_stream>;

// With the port of websocket_echo behind the #, the page talks to it and tells the server what it heard.
constexpr const char* page = R"(<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>tlseam</title>
<h1>Served over TLS</h1>
<p id="heard">No WebSocket yet.</p>
<script>
const port = location.hash.slice(1);
if (port) {
  const socket = new WebSocket(`wss://${location.hostname}:${port}/`);
  socket.onopen = () => socket.send("hello from the page");
  socket.onmessage = message => {
    document.getElementById("heard").textContent = message.data;
    fetch("/heard/" + encodeURIComponent(message.data));
  };
}
</script></html>
)";

http::response<http::string_body> answer(const http::request<http::empty_body>& request) {
    http::response<http::string_body> out(http::status::ok, request.version());
    out.keep_alive(request.keep_alive());
    out.set(http::field::content_type, "text/html; charset=utf-8");
    out.body() = page;
    if (request.method() != http::verb::get) {
        out.result(http::status::method_not_allowed);
        out.set(http::field::allow, "GET");
        out.body() = "";
    }
    out.prepare_payload();
    return out;
}

asio::awaitable<void> serve(tls_stream stream) {
    beast::flat_buffer buffer;
    for (;;) {
        beast::get_lowest_layer(stream).expires_after(30s);  // for all that one request takes, and the handshake
        http::request<http::empty_body> request;
        co_await http::async_read(stream, buffer, request, use_awaitable);
        std::cout << request.method_string() << ' ' << request.target() << std::endl;
        const auto response = answer(request);
        co_await http::async_write(stream, response, use_awaitable);
        if (!response.keep_alive()) break;
    }
    co_await stream.async_shutdown(use_awaitable);
}

asio::awaitable<void> listen(tcp::acceptor acceptor, tlseam::context context) {
    for (;;) {
        tls_stream stream(co_await acceptor.async_accept(use_awaitable), context);
        asio::co_spawn(acceptor.get_executor(), serve(std::move(stream)), [](const std::exception_ptr& problem) {
            try {
                if (problem) std::rethrow_exception(problem);
            } catch (const boost::system::system_error& e) {
                // The client has left, or has other ideas of TLS; the others go on.
                if (e.code() != http::error::end_of_stream) std::cerr << e.code().message() << std::endl;
            }
        });
    }
}

int main(int argc, char** argv) try {
    const auto argument = [&](int n, const char* otherwise) { return n < argc ? argv[n] : otherwise; };
    const auto port = static_cast<std::uint16_t>(std::stoi(argument(3, "8443")));

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
