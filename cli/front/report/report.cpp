// SPDX-License-Identifier: Apache-2.0
// `tlseam report`: which library for this product, as one page.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "cli/address.hpp"
#include "cli/exit_codes.hpp"
#include "cli/front/commands.hpp"
#include "cli/front/compare.hpp"
#include "cli/front/programs.hpp"
#include "cli/front/report/contents.hpp"
#include "cli/front/report/gather.hpp"
#include "cli/front/report/markdown.hpp"
#include "cli/front/report/output_file.hpp"
#include "cli/front/report/page.hpp"
#include "cli/front/report/svg.hpp"
#include "cli/signals.hpp"

namespace cli::front {
namespace {

namespace fs = std::filesystem;
using namespace report;

constexpr const char* examples =
    "\nAsks each library what it has, measures (`tlseam bench`), and compares verdicts on certificates\n"
    "(`tlseam compare --verify`). Takes about two minutes, on a machine that does nothing else. The page\n"
    "needs no network and no other file.\n"
    "\nExit codes: 0 the report is written, and says which library is missing or broken, if any;\n"
    "1 no library runs here; 2 bad options or files; 130 stopped, and nothing was written.\n"
    "\nExamples:\n"
    "  tlseam report\n"
    "  tlseam report --out choice.html --rounds 15 --connect example.com:443\n"
    "  tlseam report --json > data.json; tlseam report --from data.json\n"
    "  tlseam report --markdown docs/choosing.md\n";

/// Those that a Markdown file shows, the most telling ones.
constexpr const char* shown_beside_markdown[] = {"figure-full-ecdsa", "figure-idle-client"};

struct report_command {
    wishes wanted;
    std::string out = "report.html", markdown, from, connect, ca, name;
    bool out_was_given = false, json = false;
    [[nodiscard]] bool wants_page() const { return out_was_given || (!json && markdown.empty()); }
};

void check(report_command& command) {
    if (!(command.wanted.seconds > 0)) throw usage_error("--seconds is not a number");  // no range refuses "nan"
    if (command.wants_page()) check_writable(command.out);
    if (!command.markdown.empty()) check_writable(command.markdown);
    std::error_code ignored;
    if (!command.wanted.chains.empty() && !fs::is_directory(command.wanted.chains, ignored)) {
        throw usage_error("--chains: " + command.wanted.chains + " is no directory");
    }
    if (!command.wanted.chains_ca.empty()) check_readable("--chains-ca", command.wanted.chains_ca);
    if (command.connect.empty()) return;
    // Now, and not after minutes of measuring.
    const auto peer = parse_address(command.connect);
    if (!peer) throw usage_error("--connect: " + peer.error());
    if (peer->host.empty() || peer->port == 0) {
        throw usage_error("--connect: '" + command.connect + "' has no " + (peer->host.empty() ? "host" : "port"));
    }
    if (!command.ca.empty()) check_readable("--ca", command.ca);
    command.wanted.connect = {command.connect};
    for (const auto& [option, value] : {std::pair("--ca", command.ca), {"--name", command.name}}) {
        if (!value.empty()) command.wanted.connect.insert(command.wanted.connect.end(), {option, value});
    }
}

json read(const std::string& file) {
    std::error_code ignored;
    std::ifstream stream(file);
    std::ostringstream content;
    content << stream.rdbuf();
    if (fs::is_directory(file, ignored) || !stream) throw usage_error("cannot read " + file);
    auto out = json::parse(content.str(), nullptr, false);
    if (!at(out, {"backends"}).is_array()) throw usage_error(file + " is not what `tlseam report --json` prints");
    return out;
}

/// The document with the charts beside it: NAME-CHART.svg.
void write_markdown(const fs::path& file, const document& document, const std::stop_token& stop) {
    std::vector<chart> shown;
    for (const auto& section : document.sections) {
        for (const auto& part : section.blocks) {
            const auto* found = std::get_if<charts>(&part);
            if (found == nullptr) continue;
            std::ranges::copy_if(found->each, std::back_inserter(shown), [](const chart& each) {
                return std::ranges::find(shown_beside_markdown, each.id) != std::end(shown_beside_markdown);
            });
        }
    }
    const auto images = draw(shown, stop);
    const auto name = [&](const chart& chart) {
        return file.stem().string() + "-" + chart.id.substr(chart.id.find('-') + 1) + ".svg";
    };
    for (std::size_t n = 0; n < shown.size(); ++n) {
        write_whole(file.parent_path() / name(shown[n]), images[n] + "\n");
    }
    write_whole(file, markdown(document, [&](const chart& chart) {
                    return std::ranges::find(shown, chart.id, &chart::id) == shown.end() ? std::string() : name(chart);
                }));
}

/// Its size in bytes.
std::size_t write_page(const std::string& file, const document& document) {
    const std::string made = page(document);
    write_whole(file, made);
    return made.size();
}

/// One sentence on standard error for each that the report is without. Whether any runs.
bool say_who_is_missing(const json& data) {
    const auto all = libraries(data);
    for (const auto& each : all) {
        if (each.works()) continue;
        std::string sentence = each.backend + " is missing from the report: " + text_at(*each.about, {"error"});
        std::ranges::replace_if(
            sentence, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
        std::fprintf(stderr, "%s\n", sentence.c_str());
    }
    return std::ranges::any_of(all, &library::works);
}

int write_report(report_command command) {
    check(command);
    const stop_on_signal signals;
    try {
        const json data = command.from.empty() ? gather(command.wanted, signals.token()) : read(command.from);
        const bool any = say_who_is_missing(data);
        if (command.json) std::cout << data.dump(-1, ' ', false, json::error_handler_t::replace) << "\n";
        const auto document = contents(data);
        if (signals.token().stop_requested()) return exit_stopped;
        std::string written;  // for people; --json has standard output for itself
        if (!command.markdown.empty()) {
            write_markdown(command.markdown, document, signals.token());
            written += command.markdown + "\n";
        }
        if (command.wants_page()) {
            written += command.out + ": " + std::to_string(write_page(command.out, document) / 1000 + 1) + " KB\n";
        }
        if (!command.json) std::cout << written;
        return any ? exit_done : exit_failed;
    } catch (const stopped&) {
        return exit_stopped;
    }
}

}  // namespace

void add_report(CLI::App& app, action& chosen) {
    auto& sub = *app.add_subcommand("report", "one page on which library to choose; takes about two minutes");
    auto typed = std::make_shared<report_command>();
    const auto* out = sub.add_option("--out", typed->out, "the page")->type_name("FILE")->capture_default_str();
    sub.add_option("--backend", typed->wanted.backends, "only this library; may be repeated")
        ->type_name("NAME")
        ->allow_extra_args(false);
    sub.add_option("--rounds", typed->wanted.rounds, "of bench: more take longer and are more exact")
        ->type_name("N")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    sub.add_option("--seconds", typed->wanted.seconds, "of bench: how long one run measures, at least")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.001, 1.0))
        ->capture_default_str();
    auto* chains =
        sub.add_option("--chains", typed->wanted.chains,
                       "chains of certificates, as for compare --verify (default: those that tlseam carries)");
    chains->type_name("DIR");
    sub.add_option("--chains-ca", typed->wanted.chains_ca, "whom to trust for them (default: the system's store)")
        ->type_name("FILE")
        ->needs(chains);
    auto* connect = sub.add_option("--connect", typed->connect, "also compare a connection to this server");
    connect->type_name("HOST:PORT");
    sub.add_option("--ca", typed->ca, "whom to trust there (default: the system's store)")
        ->type_name("FILE")
        ->needs(connect);
    sub.add_option("--name", typed->name, "its name (default: HOST)")->type_name("NAME")->needs(connect);
    sub.add_option("--markdown", typed->markdown, "the report as Markdown, with two charts beside it; needs Node.js")
        ->type_name("FILE");
    sub.add_option("--from", typed->from, "what --json has printed, in the place of measuring")->type_name("FILE");
    sub.add_flag("--json", typed->json, "what was gathered, as one JSON object; a page only with --out");
    sub.footer(examples);
    sub.callback([typed, out, &chosen] {
        typed->out_was_given = out->count() > 0;
        chosen = [typed] { return write_report(*typed); };
    });
}

}  // namespace cli::front
