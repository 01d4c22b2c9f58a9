// SPDX-License-Identifier: Apache-2.0
// The key that goes with an identity: one of the settings, or what the program's callback says.
#include <algorithm>
#include <optional>

#include "core/choose_psk.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

result<std::optional<external_psk>> call(const psk_callback& callback, std::string_view identity) {
    try {
        return callback(identity);
    } catch (...) {
        return fail(errc::callback_failed, "it threw an exception");
    }
}

}  // namespace

bool could_be_psk_identity(std::string_view identity) noexcept {
    return !identity.empty() && identity.size() <= external_psk::max_identity && identity.find('\0') == identity.npos;
}

key_pointer psk_rules::find_known(std::string_view identity, protocol_version version) const {
    const auto same = [&](const key_pointer& key) { return key->identity == identity && key->version == version; };
    const auto at = std::ranges::find_if(known, same);
    return at == known.end() ? key_pointer() : *at;
}

result<key_pointer> psk_rules::ask(std::string_view identity, protocol_version version) const {
    const bool tls1_2 = version == protocol_version::tls1_2;
    const std::string name = tls1_2 ? "find_psk_tls1_2" : "find_psk";
    auto found = call(tls1_2 ? find_tls1_2 : find, identity);
    if (!found) return fail(errc::callback_failed, name + ": " + found.error().message());
    if (!*found) return key_pointer();
    if ((*found)->identity() != identity) {
        return fail(errc::callback_failed, name + " gave a key with another identity than it was asked for");
    }
    if ((*found)->version() != version) {
        return fail(errc::callback_failed, name + " gave a key of another version of TLS");
    }
    return (*found)->data();
}

}  // namespace tlseam::seam
