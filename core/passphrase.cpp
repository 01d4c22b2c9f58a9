// SPDX-License-Identifier: Apache-2.0
#include "core/passphrase.hpp"

#include <exception>
#include <utility>

#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

result<std::string> call(const passphrase_callback& ask) {
    try {
        return ask();
    } catch (const std::exception& e) {
        return fail(errc::callback_failed, std::string("the passphrase callback threw: ") + e.what());
    } catch (...) {
        return fail(errc::callback_failed, "the passphrase callback threw");
    }
}

}  // namespace

result<std::string_view> passphrase_source::get(const std::string& what) {
    if (given_) return *given_;
    if (ask_ == nullptr) return fail(errc::passphrase_required, what + " is encrypted: give its passphrase");
    auto answer = call(*ask_);
    if (!answer) return std::unexpected(answer.error());
    const wipe_at_exit wipe_original(*answer);
    answer_ = *answer;  // no move: that would leave a short one behind, and nothing of it to wipe
    given_ = answer_;
    return *given_;
}

}  // namespace tlseam::seam
