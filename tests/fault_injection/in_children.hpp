// SPDX-License-Identifier: Apache-2.0
// Runs something again and again, each time with another allocation failing, in child processes: whoever crashes is a
// result, not the end of the test.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace faults {

/// What became of one run.
struct verdict {
    enum class kind : char {
        unharmed = 'u',  // everything came as if no allocation had failed
        reported = 'r',  // somebody said so
        wrong = 'w',     // neither: words says what
    };
    kind what = kind::unharmed;
    std::string words = {};  // reported: errc, and what the library said, if it was anything but out_of_memory
};

/// What can be done any number of times. run() lets allocations fail only while a `scarce` lives.
class scenario {
public:
    virtual ~scenario() = default;
    virtual verdict run() = 0;
};
using maker = std::function<std::unique_ptr<scenario>()>;

struct sweep_options {
    bool and_all_later = false;
    /// The first use of the library in its process, every time: nothing is there yet that later uses share.
    bool first_use = false;
    std::size_t each_of_the_first = 1'000'000'000, then_every = 1;
    std::size_t only = 0;  // not 0: this one allocation, and no other
};

struct finding {
    std::size_t nth;  // the allocation that failed
    std::string words;
    std::vector<std::string> frames = {};  // a crash's; then those of the allocation, innermost first
};

struct sweep_result {
    std::size_t runs = 0;
    std::size_t unharmed = 0, out_of_memory = 0;
    std::vector<finding> crashes, wrong, leaks, other_errors;
};

[[nodiscard]] sweep_result sweep(const maker& make, const sweep_options& how);

}  // namespace faults
