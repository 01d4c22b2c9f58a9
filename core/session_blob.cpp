// SPDX-License-Identifier: Apache-2.0
#include "core/session_blob.hpp"

#include <algorithm>
#include <array>

#include "core/byte_writer.hpp"
#include "core/fail.hpp"
#include "core/first_message.hpp"

namespace tlseam::seam {
namespace {

constexpr std::array<unsigned char, 8> magic = {'t', 'l', 's', 'e', 'a', 'm', 0x0d, 0x0a};
constexpr std::uint16_t format = 3;
constexpr std::size_t checksum_size = 32;

/// Reads what byte_writer wrote. After a failure every further value is empty, and good() stays false.
class reader {
public:
    explicit reader(der_bytes bytes) noexcept : in_(bytes) {}

    std::uint64_t number(unsigned size) noexcept { return keep(in_.number(size)); }
    std::int64_t time() noexcept { return static_cast<std::int64_t>(number(8)); }
    der_bytes vector() noexcept { return keep(in_.vector(4)); }
    der_bytes raw(std::size_t size) noexcept { return keep(in_.take(size)); }
    std::string text() {
        const der_bytes bytes = vector();
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    [[nodiscard]] bool good() const noexcept { return good_; }
    [[nodiscard]] bool done() const noexcept { return good_ && in_.at_end(); }

private:
    template <class T>
    T keep(const std::optional<T>& value) noexcept {
        good_ = good_ && value.has_value();
        return good_ ? *value : T{};
    }
    cursor in_;
    bool good_ = true;
};

std::unexpected<error> malformed() { return fail(errc::malformed_session, "the session is damaged, or none at all"); }

std::unexpected<error> foreign(const std::string& what) {
    return fail(errc::unsupported,
                "the session is of " + what + ", this is " + std::string(backend_name()) + " " + backend_version());
}

}  // namespace

bool is_sound(const session_blob& blob) noexcept {
    const bool known = blob.version == protocol_version::tls1_2 || blob.version == protocol_version::tls1_3;
    constexpr std::int64_t latest = std::int64_t{1} << 40;  // far from where sums overflow
    const auto is_time = [](std::int64_t time) { return time >= 0 && time < latest; };
    return known && is_time(blob.lifetime) && is_time(blob.issued) && is_time(blob.authenticated) &&
           !blob.native.empty();
}

std::int64_t expiry_of(const session_blob& blob) noexcept {
    return std::min(blob.issued + std::min(blob.lifetime, longest_session), blob.authenticated + longest_session);
}

std::vector<std::byte> encode_session(const session_blob& blob) {
    byte_writer out;
    out.raw(std::as_bytes(std::span(magic)));
    out.number(format, 2);
    out.text(backend_name());
    out.text(backend_version());
    out.raw(blob.scope);
    out.text(blob.server_name);
    out.text(blob.verified_name);
    out.number(static_cast<std::uint64_t>(blob.version), 2);
    out.number(blob.cipher_suite, 2);
    for (const std::int64_t time : {blob.issued, blob.lifetime, blob.authenticated}) {
        out.number(static_cast<std::uint64_t>(time), 8);
    }
    out.number(blob.resumptions, 2);
    out.number(blob.chain.size(), 2);
    for (const auto& der : blob.chain) out.vector(der);
    out.vector(blob.staple);
    out.vector(blob.native);
    out.raw(sha256(out.bytes()));
    return out.take();
}

result<session_blob> decode_session(std::span<const std::byte> bytes) {
    if (bytes.size() < magic.size() + checksum_size || bytes.size() > max_session_blob) return malformed();
    const auto body = bytes.first(bytes.size() - checksum_size);
    if (!std::ranges::equal(sha256(body), bytes.last(checksum_size))) return malformed();
    reader in(body);
    if (!std::ranges::equal(in.raw(magic.size()), std::as_bytes(std::span(magic)))) return malformed();
    const auto of_format = in.number(2);
    if (in.good() && of_format != format) return foreign("format " + std::to_string(of_format));
    const std::string library = in.text();
    const std::string version = in.text();
    if (!in.good()) return malformed();
    if (library != backend_name()) return foreign("another TLS library");
    if (version != backend_version()) return foreign("another version of " + library);

    session_blob out;
    std::ranges::copy(in.raw(out.scope.size()), out.scope.begin());
    out.server_name = in.text();
    out.verified_name = in.text();
    out.version = static_cast<protocol_version>(in.number(2));
    out.cipher_suite = static_cast<std::uint16_t>(in.number(2));
    out.issued = in.time();
    out.lifetime = in.time();
    out.authenticated = in.time();
    out.resumptions = static_cast<std::uint16_t>(in.number(2));
    const auto certificates = in.number(2);
    if (certificates > max_session_chain) return malformed();
    for (std::uint64_t i = 0; i < certificates && in.good(); ++i) {
        const der_bytes der = in.vector();
        out.chain.emplace_back(der.begin(), der.end());
    }
    const der_bytes staple = in.vector();
    out.staple.assign(staple.begin(), staple.end());
    const der_bytes native = in.vector();
    out.native.assign(native.begin(), native.end());
    if (!in.done() || !is_sound(out)) return malformed();
    return out;
}

}  // namespace tlseam::seam
