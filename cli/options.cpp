// SPDX-License-Identifier: Apache-2.0
#include "cli/options.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <map>

namespace cli {
namespace {

constexpr const char* examples =
    "Examples:\n"
    "  serve --listen localhost:8443 --cert server.crt --key server.key\n"
    "  serve --listen [::1]:0 --cert server.crt --key server.key --mode http --json\n"
    "  connect example.com:443 --alpn h2,http/1.1\n"
    "  connect 127.0.0.1:8443 --ca root.crt --name localhost\n"
    "Exit codes: 0 done, 1 TLS or network failure, 2 wrong usage.";

const std::map<std::string, tlseam::protocol_version> versions = {{"1.2", tlseam::protocol_version::tls1_2},
                                                                  {"1.3", tlseam::protocol_version::tls1_3}};
const std::map<std::string, tlseam::client_auth> client_auths = {{"none", tlseam::client_auth::none},
                                                                 {"optional", tlseam::client_auth::optional},
                                                                 {"required", tlseam::client_auth::required}};
const std::map<std::string, mode> modes = {{"echo", mode::echo}, {"discard", mode::discard}, {"http", mode::http}};

std::string check_address(const std::string& text) {
    return parse_address(text) ? "" : "'" + text + "' is not HOST:PORT (port 0 to 65535, IPv6 as [::1]:443)";
}

template <class T>
CLI::Option* add_choice(CLI::App& app, const std::string& flag, T& target, const std::map<std::string, T>& choices,
                        const std::string& help) {
    std::string words;
    for (const auto& [word, value] : choices) words += (words.empty() ? "" : ", ") + word;
    const auto read = [&target, &choices](const std::vector<std::string>& given) {
        const auto found = choices.find(given.front());
        if (found == choices.end()) return false;
        target = found->second;
        return true;
    };
    const auto known = [&choices, words](const std::string& word) {
        return choices.contains(word) ? std::string() : "'" + word + "' is not one of " + words;
    };
    return app.add_option(flag, read, help + " (" + words + ")")->check(known)->type_name("WORD");
}

void add_common(CLI::App& app, options& o) {
    app.add_option("--alpn", o.alpn, "application protocols, best first: h2,http/1.1")->delimiter(',');
    add_choice(app, "--min-version", o.min_version, versions, "lowest TLS version");
    add_choice(app, "--max-version", o.max_version, versions, "highest TLS version");
    app.add_option("--passphrase-file", o.passphrase_file, "file whose first line opens an encrypted key");
}

void add_serve(CLI::App& app, options& o, std::string& listen) {
    app.add_option("--listen", listen, "HOST:PORT; port 0 picks one and prints it")->required()->check(check_address);
    app.add_option("--cert", o.cert, "certificate chain, PEM or DER, leaf first")->required();
    app.add_option("--key", o.key, "its private key")->required();
    app.add_option("--client-ca", o.client_ca, "certificates that may issue client certificates");
    add_choice(app, "--client-auth", o.client_auth, client_auths, "ask clients for a certificate");
    add_choice(app, "--mode", o.mode, modes, "what to do with data");
    app.add_flag("--once", o.once, "serve one client and exit");
    app.add_option("--handshake-timeout", o.handshake_timeout, "seconds a client has for the handshake (10)")
        ->check(CLI::Range(1, 3600))
        ->type_name("SECONDS");
    app.add_option("--max-clients", o.max_clients, "clients served at a time (256)")->check(CLI::Range(1, 100000));
    app.add_flag("--json", o.json, "one JSON object per line and event, on stdout");
    add_common(app, o);
}

void add_connect(CLI::App& app, options& o, std::string& target) {
    app.add_option("address", target, "HOST:PORT")->required()->check(check_address);
    app.add_option("--ca", o.ca, "whom to trust instead of the system's store");
    app.add_option("--name", o.name, "the server's name, when it is not HOST");
    app.add_option("--cert", o.cert, "certificate chain to show when asked");
    app.add_option("--key", o.key, "its private key");
    app.add_flag("--insecure", o.insecure, "accept any certificate: anyone may read and change the data");
    app.add_option("--timeout", o.timeout, "seconds for connecting and the handshake")
        ->check(CLI::Range(1, 3600))
        ->type_name("SECONDS");
    app.add_flag("--json", o.json, "one JSON object per line and event, on stderr: stdout is the peer's");
    add_common(app, o);
}

/// What CLI11 cannot check by itself; empty when all is well.
std::string contradiction(const options& o) {
    if (o.min_version > o.max_version) return "--min-version is above --max-version";
    if (o.cert.empty() != o.key.empty()) return "--cert and --key belong together";
    if (o.command == command::serve && (o.client_auth != tlseam::client_auth::none) != !o.client_ca.empty()) {
        return "--client-auth and --client-ca belong together";
    }
    if (o.insecure && !o.ca.empty()) return "--insecure and --ca contradict each other";
    if (o.command == command::connect && (o.address.host.empty() || o.address.port == 0)) {
        return "connect needs a host and a port above 0";
    }
    return "";
}

}  // namespace

parsed parse(int argc, char** argv) {
    options o;
    std::string listen, target;
    CLI::App app("One TLS API over several libraries: this is tlseam on " + tlseam::backend().name + ".");
    app.footer(examples);
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string(tlseam::version()) + " (" + tlseam::backend().name + " " +
                                          tlseam::backend().version + ")");
    CLI::App* serve = app.add_subcommand("serve", "a TLS server for trying things out");
    CLI::App* connect = app.add_subcommand("connect", "copies stdin to a server and the server to stdout");
    CLI::App* info = app.add_subcommand("info", "which library is underneath, and what it can do");
    for (CLI::App* sub : {serve, connect, info}) sub->footer(examples);
    add_serve(*serve, o, listen);
    add_connect(*connect, o, target);
    info->add_flag("--json", o.json, "one JSON object on stdout");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return {std::nullopt, app.exit(e) == 0 ? done : usage};
    }
    o.command = serve->parsed() ? command::serve : connect->parsed() ? command::connect : command::info;
    if (o.command != command::info) o.address = *parse_address(o.command == command::serve ? listen : target);
    if (const std::string problem = contradiction(o); !problem.empty()) {
        std::cerr << problem << "\n";
        return {std::nullopt, usage};
    }
    return {std::move(o), done};
}

tlseam::result<tlseam::credentials> load_credentials(const options& o) {
    if (o.passphrase_file.empty()) return tlseam::credentials::load_cert_chain(o.cert, o.key);
    std::ifstream file(o.passphrase_file);
    std::string passphrase;
    if (!file || !std::getline(file, passphrase)) {
        return std::unexpected(tlseam::error(tlseam::errc::file_unreadable,
                                             {.message = "cannot read a passphrase from '" + o.passphrase_file + "'"}));
    }
    return tlseam::credentials::load_cert_chain(o.cert, o.key, passphrase);
}

}  // namespace cli
