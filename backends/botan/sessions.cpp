// SPDX-License-Identifier: Apache-2.0
// Sessions of one connection. Servers: tickets are Botan's encrypted sessions under core's keys, whose name comes
// first. Clients: the one session that core gave is found, and new ones go to core.
#include <botan/symkey.h>
#include <botan/system_rng.h>
#include <botan/tls_session.h>

#include <algorithm>

#include "backends/botan/native.hpp"
#include "core/byte_writer.hpp"
#include "core/fail.hpp"
#include "core/first_message.hpp"

namespace tlseam::seam {
namespace {

using Botan::TLS::Session;
using Botan::TLS::Session_Handle;
using Botan::TLS::Session_Ticket;

Botan::SymmetricKey key_of(const ticket_key& key) { return Botan::SymmetricKey(octets(key.encryption)); }

/// Nothing is kept: what there is, is in the ticket.
class server_sessions final : public Botan::TLS::Session_Manager {
public:
    explicit server_sessions(native_engine& engine)
        : Botan::TLS::Session_Manager(engine.context->rng), engine_(engine) {}

    std::optional<Session_Handle> establish(const Session& session, const std::optional<Botan::TLS::Session_ID>&,
                                            bool no_ticket) override {
        const auto key = no_ticket ? std::nullopt : engine_.events.find_ticket_key({});
        if (!key) return std::nullopt;
        const auto name = octets(key->name);
        std::vector<std::uint8_t> ticket(name.begin(), name.end());
        const auto sealed = session.encrypt(key_of(*key), *m_rng);
        ticket.insert(ticket.end(), sealed.begin(), sealed.end());
        return Session_Handle(Session_Ticket(std::move(ticket)));
    }
    bool emits_session_tickets() override { return engine_.context->issue_tickets; }
    void store(const Session&, const Session_Handle&) override {}
    std::size_t remove(const Session_Handle&) override { return 0; }
    std::size_t remove_all() override { return 0; }

protected:
    std::optional<Session> retrieve_one(const Session_Handle& handle) override {
        const auto ticket = handle.ticket();
        if (!ticket || ticket->size() <= name_size) return std::nullopt;
        const std::span<const std::uint8_t> bytes(ticket->get());
        const auto key = engine_.events.find_ticket_key(std::as_bytes(bytes.first(name_size)));
        if (!key) return std::nullopt;
        try {
            return Session::decrypt(bytes.subspan(name_size), key_of(*key));
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception&) {
            return std::nullopt;  // somebody changed it
        }
    }
    std::vector<Botan::TLS::Session_with_Handle> find_some(const Botan::TLS::Server_Information&,
                                                           std::size_t) override {
        return {};
    }

private:
    static constexpr std::size_t name_size = 16;
    native_engine& engine_;
};

/// The bytes that core keeps: the ticket with its length, then Botan's session.
constexpr std::size_t length_size = 4;

std::vector<std::byte> pack(const Session& session, std::span<const std::uint8_t> ticket) {
    byte_writer out;
    out.vector(std::as_bytes(ticket));
    const auto der = session.DER_encode();
    out.raw(std::as_bytes(std::span(der)));
    return out.take();
}

std::optional<Botan::TLS::Session_with_Handle> unpack(std::span<const std::byte> bytes) {
    cursor in(bytes);
    const auto ticket = in.vector(length_size);
    if (!ticket) return std::nullopt;
    const auto handle = octets(*ticket);
    try {
        return Botan::TLS::Session_with_Handle{
            .session = Session(octets(bytes.subspan(length_size + ticket->size()))),
            .handle = Session_Handle(Session_Ticket(std::vector<std::uint8_t>(handle.begin(), handle.end())))};
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
        return std::nullopt;  // the library does not know it any more
    }
}

class client_sessions final : public Botan::TLS::Session_Manager {
public:
    client_sessions(native_engine& engine, std::span<const std::byte> offered)
        : Botan::TLS::Session_Manager(engine.context->rng), engine_(engine) {
        if (!offered.empty()) offered_ = unpack(offered);
    }

    void store(const Session& session, const Session_Handle& handle) override {
        const auto ticket = handle.is_id() ? std::nullopt : handle.ticket();
        if (!ticket) return;
        const secret_bytes packed(pack(session, ticket->get()));
        engine_.events.new_session(packed.bytes(), lifetime_of(session));
    }
    std::size_t remove(const Session_Handle&) override { return 0; }
    std::size_t remove_all() override { return 0; }

protected:
    std::optional<Session> retrieve_one(const Session_Handle&) override { return std::nullopt; }
    /// The library asks once, or, when what it got has expired, until there is nothing.
    std::vector<Botan::TLS::Session_with_Handle> find_some(const Botan::TLS::Server_Information&,
                                                           std::size_t) override {
        std::vector<Botan::TLS::Session_with_Handle> found;
        if (offered_) found.push_back(std::move(*offered_));
        offered_.reset();
        return found;
    }

private:
    static std::chrono::seconds lifetime_of(const Session& session) {
        constexpr std::chrono::seconds longest = std::chrono::days(7);  // a session without a hint has no end
        return std::min(session.lifetime_hint(), longest);
    }

    native_engine& engine_;
    std::optional<Botan::TLS::Session_with_Handle> offered_;
};

}  // namespace

std::shared_ptr<Botan::TLS::Session_Manager> make_sessions(native_engine& engine, std::span<const std::byte> offered) {
    if (engine.context->role == role::client) return std::make_shared<client_sessions>(engine, offered);
    return std::make_shared<server_sessions>(engine);
}

result<void> fill_random(std::span<std::byte> out) noexcept {
    try {
        Botan::system_rng().randomize(std::span(reinterpret_cast<std::uint8_t*>(out.data()), out.size()));
        return {};
    } catch (...) {
        return fail_botan(errc::internal);
    }
}

}  // namespace tlseam::seam
