// SPDX-License-Identifier: Apache-2.0
#include <tlseam/tlseam.hpp>

void use(tlseam::stream& s) {
    (void)s;
#ifdef MISUSE
    s.handshake();
#else
    (void)s.handshake();
#endif
}
