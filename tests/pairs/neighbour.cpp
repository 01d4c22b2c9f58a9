// SPDX-License-Identifier: Apache-2.0
#include "tests/pairs/neighbour.hpp"

#include <array>
#include <stdexcept>
#include <string>

#include <tlseam/tlseam.hpp>

namespace peer {
namespace {

using nlohmann::json;
using tlseam::errc;

bool is_client(const json& settings) { return settings.at("role") == "client"; }

/// Settings of a peer that those settings accept. "neighbour": whose key it has, where the usual one is not taken.
json settings_of_other(const json& tested) {
    json other = tested;
    other.erase("trust");
    other.erase("client_auth");
    other.erase("identity");
    other.erase("signature_schemes");
    other.erase("post_handshake_auth");
    other["role"] = is_client(tested) ? "server" : "client";
    if (is_client(tested)) {
        other["identity"] = tested.value("neighbour", "server");
        other.erase("insecure");
    } else {
        other["insecure"] = true;
        if (tested.value("client_auth", "none") != "none") other["identity"] = tested.value("neighbour", "client");
    }
    return other;
}

tlseam::connect_options names_of_other(const json& tested) {
    tlseam::connect_options names;
    if (!is_client(tested)) names.server_name = "localhost";
    return names;
}

void require(bool good, const std::string& what) {
    if (!good) throw std::runtime_error("a neighbour on the same context: " + what);
}

}  // namespace

neighbour::neighbour(library_settings& library, const json& settings, const json& names)
    : neighbour(library.context(settings), library_settings::names(names), library.context(settings_of_other(settings)),
                names_of_other(settings)) {}

neighbour::neighbour(const tlseam::context& tested, const tlseam::connect_options& tested_names,
                     const tlseam::context& other, const tlseam::connect_options& other_names)
    : tested_(tlseam::or_throw(tlseam::engine::create(tested, tested_names))),
      other_(tlseam::or_throw(tlseam::engine::create(other, other_names))) {
    constexpr int most_flights = 10;
    for (int flight = 0; flight < most_flights; ++flight) {
        bool complete = true;
        for (auto* engine : {&tested_, &other_}) {
            const auto done = engine->handshake();
            require(done || done.error() == errc::want_read, done ? "" : done.error().message());
            complete = complete && done.has_value();
            carry(*engine, engine == &tested_ ? other_ : tested_);
        }
        if (complete) return;
    }
    require(false, "its handshake does not end");
}

void neighbour::exchange() {
    send(tested_, other_, "there");
    send(other_, tested_, "and back");
}

void neighbour::carry(tlseam::engine& from, tlseam::engine& to) {
    tlseam::or_throw(to.feed(from.output()));
    from.consume_output(from.output().size());
}

void neighbour::send(tlseam::engine& from, tlseam::engine& to, std::string_view text) {
    const auto written = from.write_some(tlseam::as_bytes(text));
    require(written && *written == text.size(), written ? "a short write" : written.error().message());
    carry(from, to);
    std::array<char, 16> buffer{};
    const auto count = to.read_some(std::as_writable_bytes(std::span(buffer)));
    require(count.has_value(), count ? "" : count.error().message());
    require(std::string_view(buffer.data(), *count) == text, "other data than was sent");
}

}  // namespace peer
