// SPDX-License-Identifier: Apache-2.0
// The program's own memory: all that it may write to, and a stack of known place and content.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/secrets/needles.hpp"

namespace secrets {

/// Pages of their own, which go back to the system, and with them whatever was in them: for what a test itself must
/// know of a secret.
class page {
public:
    explicit page(std::size_t size);
    ~page();
    page(page&& other) noexcept : bytes_(std::exchange(other.bytes_, {})), used_(std::exchange(other.used_, 0)) {}
    page& operator=(page&&) = delete;
    [[nodiscard]] std::span<std::byte> bytes() const noexcept { return bytes_.first(used_); }
    [[nodiscard]] std::string_view text() const noexcept {
        return {reinterpret_cast<const char*>(bytes_.data()), used_};
    }
    void shrink(std::size_t used) noexcept { used_ = used; }

private:
    std::span<std::byte> bytes_;
    std::size_t used_;
};
/// A file, not longer than 16 KiB, read without a buffer of the C library. Throws std::runtime_error.
[[nodiscard]] page read_into_page(const std::filesystem::path& file);
[[nodiscard]] page random_page(std::size_t size);

struct hit {
    kind which;
    std::string where;  // "stack" and how deep, or "memory" and the mapping's name
};

/// A thread on a stack of its own, which is all zeros before.
class scratch_stack {
public:
    scratch_stack();
    ~scratch_stack();
    scratch_stack(const scratch_stack&) = delete;
    scratch_stack& operator=(const scratch_stack&) = delete;
    /// Runs it to its end. What it throws ends the program.
    void run(const std::function<void()>& what);
    [[nodiscard]] bool contains(const std::byte* at) const noexcept;
    [[nodiscard]] std::size_t depth_of(const std::byte* at) const noexcept {
        return static_cast<std::size_t>(memory_.data() + memory_.size() - at);
    }

private:
    std::span<std::byte> memory_;
};

/// Looks through everything that is mapped privately and can be written: heaps, stacks, data of libraries. One for each
/// kind and mapping. stack: what is called one.
[[nodiscard]] std::vector<hit> search_memory(const scratch_stack& stack);
/// The same, for one kind, from within: is it anywhere?
[[nodiscard]] bool is_in_memory(kind which) noexcept;

}  // namespace secrets
