// SPDX-License-Identifier: Apache-2.0
#include "cli/front/heap_peak.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "cli/private_libraries.hpp"

namespace cli::front {
namespace {

namespace fs = std::filesystem;

/// Beside this program, as in a build directory, or where it is installed. Empty: nowhere, as in builds with
/// sanitizers, which want the heap for themselves.
std::string find_library() {
    std::error_code ignored;
    const fs::path here = fs::read_symlink("/proc/self/exe", ignored).parent_path();
    for (const fs::path& directory : {here, here / TLSEAM_PRIVATE_LIBRARIES}) {
        const fs::path candidate = directory / "libtlseam-heap-peak.so";
        // The dynamic linker takes both for the end of a name.
        const bool nameable = candidate.native().find_first_of(": ") == std::string::npos;
        if (nameable && fs::is_regular_file(candidate, ignored)) return candidate;
    }
    return {};
}

}  // namespace

heap_peak::heap_peak() : library_(find_library()) {
    // The program inherits it. A file of no directory: nobody has to take it away.
    if (!library_.empty()) told_ = owned_fd(memfd_create("heap peak", 0));
    if (!told_.is_open()) library_.clear();
}

std::vector<std::pair<std::string, std::string>> heap_peak::environment() const {
    if (library_.empty()) return {};
    const char* others = std::getenv("LD_PRELOAD");
    const bool none = others == nullptr || *others == '\0';
    return {{"LD_PRELOAD", none ? library_ : library_ + ":" + others},
            {"TLSEAM_HEAP_PEAK_FD", std::to_string(told_.get())}};
}

std::optional<std::size_t> heap_peak::bytes() const {
    std::array<char, 32> text;
    const ssize_t count = told_.is_open() ? ::pread(told_.get(), text.data(), text.size(), 0) : 0;
    std::size_t out = 0;
    if (count <= 0 || std::from_chars(text.data(), text.data() + count, out).ec != std::errc()) return std::nullopt;
    return out;
}

}  // namespace cli::front
