// SPDX-License-Identifier: Apache-2.0
// What the build knows of the library underneath and no program can ask it: licence, build options, sizes, what is
// written down about it. One JSON object, which scripts/backend_facts.py writes for each backend.
#pragma once

namespace cli {

extern const char* const facts;

}  // namespace cli
