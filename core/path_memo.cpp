// SPDX-License-Identifier: Apache-2.0
#include "core/path_memo.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <new>

#include "core/byte_writer.hpp"
#include "core/lack_of_memory.hpp"

namespace tlseam::seam {
namespace {

digest identity_of(std::span<const der_bytes> path, std::optional<role> peer) {
    byte_writer all;
    all.number(peer ? static_cast<std::uint8_t>(*peer) + 1U : 0U, 1);
    for (const der_bytes der : path) all.vector(der);
    return sha256(all.bytes());
}

class memo {
public:
    bool knows(const digest& path) {
        const std::scoped_lock lock(mutex_);
        return std::ranges::find(good_.begin(), good_.begin() + count_, path) != good_.begin() + count_;
    }
    /// The oldest makes room.
    void add(const digest& path) {
        const std::scoped_lock lock(mutex_);
        good_[next_] = path;
        next_ = (next_ + 1) % good_.size();
        count_ = std::max<std::ptrdiff_t>(count_, next_ == 0 ? std::ssize(good_) : static_cast<std::ptrdiff_t>(next_));
    }

private:
    std::mutex mutex_;
    std::array<digest, 256> good_ = {};
    std::size_t next_ = 0;
    std::ptrdiff_t count_ = 0;
};

}  // namespace

std::vector<chain_defect> check_path_once(std::span<const der_bytes> path, std::optional<role> peer) {
    static memo good;
    const digest identity = identity_of(path, peer);
    if (good.knows(identity)) return {};
    const memory_watch memory;
    auto defects = check_path(path, peer);
    // Something may be wrong with the chain, or nothing but that there was no memory to find out with.
    if (!defects.empty() && memory.was_missing()) throw std::bad_alloc();
    if (defects.empty()) good.add(identity);
    return defects;
}

}  // namespace tlseam::seam
