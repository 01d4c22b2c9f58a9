// SPDX-License-Identifier: Apache-2.0
// The operating system's trust anchors: where they are, and one parsed copy of them for the whole process.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include <tlseam/error.hpp>

namespace tlseam {
inline namespace v0 {
namespace detail {
struct trust_data;
}
}  // namespace v0
}  // namespace tlseam

namespace tlseam::seam {

using shared_trust = std::shared_ptr<const detail::trust_data>;

/// The file that trust_store::system() promises. Errors: file_not_found.
[[nodiscard]] result<std::filesystem::path> system_bundle();

/// What is in that file. As long as the file is the same, everybody is given the same object; else it is loaded anew.
/// The last one stays in memory. Errors: those of system_bundle() and of load. Thread safe.
[[nodiscard]] result<shared_trust> share_system_store(
    const std::function<result<shared_trust>(const std::filesystem::path&)>& load);

}  // namespace tlseam::seam
