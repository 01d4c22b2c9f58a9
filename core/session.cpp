// SPDX-License-Identifier: Apache-2.0
#include <tlseam/session.hpp>

#include "core/fail.hpp"
#include "core/session_data.hpp"

namespace tlseam::inline v0 {

result<std::vector<std::byte>> session::serialize() const noexcept {
    return seam::guarded([&]() -> result<std::vector<std::byte>> { return seam::encode_session(data_->blob); });
}

result<session> session::parse(std::span<const std::byte> bytes) noexcept {
    return seam::guarded([&]() -> result<session> {
        auto blob = seam::decode_session(bytes);
        if (!blob) return std::unexpected(blob.error());
        return session(std::make_shared<const detail::session_data>(std::move(*blob), nullptr));
    });
}

protocol_version session::version() const noexcept { return data_->blob.version; }

std::string_view session::server_name() const noexcept { return data_->blob.server_name; }

std::chrono::sys_seconds session::expires() const noexcept {
    return std::chrono::sys_seconds(std::chrono::seconds(seam::expiry_of(data_->blob)));
}

}  // namespace tlseam::inline v0
