// SPDX-License-Identifier: Apache-2.0
// `connect`: one connection, between standard input and standard output.
#include <tlseam/stream.hpp>

#include "cli/commands.hpp"
#include "cli/exchange.hpp"
#include "cli/files.hpp"
#include "cli/psk_file.hpp"
#include "cli/session_file.hpp"

namespace cli {
namespace {

tlseam::context make_context(const connect_command& command, session_file& sessions) {
    auto psk = load_psk(command);
    auto tls = command.tls;
    if (psk) limit_versions(tls, {*psk});
    return tlseam::or_throw(tlseam::context::client({
        .trust = load_trust(command.ca_file),
        .credentials = load_identity(command.tls.identity),
        .alpn = command.tls.alpn,
        .min_version = tls.min_version,
        .max_version = tls.max_version,
        .insecure_skip_verification = command.insecure,
        .groups = command.tls.groups,
        .verification = {.crls = load_crls(command.crl_files), .pins = command.pins, .ocsp = command.ocsp},
        .on_session = sessions.sink(),
        .key_log = open_key_log(command.tls.key_log_file),
        .cipher_suites = command.tls.cipher_suites,
        .signature_schemes = command.tls.signature_schemes,
        .profile = command.tls.profile,
        .psk = std::move(psk),
    }));
}

/// Then nothing was offered to anybody.
bool never_got_there(const tlseam::error& e) {
    using tlseam::errc;
    return e == errc::host_not_found || e == errc::connection_refused || e == errc::unreachable;
}

}  // namespace

int connect(const connect_command& command, reporter& report) {
    session_file sessions(command.session_file);
    const auto context = make_context(command, sessions);
    for (const auto& each : find_exposed_files(command)) report.warn(each);
    const std::string peer = command.peer.to_string();
    tlseam::connect_options options;
    if (!command.name.empty()) options.server_name = command.name;
    options.session = sessions.read();
    auto stream = tlseam::stream::connect(context, command.peer.host, command.peer.port, options,
                                          tlseam::within(command.timeout));
    if (!stream) {
        if (!never_got_there(stream.error())) sessions.forget();
        report.failed(peer, stream.error());
        return exit_code_for(stream.error());
    }
    report.handshake(peer, stream->info());

    traffic counted;
    if (auto ended = exchange(*stream, command.keep_open, counted); !ended) {
        sessions.forget();
        report.failed(peer, ended.error());
        return exit_failed;
    }
    sessions.write(stream->info().resumed);
    report.closed(peer, counted);
    return exit_done;
}

}  // namespace cli
