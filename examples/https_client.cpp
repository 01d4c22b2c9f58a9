// SPDX-License-Identifier: Apache-2.0
// Fetches a page over HTTPS with Boost.Beast.   https_client-<backend> [CA [PORT [TARGET]]]
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

asio::awaitable<void> fetch(tlseam::context context, std::string host, std::string port, std::string target) {
    const auto executor = co_await asio::this_coro::executor;
    tcp::resolver resolver(executor);
    beast::tcp_stream below(executor);
    below.expires_after(30s);  // for everything
    co_await below.async_connect(co_await resolver.async_resolve(host, port, use_awaitable), use_awaitable);

    tlseam::boost_asio_stream<beast::tcp_stream> stream(std::move(below), context, {.server_name = host});
    co_await stream.async_handshake(use_awaitable);
    std::cerr << name(stream.info().version) << ", " << stream.info().cipher_suite_name << '\n';

    http::request<http::empty_body> request(http::verb::get, target, 11);
    request.set(http::field::host, host);
    request.set(http::field::connection, "close");
    co_await http::async_write(stream, request, use_awaitable);

    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    co_await http::async_read(stream, buffer, response, use_awaitable);
    std::cout << response.body();
    co_await stream.async_shutdown(use_awaitable);
}

int main(int argc, char** argv) {
    const auto argument = [&](int n, const char* otherwise) { return n < argc ? argv[n] : otherwise; };
    asio::io_context io;
    bool done = false;
    try {
        auto trust = or_throw(tlseam::trust_store::load_file(argument(1, "root.crt")));
        auto context = or_throw(tlseam::context::client({.trust = trust, .alpn = {"http/1.1"}}));
        asio::co_spawn(io, fetch(context, "localhost", argument(2, "8443"), argument(3, "/")),
                       [&](const std::exception_ptr& problem) {
                           if (problem) std::rethrow_exception(problem);
                           done = true;
                       });
        io.run();
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
    }
    return done ? 0 : 1;
}
