// SPDX-License-Identifier: Apache-2.0
// The test PKI of certs/, by file name: certs/README.md says what each one is.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include <tlseam/tlseam.hpp>

namespace tlseam_test::pki {

/// The passphrase of every encrypted file.
inline constexpr std::string_view passphrase = "tlseam";

[[nodiscard]] std::filesystem::path file(std::string_view name);
/// The file's bytes. Throws when it cannot be read.
[[nodiscard]] std::string bytes(std::string_view name);

/// NAME.crt with NAME.key, loaded once per process: parsing is most of what a short test would do, and copies are free.
/// Throws tlseam::exception.
[[nodiscard]] tlseam::credentials identity(std::string_view name);
/// Whether a context takes the credentials of NAME: a library may have no signature scheme for a kind of key. Without
/// one, the context is refused with errc::unsupported.
[[nodiscard]] bool usable(std::string_view name);
/// A store with the certificates of NAME.crt as anchors, loaded once per process. Throws tlseam::exception.
[[nodiscard]] tlseam::trust_store trust(std::string_view name = "root");
/// A store without anchors.
[[nodiscard]] tlseam::trust_store no_trust();

/// A clock that stands still.
[[nodiscard]] tlseam::wall_clock always(std::chrono::sys_seconds time);
[[nodiscard]] tlseam::wall_clock always(std::chrono::year_month_day day);

}  // namespace tlseam_test::pki
