// SPDX-License-Identifier: Apache-2.0
// Compiled once per set of tests instead of once per file: what takes long to read. Every file still includes what it
// uses; building with -Db_pch=false shows when one does not.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <tlseam/tlseam.hpp>
