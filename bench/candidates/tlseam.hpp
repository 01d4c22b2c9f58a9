// SPDX-License-Identifier: Apache-2.0
// tlseam as README.md shows it, with the suite, group and certificate that one likes.
#pragma once

#include <tlseam/context.hpp>

#include <string>

#include "bench/candidate.hpp"

namespace bench {

struct tlseam_setup {
    std::string certificates = {};  ///< where the server's are: in front of the names of certificate_file(), as "rsa/"
    std::string group = "x25519";
    std::string cipher_suite = "TLS_AES_128_GCM_SHA256";
};

/// Throws tlseam::exception, also for what this library does not have.
[[nodiscard]] candidate make_tlseam(const tlseam_setup& setup);
[[nodiscard]] tlseam::context tlseam_server_context(const tlseam_setup& setup);

/// A client that resumes: but for its first handshake, and wherever a library wants a full one now and then.
class returning_visitor {
public:
    /// Throws when two in a row were full.
    void came(bool resumed);

private:
    int full_ones_ = 0;  // in a row
};

/// Processor time of each end, in seconds.
struct handshake_cost {
    double client = 0;
    double server = 0;
};

/// Handshakes of two ends on one thread, whose bytes are carried by hand.
class tlseam_handshakes {
public:
    /// returning: the second and later clients have been here before, and resume.
    tlseam_handshakes(const tlseam_setup& setup, bool returning);
    /// From making both ends to destroying them, with a byte each way. Adds to cost. Throws when what should have been
    /// resumed was not.
    void one(handshake_cost& cost);

private:
    const tlseam::context client_, server_;
    const bool returning_;
    returning_visitor visitor_;
};

}  // namespace bench
