// SPDX-License-Identifier: Apache-2.0
// The same Beast server over tlseam and over boost::asio::ssl::stream (BENCH_SSL_STREAM), for wrk: one thread,
// keep-alive, a small answer. Prints its port, and ends with its standard input.
#include <unistd.h>

#include <array>
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <exception>
#include <iostream>
#include <string>

#include "bench/certs_dir.hpp"

#ifdef BENCH_SSL_STREAM
#include <boost/asio/ssl.hpp>
#else
#include <tlseam/boost_asio.hpp>
#include <tlseam/tlseam.hpp>
#endif

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::use_awaitable;
using asio::ip::tcp;
const std::string certs = TLSEAM_CERTS_DIR;

#ifdef BENCH_SSL_STREAM
using tls_stream = asio::ssl::stream<beast::tcp_stream>;
struct tls {
    asio::ssl::context context{asio::ssl::context::tls_server};
    tls() {
        context.use_certificate_chain_file(certs + "/server.crt");
        context.use_private_key_file(certs + "/server.key", asio::ssl::context::pem);
    }
};
asio::awaitable<void> shake_hands(tls_stream& stream) {
    co_await stream.async_handshake(asio::ssl::stream_base::server, use_awaitable);
}
#else
using tls_stream = tlseam::boost_asio_stream<beast::tcp_stream>;
struct tls {
    tlseam::context context =
        or_throw(tlseam::context::server({.credentials = {or_throw(tlseam::credentials::load_cert_chain(
                                              certs + "/server.crt", certs + "/server.key"))}}));
};
asio::awaitable<void> shake_hands(tls_stream& stream) { co_await stream.async_handshake(use_awaitable); }
#endif

asio::awaitable<void> serve(tls_stream stream) {
    beast::get_lowest_layer(stream).expires_after(std::chrono::seconds(30));
    co_await shake_hands(stream);
    beast::flat_buffer buffer;
    for (;;) {
        beast::get_lowest_layer(stream).expires_after(std::chrono::seconds(30));
        http::request<http::empty_body> request;
        co_await http::async_read(stream, buffer, request, use_awaitable);
        http::response<http::string_body> response(http::status::ok, request.version());
        response.keep_alive(request.keep_alive());
        response.body() = std::string(1024, 'x');
        response.prepare_payload();
        co_await http::async_write(stream, response, use_awaitable);
        if (!response.keep_alive()) break;
    }
    co_await stream.async_shutdown(use_awaitable);
}

asio::awaitable<void> listen(tcp::acceptor& acceptor, tls& with) {
    for (;;) {
        auto socket = co_await acceptor.async_accept(use_awaitable);
        socket.set_option(tcp::no_delay(true));
        // A client that leaves is no failure of the server's.
        asio::co_spawn(acceptor.get_executor(), serve(tls_stream(beast::tcp_stream(std::move(socket)), with.context)),
                       [](const std::exception_ptr&) {});
    }
}

}  // namespace

int main() try {
    asio::io_context io(1);
    tls with;
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    std::cout << acceptor.local_endpoint().port() << std::endl;
    asio::co_spawn(io, listen(acceptor, with), asio::detached);
    asio::posix::stream_descriptor input(io, ::dup(0));
    std::array<char, 1> byte;
    input.async_read_some(asio::buffer(byte), [&](const boost::system::error_code&, std::size_t) { io.stop(); });
    io.run();
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
