// SPDX-License-Identifier: Apache-2.0
// TLSEAM_API marks what a shared library exports. Everything else is hidden, so that two backends loaded into one
// process by two plug-ins never resolve to each other's symbols.
#pragma once

#if defined(__GNUC__)
#define TLSEAM_API __attribute__((visibility("default")))
#else
#define TLSEAM_API
#endif
