// SPDX-License-Identifier: Apache-2.0
#include "cli/front/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace cli::front {
namespace {

constexpr std::chrono::seconds patience(2);
constexpr const char* to_an_empty_line = "\r\033[K";

std::size_t columns() {
    winsize size = {};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col : 80;
}

/// Names come from elsewhere: no terminal is to obey them.
std::string printable(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
    return text;
}

}  // namespace

progress::progress(std::string title) : title_(std::move(title)), line_(title_) {
    if (::isatty(STDERR_FILENO) == 0) return;
    starter_ = std::jthread([this](const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, patience, [] { return false; });
        if (stop.stop_requested()) return;
        shown_ = true;
        draw();
    });
}

progress::~progress() {
    starter_ = {};  // waits for its end
    if (shown_) std::fputs(to_an_empty_line, stderr);
}

void progress::step(std::size_t done, std::size_t of, std::string_view what) {
    const std::scoped_lock lock(mutex_);
    line_ = title_ + ": " + std::to_string(done) + "/" + std::to_string(of) + " " + std::string(what);
    if (shown_) draw();
}

/// Never wider than the terminal: what wraps cannot be written over.
void progress::draw() const {
    std::fprintf(stderr, "%s%s", to_an_empty_line, printable(line_).substr(0, columns() - 1).c_str());
    std::fflush(stderr);
}

}  // namespace cli::front
