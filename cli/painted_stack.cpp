// SPDX-License-Identifier: Apache-2.0
#include "cli/painted_stack.hpp"

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <system_error>
#include <utility>

namespace cli {
namespace {

constexpr std::size_t stack_size = 1024 * 1024;
constexpr unsigned char paint = 0xA5;

void check(int code, const char* what) {
    if (code != 0) throw std::system_error(code, std::generic_category(), what);
}

/// Not of the heap, whose own bookkeeping might lie beside it.
class mapping {
public:
    mapping() : start_(mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
        if (start_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "cannot make a stack");
        std::ranges::fill(bytes(), paint);
    }
    ~mapping() { munmap(start_, stack_size); }
    mapping(const mapping&) = delete;
    mapping& operator=(const mapping&) = delete;
    [[nodiscard]] void* start() const noexcept { return start_; }
    [[nodiscard]] std::span<unsigned char> bytes() const noexcept {
        return {static_cast<unsigned char*>(start_), stack_size};
    }

private:
    void* start_;
};

}  // namespace

struct painted_thread::state {
    mapping stack;
    std::function<void()> run;
    pthread_t thread{};
    bool joined = false;
};

painted_thread::painted_thread(std::function<void()> run) : state_(std::make_unique<state>()) {
    state_->run = std::move(run);
    pthread_attr_t attributes;
    check(pthread_attr_init(&attributes), "cannot make a thread");
    int problem = pthread_attr_setstack(&attributes, state_->stack.start(), stack_size);
    const auto body = [](void* self) -> void* {
        static_cast<state*>(self)->run();
        return nullptr;
    };
    if (problem == 0) problem = pthread_create(&state_->thread, &attributes, body, state_.get());
    pthread_attr_destroy(&attributes);
    check(problem, "cannot make a thread");
}

painted_thread::~painted_thread() {
    if (!state_->joined) (void)join();
}

std::size_t painted_thread::join() {
    pthread_join(state_->thread, nullptr);
    state_->joined = true;
    const auto bytes = state_->stack.bytes();  // it grows downwards
    const auto deepest = std::ranges::find_if(bytes, [](unsigned char each) { return each != paint; });
    return static_cast<std::size_t>(bytes.end() - deepest);
}

}  // namespace cli
