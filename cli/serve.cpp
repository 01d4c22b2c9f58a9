// SPDX-License-Identifier: Apache-2.0
// One thread per client, at most --max-clients. Whatever a client does, the server goes on.
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/commands.hpp"
#include "cli/report.hpp"

namespace cli {
namespace {

using tlseam::errc;
using tlseam::stream;
using tlseam::wait_options;

constexpr std::size_t record = 16384;
constexpr std::size_t max_request = 64 * 1024;
constexpr auto http_timeout = std::chrono::seconds(30);

tlseam::result<void> echo(stream& client, const wait_options& wait, traffic& bytes) {
    std::array<std::byte, record> buffer;
    for (;;) {
        const auto count = client.read_some(buffer, wait);
        if (!count) return std::unexpected(count.error());
        if (*count == 0) return {};
        bytes.received += *count;
        if (auto written = client.write_all(std::span(buffer).first(*count), wait); !written) return written;
        bytes.sent += *count;
    }
}

tlseam::result<void> discard(stream& client, const wait_options& wait, traffic& bytes) {
    std::array<std::byte, record> buffer;
    for (;;) {
        const auto count = client.read_some(buffer, wait);
        if (!count) return std::unexpected(count.error());
        if (*count == 0) return {};
        bytes.received += *count;
    }
}

/// One page, whatever the request says, once its head is complete.
tlseam::result<void> http(stream& client, const wait_options& wait, traffic& bytes) {
    std::string request;
    std::array<std::byte, 4096> buffer;
    while (request.find("\r\n\r\n") == std::string::npos && request.size() < max_request) {
        const auto count = client.read_some(buffer, wait);
        if (!count) return std::unexpected(count.error());
        if (*count == 0) return {};
        bytes.received += *count;
        request.append(reinterpret_cast<const char*>(buffer.data()), *count);
    }
    const bool complete = request.find("\r\n\r\n") != std::string::npos;
    const std::string page = "<!doctype html><title>tlseam</title><h1>Hello from tlseam on " + tlseam::backend().name +
                             "</h1><p>" + std::string(name(client.info().version)) + ", " +
                             std::string(client.info().cipher_suite_name) + "</p>\n";
    const std::string head =
        std::string("HTTP/1.1 ") + (complete ? "200 OK" : "431 Request Header Fields Too Large") +
        "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " + std::to_string(page.size()) +
        "\r\nConnection: close\r\n\r\n";
    const bool wants_body = !request.starts_with("HEAD ");
    const std::string answer = wants_body ? head + page : head;
    bytes.sent += answer.size();
    return client.write_all(tlseam::as_bytes(answer), wait);
}

class server {
public:
    server(const options& o, std::stop_token stop) : options_(o), report_(stdout, o.json), stop_(std::move(stop)) {}
    int run();

private:
    tlseam::result<tlseam::context> make_context() const;
    bool serve(stream& client);
    tlseam::result<void> talk(stream& client, const std::string& peer, traffic& bytes);
    void wait_until_fewer_than(unsigned count);

    const options& options_;
    report report_;
    std::stop_token stop_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    unsigned active_ = 0;
};

tlseam::result<tlseam::context> server::make_context() const {
    auto identity = load_credentials(options_);
    if (!identity) return std::unexpected(identity.error());
    tlseam::server_settings settings{.credentials = {*identity},
                                     .alpn = options_.alpn,
                                     .client_auth = options_.client_auth,
                                     .min_version = options_.min_version,
                                     .max_version = options_.max_version};
    if (!options_.client_ca.empty()) {
        auto trust = tlseam::trust_store::load_file(options_.client_ca);
        if (!trust) return std::unexpected(trust.error());
        settings.client_trust = *trust;
    }
    return tlseam::context::server(settings);
}

int server::run() {
    report problems(stderr, options_.json);
    auto context = make_context();
    if (!context) return problems.error("", context.error()), exit_code_for(context.error());
    auto listener = tlseam::listener::bind(*context, options_.address.host, options_.address.port);
    if (!listener) return problems.error("", listener.error()), exit_code_for(listener.error());
    const auto addresses = listener->local_addresses();
    if (!addresses) return problems.error("", addresses.error()), failed;
    for (const auto& address : *addresses) report_.listening(address);

    int result = done;
    while (!stop_.stop_requested()) {
        wait_until_fewer_than(options_.max_clients);
        auto client = listener->accept({.stop = stop_});
        if (!client) {
            if (client.error() == errc::cancelled) break;
            report_.error("", client.error());
            // No descriptors or memory left: that passes when a client leaves.
            wait_until_fewer_than(active_ > 0 ? active_ : 1);
            continue;
        }
        if (options_.once) {
            result = serve(*client) ? done : failed;
            break;
        }
        {
            const std::scoped_lock lock(mutex_);
            ++active_;
        }
        std::thread([this, connection = std::move(*client)]() mutable {
            serve(connection);
            const std::scoped_lock lock(mutex_);
            --active_;
            changed_.notify_all();
        }).detach();
    }
    listener->close();
    // Every wait of a client's thread ends with the stop request.
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return active_ == 0; });
    return result;
}

void server::wait_until_fewer_than(unsigned count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop_, [&] { return active_ < count; });
}

bool server::serve(stream& client) {
    const auto address = client.peer_address();
    const std::string peer = address ? address->to_string() : "unknown";
    traffic bytes;
    const auto ended = talk(client, peer, bytes);
    if (!ended && ended.error() != errc::cancelled) {
        report_.error(peer, ended.error());
        return false;
    }
    report_.closed(peer, bytes);
    return true;
}

tlseam::result<void> server::talk(stream& client, const std::string& peer, traffic& bytes) {
    if (auto shaken = client.handshake(tlseam::within(options_.handshake_timeout, stop_)); !shaken) return shaken;
    report_.handshake(peer, client.info());
    const wait_options wait =
        options_.mode == mode::http ? tlseam::within(http_timeout, stop_) : wait_options{.stop = stop_};
    tlseam::result<void> talked;
    switch (options_.mode) {
        case mode::echo: talked = echo(client, wait, bytes); break;
        case mode::discard: talked = discard(client, wait, bytes); break;
        case mode::http: talked = http(client, wait, bytes); break;
    }
    if (!talked) return talked;
    const auto closed = client.shutdown(tlseam::within(std::chrono::seconds(2), stop_));
    if (closed || closed.error() == errc::timed_out) return {};  // not every peer answers
    return closed;
}

}  // namespace

int serve(const options& o, std::stop_token stop) { return server(o, std::move(stop)).run(); }

}  // namespace cli
