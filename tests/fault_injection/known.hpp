// SPDX-License-Identifier: Apache-2.0
// What the library underneath does without memory, and tlseam cannot mend: backends/<name>/out_of_memory.txt, whose
// head says what its lines mean.
#pragma once

#include <string>
#include <vector>

namespace faults {

/// Whether a line has this. kind: error, crash or leak. functions: whose allocation it was, innermost first.
[[nodiscard]] bool is_known(const std::string& kind, const std::string& words,
                            const std::vector<std::string>& functions);

/// The lines that nothing has needed so far.
[[nodiscard]] std::vector<std::string> unneeded();

}  // namespace faults
