// SPDX-License-Identifier: Apache-2.0
// Sockets, threads and clocks in a state in which runs can be compared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <thread>

namespace bench {

struct socket_pair {
    int client = -1;
    int server = -1;
};

/// A port of the loopback interface that listens. Connections use cubic congestion control where there is it, because
/// BBR paces, which on loopback says more about its timers than about us; and TCP_NODELAY.
class listening_socket {
public:
    listening_socket();
    ~listening_socket();
    listening_socket(const listening_socket&) = delete;
    listening_socket& operator=(const listening_socket&) = delete;
    [[nodiscard]] int connect() const;
    [[nodiscard]] int accept() const;

private:
    int socket_ = -1;
    std::uint16_t port_ = 0;
};

/// To a port of the loopback interface, with the system's own congestion control.
[[nodiscard]] int connect_to(std::uint16_t port);
[[nodiscard]] socket_pair tcp_pair();
[[nodiscard]] socket_pair unix_pair();

/// The socket takes as much as the system lets one take that nobody has read.
void hold_much(int socket);

/// As many open files as the system allows.
void allow_many_sockets();

/// Everything, whatever the system takes at once. For candidates that have to do it themselves.
void send_all(int socket, std::span<const std::byte> data);
/// What is there, waiting for the first byte. 0 at the end.
[[nodiscard]] std::size_t receive(int socket, std::span<std::byte> room);

/// The calling thread stays on this one of the cores that the program was started on, where there are as many: 0 for
/// clients, 1 for servers.
void pin_to_core(unsigned core);

/// Processor time of a thread, in seconds.
[[nodiscard]] double cpu_seconds_of(std::thread::native_handle_type thread);
[[nodiscard]] double cpu_seconds_of_this_thread();

[[noreturn]] void give_up(const std::string& why);

/// A thread on core 1 whose failure ends the program with a sentence.
template <class Work>
std::jthread on_the_other_core(Work work) {
    return std::jthread([work = std::move(work)] {
        pin_to_core(1);
        try {
            work();
        } catch (const std::exception& problem) {
            give_up(problem.what());
        }
    });
}

}  // namespace bench
