// SPDX-License-Identifier: Apache-2.0
#include "cli/front/report/document.hpp"

namespace cli::front::report {

text with_code(const std::string& words) {
    text out;
    bool code = false;
    for (std::size_t start = 0, end = 0; end != std::string::npos; start = end + 1, code = !code) {
        end = words.find('`', start);
        std::string part = words.substr(start, end == std::string::npos ? end : end - start);
        if (part.empty()) continue;
        code ? out.code(std::move(part)) : out.add(std::move(part));
    }
    return out;
}

}  // namespace cli::front::report
