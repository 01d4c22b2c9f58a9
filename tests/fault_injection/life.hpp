// SPDX-License-Identifier: Apache-2.0
// A client's and a server's whole life over TCP, each on one thread with its peer: the peer goes on whenever the life
// waits, so that every run makes the same calls in the same order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tlseam/tlseam.hpp>

#include "tests/support/settings.hpp"
#include "tests/support/temp_dir.hpp"

namespace faults {

/// What each end says once per connection: more than a record.
[[nodiscard]] const std::string& request();
[[nodiscard]] const std::string& reply();

/// What one end did and saw.
struct story {
    std::vector<std::string> steps;        // that were done, in order
    std::string failed_step;               // the first that was not
    std::optional<tlseam::error> failure;  // why
    std::vector<std::string> received;     // per connection
    bool resumed = false;                  // the last one

    [[nodiscard]] std::size_t count(std::string_view step) const;
    friend bool operator==(const story& a, const story& b) {
        return a.steps == b.steps && a.received == b.received;
    }  // not resumed: a second try may have no ticket
};

/// What the peer saw of the connections to it.
struct seen_connection {
    std::string received;
    bool ended = false;  // by close_notify
    std::optional<tlseam::error> failure;
    friend bool operator==(const seen_connection& a, const seen_connection& b) {
        return a.received == b.received && a.ended == b.ended && a.failure.has_value() == b.failure.has_value();
    }
};

struct lives {
    story told;
    std::vector<seen_connection> seen;
    friend bool operator==(const lives&, const lives&) = default;
};

struct world {
    tlseam_test::temp_dir directory;  // with the trust anchors in "anchors", and the key log
    tlseam_test::setup peers;         // the settings of whoever is not tested
    bool tries_again = false;         // a step that fails is done once more
    world();
};

/// Loads trust, opens a key log, makes a context; connects twice, the second time to resume; says the request at once
/// and through a writer, hears the reply, closes its half, hears the end, shuts down.
[[nodiscard]] lives live_as_client(const world& in);
/// Loads credentials, makes a context, listens; accepts twice, with credentials loaded anew in between; hears the
/// request, says the reply, closes.
[[nodiscard]] lives live_as_server(const world& in);

}  // namespace faults
