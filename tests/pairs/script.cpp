// SPDX-License-Identifier: Apache-2.0
#include "tests/pairs/script.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "tests/pairs/report.hpp"
#include "tests/support/bytes.hpp"

namespace peer {

using nlohmann::json;
using tlseam::errc;
using tlseam::result;

namespace {

constexpr std::size_t one_record = 16384;

bool leaves_it_usable(const tlseam::error& e) {
    return e == errc::closed || e == errc::unsupported || e == errc::misuse;
}

}  // namespace

json script::run(const json& steps) {
    json seen = json::array();
    for (const auto& step : steps) {
        seen.push_back(run_step(step));
        if (seen.back().contains("ends")) break;
    }
    deadline_ = std::chrono::steady_clock::now() + patience_;
    (void)transport_.flush(deadline_);
    transport_.hang_up();
    // The other side may still have all of its steps before it.
    transport_.drain(deadline_ + 2 * patience_);
    return {{"steps", std::move(seen)},
            {"info", describe(engine_.info())},
            {"written", describe(written_)},
            {"read", describe(read_)},
            {"client_hellos", transport_.sent().client_hellos() + transport_.received().client_hellos()}};
}

json script::run_step(const json& step) {
    deadline_ = std::chrono::steady_clock::now() + patience_;
    hold_ = step.value("hold", false);
    const auto before = transport_.sent().records();
    json seen = {{"do", step.at("do")}};
    call(step, seen);
    seen["records"] = transport_.sent().records() - before;
    return seen;
}

void script::call(const json& step, json& seen) {
    const std::string word = step.at("do");
    result<void> done;
    if (word == "handshake") {
        done = drive([&] { return engine_.handshake(); });
    } else if (word == "write") {
        done = write(step);
        seen["written"] = describe(written_);
    } else if (word == "read") {
        done = read(step, step.at("size"), seen);
    } else if (word == "read_end") {
        done = read(step, std::numeric_limits<std::size_t>::max(), seen);
    } else if (word == "close_write") {
        done = drive([&] { return engine_.close_write(); });
    } else if (word == "key_update") {
        done = update_keys(step);
    } else if (word == "request_certificate") {
        done = request_certificate(step);
    } else if (word == "export") {
        done = export_key(step, seen);
    } else if (word == "hang_up") {
        if (!transport_.flush(deadline_)) done = std::unexpected(errc::timed_out);
        transport_.hang_up();
    } else if (word == "drop") {
        transport_.drop_last(step.at("size"));
    } else if (word == "flip") {
        transport_.flip_last();
    } else {
        throw std::invalid_argument("no step: " + word);
    }
    if (done) return;
    seen["error"] = describe(done.error());
    if (!leaves_it_usable(done.error())) seen["ends"] = true;
}

/// Repeats a verb until it is done, moving bytes as it asks; also what a failed one leaves goes out.
template <class Verb>
auto script::drive(const Verb& verb) -> decltype(verb()) {
    for (;;) {
        auto done = verb();
        transport_.collect(engine_);
        const bool stuck = !done && (done.error() == errc::want_read || done.error() == errc::want_write);
        if (!(done && hold_) && !transport_.flush(deadline_)) return std::unexpected(errc::timed_out);
        if (!stuck) return done;
        if (done.error() == errc::want_read && !transport_.feed(engine_, deadline_)) {
            return std::unexpected(errc::timed_out);
        }
    }
}

result<void> script::write(const json& step) {
    const auto data = tlseam_test::pattern(step.at("size"), step.value("seed", 1U));
    const std::size_t piece = step.value("piece", one_record);
    for (std::size_t at = 0; at < data.size();) {
        const auto part = std::span(data).subspan(at, std::min(piece, data.size() - at));
        const auto count = drive([&] { return engine_.write_some(part); });
        if (!count) return std::unexpected(count.error());
        written_.add(part.first(*count));
        at += *count;
    }
    return {};
}

result<void> script::read(const json& step, std::size_t size, json& seen) {
    std::vector<std::byte> buffer(step.value("piece", one_record));
    std::size_t got = 0;
    result<void> done;
    while (got < size) {
        const auto room = std::span(buffer).first(std::min(buffer.size(), size - got));
        const auto count = drive([&] { return engine_.read_some(room); });
        if (!count) done = std::unexpected(count.error());
        if (!count || *count == 0) break;
        read_.add(room.first(*count));
        got += *count;
    }
    seen["count"] = got;
    return done;
}

result<void> script::export_key(const json& step, json& seen) {
    const std::size_t size = step.at("size");
    std::vector<std::byte> key(size);
    const auto context = tlseam_test::pattern(step.value("context", 0U), 1);
    const bool has_context = step.contains("context");
    auto done = engine_.export_keying_material(key, step.at("label").get<std::string>(),
                                               has_context ? std::optional(std::span(context)) : std::nullopt);
    if (done) seen["key"] = hex(key);
    return done;
}

result<void> script::update_keys(const json& step) {
    for (int i = 0; i < step.value("times", 1); ++i) {
        const auto updated = drive([&] { return engine_.key_update(step.value("ask", false)); });
        if (!updated) return updated;
    }
    return {};
}

result<void> script::request_certificate(const json& step) {
    const bool required = step.at("how") == "required";
    return drive([&] {
        return engine_.request_certificate(required ? tlseam::client_auth::required : tlseam::client_auth::optional);
    });
}

}  // namespace peer
