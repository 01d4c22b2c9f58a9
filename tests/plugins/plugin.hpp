// SPDX-License-Identifier: Apache-2.0
// What host and plug-ins agree on.
#pragma once

#include <cstddef>

#define TLSEAM_PLUGIN __attribute__((visibility("default")))

/// Writes the backend's name into answer when all went well, else what went wrong.
using converse_function = void (*)(const char* certs, char* answer, std::size_t size);
