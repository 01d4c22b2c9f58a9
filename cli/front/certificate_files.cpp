// SPDX-License-Identifier: Apache-2.0
#include "cli/front/certificate_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <stdexcept>
#include <tuple>

#include "cli/descriptors.hpp"
#include "cli/front/certificate_names.hpp"
#include "cli/front/new_files.hpp"
#include "cli/front/programs.hpp"
#include "cli/wiped.hpp"

namespace cli::front {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = 1 << 20;

/// "DIR/NAME.crt" and "DIR/NAME.key".
struct pair_paths {
    fs::path cert, key;
    pair_paths(const fs::path& directory, const std::string& name)
        : cert((directory / (name + ".crt")).lexically_normal()),
          key((directory / (name + ".key")).lexically_normal()) {}
};

/// Also a link that leads nowhere.
bool is_there(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

std::string read_file(const fs::path& path) {
    const auto refuse = [&] { throw usage_error("cannot read '" + path.string() + "': " + std::strerror(errno)); };
    const descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    struct stat about;
    if (file.get() < 0 || ::fstat(file.get(), &about) != 0) refuse();
    if (!S_ISREG(about.st_mode)) throw usage_error("'" + path.string() + "' is no file");
    wiped<std::string> room(largest_file);  // it may be a key
    for (std::size_t size = 0; size < largest_file;) {
        const ssize_t count = read_bytes(file.get(), std::as_writable_bytes(std::span(*room)).subspan(size));
        if (count < 0) refuse();
        if (count == 0) return {(*room).data(), size};
        size += static_cast<std::size_t>(count);
    }
    throw usage_error("'" + path.string() + "' is larger than any certificate or key");
}

/// Of an earlier run: whoever trusts it trusts what is made now, too.
std::optional<key_and_chain> existing_root(const pair_paths& paths) {
    const bool has_cert = is_there(paths.cert), has_key = is_there(paths.key);
    if (!has_cert && !has_key) return std::nullopt;
    if (!has_cert || !has_key) {
        const auto& [there, missing] = has_cert ? std::tie(paths.cert, paths.key) : std::tie(paths.key, paths.cert);
        throw usage_error("'" + there.string() + "' is here without '" + missing.string() +
                          "': bring that back, or move it away for a new root");
    }
    key_and_chain root = {read_file(paths.cert), read_file(paths.key)};
    try {
        check_root(root);
    } catch (const usage_error& problem) {
        throw usage_error("'" + paths.cert.string() + "' " + problem.what() +
                          "; move it and its key away for a new root");
    }
    return root;
}

/// What is there may be in use.
void check_free(const pair_paths& paths) {
    for (const auto& path : {paths.cert, paths.key}) {
        if (is_there(path)) throw usage_error("'" + path.string() + "' is here already; --force replaces it");
    }
}

/// Throws usage_error for a file that somebody else put there.
pair_of_files describe(const pair_paths& paths, const std::string& cert_pem, bool made) {
    try {
        return {paths.cert.string(), paths.key.string(), made, facts_of(cert_pem)};
    } catch (const std::runtime_error& problem) {
        throw usage_error("'" + paths.cert.string() + "' " + problem.what());
    }
}

pair_of_files add(new_files& files, const pair_paths& paths, const key_and_chain& made, bool replace) {
    const auto old = replace ? new_files::existing::replaced : new_files::existing::kept;
    files.add(paths.cert.filename(), made.chain_pem, false, old);
    files.add(paths.key.filename(), made.key_pem, true, old);
    return describe(paths, made.chain_pem, true);
}

}  // namespace

std::optional<certificate_files> make_certificate_files(const certificate_request& request,
                                                        const std::stop_token& stop) {
    auto names = request.names;
    if (names.empty()) names = {"localhost", "127.0.0.1", "::1"};
    (void)parse_certificate_names(names);
    if (request.client) check_client_name(*request.client);

    const pair_paths root_paths(request.directory, "dev-root"), server_paths(request.directory, "server"),
        client_paths(request.directory, "client-" + request.client.value_or(""));
    const auto old_root = existing_root(root_paths);
    const bool only_client = request.client && request.names.empty() && old_root && !request.replace &&
                             is_there(server_paths.cert) && is_there(server_paths.key);
    if (!request.replace && !only_client) check_free(server_paths);
    if (!request.replace && request.client) check_free(client_paths);

    new_files files(request.directory);
    const auto root = old_root ? *old_root : make_root(request.kind);
    certificate_files out;
    out.root = old_root ? describe(root_paths, root.chain_pem, false) : add(files, root_paths, root, false);
    if (only_client) {
        out.server = describe(server_paths, read_file(server_paths.cert), false);
    } else {
        out.server = add(files, server_paths, make_server_leaf(root, names, request.kind), request.replace);
    }
    if (request.client) {
        out.client = add(files, client_paths, make_client_leaf(root, *request.client, request.kind), request.replace);
    }
    if (stop.stop_requested()) return std::nullopt;
    files.finish();
    return out;
}

}  // namespace cli::front
