// SPDX-License-Identifier: Apache-2.0
// A passphrase, which may have to be asked for: once, and only when something turns out to be encrypted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tlseam/credentials.hpp>

#include "core/secret.hpp"

namespace tlseam::seam {

class passphrase_source {
public:
    explicit passphrase_source(std::optional<std::string_view> given) noexcept : given_(given) {}
    explicit passphrase_source(const passphrase_callback& ask) noexcept : ask_(ask ? &ask : nullptr) {}
    passphrase_source(const passphrase_source&) = delete;
    passphrase_source& operator=(const passphrase_source&) = delete;

    /// Errors: passphrase_required, with what is encrypted; callback_failed and what the callback returns.
    [[nodiscard]] result<std::string_view> get(const std::string& what);

private:
    std::optional<std::string_view> given_;
    const passphrase_callback* ask_ = nullptr;
    std::string answer_;
    wipe_at_exit wipe_{answer_};
};

}  // namespace tlseam::seam
