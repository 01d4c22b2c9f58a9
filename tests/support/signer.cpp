// SPDX-License-Identifier: Apache-2.0
#include "tests/support/signer.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <mutex>
#include <string>

#include "tests/places.hpp"
#include "tests/support/pki.hpp"
#include "tests/support/sockets.hpp"

namespace tlseam_test {
namespace {

using namespace tlseam;

/// signer.py, started with the first request and ended with this process.
class process {
public:
    process() {
        auto [ours, theirs] = socket_pair();
        const std::string script = std::string(places::tree) + "/tests/support/signer.py";
        child_ = fork();
        if (child_ == 0) {
            dup2(theirs.get(), STDIN_FILENO);
            dup2(theirs.get(), STDOUT_FILENO);
            execl(places::python, places::python, script.c_str(), static_cast<char*>(nullptr));
            _exit(127);
        }
        end_ = std::move(ours);
    }
    ~process() {
        end_.reset();
        if (child_ > 0) {
            kill(child_, SIGKILL);
            waitpid(child_, nullptr, 0);
        }
    }
    process(const process&) = delete;
    process& operator=(const process&) = delete;

    /// Empty: there was no answer.
    std::string ask(const std::string& line) {
        const std::lock_guard lock(mutex_);
        if (write(end_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) return {};
        std::string answer;
        for (char c = 0; read(end_.get(), &c, 1) == 1 && c != '\n';) answer += c;
        return answer;
    }

private:
    std::mutex mutex_;
    unique_fd end_;
    pid_t child_ = -1;
};

process& the_process() {
    static process one;
    return one;
}

std::string to_hex(std::span<const std::byte> bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const std::byte b : bytes) {
        out += digits[std::to_integer<unsigned>(b) >> 4];
        out += digits[std::to_integer<unsigned>(b) & 0xf];
    }
    return out;
}

std::vector<std::byte> from_hex(const std::string& text) {
    std::vector<std::byte> out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        out.push_back(static_cast<std::byte>(std::stoi(text.substr(i, 2), nullptr, 16)));
    }
    return out;
}

}  // namespace

sign_callback signer(std::string_view name) {
    return [file = pki::file(std::string(name) + ".key").string()](
               signature_scheme scheme, std::span<const std::byte> input) -> result<std::vector<std::byte>> {
        const auto number = std::to_string(static_cast<unsigned>(scheme));
        auto signature = from_hex(the_process().ask(file + "\t" + number + "\t" + to_hex(input) + "\n"));
        if (signature.empty()) return std::unexpected(error(errc::misuse));
        return signature;
    };
}

credentials external_identity(std::string_view name, sign_callback sign) {
    const auto chain = or_throw(certificate::load_all(pki::file(std::string(name) + ".crt")));
    return or_throw(credentials::with_external_key(chain, std::move(sign)));
}

credentials external_identity(std::string_view name) { return external_identity(name, signer(name)); }

}  // namespace tlseam_test
