// SPDX-License-Identifier: Apache-2.0
#include <tlseam/listener.hpp>

#include <mutex>

#include "core/fail.hpp"
#include "core/pump.hpp"
#include "core/sockets.hpp"

namespace tlseam::inline v0 {

namespace sockets = seam::sockets;

class detail::listener_owner {
public:
    listener_owner(const context& context, std::vector<sockets::owned> listening)
        : sockets_(std::move(listening)), context_(context) {}

    result<stream> accept(const wait_options& limits);
    void use(const context& context) {
        const std::scoped_lock lock(mutex_);
        context_ = context;
    }
    void close() noexcept;
    result<std::vector<socket_address>> addresses() const;
    std::vector<int> handles() const;
    void take(std::vector<sockets::owned> listening) noexcept { sockets_ = std::move(listening); }
    bool can_close() const noexcept { return closing_.usable(); }

private:
    class guest;
    result<sockets::owned> accept_one() noexcept;
    bool is_closed() const {
        const std::scoped_lock lock(mutex_);
        return closed_;
    }

    // Descriptors stay open until the last accept() left: a number given back too early might be reused under it.
    std::vector<sockets::owned> sockets_;
    mutable std::mutex mutex_;
    context context_;
    sockets::waker closing_;  // woken once and never drained: every accept() sees it
    bool closed_ = false;
    unsigned accepting_ = 0;
};

/// One accept(), however it ends: the last one to leave a closed listener puts out the lights.
class detail::listener_owner::guest {
public:
    explicit guest(listener_owner& owner) : owner_(owner) {
        const std::scoped_lock lock(owner.mutex_);
        welcome_ = !owner.closed_;
        if (welcome_) ++owner.accepting_;
    }
    ~guest() {
        if (!welcome_) return;
        const std::scoped_lock lock(owner_.mutex_);
        if (--owner_.accepting_ == 0 && owner_.closed_) owner_.sockets_.clear();
    }
    guest(const guest&) = delete;
    guest& operator=(const guest&) = delete;
    explicit operator bool() const noexcept { return welcome_; }

private:
    listener_owner& owner_;
    bool welcome_ = false;
};

result<stream> detail::listener_owner::accept(const wait_options& limits) {
    const guest inside(*this);
    if (!inside) return seam::fail(errc::closed, "the listener is closed");
    auto connection = accept_one();
    while (!connection && connection.error() == errc::want_read) {
        std::vector<sockets::interest> interests;
        for (const auto& listening : sockets_) interests.push_back({.fd = listening.get(), .readable = true});
        interests.push_back({.fd = closing_.handle(), .readable = true});
        int problem = 0;
        const auto why = sockets::wait(interests, sockets::this_threads_waker(), limits, problem);
        if (why == sockets::wake_reason::timed_out) {
            connection = std::unexpected(error(errc::timed_out));
        } else if (why == sockets::wake_reason::cancelled) {
            connection = std::unexpected(error(errc::cancelled));
        } else if (why == sockets::wake_reason::failed) {
            connection = seam::fail_system(sockets::errc_for(problem), problem, "cannot wait for connections");
        } else if (is_closed()) {
            break;
        } else {
            connection = accept_one();
        }
    }
    const std::scoped_lock lock(mutex_);
    if (closed_) return seam::fail(errc::closed, "the listener is closed");
    if (!connection) return std::unexpected(connection.error());
    auto wrapped = stream::wrap(context_, connection->get());
    if (wrapped) (void)connection->release();
    return wrapped;
}

/// A connection of any of the sockets; want_read when none has one.
result<sockets::owned> detail::listener_owner::accept_one() noexcept {
    for (const auto& listening : sockets_) {
        sockets::owned connection;
        const auto got = sockets::accept(listening.get(), connection);
        if (got.what == sockets::outcome::moved) return connection;
        if (got.what == sockets::outcome::failed) {
            return seam::fail_system(sockets::errc_for(got.system_code), got.system_code, "cannot accept a connection");
        }
    }
    return std::unexpected(errc::want_read);
}

void detail::listener_owner::close() noexcept {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    closing_.wake();
    if (accepting_ == 0) sockets_.clear();
}

result<std::vector<socket_address>> detail::listener_owner::addresses() const {
    const std::scoped_lock lock(mutex_);
    if (closed_) return seam::fail(errc::closed, "the listener is closed");
    std::vector<socket_address> out;
    for (const auto& listening : sockets_) {
        auto address = sockets::local_address(listening.get());
        if (!address) return std::unexpected(address.error());
        out.push_back(std::move(*address));
    }
    return out;
}

std::vector<int> detail::listener_owner::handles() const {
    const std::scoped_lock lock(mutex_);
    std::vector<int> out;
    if (closed_) return out;
    for (const auto& listening : sockets_) out.push_back(listening.get());
    return out;
}

listener::listener(std::unique_ptr<detail::listener_owner> owner) noexcept : owner_(std::move(owner)) {}
listener::~listener() = default;
listener::listener(listener&&) noexcept = default;
listener& listener::operator=(listener&&) noexcept = default;

result<listener> listener::bind(const context& context, std::string_view host, std::uint16_t port,
                                const listen_options& options) noexcept {
    return seam::guarded([&]() -> result<listener> {
        if (context.role() != role::server) return seam::fail(errc::misuse, "bind() with a client's context");
        if (host.find('\0') != std::string_view::npos)
            return seam::fail(errc::invalid_argument, "a host has a NUL in it");
        auto listening = sockets::listen(std::string(host), port, options.backlog, options.reuse_address);
        // The port that the system picked on one address may be taken on the next: pick again.
        for (int tries = 0; port == 0 && !listening && listening.error() == errc::address_in_use && tries < 16;
             ++tries) {
            listening = sockets::listen(std::string(host), port, options.backlog, options.reuse_address);
        }
        if (!listening) return std::unexpected(listening.error());
        auto owner = std::make_unique<detail::listener_owner>(context, std::move(*listening));
        if (!owner->can_close()) return seam::fail(errc::transport_error, "no descriptors left for a listener");
        return listener(std::move(owner));
    });
}

result<listener> listener::adopt(const context& context, int socket) noexcept {
    return seam::guarded([&]() -> result<listener> {
        if (context.role() != role::server) return seam::fail(errc::misuse, "adopt() with a client's context");
        if (!sockets::is_listening(socket)) {
            return seam::fail(errc::invalid_argument,
                              "descriptor " + std::to_string(socket) + " is not a listening stream socket");
        }
        std::vector<sockets::owned> listening(1);
        auto owner = std::make_unique<detail::listener_owner>(context, std::vector<sockets::owned>());
        if (!owner->can_close()) return seam::fail(errc::transport_error, "no descriptors left for a listener");
        sockets::make_nonblocking(socket);
        listening[0] = sockets::owned(socket);
        owner->take(std::move(listening));
        return listener(std::move(owner));
    });
}

result<stream> listener::accept(const wait_options& wait) noexcept {
    return seam::guarded([&] { return owner_->accept(wait); });
}

result<void> listener::use(const context& context) noexcept {
    if (context.role() != role::server) return seam::fail(errc::misuse, "use() with a client's context");
    owner_->use(context);
    return {};
}

void listener::close() noexcept { owner_->close(); }

result<socket_address> listener::local_address() const noexcept {
    auto all = local_addresses();
    if (!all) return std::unexpected(all.error());
    return std::move(all->front());
}

result<std::vector<socket_address>> listener::local_addresses() const noexcept {
    return seam::guarded([&] { return owner_->addresses(); });
}

std::vector<int> listener::native_handles() const { return owner_->handles(); }

}  // namespace tlseam::inline v0
