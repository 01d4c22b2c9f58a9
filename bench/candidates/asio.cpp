// SPDX-License-Identifier: Apache-2.0
// Boost.Asio as its documentation shows it: ssl::stream and the synchronous functions; a buffered_write_stream where
// data may wait.
#include <sys/socket.h>

#include <optional>

#include <openssl/crypto.h>
#include <boost/asio/buffered_write_stream.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/version.hpp>

#include "bench/candidates/openssl.hpp"

namespace bench {
namespace {

namespace asio = boost::asio;
using tcp_or_unix = asio::generic::stream_protocol;
using tls_stream = asio::ssl::stream<tcp_or_unix::socket>;

/// The documentation wants one per program. Synchronous functions do not run it.
asio::io_context& io() {
    static asio::io_context only;
    return only;
}

tcp_or_unix::socket adopted(int socket) {
    int domain = 0;
    socklen_t size = sizeof domain;
    if (::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0) throw std::runtime_error("no socket");
    tcp_or_unix::socket made(io());
    made.assign(tcp_or_unix(domain, 0), socket);
    return made;
}

class asio_connection final : public connection {
public:
    asio_connection(asio::ssl::context& context, int socket, tls_stream::handshake_type role)
        : stream_(adopted(socket), context), role_(role) {
        if (role_ == tls_stream::server) return;
        stream_.set_verify_mode(asio::ssl::verify_peer);
        stream_.set_verify_callback(asio::ssl::host_name_verification(server_name));
        check_openssl(SSL_set_tlsext_host_name(stream_.native_handle(), server_name), "SSL_set_tlsext_host_name");
    }
    void handshake() override { stream_.handshake(role_); }
    void write(std::span<const std::byte> data) override {
        flush();
        asio::write(stream_, asio::buffer(data.data(), data.size()));
    }
    std::size_t read(std::span<std::byte> room) override {
        boost::system::error_code problem;
        const std::size_t count = stream_.read_some(asio::buffer(room.data(), room.size()), problem);
        if (problem && problem != asio::error::eof) throw boost::system::system_error(problem);
        return count;
    }
    void gather(std::span<const std::byte> data) override {
        if (data.size() >= record) return write(data);
        if (!gathered_) gathered_.emplace(stream_, record);
        asio::write(*gathered_, asio::buffer(data.data(), data.size()));
    }
    void flush() override {
        if (gathered_) gathered_->flush();
    }
    /// shutdown() would wait for the peer's close_notify, unless that is there already.
    void close() override {
        boost::system::error_code peer_has_gone;
        SSL_set_shutdown(stream_.native_handle(), SSL_RECEIVED_SHUTDOWN);
        stream_.shutdown(peer_has_gone);
    }

private:
    static constexpr std::size_t record = 16384;
    tls_stream stream_;
    tls_stream::handshake_type role_;
    std::optional<asio::buffered_write_stream<tls_stream&>> gathered_ = {};
};

std::shared_ptr<asio::ssl::context> make_context(asio::ssl::context::method method) {
    const auto made = std::make_shared<asio::ssl::context>(method);
    set_openssl_parameters(made->native_handle());
    return made;
}

}  // namespace

candidate make_candidate() {
    const auto client = make_context(asio::ssl::context::tlsv13_client);
    client->load_verify_file(certificate_file("root.crt"));
    const auto server = make_context(asio::ssl::context::tlsv13_server);
    server->use_certificate_chain_file(certificate_file("server.crt"));
    server->use_private_key_file(certificate_file("server.key"), asio::ssl::context::pem);
    return {
        .library = "Boost.Asio " BOOST_LIB_VERSION " on " + std::string(OpenSSL_version(OPENSSL_VERSION)),
        .client = [=](int socket) { return std::make_unique<asio_connection>(*client, socket, tls_stream::client); },
        .server = [=](int socket) { return std::make_unique<asio_connection>(*server, socket, tls_stream::server); },
        .client_context =
            [] {
                asio::ssl::context context(asio::ssl::context::tls_client);
                context.set_default_verify_paths();
            },
    };
}

}  // namespace bench
