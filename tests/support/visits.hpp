// SPDX-License-Identifier: Apache-2.0
// Connections one after the other, as resumption needs them.
#pragma once

#include <memory>
#include <vector>

#include <tlseam/tlseam.hpp>

#include "tests/support/engine_pair.hpp"

namespace tlseam_test {

/// The defaults of one version, with resumption.
[[nodiscard]] setup resuming(tlseam::protocol_version version);

/// What both ends saw of one connection.
struct visit {
    outcome seen;
    tlseam::connection_info client;
    tlseam::connection_info server;
    /// Both ends say that it was resumed, or that it was not; a failure of the test when they differ.
    [[nodiscard]] bool resumed() const;
};

/// A whole connection: handshake, data both ways, close_notify both ways. The client reads, so it has its tickets.
visit visit_once(const contexts& from);
visit visit_once(const contexts& from, const tlseam::session& offered);

/// Collects what client_settings::on_session is given.
class session_list {
public:
    [[nodiscard]] std::function<void(const tlseam::session&)> sink() const;
    [[nodiscard]] std::size_t size() const { return sessions_->size(); }
    /// The newest. Throws std::out_of_range when there is none.
    [[nodiscard]] tlseam::session last() const { return sessions_->at(sessions_->size() - 1); }

private:
    std::shared_ptr<std::vector<tlseam::session>> sessions_ = std::make_shared<std::vector<tlseam::session>>();
};

/// A copy that knows nothing of the original's use.
[[nodiscard]] tlseam::session copied(const tlseam::session& original);

}  // namespace tlseam_test
