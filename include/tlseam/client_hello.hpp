// SPDX-License-Identifier: Apache-2.0
// A server's choice by what a client says first (RFC 8446 4.1.2): which context answers it, or none.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tlseam/context.hpp>
#include <tlseam/error.hpp>

namespace tlseam {
inline namespace v0 {

/// A ClientHello, as it was sent: nothing of it is proven. Lists are in the client's order, with whatever numbers it
/// sent, those of RFC 8701 (GREASE) included.
struct hello_summary {
    std::string server_name = {};                       ///< lower case; empty when none was sent (an address counts as none)
    std::vector<std::string> alpn = {};                 ///< any bytes
    std::vector<std::uint16_t> versions = {};           ///< 0x0304 is TLS 1.3
    std::vector<std::uint16_t> cipher_suites = {};      ///< as in connection_info
    std::vector<std::uint16_t> groups = {};             ///< empty when it sent none, as the next two
    std::vector<std::uint16_t> signature_schemes = {};  ///< RFC 8446 4.2.3
    std::vector<std::uint16_t> extensions = {};         ///< their types
    /// The JA4 fingerprint, "t13d1516h2_8daaf6152771_e5627efa2ab1": the same for all connections of one client program,
    /// whatever order it shuffles its lists into. Tells programs apart; proves nothing.
    std::string ja4 = {};
};

/// What a refused client is told.
enum class hello_alert : std::uint8_t {
    handshake_failure = 40,
    access_denied = 49,
    internal_error = 80,
    unrecognized_name = 112,
};

/// What a hello_callback, or answer_hello(), says.
class hello_answer {
public:
    enum class kind : std::uint8_t { proceed, use, refuse, later };

    /// Goes on as without a callback: server_settings::names and unknown_name decide.
    [[nodiscard]] static hello_answer proceed() noexcept { return hello_answer(kind::proceed); }
    /// This server context answers, with all its settings except names, unknown_name and on_hello.
    [[nodiscard]] static hello_answer use(context chosen) noexcept {
        hello_answer out(kind::use);
        out.context_ = std::move(chosen);
        return out;
    }
    /// The handshake fails with callback_failed, and the client gets the alert.
    [[nodiscard]] static hello_answer refuse(hello_alert alert = hello_alert::handshake_failure) noexcept {
        hello_answer out(kind::refuse);
        out.alert_ = alert;
        return out;
    }
    /// Not yet: the call gives want_context, until answer_hello() was called with another answer.
    [[nodiscard]] static hello_answer later() noexcept { return hello_answer(kind::later); }

    [[nodiscard]] kind what() const noexcept { return kind_; }
    [[nodiscard]] const std::optional<context>& chosen() const noexcept { return context_; }
    [[nodiscard]] hello_alert alert() const noexcept { return alert_; }

private:
    explicit hello_answer(kind k) noexcept : kind_(k) {}
    std::optional<context> context_;
    kind kind_;
    hello_alert alert_ = hello_alert::handshake_failure;
};

/// Called once for each connection, by the call that completes its ClientHello, in that thread; it must not use the
/// connection. An error or an exception fails the handshake with callback_failed and the alert internal_error, and so
/// does a client's context.
using hello_callback = std::function<result<hello_answer>(const hello_summary&)>;

/// A context for the clients that ask for a name.
struct named_context {
    /// A host name ("api.example.com"), or a wildcard that stands for one label ("*.example.com").
    std::string name;
    tlseam::context context;
};

/// What becomes of clients that ask for a name which nobody here has: neither a named_context, nor a certificate of the
/// context itself.
enum class unknown_name : std::uint8_t {
    accept,  ///< the context itself answers them, and they will not like its certificate
    refuse,  ///< errc::unrecognized_name, and the alert of that name (RFC 6066 3). Clients that ask for none are let in
    require,  ///< as refuse; and clients that ask for none are refused too, in TLS 1.3 with missing_extension
};

}  // namespace v0
}  // namespace tlseam
