// SPDX-License-Identifier: Apache-2.0
// The pump: the one loop that moves bytes between a TLS connection and its socket, for every verb of a stream.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <type_traits>

#include <tlseam/error.hpp>
#include <tlseam/stream.hpp>
#include <tlseam/types.hpp>

#include "core/placed.hpp"
#include "core/sockets.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::inline v0::detail {

/// What a call counts as: one call that reads and one that writes may run at once.
struct sides {
    bool reads = false;
    bool writes = false;
};
inline constexpr sides reading = {.reads = true}, writing = {.writes = true}, both = {.reads = true, .writes = true};

/// When a call is done: with nothing left to send, or as soon as the step is, what there is to send having been offered
/// to the system; or not even that.
enum class sending : std::uint8_t { all, what_goes, later };

/// The wait ended before the work did; what was taken is reported instead.
[[nodiscard]] inline bool is_pause(const error& e) noexcept {
    return e == errc::timed_out || e == errc::cancelled || e == errc::want_read || e == errc::want_write;
}

/// A stream's inside: socket, connection, the mutex that guards both (never held across a wait), and who waits.
class stream_owner : public seam::placed<stream_owner> {
public:
    stream_owner(void* storage, const context& context, int fd) : connection(context.data(), storage), socket(fd) {}

    /// What a verb does when the mutex is held. want_read and want_write ask the pump to move bytes and call again.
    /// Refers to a function object that outlives the call: a std::function would allocate for every read.
    class step {
    public:
        template <class F>
        step(F&& f) noexcept  // NOLINT(google-explicit-constructor, bugprone-forwarding-reference-overload)
            : object_(std::addressof(f)),
              call_([](void* object) { return (*static_cast<std::remove_reference_t<F>*>(object))(); }) {}
        result<void> operator()() const { return call_(object_); }

    private:
        void* object_;
        result<void> (*call_)(void*);
    };

    /// Calls the step until it is done or fails, moving bytes and waiting in between. What is staged goes before
    /// whatever else a writing call sends, unless that is for later.
    [[nodiscard]] result<void> pump(sides sides, sending sending, const wait_options& limits,
                                    const step& verb) noexcept;

    /// Takes from the front of data what can be taken, gathered into full records; the last one stays in staged.
    /// The mutex is held. want_write as of write_some().
    [[nodiscard]] result<void> stage(std::span<const std::byte>& data) noexcept;
    /// Encrypts what is staged. The mutex is held.
    [[nodiscard]] result<void> encrypt_staged() noexcept;

    void cancel() noexcept;
    /// Plaintext for read_some(). The mutex is held. False when there is no memory; the connection has failed then.
    [[nodiscard]] bool keep_for_reader(std::span<const std::byte> plaintext) noexcept;
    /// Takes what has arrived, without waiting, unless there is enough to look at. The mutex is held.
    void receive_now() noexcept {
        if (connection.ciphertext().in().size() < seam::max_record) (void)pull();
    }
    /// Closing a socket with unread bytes resets the connection, and a reset may destroy what we sent: reads them
    /// first.
    ~stream_owner();

    seam::tls_connection connection;
    seam::sockets::owned socket;
    std::mutex mutex;
    bool blocking = true;
    /// Plaintext that had to be decrypted to find out why sending failed; read before anything else.
    seam::byte_queue early_plaintext;
    seam::byte_queue staged;                     // plaintext that waits for a full record
    std::string peer;                            // for sentences: as the program named it; empty: its address
    std::optional<socket_address> peer_address;  // asked early: after a reset the system has forgotten it

private:
    static constexpr std::size_t receive_size = 64 * 1024;
    /// A peer that always has more to say, and nothing that ends a call, must not keep us in it: after so many receives
    /// we look at the deadline and give others the mutex, or where nobody waits, give the program its turn.
    static constexpr int receives_between_looks = 64;

    class claim;
    enum class pulled : std::uint8_t { something, nothing, end };

    void push();
    void shrink_buffers() noexcept;
    [[nodiscard]] std::optional<errc> look_up(const wait_options& limits, std::unique_lock<std::mutex>& lock,
                                              unsigned generation) noexcept;
    [[nodiscard]] bool send_staged() noexcept;
    [[nodiscard]] pulled pull() noexcept;
    [[nodiscard]] seam::sockets::wake_reason wait(sides sides, bool readable, bool writable, const wait_options& limits,
                                                  std::unique_lock<std::mutex>& lock, int& problem) noexcept;
    void wake_others() noexcept;
    // pump_failures.cpp
    [[nodiscard]] const std::string& name_of_peer();
    [[nodiscard]] error failed_to_send(int system_code) noexcept;
    [[nodiscard]] result<void> after_send_failure(sides sides) noexcept;
    [[nodiscard]] std::unexpected<error> give_up(sides sides, const wait_options& limits,
                                                 std::unique_lock<std::mutex>& lock) noexcept;
    void let_peer_read_alert(sides sides, const wait_options& limits, std::unique_lock<std::mutex>& lock) noexcept;
    [[nodiscard]] bool cancelled_since(unsigned generation) const noexcept { return cancellations_ != generation; }

    std::optional<error> send_failure_;  // sticky for writing; reading goes on to what the peer still said
    bool reading_ = false, writing_ = false;
    bool failure_reported_ = false;
    std::array<seam::sockets::waker*, 2> waiting_ = {};
    unsigned cancellations_ = 0;
};

}  // namespace tlseam::inline v0::detail
