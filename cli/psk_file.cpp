// SPDX-License-Identifier: Apache-2.0
#include "cli/psk_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <string_view>

#include "cli/descriptors.hpp"
#include "cli/files.hpp"
#include "cli/wiped.hpp"

namespace cli {
namespace {

using tlseam::errc;
using tlseam::external_psk;

constexpr std::size_t largest = 1 << 20;

/// Where a mistake is.
struct place {
    const std::string& file;
    std::size_t line = 0;

    [[noreturn]] void fail(const std::string& what) const {
        tlseam::throw_error({errc::invalid_argument, {.message = file + ":" + std::to_string(line) + ": " + what}});
    }
};

/// How many bytes of the buffer the file has.
std::size_t read_whole(const std::string& file, std::string& buffer) {
    const descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.get() < 0) throw_unreadable("pre-shared key file", file, errno);
    std::size_t size = 0;
    while (size < buffer.size()) {
        const ssize_t count = read_bytes(in.get(), std::as_writable_bytes(std::span(buffer).subspan(size)));
        if (count < 0) throw_unreadable("pre-shared key file", file, errno);
        if (count == 0) return size;
        size += static_cast<std::size_t>(count);
    }
    tlseam::throw_error({errc::too_large, {.message = "the pre-shared key file '" + file + "' is too large"}});
}

int digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Takes what is behind the last colon off the line; the whole line when there is none.
std::string_view take_last(std::string_view& line) {
    const auto colon = line.rfind(':');
    const auto last = colon == line.npos ? line : line.substr(colon + 1);
    line = colon == line.npos ? std::string_view() : line.substr(0, colon);
    return last;
}

external_psk parse(std::string_view line, const place& where) {
    if (line.starts_with('#')) where.fail("it begins with '#': there are no comments, and no hexadecimal identities");
    std::string_view what, rest = line;
    std::string_view digits = take_last(rest);
    if (digits == "sha256" || digits == "sha384" || digits == "tls1.2") {
        what = digits;
        digits = take_last(rest);
    }
    if (rest.empty()) where.fail("it is not IDENTITY:KEY, with :sha256, :sha384 or :tls1.2 behind it if need be");
    if (digits.size() % 2 != 0 || std::ranges::any_of(digits, [](char c) { return digit(c) < 0; })) {
        where.fail("what is behind the last colon is neither a key in hexadecimal nor sha256, sha384 or tls1.2");
    }
    wiped<std::vector<std::byte>> key(digits.size() / 2);
    for (std::size_t i = 0; i < (*key).size(); ++i) {
        (*key)[i] = static_cast<std::byte>(digit(digits[2 * i]) << 4 | digit(digits[2 * i + 1]));
    }
    const auto hash = what == "sha384" ? tlseam::psk_hash::sha384 : tlseam::psk_hash::sha256;
    auto made = what == "tls1.2" ? external_psk::make_tls1_2(rest, *key) : external_psk::make(rest, *key, hash);
    if (!made) where.fail(made.error().message());
    return *std::move(made);
}

}  // namespace

std::vector<external_psk> load_psks(const std::string& file) {
    std::vector<external_psk> out;
    if (file.empty()) return out;
    wiped<std::string> buffer(largest + 1);
    std::string_view rest(*buffer);
    rest = rest.substr(0, read_whole(file, *buffer));
    for (place where{file, 1}; !rest.empty(); ++where.line) {
        const auto end = std::min(rest.find('\n'), rest.size());
        auto line = rest.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty()) out.push_back(parse(line, where));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (out.empty()) tlseam::throw_error({errc::invalid_argument, {.message = file + ": there is no key in it"}});
    return out;
}

std::optional<external_psk> load_psk(const connect_command& command) {
    if (command.psk_file.empty()) return std::nullopt;
    auto keys = load_psks(command.psk_file);
    const auto fits = [&](const external_psk& key) {
        return (!command.psk_identity || key.identity() == *command.psk_identity) &&
               key.version() >= command.tls.min_version && key.version() <= command.tls.max_version;
    };
    std::erase_if(keys, [&](const external_psk& key) { return !fits(key); });
    if (keys.size() == 1) return keys.front();
    const std::string what = keys.empty() ? "no key" : "more than one key";
    const std::string which = command.psk_identity ? " with this identity" : "";
    const char* remedy = command.psk_identity ? "--max-version" : "--psk-identity";
    tlseam::throw_error({errc::invalid_argument,
                         {.message = command.psk_file + ": it has " + what + which + " for these versions" +
                                     (keys.empty() ? "" : std::string(": choose with ") + remedy)}});
}

void limit_versions(tls_options& tls, const std::vector<external_psk>& keys) {
    if (keys.empty()) return;
    const auto [lowest, highest] = std::ranges::minmax(keys, {}, &external_psk::version);
    tls.min_version = std::max(tls.min_version, lowest.version());
    tls.max_version = std::min(tls.max_version, highest.version());
}

}  // namespace cli
