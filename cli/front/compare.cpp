// SPDX-License-Identifier: Apache-2.0
// The command line of `tlseam compare`.
#include "cli/front/compare.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "cli/descriptors.hpp"
#include "cli/front/commands.hpp"
#include "cli/time.hpp"

namespace cli::front {
namespace {

constexpr const char* footer = R"(
One table of what each library offers, what is agreed on, how the certificate is judged, and what it takes; * marks what
differs. With --listen, the libraries are the servers of your client. With --verify, they judge chains in files.

Exit codes: 0 all libraries succeed (--verify: agree); 1 none does, or the network does not let them; 2 bad options or
files, no such host, nobody who listens there, an address that is taken; 3 some succeed and others do not (--verify:
they disagree), or anything differs and --fail-on-difference is given; 130 Ctrl-C.

Examples:
  tlseam compare example.com:443
  tlseam compare 127.0.0.1:8443 --ca root.crt --name localhost --alpn h2,http/1.1
  tlseam compare example.com:443 --json --fail-on-difference
  tlseam compare --listen localhost:8443 --cert server.crt --key server.key
  tlseam compare --verify chains/ --ca root.crt --name localhost --time 2030-01-31T12:00:00Z
)";

struct typed {
    std::optional<std::string> peer, listen, directory;
    std::string ca_file, client_ca_file, purpose = "server";
    std::optional<std::string> name, alpn, time;
    std::vector<std::string> backends, chain_files, key_files;
    bool insecure = false, json = false, fail_on_difference = false;
    double timeout = 10;
};

address checked_address(const char* option, const std::string& text) {
    auto parsed = parse_address(text);
    if (!parsed) throw usage_error(std::string(option) + ": " + parsed.error());
    return *parsed;
}

template <class Command>
Command common(const typed& typed) {
    Command out;
    out.programs = choose_programs(typed.backends);
    out.json = typed.json;
    out.fail_on_difference = typed.fail_on_difference;
    return out;
}

std::chrono::milliseconds milliseconds_of(double seconds) {
    return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

int run_server(const typed& typed) {
    const address peer = checked_address("HOST:PORT", *typed.peer);
    if (peer.host.empty()) throw usage_error("HOST:PORT: '" + *typed.peer + "' has no host");
    if (peer.port == 0) throw usage_error("HOST:PORT: '" + *typed.peer + "' has the port 0");
    auto out = common<compare_server>(typed);
    out.peer = peer;
    out.ca_file = typed.ca_file;
    out.name = typed.name;
    out.alpn = typed.alpn;
    out.insecure = typed.insecure;
    out.timeout = milliseconds_of(typed.timeout);
    return run(out);
}

int run_clients(const typed& typed) {
    if (typed.chain_files.empty())
        throw usage_error("--listen needs --cert and --key: clients want to see a certificate");
    auto out = common<compare_clients>(typed);
    out.listen = checked_address("--listen", *typed.listen);
    out.chain_files = typed.chain_files;
    out.key_files = typed.key_files;
    out.alpn = typed.alpn;
    out.client_ca_file = typed.client_ca_file;
    out.timeout = milliseconds_of(typed.timeout);
    return run(out);
}

int run_chains(const typed& typed) {
    if (typed.time && !parse_time(*typed.time)) {
        throw usage_error("--time: '" + *typed.time + "' is not as RFC 3339 writes it");
    }
    auto out = common<compare_chains>(typed);
    out.directory = *typed.directory;
    out.ca_file = typed.ca_file;
    out.name = typed.name;
    out.time = typed.time;
    out.purpose = typed.purpose;
    return run(out);
}

/// An option that does nothing in the chosen form is a mistake.
void check_form(const CLI::App& command) {
    const auto given = [&](const char* option) { return command.count(option) > 0; };
    const int forms = int{given("address")} + int{given("--listen")} + int{given("--verify")};
    if (forms == 0)
        throw usage_error("compare: what? HOST:PORT of a server, --listen HOST:PORT for clients, or --verify DIR");
    if (forms > 1) throw usage_error("compare: one of HOST:PORT, --listen and --verify at a time");
    const char* form = given("address") ? "HOST:PORT" : given("--listen") ? "--listen" : "--verify";
    const auto only_with = [&](const char* option, std::initializer_list<std::string_view> wanted) {
        for (const auto each : wanted) {
            if (each == form) return;
        }
        if (given(option)) throw usage_error(std::string(option) + " means nothing with " + form);
    };
    only_with("--ca", {"HOST:PORT", "--verify"});
    only_with("--name", {"HOST:PORT", "--verify"});
    only_with("--insecure", {"HOST:PORT"});
    only_with("--alpn", {"HOST:PORT", "--listen"});
    only_with("--timeout", {"HOST:PORT", "--listen"});
    only_with("--cert", {"--listen"});
    only_with("--key", {"--listen"});
    only_with("--client-ca", {"--listen"});
    only_with("--time", {"--verify"});
    only_with("--purpose", {"--verify"});
}

void add_options(CLI::App& command, typed& typed) {
    const auto option = [&](const char* name, auto& target, const char* type, const char* what) {
        return command.add_option(name, target, what)->type_name(type);
    };
    option("address", typed.peer, "HOST:PORT", "the server");
    option("--listen", typed.listen, "HOST:PORT", "listen for clients there; port 0 picks one and prints it");
    option("--verify", typed.directory, "DIR", "judge each *.pem and *.crt there as a chain, leaf first");
    option("--backend", typed.backends, "NAME", "only this library; may be repeated")->allow_extra_args(false);
    auto* ca = option("--ca", typed.ca_file, "FILE", "whom to trust (default: the system's store)");
    option("--name", typed.name, "NAME", "server_name to send and name to verify (default: HOST; --verify: any)");
    option("--alpn", typed.alpn, "LIST", "application protocols, the favourite first, separated by commas");
    command.add_flag("--insecure", typed.insecure, "accept any certificate")->excludes(ca);
    option("--timeout", typed.timeout, "SECONDS", "what each has for connecting and for the handshake")
        ->check(CLI::Range(0.001, 1e6))
        ->capture_default_str();
    option("--cert", typed.chain_files, "FILE", "--listen: certificate chain, leaf first; may be repeated")
        ->allow_extra_args(false);
    option("--key", typed.key_files, "FILE", "--listen: its private key; may be repeated")->allow_extra_args(false);
    option("--client-ca", typed.client_ca_file, "FILE", "--listen: ask for a client certificate, issued by these");
    option("--time", typed.time, "TIME", "--verify: when (RFC 3339; default: now)");
    option("--purpose", typed.purpose, "ROLE", "--verify: whose certificates they are")
        ->check(CLI::IsMember({"server", "client"}))
        ->capture_default_str();
    command.add_flag("--fail-on-difference", typed.fail_on_difference, "exit code 3 for anything that differs");
    command.add_flag("--json", typed.json, "one JSON object on standard output");
}

}  // namespace

void check_readable(const char* option, const std::string& file) {
    const descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat about = {};
    int problem = opened.get() < 0 || ::fstat(opened.get(), &about) != 0 ? errno : 0;
    if (problem == 0 && S_ISDIR(about.st_mode)) problem = EISDIR;
    if (problem == 0) return;
    throw usage_error(std::string(option) + ": cannot read '" + file +
                      "': " + std::generic_category().message(problem));
}

void add_compare(CLI::App& app, action& chosen) {
    auto& command = *app.add_subcommand("compare", "the same connection, or chain, with each library, side by side");
    auto input = std::make_shared<typed>();
    add_options(command, *input);
    command.footer(footer);
    command.callback([&command, input, &chosen] {
        check_form(command);
        chosen = [input] {
            return input->peer ? run_server(*input) : input->listen ? run_clients(*input) : run_chains(*input);
        };
    });
}

}  // namespace cli::front
