// SPDX-License-Identifier: Apache-2.0
#include "cli/files.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include "cli/descriptors.hpp"
#include "cli/wiped.hpp"

namespace cli {
namespace {

using tlseam::errc;

constexpr std::size_t longest_passphrase = 1024;

/// The first line of a file, pipe or /dev/fd/N, in buffer.
std::string_view read_passphrase(const std::string& file, std::span<char> buffer) {
    const descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.get() < 0) throw_unreadable("passphrase file", file, errno);
    std::size_t size = 0;
    for (;;) {
        const ssize_t count = read_bytes(in.get(), std::as_writable_bytes(buffer.subspan(size, 1)));
        if (count < 0) throw_unreadable("passphrase file", file, errno);
        if (count == 0 || buffer[size] == '\n') break;
        if (++size == buffer.size()) {
            tlseam::throw_error({errc::invalid_argument, {.message = "the first line of '" + file + "' is too long"}});
        }
    }
    const std::string_view line(buffer.data(), size);
    return line.ends_with('\r') ? line.substr(0, size - 1) : line;
}

constexpr std::size_t secret_size = tlseam::ticket_keys::secret_size;

/// One byte more than a secret has tells that a file is too long.
std::span<const std::byte> read_secret(const std::string& file, std::span<std::byte, secret_size + 1> secret) {
    const descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.get() < 0) throw_unreadable("ticket key file", file, errno);
    std::size_t size = 0;
    while (size < secret.size()) {
        const ssize_t count = read_bytes(in.get(), secret.subspan(size));
        if (count < 0) throw_unreadable("ticket key file", file, errno);
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    if (size == secret_size) return secret.first(size);
    tlseam::throw_error({errc::invalid_argument, {.message = "the ticket key file '" + file + "' has not 32 bytes"}});
}

/// To the first that it is about; the first one's objection when there is none.
void give_response(const std::string& file, std::vector<tlseam::credentials>& identities) {
    std::optional<tlseam::error> objection;
    for (tlseam::credentials& identity : identities) {
        auto with = identity.load_ocsp_response(file);
        if (with) {
            identity = std::move(*with);
            return;
        }
        if (!objection) objection = with.error();
    }
    if (objection) tlseam::throw_error(*objection);
}

}  // namespace

void throw_unreadable(const char* what, const std::string& file, int problem) {
    const errc code = problem == ENOENT || problem == ENOTDIR ? errc::file_not_found : errc::file_unreadable;
    const std::string reason = std::generic_category().message(problem);
    tlseam::throw_error({code,
                         {.message = std::string("cannot read the ") + what + " '" + file + "': " + reason,
                          .origin = tlseam::error_origin::system,
                          .system_code = problem}});
}

std::vector<tlseam::credentials> load_identity(const identity_files& files) {
    using tlseam::credentials;
    wiped<std::string> buffer(longest_passphrase + 1);
    std::optional<std::string_view> passphrase;
    if (!files.passphrase_file.empty()) passphrase = read_passphrase(files.passphrase_file, *buffer);
    const auto& key_files = files.key_files.empty() ? files.chain_files : files.key_files;
    std::vector<credentials> out;
    for (std::size_t i = 0; i < files.chain_files.size(); ++i) {
        out.push_back(tlseam::or_throw(credentials::load_cert_chain(files.chain_files[i], key_files[i], passphrase)));
    }
    for (const std::string& file : files.pkcs12_files) {
        out.push_back(tlseam::or_throw(credentials::load_pkcs12(file, passphrase)));
    }
    for (const std::string& file : files.ocsp_response_files) give_response(file, out);
    return out;
}

std::optional<tlseam::trust_store> load_trust(const std::string& file) {
    if (file.empty()) return std::nullopt;
    return tlseam::or_throw(tlseam::trust_store::load_file(file));
}

std::optional<tlseam::ticket_keys> load_ticket_keys(const std::vector<std::string>& files) {
    if (files.empty()) return std::nullopt;
    constexpr std::size_t each = secret_size + 1;
    wiped<std::vector<std::byte>> room(files.size() * each);
    std::vector<std::span<const std::byte>> secrets;
    for (const std::string& file : files) {
        secrets.push_back(read_secret(file, std::span(*room).subspan(secrets.size() * each).first<each>()));
    }
    const std::vector<std::span<const std::byte>> previous(secrets.begin() + 1, secrets.end());
    return tlseam::or_throw(tlseam::ticket_keys::from(secrets.front(), previous));
}

std::optional<tlseam::crl_store> load_crls(const std::vector<std::string>& files) {
    if (files.empty()) return std::nullopt;
    return tlseam::or_throw(tlseam::crl_store::load_files({files.begin(), files.end()}));
}

tlseam::key_log_callback open_key_log(const std::string& file) {
    if (file.empty()) return {};
    return tlseam::or_throw(tlseam::key_log_file::open(file));
}

}  // namespace cli
