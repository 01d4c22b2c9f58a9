// SPDX-License-Identifier: Apache-2.0
// `tlseam compare HOST:PORT`: the same connection with each library, one after the other.
#include <system_error>

#include "cli/exit_codes.hpp"
#include "cli/front/attempt.hpp"
#include "cli/front/child.hpp"
#include "cli/front/compare.hpp"
#include "cli/front/comparison.hpp"
#include "cli/front/heap_peak.hpp"
#include "cli/front/progress.hpp"
#include "cli/front/relay.hpp"
#include "cli/front/tcp.hpp"
#include "cli/signals.hpp"

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;
using clock = std::chrono::steady_clock;

struct connected {
    owned_fd socket{};
    std::chrono::duration<double, std::milli> took{};
};

connected connect_timed(const tcp_address& to, const compare_server& command, const std::stop_token& stop) {
    const auto start = clock::now();
    owned_fd socket = connect_to(to, {start + command.timeout, stop});
    return {std::move(socket), clock::now() - start};
}

std::string sentence(const compare_server& command, const tcp_address& tried, const std::system_error& problem) {
    const std::string peer = command.peer.to_string();
    const bool same = peer == tried.text();
    return "cannot connect to " + peer + (same ? "" : " (" + tried.text() + ")") + ": " + problem.code().message();
}

/// The first of them that lets us in, and that one for every library.
connected find_server(const std::vector<tcp_address>& candidates, tcp_address& chosen, const compare_server& command,
                      const std::stop_token& stop) {
    for (const auto& each : candidates) {
        chosen = each;
        try {
            return connect_timed(each, command, stop);
        } catch (const std::system_error& problem) {
            if (&each != &candidates.back()) continue;
            if (problem.code() == std::errc::connection_refused) throw usage_error(sentence(command, each, problem));
            throw std::runtime_error(sentence(command, each, problem));
        }
    }
    throw std::runtime_error("there is no address of " + command.peer.host);
}

std::vector<std::string> arguments(const compare_server& command, const tcp_address& relay) {
    std::vector<std::string> out = {"connect",
                                    relay.text(),
                                    "--json",
                                    "--name",
                                    command.name.value_or(command.peer.host),
                                    "--timeout",
                                    std::to_string(std::chrono::duration<double>(command.timeout).count())};
    if (command.insecure) out.emplace_back("--insecure");
    if (!command.ca_file.empty()) out.insert(out.end(), {"--ca", command.ca_file});
    if (command.alpn) out.insert(out.end(), {"--alpn", *command.alpn});
    return out;
}

json attempt_with(const backend_program& program, const compare_server& command, connected server,
                  const std::stop_token& stop) {
    constexpr std::chrono::seconds to_end(15);  // beyond its own deadline: it has to start and to end
    owned_fd listening = listen_on_loopback();
    const tcp_address here = local_address(listening.get());
    const auto took = server.took;
    relay between(
        [listener = std::move(listening), to = std::move(server.socket)](const std::stop_token& given_up) mutable {
            std::vector<owned_fd> listeners;
            listeners.push_back(std::move(listener));
            return relay::ends{accept_from(listeners, {.stop = given_up}), std::move(to)};
        });
    const heap_peak heap;
    child_options options{.environment = heap.environment(), .timeout = command.timeout + to_end, .stop = stop};
    // Its standard input is at its end: after the handshake it says goodbye, and the server answers.
    options.on_errors = [&](std::string_view lines) {
        if (!find_event(lines, "handshake").is_null()) between.handshake_is_over();
    };
    child_result told = run_child(program.path, arguments(command, here), options);
    if (was_stopped(told)) throw stopped();
    std::string events = told.errors;
    return describe({.program = &program,
                     .side = sender::client,
                     .told = std::move(told),
                     .events = std::move(events),
                     .seen = between.finish(sender::client),
                     .relay_address = here.text(),
                     .peer = command.peer.to_string(),
                     .tcp_connect = took,
                     .heap_peak = heap.bytes()});
}

json attempts(const compare_server& command, const std::vector<tcp_address>& candidates, tcp_address& chosen,
              const std::stop_token& stop) {
    json out = json::array();
    progress progress("comparing");
    connected next = find_server(candidates, chosen, command, stop);
    for (const auto& program : command.programs) {
        progress.step(out.size(), command.programs.size(), program.backend);
        try {
            if (!next.socket.is_open()) next = connect_timed(chosen, command, stop);
            out.push_back(attempt_with(program, command, std::move(next), stop));
        } catch (const std::system_error& problem) {
            out.push_back(describe_failure(program, "unreachable", sentence(command, chosen, problem)));
        }
        next = connected();
    }
    return out;
}

}  // namespace

int run(const compare_server& command) {
    if (!command.ca_file.empty()) check_readable("--ca", command.ca_file);
    const auto candidates = resolve(command.peer);
    const stop_on_signal signals;
    try {
        tcp_address chosen;
        json result = {{"peer", command.peer.to_string()}, {"address", nullptr}};
        result["backends"] = attempts(command, candidates, chosen, signals.token());
        result["address"] = chosen.text();
        return conclude(std::move(result), command, words_for_clients);
    } catch (const stopped&) {
        return exit_stopped;
    }
}

}  // namespace cli::front
