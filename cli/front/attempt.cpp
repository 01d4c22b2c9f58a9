// SPDX-License-Identifier: Apache-2.0
#include "cli/front/attempt.hpp"

#include <csignal>

#include "cli/exit_codes.hpp"
#include "cli/front/observed.hpp"

namespace cli::front {
namespace {

using json = nlohmann::ordered_json;
using milliseconds = std::optional<std::chrono::duration<double, std::milli>>;

json error_of(const std::string& code, const std::string& detail) {
    return {{"code", code},      {"cert_code", nullptr}, {"alert", nullptr}, {"alert_name", nullptr},
            {"origin", "local"}, {"detail", detail},     {"native", ""}};
}

json number(const milliseconds& value) { return value ? json(value->count()) : json(); }

/// Without what every event has.
json contents(json event) {
    for (const char* name : {"event", "backend", "peer"}) event.erase(name);
    return event;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos && !what.empty(); at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// The end of a connection that had nothing more to say says nothing of the library.
bool only_ended(const json& error) {
    return error["code"] == "truncated" || error["code"] == "connection_reset" || error["code"] == "cancelled";
}

json failure_in(const attempt& made, bool complete) {
    if (made.told.timed_out) return error_of("timed_out", "its program did not end");
    const json event = find_event(made.events, "error");
    if (event.is_null()) {
        if (complete || made.told.exit_code == exit_done) return nullptr;
        const bool silent = made.told.errors.empty();
        return error_of("internal", silent ? "its program ended with exit code " + std::to_string(made.told.exit_code)
                                           : first_line(made.told.errors));
    }
    json out = error_of("internal", "");
    for (auto& [name, value] : out.items()) {
        const json said = event.value(name, json());
        if (!value.is_string() || said.is_string()) value = said;  // what must be a word is one
    }
    if (!out["alert_name"].is_string()) out["alert"] = nullptr;
    out["detail"] = replaced(out["detail"].get<std::string>(), made.relay_address, made.peer);
    const bool for_the_user = made.told.exit_code == exit_usage && out["code"] != "unsupported";
    if (for_the_user) throw usage_error(out["detail"].get<std::string>());
    if (complete && only_ended(out)) return nullptr;
    return out;
}

}  // namespace

json find_event(std::string_view lines, std::string_view name) {
    for (std::size_t at = 0; at < lines.size();) {
        const auto end = lines.find('\n', at);
        if (end == std::string_view::npos) break;
        json event = json::parse(lines.substr(at, end - at), nullptr, false);
        if (event.is_object() && event.contains("event") && event["event"] == name) return event;
        at = end + 1;
    }
    return nullptr;
}

bool was_stopped(const child_result& told) noexcept {
    return told.stopped || told.exit_code == 128 + SIGINT || told.exit_code == 128 + SIGTERM;
}

json version_of(const backend_program& program) {
    const json info = find_event(run_child(program.path, {"info", "--json"}).output, "info");
    return info.is_object() && info.contains("backend_version") ? info["backend_version"] : json();
}

json describe(const attempt& made) {
    json handshake = find_event(made.events, "handshake");
    const bool complete = !handshake.is_null();
    const auto extent = extent_of(made.seen, complete, complete && handshake.value("version", "") == "TLS 1.3");
    if (complete) {
        handshake = contents(std::move(handshake));
        handshake["retried"] = extent.retried;
    }
    const bool client = made.side == sender::client;
    return {{"backend", made.program->backend},
            {"version", version_of(*made.program)},
            {"peer", made.peer},
            {"offered", offered_in(made.seen)},
            {"handshake", std::move(handshake)},
            {"error", failure_in(made, complete)},
            {"timings_ms",
             {{"tcp_connect", number(made.tcp_connect)},
              {"first_answer", number(extent.first_answer)},
              {"handshake", number(extent.whole)}}},
            {"bytes",
             {{"sent", client ? extent.client_bytes : extent.server_bytes},
              {"received", client ? extent.server_bytes : extent.client_bytes}}},
            {"heap_peak", made.heap_peak ? json(*made.heap_peak) : json()}};
}

json describe_failure(const backend_program& program, const std::string& code, const std::string& detail) {
    attempt none{.program = &program, .side = sender::client};
    none.told.exit_code = exit_done;
    json out = describe(none);
    out["peer"] = nullptr;
    out["error"] = error_of(code, detail);
    return out;
}

}  // namespace cli::front
