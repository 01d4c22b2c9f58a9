// SPDX-License-Identifier: Apache-2.0
// `serve`: a thread for each client, and no client that can end it.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <new>
#include <system_error>

#include <tlseam/listener.hpp>

#include "cli/client_threads.hpp"
#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/modes.hpp"
#include "cli/psk_file.hpp"
#include "cli/signals.hpp"

namespace cli {
namespace {

using tlseam::errc;
using tlseam::listener;
using tlseam::or_throw;
using tlseam::result;
using tlseam::stream;

tlseam::context make_context(const serve_command& command) {
    auto credentials = load_identity(command.tls.identity);
    auto psks = load_psks(command.psk_file);
    auto tls = command.tls;
    if (credentials.empty()) limit_versions(tls, psks);
    return or_throw(tlseam::context::server({
        .credentials = std::move(credentials),
        .alpn = command.tls.alpn,
        .client_auth = command.client_auth,
        .client_trust = load_trust(command.client_ca_file),
        .min_version = tls.min_version,
        .max_version = tls.max_version,
        .groups = command.tls.groups,
        .verification = {.crls = load_crls(command.crl_files)},
        .ticket_keys = load_ticket_keys(command.ticket_key_files),
        .key_log = open_key_log(command.tls.key_log_file),
        .cipher_suites = command.tls.cipher_suites,
        .signature_schemes = command.tls.signature_schemes,
        .profile = command.tls.profile,
        .psks = std::move(psks),
    }));
}

/// True when the client was served to its end.
bool serve_client(const serve_command& command, reporter& report, stream client, const std::stop_token& stop) noexcept {
    std::string peer;
    try {
        if (const auto address = client.peer_address()) peer = address->to_string();
        traffic counted;
        auto served = client.handshake(tlseam::within(command.handshake_timeout, stop));
        if (served) {
            report.handshake(peer, client.info());
            served = run_mode(command.mode, client, {command.idle_timeout, stop}, counted);
            // A client that is cut off by us may at least know that it was not an attacker who did it.
            if (!served) (void)client.close_write(tlseam::within(std::chrono::milliseconds(0)));
        }
        if (served) {
            report.closed(peer, counted);
        } else {
            report.failed(peer, served.error());
        }
        return served.has_value();
    } catch (const std::bad_alloc&) {
        std::fputs("error: a client was dropped: out of memory\n", stderr);
        return false;
    }
}

/// The system has no descriptor or thread left: clients that end give some back.
void rest(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    never.wait_for(lock, stop, std::chrono::milliseconds(100), [] { return false; });
}

int serve_once(const serve_command& command, reporter& report, listener& listener, const std::stop_token& stop) {
    auto client = listener.accept({.stop = stop});
    if (!client && client.error() == errc::cancelled) return exit_done;
    listener.close();
    const bool served = serve_client(command, report, or_throw(std::move(client)), stop);
    return served || stop.stop_requested() ? exit_done : exit_failed;
}

int serve_many(const serve_command& command, reporter& report, listener& listener, const std::stop_token& stop) {
    client_threads clients(command.most_clients);
    while (clients.wait_for_place(stop)) {
        auto client = listener.accept({.stop = stop});
        if (!client && client.error() == errc::cancelled) break;
        try {
            clients.start([&, client = or_throw(std::move(client))]() mutable noexcept {
                serve_client(command, report, std::move(client), stop);
            });
        } catch (const tlseam::exception& problem) {
            report.failed({}, problem.error());
            rest(stop);
        } catch (const std::system_error& problem) {
            report.failed({}, {errc::transport_error,
                               {.message = "cannot start a thread", .system_code = problem.code().value()}});
            rest(stop);
        }
    }
    listener.close();  // before the clients: nobody waits for a server that is about to leave
    return exit_done;
}

}  // namespace

int serve(const serve_command& command, reporter& report) {
    const stop_on_signal signals;
    auto listener = or_throw(listener::bind(make_context(command), command.listen.host, command.listen.port));
    report.listening(or_throw(listener.local_addresses()));
    for (const auto& each : find_exposed_files(command)) report.warn(each);
    const auto run = command.once ? serve_once : serve_many;
    return run(command, report, listener, signals.token());
}

}  // namespace cli
