// SPDX-License-Identifier: Apache-2.0
#include <tlseam/ticket_keys.hpp>

#include <algorithm>

#include "core/fail.hpp"
#include "core/ticket_ring.hpp"

namespace tlseam {
namespace {

using namespace seam;
using bytes = std::span<const std::byte>;
using shared_ring = std::shared_ptr<const secret_ring>;

secret_bytes copy(bytes secret) { return secret_bytes(std::vector<std::byte>(secret.begin(), secret.end())); }

result<secret_bytes> random_secret() {
    std::vector<std::byte> fresh(ticket_keys::secret_size);
    auto filled = fill_random(fresh);
    secret_bytes out(std::move(fresh));
    if (!filled) return std::unexpected(filled.error());
    return out;
}

result<shared_ring> make_ring(bytes current, const std::vector<bytes>& previous) {
    if (previous.size() > ticket_keys::most_previous) {
        return fail(errc::invalid_argument,
                    "ticket_keys: " + std::to_string(previous.size()) + " previous secrets are more than three");
    }
    std::vector<bytes> all = {current};
    all.insert(all.end(), previous.begin(), previous.end());
    auto ring = std::make_shared<secret_ring>();
    for (const bytes secret : all) {
        if (secret.size() != ticket_keys::secret_size) {
            return fail(errc::invalid_argument,
                        "ticket_keys: a secret has " + std::to_string(secret.size()) + " bytes instead of 32");
        }
        const auto same = [&](const secret_bytes& other) { return std::ranges::equal(secret, other.bytes()); };
        if (std::ranges::any_of(*ring, same)) {
            return fail(errc::invalid_argument, "ticket_keys: the same secret is given twice");
        }
        ring->push_back(copy(secret));
    }
    return ring;
}

shared_ring put_in_front(secret_bytes secret, const secret_ring& behind) {
    auto ring = std::make_shared<secret_ring>();
    ring->push_back(std::move(secret));
    for (const secret_bytes& old : behind) {
        if (ring->size() <= ticket_keys::most_previous) ring->push_back(copy(old.bytes()));
    }
    return ring;
}

}  // namespace

inline namespace v0 {

void detail::ticket_key_data::renew_when_older(std::chrono::seconds age, std::int64_t now) noexcept {
    const auto done = guarded([&]() -> result<void> {
        const std::scoped_lock lock(mutex);
        if (!current_since) current_since = now;
        // A clock that went back says nothing about the age.
        if (now >= *current_since && now - *current_since < age.count()) return {};
        auto secret = random_secret();
        if (!secret) return std::unexpected(secret.error());
        ring = put_in_front(std::move(*secret), *ring);
        current_since = now;
        return {};
    });
    (void)done;  // the next ticket tries again
}

result<ticket_keys> ticket_keys::generate() noexcept {
    return guarded([]() -> result<ticket_keys> {
        auto secret = random_secret();
        if (!secret) return std::unexpected(secret.error());
        return from(secret->bytes());
    });
}

result<ticket_keys> ticket_keys::from(bytes current, const std::vector<bytes>& previous) noexcept {
    return guarded([&]() -> result<ticket_keys> {
        auto ring = make_ring(current, previous);
        if (!ring) return std::unexpected(ring.error());
        auto data = std::make_shared<detail::ticket_key_data>();
        data->ring = std::move(*ring);
        return ticket_keys(std::move(data));
    });
}

result<void> ticket_keys::use(bytes current, const std::vector<bytes>& previous) const noexcept {
    return guarded([&]() -> result<void> {
        auto ring = make_ring(current, previous);
        if (!ring) return std::unexpected(ring.error());
        data_->replace(std::move(*ring));
        return {};
    });
}

result<void> ticket_keys::rotate() const noexcept {
    return guarded([&]() -> result<void> {
        auto secret = random_secret();
        if (!secret) return std::unexpected(secret.error());
        // Two threads that rotate at once: both secrets count.
        const std::scoped_lock lock(data_->mutex);
        data_->ring = put_in_front(std::move(*secret), *data_->ring);
        return {};
    });
}

}  // namespace v0
}  // namespace tlseam

namespace tlseam::seam {
namespace {

/// Into its place: a digest that is returned and copied would leave a key on the stack.
void derive(digest& out, der_bytes key, der_bytes label) {
    if (!hmac(hash_kind::sha256, key, label, out)) throw std::bad_alloc();
}

struct wiped_digest {
    digest bytes = {};
    wiped_digest() = default;
    wiped_digest(const wiped_digest&) = delete;
    wiped_digest& operator=(const wiped_digest&) = delete;
    ~wiped_digest() { wipe(bytes); }
};

}  // namespace

ticket_key::~ticket_key() {
    wipe(encryption);
    wipe(authentication);
}

ticket_key derive_ticket_key(der_bytes secret, const digest& binding) {
    wiped_digest base;
    derive(base.bytes, secret, binding);
    ticket_key out;
    digest name;
    derive(name, base.bytes, as_bytes("tlseam ticket: name"));
    std::copy_n(name.begin(), out.name.size(), out.name.begin());
    derive(out.encryption, base.bytes, as_bytes("tlseam ticket: encryption"));
    derive(out.authentication, base.bytes, as_bytes("tlseam ticket: authentication"));
    return out;
}

std::optional<ticket_key> select_ticket_key(const secret_ring& ring, const digest& binding, der_bytes name) {
    for (const secret_bytes& secret : ring) {
        ticket_key key = derive_ticket_key(secret.bytes(), binding);
        if (name.empty() || std::ranges::equal(key.name, name)) return key;
    }
    return std::nullopt;
}

}  // namespace tlseam::seam
