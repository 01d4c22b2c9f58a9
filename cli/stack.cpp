// SPDX-License-Identifier: Apache-2.0
// `stack`: how much of its thread's stack a connection takes.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <tlseam/stream.hpp>

#include "cli/commands.hpp"
#include "cli/files.hpp"
#include "cli/painted_stack.hpp"

namespace cli {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t one_record = 16384;

std::array<int, 2> socket_pair() {
    std::array<int, 2> out;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out.data()) != 0) {
        throw std::system_error(errno, std::generic_category(), "cannot make a pair of sockets");
    }
    return out;
}

/// A whole connection: handshake, a record each way, the end.
tlseam::result<void> talk(const tlseam::context& context, int socket, const std::string& name) noexcept {
    const auto wait = tlseam::within(30s);
    tlseam::connect_options options;
    if (context.role() == tlseam::role::client) options.server_name = name;
    auto stream = tlseam::stream::wrap(context, socket, options);
    if (!stream) {
        ::close(socket);
        return std::unexpected(stream.error());
    }
    // On the heap: what is measured is the library's stack.
    std::vector<std::byte> data(one_record);
    if (auto done = stream->handshake(wait); !done) return done;
    if (auto done = stream->write_all(data, wait); !done) return done;
    if (auto done = stream->read_exactly(data, wait); !done) return done;
    return stream->shutdown(wait);
}

stack_use measure(const tlseam::context& client, const tlseam::context& server, const std::string& name) {
    const auto sockets = socket_pair();
    std::optional<tlseam::result<void>> client_said, server_said;
    stack_use out;
    {
        painted_thread serving([&] { server_said = talk(server, sockets[1], name); });
        painted_thread connecting([&] { client_said = talk(client, sockets[0], name); });
        out.client = connecting.join();
        out.server = serving.join();
    }
    tlseam::or_throw(*std::move(client_said));
    tlseam::or_throw(*std::move(server_said));
    return out;
}

}  // namespace

int stack(const stack_command& command, reporter& report) {
    const auto server = tlseam::or_throw(tlseam::context::server({.credentials = load_identity(command.identity)}));
    const auto client = tlseam::or_throw(tlseam::context::client({.trust = load_trust(command.ca_file)}));
    // What the system puts on every stack is nobody's. The first connection also loads what is loaded once.
    const std::size_t empty = painted_thread([] {}).join();
    (void)measure(client, server, command.name);
    auto used = measure(client, server, command.name);
    used.client -= std::min(empty, used.client);
    used.server -= std::min(empty, used.server);
    report.stack(used);
    return exit_done;
}

}  // namespace cli
