// SPDX-License-Identifier: Apache-2.0
#include "cli/files.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <system_error>

#include "cli/descriptors.hpp"

namespace cli {
namespace {

using tlseam::errc;

constexpr std::size_t longest_passphrase = 1024;

/// The first line of a file, pipe or /dev/fd/N.
std::string read_passphrase(const std::string& file) {
    const descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.get() < 0) throw_unreadable("passphrase file", file, errno);
    std::string line;
    for (char byte = 0; byte != '\n';) {
        const ssize_t count = read_bytes(in.get(), std::as_writable_bytes(std::span(&byte, 1)));
        if (count < 0) throw_unreadable("passphrase file", file, errno);
        if (count == 0) break;
        if (byte != '\n') line.push_back(byte);
        if (line.size() > longest_passphrase) {
            tlseam::throw_error({errc::invalid_argument, {.message = "the first line of '" + file + "' is too long"}});
        }
    }
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

/// One byte more than a secret has tells that a file is too long.
std::vector<std::byte> read_secret(const std::string& file) {
    const descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.get() < 0) throw_unreadable("ticket key file", file, errno);
    std::vector<std::byte> secret(tlseam::ticket_keys::secret_size + 1);
    std::size_t size = 0;
    while (size < secret.size()) {
        const ssize_t count = read_bytes(in.get(), std::span(secret).subspan(size));
        if (count < 0) throw_unreadable("ticket key file", file, errno);
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    secret.resize(size);
    if (size == tlseam::ticket_keys::secret_size) return secret;
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
    std::optional<std::string> passphrase;
    if (!files.passphrase_file.empty()) passphrase = read_passphrase(files.passphrase_file);
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
    std::vector<std::vector<std::byte>> secrets;
    for (const std::string& file : files) secrets.push_back(read_secret(file));
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
