// SPDX-License-Identifier: Apache-2.0
// `tlseam cert`: certificates to try things out with.
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/exit_codes.hpp"
#include "cli/front/certificate_files.hpp"
#include "cli/front/commands.hpp"
#include "cli/front/next_steps.hpp"
#include "cli/signals.hpp"

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;

struct cert_command {
    certificate_request request;
    std::string directory = ".";
    bool rsa = false, json = false;
};

std::string list_of(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

void print(const pair_of_files& files, const std::string& what) {
    std::cout << (files.made ? "made " : "kept ") << files.cert << " and " << files.key << "\n     " << what
              << "; valid until " << files.facts.not_after.substr(0, 10) << "\n";
}

void print_text(const certificate_files& files, const next_steps& steps) {
    print(files.root,
          files.root.made ? "your own root: no program trusts it unless you tell it to" : "your own root, as before");
    print(files.server, "for a server: " + list_of(files.server.facts.names));
    if (files.client) print(*files.client, "for a client");
    std::cout << "Keep the .key files to yourself: " << files.root.key << " can sign for any name.\n\n"
              << "Next, in one terminal:\n  " << steps.serve << "\nand in another:\n  " << steps.connect << "\n";
}

json describe(const pair_of_files& files) {
    return {{"cert", files.cert},
            {"key", files.key},
            {"made", files.made},
            {"names", files.facts.names},
            {"not_after", files.facts.not_after}};
}

void print_json(const certificate_files& files, const next_steps& steps) {
    const json out = {{"root", describe(files.root)},
                      {"server", describe(files.server)},
                      {"client", files.client ? describe(*files.client) : json()},
                      {"next", {steps.serve, steps.connect}}};
    std::cout << out.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
}

/// It may have come from somewhere that knows no modes.
void warn_of_readers(const std::string& key) {
    std::error_code ignored;
    const auto mode = std::filesystem::status(key, ignored).permissions();
    using enum std::filesystem::perms;
    if (ignored || (mode & (group_all | others_all)) == none) return;
    std::cerr << "warning: others than you can get at '" << key << "': chmod 600 it\n";
}

int cert(cert_command command) {
    const stop_on_signal signals;  // first of all: no signal leaves half of it
    command.request.directory = command.directory;
    if (command.rsa) command.request.kind = key_kind::rsa_2048;
    const auto made = make_certificate_files(command.request, signals.token());
    if (!made) return exit_stopped;
    warn_of_readers(made->root.key);
    made_files files = {made->root.cert, made->server.cert, made->server.key, {}, {}, made->server.facts.names};
    if (made->client) {
        files.client_cert = made->client->cert;
        files.client_key = made->client->key;
    }
    command.json ? print_json(*made, steps_with(files)) : print_text(*made, steps_with(files));
    return exit_done;
}

constexpr const char* footer = R"(
Makes dev-root.crt and .key, a root of your own, and server.crt and .key, which it signed. A dev-root that is in DIR
already signs again, so that whoever trusts it need not be told anew; a server that is there already is replaced only
with --force. The system's store is not touched.

Examples:
  tlseam cert
  tlseam cert www.example.test '*.example.test' 192.0.2.1 --out certificates
  tlseam cert --client alice
)";

}  // namespace

void add_cert(CLI::App& app, action& chosen) {
    auto& command = *app.add_subcommand("cert", "a root certificate of your own, and one for a server that it signed");
    auto out = std::make_shared<cert_command>();
    command
        .add_option("names", out->request.names,
                    "host names, wildcards and IP addresses (default: localhost, 127.0.0.1, ::1)")
        ->type_name("NAME");
    command.add_option("--out", out->directory, "where to put them; made if it is not there")
        ->type_name("DIR")
        ->capture_default_str();
    command.add_option("--client", out->request.client, "one for a client of that name too: client-NAME.crt and .key")
        ->type_name("NAME");
    command.add_flag("--rsa", out->rsa, "RSA keys of 2048 bits, not ECDSA on P-256");
    command.add_flag("--force", out->request.replace, "replace the server's and the client's, if they are there");
    command.add_flag("--json", out->json, "one JSON object");
    command.footer(footer);
    command.callback([out, &chosen] { chosen = [out] { return cert(*out); }; });
}

}  // namespace cli::front
