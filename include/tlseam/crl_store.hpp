// SPDX-License-Identifier: Apache-2.0
// Certificate revocation lists (RFC 5280 5): which certificates their authorities have taken back.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include <tlseam/error.hpp>
#include <tlseam/export.hpp>

namespace tlseam {
inline namespace v0 {

namespace detail {
struct crl_data;
}

/// Immutable; copies share the parsed form. Thread safe. tlseam fetches no list by itself: a program that gets newer
/// ones makes a new context with them.
class crl_store {
public:
    /// Reads lists from files, PEM ("X509 CRL"; other blocks are passed over) or DER; each needs at least one. All or
    /// none. Signatures and dates count when a chain is verified, not here.
    /// Errors: file_not_found, file_unreadable, no_crl, malformed_crl, invalid_argument (no file at all, an empty path,
    /// or one with an embedded NUL), too_large (a file above 16 MiB), out_of_memory, with the file in the sentence.
    [[nodiscard]] TLSEAM_API static result<crl_store> load_files(
        const std::vector<std::filesystem::path>& files) noexcept;
    [[nodiscard]] TLSEAM_API static result<crl_store> load_file(const std::filesystem::path& file) noexcept;
    /// The same from memory: PEM text, or DER, one list behind the other.
    [[nodiscard]] TLSEAM_API static result<crl_store> parse(std::string_view pem_or_der) noexcept;

    /// How many lists it holds.
    [[nodiscard]] TLSEAM_API std::size_t size() const noexcept;

    /// Used by tlseam itself.
    explicit crl_store(std::shared_ptr<const detail::crl_data> data) noexcept : data_(std::move(data)) {}
    [[nodiscard]] const std::shared_ptr<const detail::crl_data>& data() const noexcept { return data_; }

private:
    std::shared_ptr<const detail::crl_data> data_;
};

}  // namespace v0
}  // namespace tlseam
