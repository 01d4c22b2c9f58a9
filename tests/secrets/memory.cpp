// SPDX-License-Identifier: Apache-2.0
#include "tests/secrets/memory.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <bitset>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace secrets {
namespace {

constexpr std::size_t stack_size = std::size_t{1} << 20;

std::span<std::byte> map(std::size_t size) {
    void* const out = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (out == MAP_FAILED) throw std::bad_alloc();
    return {static_cast<std::byte*>(out), size};
}

struct mapping {
    std::span<const std::byte> bytes;
    const char* name;  // in lines
};

/// As /proc/self/maps has them; nothing is allocated on the way.
class mappings {
public:
    mappings() {
        const int in = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
        std::size_t size = 0;
        for (ssize_t count = 1; in >= 0 && count > 0 && size + 1 < lines_.size();) {
            count = ::read(in, lines_.data() + size, lines_.size() - 1 - size);
            if (count > 0) size += static_cast<std::size_t>(count);
        }
        if (in >= 0) ::close(in);
        lines_[size] = '\0';
    }

    template <class Use>
    void for_each_writable(Use&& use) {
        for (char* line = lines_.data(); *line != '\0';) {
            char* const end = std::strchr(line, '\n');
            if (end == nullptr) return;
            *end = '\0';
            unsigned long first = 0, last = 0;
            char rights[5] = {};
            int name = 0;
            const int fields = std::sscanf(line, "%lx-%lx %4s %*s %*s %*s %n", &first, &last, rights, &name);
            if (fields == 3 && std::strcmp(rights, "rw-p") == 0) {
                use(mapping{{reinterpret_cast<const std::byte*>(first), last - first}, line + name});
            }
            line = end + 1;
        }
    }

private:
    static inline constinit std::array<char, 1 << 18> lines_ = {};
};

}  // namespace

page::page(std::size_t size) : bytes_(map(size)), used_(size) {}

page::~page() {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

page read_into_page(const std::filesystem::path& file) {
    constexpr std::size_t largest = 16384;
    page out(largest);
    const int in = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    const ssize_t size = in < 0 ? -1 : ::read(in, out.bytes().data(), largest);
    if (in >= 0) ::close(in);
    if (size < 0) throw std::runtime_error("cannot read " + file.string());
    out.shrink(static_cast<std::size_t>(size));
    return out;
}

page random_page(std::size_t size) {
    page out(size);
    if (::getrandom(out.bytes().data(), size, 0) != static_cast<ssize_t>(size)) throw std::runtime_error("getrandom");
    return out;
}

scratch_stack::scratch_stack() : memory_(map(stack_size)) {}

scratch_stack::~scratch_stack() { ::munmap(memory_.data(), memory_.size()); }

bool scratch_stack::contains(const std::byte* at) const noexcept {
    return at >= memory_.data() && at < memory_.data() + memory_.size();
}

void scratch_stack::run(const std::function<void()>& what) {
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, memory_.data(), memory_.size());
    const auto start = [](void* with) -> void* {
        (*static_cast<const std::function<void()>*>(with))();
        return nullptr;
    };
    const int problem = pthread_create(&thread, &attributes, start, const_cast<void*>(static_cast<const void*>(&what)));
    pthread_attr_destroy(&attributes);
    if (problem != 0) throw std::runtime_error("cannot start a thread");
    pthread_join(thread, nullptr);
}

std::vector<hit> search_memory(const scratch_stack& stack) {
    struct seen {
        const scratch_stack& stack;
        std::array<std::size_t, kinds> depths = {};
        std::bitset<kinds> elsewhere = {};
    };
    std::vector<hit> out;
    out.reserve(64);
    mappings().for_each_writable([&](const mapping& one) {
        seen here{stack};
        search(
            one.bytes,
            [](void* to, kind which, const std::byte* at) {
                auto& into = *static_cast<seen*>(to);
                const auto i = static_cast<std::size_t>(which);
                if (into.stack.contains(at)) {
                    into.depths[i] = into.stack.depth_of(at);
                } else {
                    into.elsewhere.set(i);
                }
            },
            &here);
        for (std::size_t i = 0; i < kinds; ++i) {
            if (here.depths[i] != 0) {
                out.push_back({static_cast<kind>(i), "stack " + std::to_string(here.depths[i]) + " bytes deep"});
            }
            if (here.elsewhere.test(i)) {
                const std::string name = *one.name != '\0' ? one.name : "anonymous";
                out.push_back({static_cast<kind>(i), "memory " + name});
            }
        }
    });
    return out;
}

bool is_in_memory(kind which) noexcept {
    struct wanted {
        kind which;
        bool found = false;
    };
    wanted seen{which};
    mappings().for_each_writable([&](const mapping& one) {
        search(
            one.bytes,
            [](void* to, kind found, const std::byte*) {
                auto& into = *static_cast<wanted*>(to);
                into.found = into.found || found == into.which;
            },
            &seen);
    });
    return seen.found;
}

}  // namespace secrets
