// SPDX-License-Identifier: Apache-2.0
// What a client's connection holds because it may resume, or may give sessions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tlseam/session.hpp>

#include "core/session_data.hpp"
#include "core/verify.hpp"

namespace tlseam::seam {

/// A ticket that the library reported, and nobody looked at yet.
struct fresh_session {
    secret_bytes native;
    std::chrono::seconds lifetime;
};

struct client_resumption {
    std::optional<session> wanted;        // connect_options::session
    std::string target;                   // host and port, where they are known
    std::optional<digest> cache_key;      // none: the cache is not used
    std::optional<session> offered;       // in our hello
    std::optional<chain_verdict> judged;  // its chain, at that moment
    std::int64_t authenticated = 0;       // of what was resumed
    std::uint16_t resumptions = 0;        // the same, with this one
    std::vector<fresh_session> fresh;
    std::shared_ptr<std::atomic<bool>> failed = std::make_shared<std::atomic<bool>>(false);  // seen by what it gave
    bool out_of_memory = false;                                                              // a ticket was lost to it
};

}  // namespace tlseam::seam
