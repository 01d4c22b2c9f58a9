// SPDX-License-Identifier: Apache-2.0
#include <tlseam/tlseam.hpp>

void use(tlseam::stream& s) {
    (void)s;
#ifdef MISUSE
    std::size_t n = s.write_some({});
#else
    std::size_t n = s.write_some({}).value_or(0);
#endif
}
