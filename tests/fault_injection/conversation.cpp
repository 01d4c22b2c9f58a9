// SPDX-License-Identifier: Apache-2.0
#include "tests/fault_injection/conversation.hpp"

#include <algorithm>

namespace faults {

using namespace tlseam;

namespace {

constexpr int most_turns = 30;
constexpr std::size_t size = 3000;

bool is_pause(const error& e) { return e == errc::want_read || e == errc::want_write; }

}  // namespace

void caller::note(const error& why) {
    if (!failure_ && !is_pause(why)) failure_ = why;
}

verdict caller::blame(bool others_failed) const {
    // It heard of the other's trouble.
    const bool heard =
        *failure_ == errc::truncated || *failure_ == errc::alert_received || *failure_ == errc::connection_reset;
    if (!hit_ || *failure_ == errc::out_of_memory || (heard && others_failed)) {
        return {.what = verdict::kind::reported};
    }
    std::string words = std::string(name_) + " " + tlseam::name(failure_->code());
    if (*failure_ == errc::certificate_refused) words += std::string(" ") + tlseam::name(failure_->certificate());
    if (failure_->detail() != nullptr) words += ": " + failure_->detail()->native_text;
    return {.what = verdict::kind::reported, .words = std::move(words)};
}

verdict judge(std::initializer_list<const caller*> all, const char* wrong) {
    const auto failures = std::ranges::count_if(all, &caller::failed);
    for (const caller* each : all) {
        if (!each->failed()) continue;
        if (verdict said = each->blame(failures > 1); !said.words.empty()) return said;
    }
    if (failures > 0) {
        const bool hit = std::ranges::any_of(all, &caller::hit);
        return hit ? verdict{.what = verdict::kind::reported} : verdict{verdict::kind::wrong, "failed for no reason"};
    }
    return *wrong == '\0' ? verdict{} : verdict{verdict::kind::wrong, wrong};
}

void conversation::carry() {
    const auto bring = [](caller& from, engine& out, caller& to, engine& in) {
        const auto bytes = out.output();
        if (!bytes.empty() && !to.failed()) {
            (void)to([&] { return in.feed(bytes); });
            out.consume_output(bytes.size());
        }
        if (from.failed()) in.end_of_input();
    };
    bring(client, *client_engine, server, *server_engine);
    bring(server, *server_engine, client, *client_engine);
}

void conversation::shake() {
    (void)client([&]() -> result<void> {
        auto created = engine::create(of_client_, names_);
        if (!created) return std::unexpected(created.error());
        client_engine = std::move(*created);
        return {};
    });
    (void)server([&]() -> result<void> {
        auto created = engine::create(of_server_);
        if (!created) return std::unexpected(created.error());
        server_engine = std::move(*created);
        return {};
    });
    if (client.failed() || server.failed()) return;
    for (int turn = 0; turn < most_turns; ++turn) {
        client_done_ = client([&] { return client_engine->handshake(); }).has_value();
        server_done_ = server([&] { return server_engine->handshake(); }).has_value();
        if (both_done() || (client.failed() && server.failed())) return;
        carry();
    }
}

/// Everything that was said, in as many pieces as it comes.
bool conversation::hear(caller& who, engine& in, std::span<std::byte> room, std::size_t expected) {
    std::size_t count = 0;
    for (int turn = 0; turn < most_turns && count < expected; ++turn) {
        const auto got = who([&] { return in.read_some(room.subspan(count)); });
        if (got && *got == 0) return false;
        if (got) count += *got;
        if (who.failed()) return true;  // it has said so
        carry();
    }
    return count == expected;
}

bool conversation::say(caller& from, engine& out, caller& to, engine& in, std::byte what) {
    std::array<std::byte, size> said = {}, heard = {};
    std::ranges::fill(said, what);
    const auto written = from([&] { return out.write_some(said); });
    if (from.failed()) return true;
    if (!written || *written != size) return false;
    carry();
    if (!hear(to, in, heard, size)) return false;
    return to.failed() || said == heard;
}

bool conversation::talk() {
    const auto anybody = [&] { return client.failed() || server.failed(); };
    if (!say(server, *server_engine, client, *client_engine, std::byte{7})) return false;
    if (anybody()) return true;
    if (!say(client, *client_engine, server, *server_engine, std::byte{9})) return false;
    if (anybody()) return true;
    if (client_engine->info().version == protocol_version::tls1_3) {
        (void)client([&] { return client_engine->key_update(true); });
        if (anybody()) return true;
        carry();
        if (!say(client, *client_engine, server, *server_engine, std::byte{11})) return false;
        if (anybody()) return true;
        if (!say(server, *server_engine, client, *client_engine, std::byte{13})) return false;
        if (anybody()) return true;
    }
    (void)client([&] { return client_engine->close_write(); });
    (void)server([&] { return server_engine->close_write(); });
    if (anybody()) return true;
    carry();
    std::array<std::byte, 16> room = {};
    const auto end_of_client = client([&] { return client_engine->read_some(room); });
    const auto end_of_server = server([&] { return server_engine->read_some(room); });
    if (anybody()) return true;
    return end_of_client.value_or(1) == 0 && end_of_server.value_or(1) == 0;
}

}  // namespace faults
