// SPDX-License-Identifier: Apache-2.0
#include "cli/typed.hpp"

#include <utility>
#include <vector>

#include "cli/seconds.hpp"

namespace cli {
namespace {

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
    app.add_option(option, target, what)->type_name("SECONDS")->check(check_seconds)->capture_default_str();
}

}  // namespace

CLI::App& add_serve(CLI::App& app, typed& typed, serve_command& out) {
    auto& serve = *app.add_subcommand("serve", "accept TLS connections; SIGINT or SIGTERM ends it cleanly");
    typed.address = "localhost:4433";
    serve.add_option("--listen", typed.address, "where to listen; port 0 picks one and prints it")
        ->type_name("HOST:PORT")
        ->default_str("localhost:4433");
    add_tls_options(serve, typed);
    serve
        .add_option("--ocsp-response", typed.tls.identity.ocsp_response_files,
                    "OCSP response (DER) for clients that ask, sent with the certificate it is about; may be repeated")
        ->type_name("FILE")
        ->allow_extra_args(false);
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
    serve
        .add_option(
            "--psk-file", out.psk_file,
            "pre-shared keys of clients, a line each: IDENTITY:KEY, the key in hexadecimal; then :sha384 or "
            ":tls1.2 for a key that is for these (default: TLS 1.3, SHA-256). With --cert, it is for the others")
        ->type_name("FILE");
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
    auto* insecure =
        connect.add_flag("--insecure", out.insecure, "accept any certificate: anyone can read and change the data")
            ->excludes(ca);
    add_crls(connect, out.crl_files);
    connect
        .add_option("--ocsp", typed.ocsp,
                    "ask for an OCSP response with the certificate; one that comes must be good, or it must come too")
        ->check(CLI::IsMember({"off", "if-present", "required"}))
        ->capture_default_str();
    add_pins(connect, out.pins);
    add_key_log(connect, typed.tls.key_log_file);
    connect.add_flag("--keep-open", out.keep_open,
                     "send no close_notify at the end of standard input, wait for the peer to end");
    auto* session =
        connect
            .add_option("--session", out.session_file,
                        "resume with the session in this file, if it exists, and put a new one there (mode 0600)")
            ->type_name("FILE");
    auto* psk =
        connect
            .add_option("--psk-file", out.psk_file,
                        "a pre-shared key in the place of certificates, as IDENTITY:KEY; `serve --help` has more")
            ->type_name("FILE")
            ->excludes(ca)
            ->excludes(insecure)
            ->excludes(session);
    connect.add_option("--psk-identity", out.psk_identity, "which key of --psk-file, if it has several")
        ->type_name("NAME")
        ->needs(psk);
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

CLI::App& add_stack(CLI::App& app, stack_command& out) {
    auto& stack = *app.add_subcommand("stack", "how much of its thread's stack a connection takes, client and server");
    stack.add_option("--cert", out.identity.chain_files, "the server's certificate chain, leaf first (PEM or DER)")
        ->type_name("FILE")
        ->expected(1)
        ->required();
    stack.add_option("--key", out.identity.key_files, "its private key (default: the file of --cert)")
        ->type_name("FILE")
        ->expected(1);
    stack.add_option("--ca", out.ca_file, "whom the client trusts")->type_name("FILE")->required();
    stack.add_option("--name", out.name, "the name that the client expects")->capture_default_str();
    stack.add_flag("--json", out.json, "one JSON object on standard output");
    return stack;
}

}  // namespace cli
