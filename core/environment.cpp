// SPDX-License-Identifier: Apache-2.0
#include "core/environment.hpp"

#include <unistd.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

#include <cstdlib>

namespace tlseam::seam {
namespace {

#ifdef __linux__
/// Set by the kernel also for what no identity shows any more.
bool has_more_rights() noexcept { return ::getauxval(AT_SECURE) != 0; }
#else
bool has_more_rights() noexcept { return false; }
#endif

}  // namespace

const char* trusted_variable(const char* name) noexcept {
    if (has_more_rights() || ::getuid() != ::geteuid() || ::getgid() != ::getegid()) return nullptr;
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : nullptr;
}

}  // namespace tlseam::seam
