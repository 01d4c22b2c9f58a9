// SPDX-License-Identifier: Apache-2.0
#include <tlseam/engine.hpp>

#include "core/fail.hpp"
#include "core/placed.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::inline v0 {

class detail::engine_owner : public seam::placed<engine_owner> {
public:
    engine_owner(void* storage, const context& context) : connection(context.data(), storage) {}
    seam::tls_connection connection;
};

engine::engine(std::unique_ptr<detail::engine_owner> owner) noexcept : owner_(std::move(owner)) {}
engine::~engine() = default;
engine::engine(engine&&) noexcept = default;
engine& engine::operator=(engine&&) noexcept = default;

result<engine> engine::create(const context& context, const connect_options& options) noexcept {
    return seam::guarded([&]() -> result<engine> {
        auto owner = detail::engine_owner::make(context);
        if (auto named = owner->connection.set_names(options, {}); !named) return std::unexpected(named.error());
        return engine(std::move(owner));
    });
}

result<void> engine::handshake() noexcept { return owner_->connection.handshake(); }

result<std::size_t> engine::read_some(std::span<std::byte> buffer) noexcept {
    return owner_->connection.read_some(buffer);
}

result<std::size_t> engine::write_some(std::span<const std::byte> data) noexcept {
    return owner_->connection.write_some(data);
}

result<void> engine::close_write() noexcept { return owner_->connection.close_write(); }

result<void> engine::key_update(bool ask_peer) noexcept { return owner_->connection.key_update(ask_peer); }

result<void> engine::request_certificate(client_auth how) noexcept {
    return owner_->connection.request_certificate(how);
}

bool engine::certificate_requested() const noexcept { return owner_->connection.certificate_requested(); }

result<void> engine::answer_hello(const hello_answer& answer) noexcept {
    return seam::guarded([&] { return owner_->connection.answer_hello(answer); });
}

result<void> engine::export_keying_material(std::span<std::byte> out, std::string_view label,
                                            std::optional<std::span<const std::byte>> context) noexcept {
    return owner_->connection.export_keying_material(out, label, context);
}

result<std::vector<std::byte>> engine::channel_binding(channel_binding_type type) noexcept {
    return owner_->connection.channel_binding(type);
}

std::size_t engine::pending() const noexcept { return owner_->connection.pending(); }

const connection_info& engine::info() const noexcept { return owner_->connection.info(); }

result<void> engine::feed(std::span<const std::byte> bytes) noexcept {
    if (owner_->connection.input_ended()) return seam::fail(errc::misuse, "feed() after end_of_input()");
    if (!owner_->connection.ciphertext().in().append(bytes)) return std::unexpected(errc::out_of_memory);
    return {};
}

void engine::end_of_input() noexcept { owner_->connection.end_of_input(); }

std::span<const std::byte> engine::output() const noexcept { return owner_->connection.ciphertext().out().bytes(); }

void engine::consume_output(std::size_t count) noexcept { owner_->connection.ciphertext().out().consume(count); }

std::span<const std::byte> engine::unread() const noexcept { return owner_->connection.ciphertext().in().bytes(); }

}  // namespace tlseam::inline v0
