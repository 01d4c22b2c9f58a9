// SPDX-License-Identifier: Apache-2.0
// What takes long to read, once for all files.
#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>

#include "tests/asio/library.hpp"
