// SPDX-License-Identifier: Apache-2.0
#include "tests/secrets/symbols.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>

namespace secrets {
namespace {

/// A file with its table of symbols, or the one for the loader where it was stripped. Mapped to be read only, so that
/// no search of memory has to go through it, and never given back.
struct module_file {
    const ElfW(Sym) * symbols = nullptr;
    std::size_t count = 0;
    const char* names = nullptr;
};

module_file read(const std::string& path) {
    module_file out;
    const int in = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (in < 0) return out;
    struct stat about = {};
    void* mapped = MAP_FAILED;
    if (::fstat(in, &about) == 0 && about.st_size > static_cast<off_t>(sizeof(ElfW(Ehdr)))) {
        mapped = ::mmap(nullptr, static_cast<std::size_t>(about.st_size), PROT_READ, MAP_PRIVATE, in, 0);
    }
    ::close(in);
    if (mapped == MAP_FAILED) return out;
    const char* const bytes = static_cast<const char*>(mapped);
    const auto* header = reinterpret_cast<const ElfW(Ehdr)*>(bytes);
    const auto* sections = reinterpret_cast<const ElfW(Shdr)*>(bytes + header->e_shoff);
    for (std::size_t i = 0; i < header->e_shnum; ++i) {
        const bool full = sections[i].sh_type == SHT_SYMTAB;
        if (!full && (sections[i].sh_type != SHT_DYNSYM || out.symbols != nullptr)) continue;
        out.symbols = reinterpret_cast<const ElfW(Sym)*>(bytes + sections[i].sh_offset);
        out.count = sections[i].sh_size / sizeof(ElfW(Sym));
        out.names = bytes + sections[sections[i].sh_link].sh_offset;
        if (full) break;
    }
    return out;
}

const module_file& file_of(const std::string& path) {
    static std::map<std::string, module_file> files;
    const auto at = files.find(path);
    return at != files.end() ? at->second : files.emplace(path, read(path)).first->second;
}

}  // namespace

function function_at(const void* address) {
    Dl_info about = {};
    if (::dladdr(address, &about) == 0 || about.dli_fname == nullptr) return {};
    // The program's own name may be relative to where it was started.
    std::error_code ignored;
    const bool found = std::filesystem::exists(about.dli_fname, ignored);
    function out{found ? about.dli_fname : "/proc/self/exe", ""};
    const auto offset =
        static_cast<ElfW(Addr)>(static_cast<const char*>(address) - static_cast<const char*>(about.dli_fbase));
    const module_file& file = file_of(out.module);
    for (std::size_t i = 0; i < file.count; ++i) {
        const ElfW(Sym)& one = file.symbols[i];
        if (ELF64_ST_TYPE(one.st_info) != STT_FUNC || one.st_value == 0) continue;
        if (offset < one.st_value || offset >= one.st_value + one.st_size) continue;
        out.mangled = file.names + one.st_name;
        break;
    }
    return out;
}

std::string readable(const function& one) {
    const std::string where = std::filesystem::path(one.module).filename().string();
    if (one.mangled.empty()) return "? in " + where;
    int problem = 0;
    char* text = abi::__cxa_demangle(one.mangled.c_str(), nullptr, nullptr, &problem);
    std::string out = text != nullptr ? text : one.mangled;
    std::free(text);
    constexpr std::size_t longest = 160;
    if (out.size() > longest) out = out.substr(0, longest) + "...";
    return out + " in " + where;
}

}  // namespace secrets
