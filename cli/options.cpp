// SPDX-License-Identifier: Apache-2.0
#include "cli/options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <sstream>
#include <string_view>

#include <tlseam/backend.hpp>

#include "cli/help.hpp"
#include "cli/report.hpp"
#include "cli/time.hpp"

namespace cli {
namespace {

/// What was typed, before it is checked. Both commands use one object: only one of them runs.
struct typed {
    std::string address;
    tls_options tls;
    std::string alpn;
    std::string min_version = "1.2";
    std::string max_version = "1.3";
    std::string profile = "compatible";
    std::optional<std::string> cipher_suites;  // an empty list is a mistake
    std::optional<std::string> groups;
    std::optional<std::string> signature_schemes;
    std::string client_auth;
    std::string mode = "echo";
    double handshake_timeout = 10;
    double idle_timeout = 300;
    double connect_timeout = 30;
    std::optional<std::string> name;  // an empty one is a mistake and no wish to skip the check
    std::optional<std::string> ip;
    std::optional<std::string> time;
    std::string purpose = "server";
    std::string crl_scope = "chain";
};

tlseam::protocol_version version_of(const std::string& text) {
    return text == "1.2" ? tlseam::protocol_version::tls1_2 : tlseam::protocol_version::tls1_3;
}

std::chrono::milliseconds milliseconds_of(double seconds) {
    return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

/// "h2,http/1.1". Empty items stay: the library refuses them with a sentence of its own.
std::vector<std::string> split_list(const std::string& text) {
    std::vector<std::string> items;
    std::istringstream rest(text);
    for (std::string item; std::getline(rest, item, ',');) items.push_back(item);
    if (text.ends_with(',')) items.emplace_back();
    return items;
}

address checked_address(const std::string& option, const std::string& text) {
    auto parsed = parse_address(text);
    if (!parsed) throw CLI::ValidationError(option, parsed.error());
    return *parsed;
}

void check(const identity_files& files) {
    const bool none = files.chain_files.empty() && files.pkcs12_files.empty();
    if (none && !files.passphrase_file.empty()) throw CLI::RequiresError("--passphrase-file", "--cert or --pkcs12");
    if (!files.key_files.empty() && files.key_files.size() != files.chain_files.size()) {
        throw CLI::ValidationError("--key", "given " + std::to_string(files.key_files.size()) + " times and --cert " +
                                                std::to_string(files.chain_files.size()) +
                                                " times: each chain needs its key, or none is given");
    }
}

tlseam::profile profile_of(const std::string& text) {
    return *std::ranges::find(tlseam::all_profiles, text, [](tlseam::profile p) { return name(p); });
}

std::vector<std::string> checked_list(const char* option, const std::optional<std::string>& text) {
    if (!text) return {};
    if (text->empty()) throw CLI::ValidationError(option, "the list is empty");
    return split_list(*text);
}

tls_options checked_tls(const typed& typed) {
    tls_options out = typed.tls;
    check(out.identity);
    out.alpn = split_list(typed.alpn);
    out.profile = profile_of(typed.profile);
    out.cipher_suites = checked_list("--cipher-suites", typed.cipher_suites);
    out.groups = checked_list("--groups", typed.groups);
    out.signature_schemes = checked_list("--signature-schemes", typed.signature_schemes);
    out.min_version = version_of(typed.min_version);
    out.max_version = version_of(typed.max_version);
    return out;
}

/// What is negotiated. Names are those of IANA, and the library knows them.
void add_parameters(CLI::App& app, typed& typed) {
    std::vector<std::string> profiles;
    for (const auto profile : tlseam::all_profiles) profiles.emplace_back(name(profile));
    app.add_option("--profile", typed.profile, "what may be negotiated at all; `info` says what each comes to")
        ->check(CLI::IsMember(profiles))
        ->capture_default_str();
    const auto list = [&](const char* option, std::optional<std::string>& target, const char* what) {
        app.add_option(option, target, what)->type_name("LIST");
    };
    list("--cipher-suites", typed.cipher_suites, "of both versions, best first, separated by commas");
    list("--groups", typed.groups, "key exchange groups, best first, separated by commas");
    list("--signature-schemes", typed.signature_schemes, "best first, separated by commas");
}

void add_tls_options(CLI::App& app, typed& typed) {
    auto& identity = typed.tls.identity;
    auto* cert = app.add_option("--cert", identity.chain_files,
                                "certificate chain to show, leaf first (PEM or DER); may be repeated, best first")
                     ->type_name("FILE")
                     ->allow_extra_args(false);
    app.add_option("--key", identity.key_files,
                   "its private key (default: the file of --cert); with several, one for each --cert, in their order")
        ->type_name("FILE")
        ->allow_extra_args(false)
        ->needs(cert);
    app.add_option("--pkcs12", identity.pkcs12_files,
                   "chain and key in one PKCS#12 file; may be repeated, and comes after --cert")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_option("--passphrase-file", identity.passphrase_file,
                   "file whose first line is the passphrase of what is encrypted")
        ->type_name("FILE");
    app.add_option("--alpn", typed.alpn, "application protocols, best first, separated by commas")->type_name("LIST");
    for (auto [option, target] :
         {std::pair("--min-version", &typed.min_version), {"--max-version", &typed.max_version}}) {
        app.add_option(option, *target, "1.2 or 1.3")->check(CLI::IsMember({"1.2", "1.3"}))->capture_default_str();
    }
    add_parameters(app, typed);
}

void add_key_log(CLI::App& app, std::string& file) {
    app.add_option("--key-log", file, "appends the secrets of each connection, for Wireshark; for debugging only")
        ->type_name("FILE");
}

void add_crls(CLI::App& app, std::vector<std::string>& files) {
    app.add_option("--crl", files,
                   "revocation lists: every certificate below the anchor then needs one of its issuer; may be repeated")
        ->type_name("FILE")
        ->allow_extra_args(false);
}

void add_pins(CLI::App& app, std::vector<std::string>& pins) {
    app.add_option("--pin", pins, "public key that must be in the chain, \"sha256//\" and Base64; may be repeated")
        ->type_name("PIN")
        ->allow_extra_args(false);
}

void add_seconds(CLI::App& app, const char* option, double& target, const char* what) {
    app.add_option(option, target, what)->type_name("SECONDS")->check(CLI::Range(0.001, 1e6))->capture_default_str();
}

CLI::App& add_serve(CLI::App& app, typed& typed, serve_command& out) {
    auto& serve = *app.add_subcommand("serve", "accept TLS connections; SIGINT or SIGTERM ends it cleanly");
    typed.address = "localhost:4433";
    serve.add_option("--listen", typed.address, "where to listen; port 0 picks one and prints it")
        ->type_name("HOST:PORT")
        ->default_str("localhost:4433");
    add_tls_options(serve, typed);
    serve.add_option("--client-ca", out.client_ca_file, "who may issue client certificates")->type_name("FILE");
    add_crls(serve, out.crl_files);
    add_key_log(serve, typed.tls.key_log_file);
    serve
        .add_option("--client-auth", typed.client_auth,
                    "none, optional or required (default: required with --client-ca, else none)")
        ->check(CLI::IsMember({"none", "optional", "required"}));
    serve
        .add_option("--mode", typed.mode, "echo: each record comes back as one; discard: read and drop; http: one page")
        ->check(CLI::IsMember({"echo", "discard", "http"}))
        ->capture_default_str();
    serve
        .add_option("--ticket-key-file", out.ticket_key_files,
                    "32 random bytes that session tickets are encrypted with; further ones are previous secrets, the "
                    "newest first; may be repeated")
        ->type_name("FILE")
        ->allow_extra_args(false);
    serve.add_flag("--once", out.once, "serve one client; exit with 1 when that failed");
    serve.add_flag("--json", out.json, "events on standard output, one JSON object a line");
    add_seconds(serve, "--handshake-timeout", typed.handshake_timeout, "what a client has for its handshake");
    add_seconds(serve, "--idle-timeout", typed.idle_timeout, "how long a client may keep the server waiting");
    out.most_clients = 256;
    serve.add_option("--max-clients", out.most_clients, "clients at a time; further ones wait")
        ->type_name("N")
        ->check(CLI::Range(1, 10000))
        ->capture_default_str();
    return serve;
}

CLI::App& add_connect(CLI::App& app, typed& typed, connect_command& out) {
    auto& connect =
        *app.add_subcommand("connect", "copy standard input to a TLS server and its answer to standard output");
    connect.add_option("address", typed.address, "the server")->type_name("HOST:PORT")->required();
    auto* ca =
        connect.add_option("--ca", out.ca_file, "whom to trust (default: the system's store)")->type_name("FILE");
    connect.add_option("--name", out.name, "server_name to send and name to verify (default: HOST)")->type_name("NAME");
    add_tls_options(connect, typed);
    connect.add_flag("--insecure", out.insecure, "accept any certificate: anyone can read and change the data")
        ->excludes(ca);
    add_crls(connect, out.crl_files);
    add_pins(connect, out.pins);
    add_key_log(connect, typed.tls.key_log_file);
    connect.add_flag("--keep-open", out.keep_open,
                     "send no close_notify at the end of standard input, wait for the peer to end");
    connect
        .add_option("--session", out.session_file,
                    "resume with the session in this file, if it exists, and put a new one there (mode 0600)")
        ->type_name("FILE");
    connect.add_flag("--json", out.json, "events on standard error, one JSON object a line");
    add_seconds(connect, "--timeout", typed.connect_timeout, "for connecting and the handshake");
    return connect;
}

CLI::App& add_verify(CLI::App& app, typed& typed, verify_command& out) {
    auto& verify = *app.add_subcommand("verify", "the verdict on a certificate chain, without a connection");
    auto* leaf = verify.add_option("--leaf", out.leaf_file, "the certificate in question; further ones in it may help")
                     ->type_name("FILE");
    auto files = [&](const char* option, std::vector<std::string>& target, const char* what) {
        return verify.add_option(option, target, what)->type_name("FILE")->allow_extra_args(false);
    };
    files("--untrusted", out.untrusted_files, "certificates that may help to build a chain; may be repeated");
    files("--trust", out.trust_files, "whom to trust (default: the system's store); may be repeated");
    add_crls(verify, out.crl_files);
    verify.add_option("--crl-scope", typed.crl_scope, "what needs a list: all below the anchor, or the leaf")
        ->check(CLI::IsMember({"chain", "leaf"}))
        ->capture_default_str();
    add_pins(verify, out.pins);
    auto* name = verify.add_option("--name", typed.name, "host name that the certificate must carry (default: any)");
    verify.add_option("--ip", typed.ip, "IP address that the certificate must carry")
        ->type_name("ADDRESS")
        ->excludes(name);
    verify.add_option("--time", typed.time, "when (RFC 3339, such as 2030-01-31T12:00:00Z; default: now)");
    verify.add_option("--purpose", typed.purpose, "whose certificate it is")
        ->check(CLI::IsMember({"server", "client"}))
        ->capture_default_str();
    verify.add_flag("--json", out.json, "one JSON object on standard output");
    verify.add_flag("--batch", out.batch, "one JSON request per line of standard input, one answer per line")
        ->excludes(leaf);
    return verify;
}

void check(verify_command& out, const typed& typed) {
    if (out.batch) {
        out.json = true;
    } else if (out.leaf_file.empty()) {
        throw CLI::RequiredError("--leaf or --batch");
    }
    out.name = typed.ip ? typed.ip : typed.name;
    if (typed.time) {
        out.time = parse_time(*typed.time);
        if (!out.time) throw CLI::ValidationError("--time", "'" + *typed.time + "' is not as RFC 3339 writes it");
    }
    if (typed.purpose == "client") out.purpose = tlseam::role::client;
    if (typed.crl_scope == "leaf") out.crl_scope = tlseam::crl_scope::leaf;
}

void check(serve_command& out, const typed& typed) {
    out.listen = checked_address("--listen", typed.address);
    out.tls = checked_tls(typed);
    if (out.tls.identity.chain_files.empty() && out.tls.identity.pkcs12_files.empty()) {
        throw CLI::RequiredError("--cert or --pkcs12");
    }
    out.handshake_timeout = milliseconds_of(typed.handshake_timeout);
    out.idle_timeout = milliseconds_of(typed.idle_timeout);
    using enum tlseam::client_auth;
    const bool by_default = typed.client_auth.empty();
    if (typed.client_auth == "required" || (by_default && !out.client_ca_file.empty())) out.client_auth = required;
    if (typed.client_auth == "optional") out.client_auth = optional;
    if (typed.mode == "discard") out.mode = serve_mode::discard;
    if (typed.mode == "http") out.mode = serve_mode::http;
    if (out.mode == serve_mode::http && std::ranges::find(out.tls.alpn, "h2") != out.tls.alpn.end()) {
        throw CLI::ValidationError("--alpn", "'h2' cannot be agreed on: --mode http speaks HTTP/1.1");
    }
}

void check(connect_command& out, const typed& typed) {
    out.peer = checked_address("HOST:PORT", typed.address);
    if (out.peer.host.empty()) throw CLI::ValidationError("HOST:PORT", "'" + typed.address + "' has no host");
    if (out.peer.port == 0) throw CLI::ValidationError("HOST:PORT", "'" + typed.address + "' has the port 0");
    out.tls = checked_tls(typed);
    out.timeout = milliseconds_of(typed.connect_timeout);
}

/// A program that reads events gets this one too, although the command line was never understood.
void report_usage_error(int argc, const char* const* argv, const std::string& sentence) {
    const bool json = std::any_of(argv, argv + argc, [](std::string_view word) { return word == "--json"; });
    if (!json) return;
    const bool connect = argc > 1 && std::string_view(argv[1]) == "connect";
    reporter(true, connect ? stderr : stdout)
        .failed({}, tlseam::error(tlseam::errc::invalid_argument, {.message = sentence}));
}

}  // namespace

std::expected<any_command, int> parse_command_line(int argc, const char* const* argv) {
    const auto backend = tlseam::backend();
    const std::string program = "tlseam-" + backend.name;
    CLI::App app("TLS on the command line, with the library " + backend.name, program);
    app.set_version_flag("--version", program + " " + std::string(tlseam::version()) + " (" + backend.name + " " +
                                          backend.version + ")");
    app.require_subcommand(1);
    app.footer("\nExit codes: 0 done; 1 TLS or network failure; 2 bad options, files or settings.\n\nExamples:\n  " +
               program + " serve --help\n  " + program + " connect example.com:443\n  " + program + " info --json\n");

    typed for_serve, for_connect, for_verify;
    serve_command serve;
    connect_command connect;
    info_command info;
    verify_command verify;
    auto& serve_app = add_serve(app, for_serve, serve);
    auto& connect_app = add_connect(app, for_connect, connect);
    auto& info_app = *app.add_subcommand("info", "the TLS library underneath and what it can do");
    info_app.add_flag("--json", info.json, "one JSON object on standard output");
    auto& verify_app = add_verify(app, for_verify, verify);
    verify_app.footer(verify_examples);
    serve_app.footer(serve_examples);
    connect_app.footer(connect_examples);
    try {
        app.parse(argc, argv);
        if (serve_app.parsed()) check(serve, for_serve);
        if (connect_app.parsed()) check(connect, for_connect);
        if (verify_app.parsed()) check(verify, for_verify);
    } catch (const CLI::ParseError& problem) {
        const bool only_help = problem.get_exit_code() == 0;
        if (!only_help) report_usage_error(argc, argv, problem.what());
        app.exit(problem);
        return std::unexpected(only_help ? exit_done : exit_usage);
    }
    if (serve_app.parsed()) return serve;
    if (connect_app.parsed()) return connect;
    if (verify_app.parsed()) return verify;
    return info;
}

}  // namespace cli
