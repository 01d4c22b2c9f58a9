// SPDX-License-Identifier: Apache-2.0
#include "cli/options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <optional>
#include <sstream>
#include <string_view>

#include <tlseam/backend.hpp>

#include "cli/describe.hpp"
#include "cli/help.hpp"
#include "cli/report.hpp"
#include "cli/time.hpp"
#include "cli/typed.hpp"

namespace cli {
namespace {

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
    if (out.tls.identity.chain_files.empty() && out.tls.identity.pkcs12_files.empty() && out.psk_file.empty()) {
        throw CLI::RequiredError("--cert, --pkcs12 or --psk-file");
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
    if (typed.ocsp == "if-present") out.ocsp = tlseam::ocsp_stapling::if_present;
    if (typed.ocsp == "required") out.ocsp = tlseam::ocsp_stapling::required;
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
    add_description(app);
    app.footer(
        "\nExit codes: 0 done; 1 TLS or network failure; 2 bad options, files, settings or addresses.\n"
        "\nExamples:\n  " +
        program + " serve --help\n  " + program + " connect example.com:443\n  " + program + " info --json\n");

    typed for_serve, for_connect, for_verify;
    serve_command serve;
    connect_command connect;
    info_command info;
    verify_command verify;
    stack_command stack;
    auto& serve_app = add_serve(app, for_serve, serve);
    auto& connect_app = add_connect(app, for_connect, connect);
    auto& info_app = *app.add_subcommand("info", "the TLS library underneath and what it can do");
    auto* info_json = info_app.add_flag("--json", info.json, "one JSON object on standard output");
    info_app.add_flag("--facts", info.facts, "also what the build knows: licence, build options, sizes, deviations")
        ->needs(info_json);
    auto& verify_app = add_verify(app, for_verify, verify);
    info_app.footer(info_examples);
    verify_app.footer(verify_examples);
    auto& stack_app = add_stack(app, stack);
    stack_app.footer(stack_examples);
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
    if (stack_app.parsed()) return stack;
    return info;
}

}  // namespace cli
