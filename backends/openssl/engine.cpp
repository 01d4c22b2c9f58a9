// SPDX-License-Identifier: Apache-2.0
// One SSL over a BIO that reads and writes core's wire: no socket, no copy of ours.
#include <openssl/bio.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "backends/openssl/native.hpp"
#include "core/alerts.hpp"
#include "core/fail.hpp"

namespace tlseam::seam {
namespace {

// ---- the BIO ----

native_engine& behind(BIO* bio) noexcept { return *static_cast<native_engine*>(BIO_get_data(bio)); }

int wire_write(BIO* bio, const char* data, std::size_t size, std::size_t* written) {
    behind(bio).ciphertext.send(std::as_bytes(std::span(data, size)));
    *written = size;
    return 1;
}

int wire_read(BIO* bio, char* data, std::size_t size, std::size_t* count) {
    wire& wire = behind(bio).ciphertext;
    BIO_clear_retry_flags(bio);
    const std::size_t there = std::min(size, wire.arrived().size());
    if (there == 0) {
        BIO_set_retry_read(bio);  // never an end of file: core knows when input ended
        return 0;
    }
    std::memcpy(data, wire.arrived().data(), there);
    wire.consume(there);
    *count = there;
    return 1;
}

long wire_control(BIO*, int command, long, void*) {
    switch (command) {
        case BIO_CTRL_FLUSH:
        case BIO_CTRL_DUP: return 1;
        default: return 0;
    }
}

const BIO_METHOD* wire_method() noexcept {
    static constinit made_once<BIO_METHOD*> method(nullptr);
    return method.get([]() -> BIO_METHOD* {
        const int index = BIO_get_new_index();
        BIO_METHOD* made = index < 0 ? nullptr : BIO_meth_new(index | BIO_TYPE_SOURCE_SINK, "tlseam wire");
        if (made == nullptr) return nullptr;
        BIO_meth_set_write_ex(made, wire_write);
        BIO_meth_set_read_ex(made, wire_read);
        BIO_meth_set_ctrl(made, wire_control);
        return made;
    });
}

// ---- callbacks ----

int engine_slot() noexcept {
    static constinit made_once<int> index(-1);
    return index.get([] { return SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr); });
}

void note_event(const SSL* ssl, int where, int value) {
    if ((where & SSL_CB_LOOP) != 0) engine_of(ssl).took_message = true;
    if ((where & SSL_CB_ALERT) == 0) return;
    const auto level = static_cast<std::uint8_t>(value >> 8), number = static_cast<std::uint8_t>(value & 0xff);
    if (!is_fatal_alert(level, number, SSL_version(ssl) == TLS1_3_VERSION)) return;
    auto& events = engine_of(ssl).events;
    if ((where & SSL_CB_READ) != 0) {
        events.alert_received(number);
    } else {
        events.alert_sent(number);
    }
}

/// core chose from the first hello; a second one that no longer offers it is refused.
int choose_alpn(SSL* ssl, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                unsigned int offered_size, void*) {
    const std::string& choice = engine_of(ssl).alpn_choice;
    if (choice.empty()) return SSL_TLSEXT_ERR_NOACK;
    for (unsigned at = 0; at < offered_size; at += 1 + offered[at]) {
        const std::string_view name(reinterpret_cast<const char*>(offered + at + 1), offered[at]);
        if (name != choice) continue;
        *out = offered + at + 1;
        *out_size = offered[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

int accept_server_name(SSL*, int*, void*) { return SSL_TLSEXT_ERR_OK; }

// ---- creation ----

std::vector<unsigned char> encode_alpn(std::span<const std::string> names) {
    std::vector<unsigned char> out;
    for (const std::string& name : names) {
        out.push_back(static_cast<unsigned char>(name.size()));
        out.insert(out.end(), name.begin(), name.end());
    }
    return out;
}

/// A TLS 1.2 server takes its own groups also for the curves that certificates of clients may be on, though it never
/// told the client. The group that core chose goes first, as the client has it and our order decides.
bool allow_client_curves(SSL* ssl, std::uint16_t chosen) {
    if (chosen == 0 || SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE) return true;
    std::vector<std::uint16_t> groups = {chosen};
    for (const std::uint16_t curve : {std::uint16_t{0x0017}, std::uint16_t{0x0018}, std::uint16_t{0x0019}}) {
        if (curve != chosen) groups.push_back(curve);
    }
    return SSL_set1_groups_list(ssl, group_list(groups, {}).c_str()) == 1;
}

bool configure(native_engine& engine, const connection& connection) {
    SSL* ssl = engine.ssl.get();
    const BIO_METHOD* method = wire_method();
    BIO* bio = method == nullptr ? nullptr : BIO_new(method);
    if (bio == nullptr) return false;
    BIO_set_data(bio, &engine);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);  // both places, one reference
    if (SSL_set_ex_data(ssl, engine_slot(), &engine) != 1) return false;
    engine.psk = connection.psk;
    engine.psk_suite = connection.psk_suite;
    if (connection.role == role::server) {
        SSL_set_accept_state(ssl);
        if (!connection.alpn.empty()) engine.alpn_choice = connection.alpn.front();
        return allow_client_curves(ssl, connection.group);
    }
    SSL_set_connect_state(ssl);
    const std::vector<unsigned char> alpn = encode_alpn(connection.alpn);
    // This one function returns 0 when all is well.
    if (!alpn.empty() && SSL_set_alpn_protos(ssl, alpn.data(), static_cast<unsigned>(alpn.size())) != 0) return false;
    if (!connection.session.empty()) offer_session(ssl, connection.session);
    const std::string server_name(connection.server_name);
    return server_name.empty() || SSL_set_tlsext_host_name(ssl, server_name.c_str()) == 1;
}

// ---- calls ----

bool is_message_size(const error& e) noexcept {
    return ERR_GET_REASON(e.native_code()) == SSL_R_EXCESSIVE_MESSAGE_SIZE;
}

/// close_notify came, also where SSL_get_error() does not see it: 3.5 looks at the first warning only.
bool is_end(const native_engine& engine, int returned) noexcept {
    const int what = SSL_get_error(engine.ssl.get(), returned);
    return what == SSL_ERROR_ZERO_RETURN ||
           (what == SSL_ERROR_SYSCALL && (SSL_get_shutdown(engine.ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0);
}

/// What a failed SSL_* call means. The queue was empty before it.
std::unexpected<error> after(native_engine& engine, int returned) noexcept {
    if (engine.out_of_memory) {
        clear_errors();
        return std::unexpected(error(errc::out_of_memory));
    }
    if (is_end(engine, returned)) return fail(errc::protocol_error, "the peer sent close_notify in the handshake");
    switch (SSL_get_error(engine.ssl.get(), returned)) {
        case SSL_ERROR_WANT_READ: return std::unexpected(error(errc::want_read));
        case SSL_ERROR_SSL: return fail_ssl();
        default: return fail_openssl(errc::internal);
    }
}

/// For each message, such as a ticket, OpenSSL makes a buffer of 16 KiB to answer in, which SSL_MODE_RELEASE_BUFFERS
/// frees after the next write: a client that only reads would keep it for ever.
void release_buffers(native_engine& engine) noexcept {
    if (engine.took_message && SSL_free_buffers(engine.ssl.get()) == 1) engine.took_message = false;
}

/// OpenSSL does nothing else between the messages of one answer.
result<void> finish_answer(native_engine& engine) noexcept {
    return engine.has_asked && SSL_in_init(engine.ssl.get()) != 0 ? do_handshake(engine) : result<void>();
}

}  // namespace

native_engine& engine_of(const SSL* ssl) noexcept {
    return *static_cast<native_engine*>(SSL_get_ex_data(ssl, engine_slot()));
}

void install_engine_callbacks(SSL_CTX* ctx, role role) noexcept {
    SSL_CTX_set_info_callback(ctx, note_event);
    if (role == role::server) {
        SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, nullptr);
        SSL_CTX_set_tlsext_servername_callback(ctx, accept_server_name);
    }
}

footprint engine_footprint() noexcept { return {sizeof(native_engine), alignof(native_engine)}; }

result<native_engine*> create_engine(void* storage, const std::shared_ptr<const native_context>& context,
                                     const connection& connection, wire& wire, events& events) noexcept {
    return guarded([&]() -> result<native_engine*> {
        clear_errors();
        ssl_ptr ssl(SSL_new(context->ctx.get()));  // keeps the context alive
        if (!ssl) return fail_openssl(errc::out_of_memory);
        auto* engine = new (storage) native_engine{std::move(ssl), wire, events, {}, nullptr};
        engine->answers_later = context->post_handshake_auth;
        const auto configure_it = [&](native_engine& made) { return configure(made, connection); };
        if (configured_or_destroyed(*engine, configure_it)) return engine;
        return fail_openssl(errc::out_of_memory);
    });
}

void destroy_engine(native_engine& engine) noexcept { engine.~native_engine(); }

result<void> do_handshake(native_engine& engine) noexcept {
    clear_errors();
    const int done = SSL_do_handshake(engine.ssl.get());
    if (done != 1) return after(engine, done);
    return {};
}

result<void> handshake(native_engine& engine) noexcept {
    auto done = do_handshake(engine);
    if (done && !engine.answers_later) SSL_set_msg_callback(engine.ssl.get(), nullptr);  // nobody looks at records
    return done;
}

result<std::size_t> read(native_engine& engine, std::span<std::byte> buffer) noexcept {
    clear_errors();
    std::size_t count = 0;
    const int done = SSL_read_ex(engine.ssl.get(), buffer.data(), buffer.size(), &count);
    release_buffers(engine);
    if (done == 1) return count;
    if (is_end(engine, done)) {
        clear_errors();
        return 0;
    }
    auto failed = after(engine, done);
    // Nothing that may come after the handshake is large, but certificates: it is too long for what it is.
    if (failed.error() == errc::too_large && is_message_size(failed.error()) && !engine.has_asked) {
        return fail_native(errc::protocol_error, failed.error().native_code(), failed.error().detail()->native_text);
    }
    return failed;
}

result<void> write(native_engine& engine, std::span<const std::byte> data) noexcept {
    clear_errors();
    std::size_t count = 0;
    const int done = SSL_write_ex(engine.ssl.get(), data.data(), data.size(), &count);
    if (done != 1) return after(engine, done);
    if (count != data.size()) return fail(errc::internal, "OpenSSL split a record");
    return {};
}

result<void> close_notify(native_engine& engine) noexcept {
    if (auto ready = finish_answer(engine); !ready) return ready;
    clear_errors();
    const int done = SSL_shutdown(engine.ssl.get());
    if (done >= 0) return {};
    return after(engine, done);
}

result<void> key_update(native_engine& engine, bool ask_peer) noexcept {
    if (auto ready = finish_answer(engine); !ready) return ready;
    clear_errors();
    const int type = ask_peer ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
    if (SSL_key_update(engine.ssl.get(), type) != 1) return fail_ssl();
    return do_handshake(engine);  // sends it now, not with the next data
}

std::size_t pending(const native_engine& engine) noexcept {
    const int count = SSL_pending(engine.ssl.get());
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace tlseam::seam
