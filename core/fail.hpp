// SPDX-License-Identifier: Apache-2.0
// How core and backends make errors.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <utility>

#include <tlseam/error.hpp>

namespace tlseam::seam {

/// `return fail(errc::misuse, "close_write() before the handshake is complete");`
/// When there is no memory for the detail, the code alone is returned.
[[nodiscard]] std::unexpected<error> fail(errc code, error_detail detail) noexcept;
[[nodiscard]] std::unexpected<error> fail(errc code, std::string message) noexcept;
[[nodiscard]] std::unexpected<error> fail(errc code, const char* message,
                                          error_origin origin = error_origin::local) noexcept;

/// errno as an error: what was tried and with what ("cannot open 'server.crt'"), the system's reason is appended.
[[nodiscard]] std::unexpected<error> fail_system(errc code, int system_code, std::string what) noexcept;
/// The same where nothing may throw: a std::string may, before it gets here.
[[nodiscard]] std::unexpected<error> fail_system(errc code, int system_code, const char* what) noexcept;

/// The sentence for a failure that nobody had words for.
[[nodiscard]] const char* describe_failure(errc code) noexcept;

/// Runs f, which returns a result<T>, and turns anything it throws into an error: the one guard at every boundary that
/// must not throw.
template <class F>
auto guarded(F&& f) noexcept -> decltype(f()) {
    try {
        return std::forward<F>(f)();
    } catch (const std::bad_alloc&) {
        return std::unexpected(error(errc::out_of_memory));
    } catch (const std::exception& e) {
        return fail(errc::internal, e.what());
    } catch (...) {
        return fail(errc::internal, "an unknown exception");
    }
}

}  // namespace tlseam::seam
