// SPDX-License-Identifier: Apache-2.0
#include <tlseam/tlseam.hpp>

void use(tlseam::stream& s) {
    (void)s;
#ifdef MISUSE
    tlseam::stream copy = s;
#else
    tlseam::stream copy = std::move(s);
#endif
}
