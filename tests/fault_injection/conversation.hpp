// SPDX-License-Identifier: Apache-2.0
// Two engines that talk, where every allocation of theirs may fail and none of the test's: who was hit must say so, and
// what nobody complains of must be right.
#pragma once

#include <array>
#include <optional>

#include <tlseam/tlseam.hpp>

#include "tests/fault_injection/in_children.hpp"
#include "tests/fault_injection/injector.hpp"

namespace faults {

/// Whoever calls the library: remembers the first error, and whether memory was missing in one of its calls.
class caller {
public:
    explicit caller(const char* name) : name_(name) {}

    template <class Call>
    auto operator()(Call&& call) {
        const std::size_t before = failed_allocations();
        auto done = [&] {
            const scarce memory;
            return call();
        }();
        hit_ = hit_ || failed_allocations() != before;
        if (!done) note(done.error());
        return done;
    }

    [[nodiscard]] bool failed() const { return failure_.has_value(); }
    [[nodiscard]] bool hit() const { return hit_; }
    [[nodiscard]] const std::optional<tlseam::error>& failure() const { return failure_; }
    /// Its part of the verdict, when it has failed: out_of_memory, or something else that has a name.
    [[nodiscard]] verdict blame(bool others_failed) const;

private:
    void note(const tlseam::error& why);

    const char* name_;
    bool hit_ = false;
    std::optional<tlseam::error> failure_;
};

/// The verdict on what several callers did together; right: the outcome, if none of them failed.
[[nodiscard]] verdict judge(std::initializer_list<const caller*> all, const char* wrong);

class conversation {
public:
    conversation(const tlseam::context& of_client, const tlseam::context& of_server,
                 const tlseam::connect_options& names)
        : of_client_(of_client), of_server_(of_server), names_(names) {}

    /// Makes the engines, and shakes hands until both are done, one has failed, or nothing moves.
    void shake();
    [[nodiscard]] bool both_done() const { return client_done_ && server_done_; }
    [[nodiscard]] bool client_done() const { return client_done_; }
    [[nodiscard]] bool server_done() const { return server_done_; }
    /// A record each way, a key update, close_notify each way. False when it did not come as it should.
    [[nodiscard]] bool talk();

    caller client{"client"}, server{"server"};
    std::optional<tlseam::engine> client_engine, server_engine;

private:
    void carry();
    [[nodiscard]] bool say(caller& from, tlseam::engine& out, caller& to, tlseam::engine& in, std::byte what);
    [[nodiscard]] bool hear(caller& who, tlseam::engine& in, std::span<std::byte> room, std::size_t expected);

    const tlseam::context& of_client_;
    const tlseam::context& of_server_;
    const tlseam::connect_options& names_;
    bool client_done_ = false, server_done_ = false;
};

}  // namespace faults
