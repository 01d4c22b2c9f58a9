// SPDX-License-Identifier: Apache-2.0
// What a certificate says that people want to know.
#pragma once

#include <string>
#include <vector>

namespace cli::front {

struct certificate_facts {
    std::vector<std::string> names;  ///< DNS names and IP addresses of the subject
    std::string not_after;           ///< RFC 3339
};

/// Of the first certificate in a PEM text. Throws std::runtime_error if there is none.
[[nodiscard]] certificate_facts facts_of(const std::string& pem);

}  // namespace cli::front
