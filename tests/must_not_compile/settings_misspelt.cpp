// SPDX-License-Identifier: Apache-2.0
#include <tlseam/tlseam.hpp>

void use(tlseam::stream& s) {
    (void)s;
#ifdef MISUSE
    tlseam::client_settings settings{.skip_verification = false};
#else
    tlseam::client_settings settings{.insecure_skip_verification = false};
#endif
}
