// SPDX-License-Identifier: Apache-2.0
// A connection that begins in the clear and goes on in TLS: a mail server that takes one message and prints it, after
// STARTTLS only (RFC 3207).   starttls-<backend> [CERTIFICATE [KEY [PORT]]]
#include <tlseam/tlseam.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iostream>
#include <stdexcept>

using namespace tlseam;

namespace {

/// Lines, however they come in. What is behind the last line that was asked for stays here.
class line_reader {
public:
    template <class Receive>
    std::string next(Receive&& receive) {
        std::size_t end;
        while ((end = waiting_.find("\r\n")) == std::string::npos) {
            std::array<char, 4096> buffer;
            const std::size_t count = receive(std::as_writable_bytes(std::span(buffer)));
            if (count == 0) throw std::runtime_error("the client left");
            if (waiting_.size() > 65536) throw std::runtime_error("the client's line is too long");
            waiting_.append(buffer.data(), count);
        }
        std::string line = waiting_.substr(0, end);
        waiting_.erase(0, end + 2);
        return line;
    }
    [[nodiscard]] bool empty() const { return waiting_.empty(); }

private:
    std::string waiting_;
};

/// Commands are in upper or lower case, four letters and more.
bool says(std::string_view line, std::string_view command) {
    return std::ranges::equal(line.substr(0, command.size()), command, {},
                              [](unsigned char c) { return std::toupper(c); });
}

int listen_on_loopback(std::uint16_t port) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (bind(fd, any, size) != 0 || listen(fd, 1) != 0 || getsockname(fd, any, &size) != 0) {
        throw std::runtime_error("cannot listen");
    }
    std::cout << "listening on 127.0.0.1:" << ntohs(address.sin_port) << std::endl;
    return fd;
}

/// Until the client says STARTTLS.
void talk_in_the_clear(int client) {
    const auto say = [&](std::string_view text) { (void)!send(client, text.data(), text.size(), MSG_NOSIGNAL); };
    line_reader lines;
    say("220 localhost\r\n");
    for (;;) {
        const std::string line = lines.next([&](std::span<std::byte> into) {
            const auto count = recv(client, into.data(), into.size(), 0);
            return count > 0 ? static_cast<std::size_t>(count) : 0;
        });
        if (says(line, "STARTTLS")) break;
        say(says(line, "EHLO") ? "250-localhost\r\n250 STARTTLS\r\n" : "530 STARTTLS first\r\n");
    }
    // Whatever came behind STARTTLS came in the clear, perhaps from somebody in between: it must never pass for
    // something that was said in TLS. (Where a protocol lets the client go on at once, these bytes are the first of
    // TLS, and stream::wrap() takes them as already_read.)
    if (!lines.empty()) throw std::runtime_error("the client said more before it was in TLS");
    say("220 go ahead\r\n");
}

void talk_in_tls(stream& client) {
    const auto say = [&](std::string_view text) { or_throw(client.write_all(as_bytes(text))); };
    line_reader lines;
    bool in_message = false;
    for (;;) {
        const std::string line =
            lines.next([&](std::span<std::byte> into) { return or_throw(client.read_some(into)); });
        if (in_message) {
            in_message = line != ".";
            in_message ? void(std::cout << line << std::endl) : say("250 taken\r\n");
        } else if (says(line, "DATA")) {
            in_message = true;
            say("354 go ahead\r\n");
        } else if (says(line, "QUIT")) {
            say("221 bye\r\n");
            return;
        } else {
            say("250 ok\r\n");
        }
    }
}

}  // namespace

int main(int argc, char** argv) try {
    const auto argument = [&](int n, const char* otherwise) { return n < argc ? argv[n] : otherwise; };
    auto identity = or_throw(credentials::load_cert_chain(argument(1, "server.crt"), argument(2, "server.key")));
    auto context = or_throw(context::server({.credentials = {identity}}));
    const int listening = listen_on_loopback(static_cast<std::uint16_t>(std::stoi(argument(3, "8025"))));
    const int socket = accept(listening, nullptr, nullptr);
    close(listening);
    talk_in_the_clear(socket);
    auto client = or_throw(stream::wrap(context, socket));  // owns the socket from here on
    or_throw(client.handshake());
    std::cout << "in " << name(client.info().version) << std::endl;
    talk_in_tls(client);
    or_throw(client.shutdown());
} catch (const std::exception& problem) {
    std::cerr << problem.what() << '\n';
    return 1;
}
