// SPDX-License-Identifier: Apache-2.0
// The certificates a program trusts. Each one is an anchor, root or not: a chain that reaches any of them is trusted.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <tlseam/error.hpp>
#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
struct trust_data;
}

/// Where anchors come from. Sources add up; the same certificate twice is no error.
struct trust_sources {
    bool system = false;                            ///< the operating system's store, see trust_store::system()
    std::vector<std::filesystem::path> files = {};  ///< PEM or DER; each needs at least one certificate
    std::vector<std::filesystem::path> directories =
        {};                                ///< every regular *.pem, *.crt, *.cer, *.0 file directly in it
    std::vector<std::string> memory = {};  ///< PEM text or DER bytes
};

/// Immutable; copies share the parsed form, and so does every context made with it. Thread safe.
class trust_store {
public:
    /// All sources or an error, never a part: a file without a certificate, or with one that cannot be parsed, is
    /// refused. No source at all gives an empty store, which refuses every peer.
    /// Errors: file_not_found, file_unreadable, no_certificate, malformed_certificate, invalid_argument (an empty path,
    /// or one with an embedded NUL), too_large (a file above 16 MiB), out_of_memory, with the file's name in the
    /// sentence.
    [[nodiscard]] TLSEAM_API static result<trust_store> load(const trust_sources& sources) noexcept;

    [[nodiscard]] TLSEAM_API static result<trust_store> load_file(const std::filesystem::path& file) noexcept;
    [[nodiscard]] TLSEAM_API static result<trust_store> load_directory(const std::filesystem::path& directory) noexcept;
    [[nodiscard]] TLSEAM_API static result<trust_store> parse(std::string_view pem_or_der) noexcept;

    /// The operating system's bundle. On every backend: the file named by the environment variable SSL_CERT_FILE when
    /// it is set (not in set-user-id programs), else the first of the well-known places of Debian, Fedora, Alpine,
    /// SUSE and the BSDs that exists. SSL_CERT_DIR is not read. Parsed once for the whole process, until the file
    /// changes, and kept until then. Errors: as load(); file_not_found when there is none.
    [[nodiscard]] TLSEAM_API static result<trust_store> system() noexcept;

    /// How many different anchors it holds.
    [[nodiscard]] TLSEAM_API std::size_t size() const noexcept;

    /// Used by tlseam itself.
    explicit trust_store(std::shared_ptr<const detail::trust_data> data) noexcept : data_(std::move(data)) {}
    [[nodiscard]] const std::shared_ptr<const detail::trust_data>& data() const noexcept { return data_; }

private:
    std::shared_ptr<const detail::trust_data> data_;
};

}  // namespace v0
}  // namespace tlseam
