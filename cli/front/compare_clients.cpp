// SPDX-License-Identifier: Apache-2.0
// `tlseam compare --listen HOST:PORT`: what clients do with each library as their server.
#include <sys/socket.h>

#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "cli/exit_codes.hpp"
#include "cli/front/attempt.hpp"
#include "cli/front/child.hpp"
#include "cli/front/compare.hpp"
#include "cli/front/comparison.hpp"
#include "cli/front/heap_peak.hpp"
#include "cli/front/relay.hpp"
#include "cli/front/table.hpp"
#include "cli/front/tcp.hpp"
#include "cli/signals.hpp"

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;
using clock = std::chrono::steady_clock;

void say(const std::string& line) {
    std::fputs((line + "\n").c_str(), stderr);
    std::fflush(stderr);
}

std::vector<std::string> arguments(const compare_clients& command) {
    const std::string seconds = std::to_string(std::chrono::duration<double>(command.timeout).count());
    std::vector<std::string> out = {"serve",    "--once",         "--json",
                                    "--listen", "127.0.0.1:0",    "--handshake-timeout",
                                    seconds,    "--idle-timeout", seconds};
    for (const auto& each : command.chain_files) out.insert(out.end(), {"--cert", each});
    for (const auto& each : command.key_files) out.insert(out.end(), {"--key", each});
    if (command.alpn) out.insert(out.end(), {"--alpn", *command.alpn});
    if (!command.client_ca_file.empty()) out.insert(out.end(), {"--client-ca", command.client_ca_file});
    // A page for those who ask for one; over HTTP/2 there is none.
    const bool http2 = command.alpn && ("," + *command.alpn + ",").find(",h2,") != std::string::npos;
    out.insert(out.end(), {"--mode", http2 ? "discard" : "http"});
    return out;
}

/// The program of one library, waiting for its only client.
class server_program {
public:
    server_program(const backend_program& program, const compare_clients& command, const std::stop_token& stop)
        : program_(program), thread_([this, words = arguments(command), stop] { run(words, stop); }) {}

    ~server_program() { stop_.request_stop(); }

    server_program(const server_program&) = delete;
    server_program& operator=(const server_program&) = delete;

    /// Where it listens; port 0 when it ended before.
    std::uint16_t port() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return port_ != 0 || ended_; });
        return port_;
    }

    void on_handshake(relay& between) {
        const std::scoped_lock lock(mutex_);
        between_ = &between;
        tell();
    }

    /// Waits for its end.
    child_result result() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ended_; });
        between_ = nullptr;
        return told_;
    }

    [[nodiscard]] std::optional<std::size_t> heap_bytes() const { return heap_.bytes(); }

private:
    void run(const std::vector<std::string>& words, const std::stop_token& stop) noexcept {
        const std::stop_callback passed_on(stop, [this] { stop_.request_stop(); });
        child_options options{
            .environment = heap_.environment(), .timeout = std::chrono::hours(24 * 365), .stop = stop_.get_token()};
        options.on_output = [this](std::string_view lines) { hear(lines); };
        child_result told;
        try {
            told = run_child(program_.path, words, options);
        } catch (const std::exception& problem) {
            told.errors = problem.what();
        }
        const std::scoped_lock lock(mutex_);
        told_ = std::move(told);
        ended_ = true;
        changed_.notify_all();
    }

    void hear(std::string_view lines) {
        const json listening = find_event(lines, "listening");
        const std::scoped_lock lock(mutex_);
        const bool has_port = listening.is_object() && listening.contains("port") && listening["port"].is_number();
        if (has_port && port_ == 0) port_ = listening["port"].get<std::uint16_t>();
        shaken_ = shaken_ || !find_event(lines, "handshake").is_null();
        tell();
        changed_.notify_all();
    }

    void tell() {
        if (shaken_ && between_ != nullptr) between_->handshake_is_over();
    }

    const backend_program& program_;
    const heap_peak heap_;
    std::stop_source stop_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint16_t port_ = 0;
    bool shaken_ = false, ended_ = false;
    relay* between_ = nullptr;
    child_result told_;
    std::jthread thread_;  // the last: it uses the others
};

/// Those who come and leave without a word, such as somebody who looks whether the port is open, are no clients.
owned_fd next_client(const std::vector<owned_fd>& listeners, const compare_clients& command,
                     const std::stop_token& stop) {
    for (;;) {
        owned_fd client = accept_from(listeners, {.stop = stop});
        const std::string who = peer_address(client.get()).text();
        try {
            wait_for_input(client.get(), {clock::now() + command.timeout, stop});
            char first = 0;
            if (::recv(client.get(), &first, 1, MSG_PEEK) > 0) return client;
            say("  " + who + " left without a word; still waiting");
        } catch (const std::system_error&) {
            say("  " + who + " said nothing; still waiting");
        }
    }
}

/// Told by a signal to end: `serve` ends well then.
bool left_early(const child_result& told) {
    return was_stopped(told) || (told.exit_code == exit_done && find_event(told.output, "handshake").is_null());
}

json attempt_with(const backend_program& program, server_program& server, std::uint16_t port, owned_fd client,
                  const std::stop_token& stop) {
    const tcp_address who = peer_address(client.get());
    owned_fd to_server;
    try {
        to_server = connect_to(resolve({"127.0.0.1", port}).front(), {.stop = stop});
    } catch (const std::system_error& problem) {  // it is no longer there
        if (left_early(server.result())) throw stopped();
        return describe_failure(program, "unreachable", problem.what());
    }
    const std::string relay_address = local_address(to_server.get()).text();
    relay between([&client, &to_server](const std::stop_token&) {
        return relay::ends{std::move(client), std::move(to_server)};
    });
    server.on_handshake(between);
    child_result told = server.result();
    if (stop.stop_requested() || left_early(told)) throw stopped();
    std::string events = told.output;
    return describe({.program = &program,
                     .side = sender::server,
                     .told = std::move(told),
                     .events = std::move(events),
                     .seen = between.finish(sender::server),
                     .relay_address = relay_address,
                     .peer = who.text(),
                     .tcp_connect = std::nullopt,
                     .heap_peak = server.heap_bytes()});
}

/// One that cannot serve with these settings; the other libraries may.
json without_client(const backend_program& program, const child_result& told) {
    if (was_stopped(told)) throw stopped();
    const json event = find_event(told.output, "error");
    if (event.is_null()) return describe_failure(program, "internal", told.errors.substr(0, told.errors.find('\n')));
    const std::string detail = event.value("detail", "");
    if (event["code"] != "unsupported") throw usage_error(detail);
    return describe_failure(program, "unsupported", detail);
}

void serve_all(const compare_clients& command, const std::vector<owned_fd>& listeners, const std::string& where,
               json& out, const std::stop_token& stop) {
    const std::size_t count = command.programs.size();
    bool told = false;
    for (const auto& program : command.programs) {
        server_program server(program, command, stop);
        const std::uint16_t port = server.port();
        if (stop.stop_requested()) throw stopped();
        if (port == 0) {
            out.push_back(without_client(program, server.result()));
            say(program.backend + " cannot serve with these settings, and gets no client");
            continue;
        }
        if (!std::exchange(told, true)) {
            say("Listening on " + where + ". Connect your client " +
                (count == 1 ? "once" : std::to_string(count) + " times, once for each library") +
                "; Ctrl-C ends it before.");
        }
        say(std::to_string(out.size() + 1) + "/" + std::to_string(count) + " waiting for a client of " +
            program.backend + " on " + where);
        owned_fd client = next_client(listeners, command, stop);
        const std::string who = peer_address(client.get()).text();
        out.push_back(attempt_with(program, server, port, std::move(client), stop));
        const json& error = out.back()["error"];
        say("  " + who + (error.is_null() ? " was served" : ": " + printable(error["code"].get<std::string>())));
    }
}

/// Every address of the host, with one port.
std::vector<owned_fd> listen_on_all(const address& where) {
    std::vector<owned_fd> out;
    for (auto each : resolve(where, true)) {
        try {
            if (!out.empty() && where.port == 0) each.set_port(local_address(out.front().get()).port());
            out.push_back(listen_on(each));
        } catch (const std::system_error& problem) {
            if (problem.code().value() == EAFNOSUPPORT || problem.code().value() == EADDRNOTAVAIL) continue;
            if (problem.code() == std::errc::address_in_use) throw usage_error(problem.what());
            throw;
        }
    }
    if (out.empty()) throw std::runtime_error("cannot listen on " + where.to_string() + ": no address of this machine");
    return out;
}

}  // namespace

int run(const compare_clients& command) {
    if (!command.client_ca_file.empty()) check_readable("--client-ca", command.client_ca_file);
    for (const auto& each : command.chain_files) check_readable("--cert", each);
    for (const auto& each : command.key_files) check_readable("--key", each);
    const auto listeners = listen_on_all(command.listen);
    const stop_on_signal signals;
    const tcp_address where = local_address(listeners.front().get());
    const std::string typed = address{command.listen.host, where.port()}.to_string();
    json result = {{"peer", command.listen.host.empty() ? where.text() : typed},
                   {"address", where.text()},
                   {"backends", json::array()}};
    bool interrupted = false;
    try {
        serve_all(command, listeners, result["peer"], result["backends"], signals.token());
    } catch (const stopped&) {
        interrupted = true;
    }
    if (result["backends"].empty()) {
        say("no client came");
        return exit_stopped;
    }
    const int code = conclude(std::move(result), command, words_for_servers);
    return interrupted ? exit_stopped : code;
}

}  // namespace cli::front
