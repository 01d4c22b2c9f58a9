// SPDX-License-Identifier: Apache-2.0
#include "core/system_store.hpp"

#include <sys/stat.h>

#include <array>
#include <ctime>
#include <mutex>
#include <optional>

#include "core/environment.hpp"
#include "core/fail.hpp"
#include "core/file.hpp"

namespace tlseam::seam {
namespace {

/// Where a bundle of PEM certificates usually is.
constexpr std::array<const char*, 7> well_known = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Alpine, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",       // SUSE
    "/etc/ssl/cert.pem",            // OpenBSD, macOS, Alpine
    "/usr/local/etc/ssl/cert.pem",  // FreeBSD
    "/usr/local/share/certs/ca-root-nss.crt",
};

/// What tells one state of a file from another.
struct file_state {
    dev_t device;
    ino_t number;
    off_t size;
    std::int64_t changed;  // nanoseconds; also by a change of the name, the owner or the permissions
    friend bool operator==(const file_state&, const file_state&) = default;
};

constexpr std::int64_t second = 1'000'000'000;
std::int64_t nanoseconds(const timespec& time) noexcept { return std::int64_t{time.tv_sec} * second + time.tv_nsec; }

std::optional<file_state> state_of(const std::filesystem::path& path) noexcept {
    struct stat found = {};
    if (::stat(path.c_str(), &found) != 0) return std::nullopt;
    return file_state{found.st_dev, found.st_ino, found.st_size, nanoseconds(found.st_ctim)};
}

/// A file that has just changed may change again, and its time would not tell.
bool is_settled(const file_state& state) noexcept {
    timespec now = {};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return state.changed < nanoseconds(now) - second;
}

/// The last one that was loaded. Held for good: a program that makes a context for every connection, and has none in
/// between, would parse it every time.
struct shared_store {
    std::mutex mutex;
    std::filesystem::path bundle;
    std::optional<file_state> state;
    shared_trust data;
};

/// Never destroyed: at the end of the process the TLS library may be gone first.
shared_store& last() {
    static shared_store& store = *new shared_store;
    return store;
}

}  // namespace

result<std::filesystem::path> system_bundle() {
    if (const char* named = trusted_variable("SSL_CERT_FILE")) return named;
    for (const char* path : well_known) {
        std::error_code unknown;
        if (std::filesystem::exists(path, unknown)) return path;
        // It may be there: another one in its place would be somebody else's choice.
        if (unknown) return fail_system(errc::file_unreadable, unknown.value(), "cannot look at " + quoted(path));
    }
    return fail(errc::file_not_found,
                "no system trust store: none of the usual bundles exists (on Debian, install ca-certificates)");
}

result<shared_trust> share_system_store(const std::function<result<shared_trust>(const std::filesystem::path&)>& load) {
    auto bundle = system_bundle();
    if (!bundle) return std::unexpected(bundle.error());
    const auto before = state_of(*bundle);
    shared_store& store = last();
    const std::scoped_lock lock(store.mutex);  // others wait, and need not load it then
    if (before && store.data && store.state == before && store.bundle == *bundle) return store.data;
    auto loaded = load(*bundle);
    if (!loaded) return loaded;
    store.state = before && is_settled(*before) && state_of(*bundle) == before ? before : std::nullopt;
    store.bundle = std::move(*bundle);
    store.data = *loaded;
    return loaded;
}

}  // namespace tlseam::seam
