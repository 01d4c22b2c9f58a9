// SPDX-License-Identifier: Apache-2.0
// Which of a server's contexts answers a ClientHello: the program's callback, then the names.
#include <utility>

#include "core/alerts.hpp"
#include "core/fail.hpp"
#include "core/ja4.hpp"
#include "core/tls_connection.hpp"

namespace tlseam::seam {
namespace {

hello_summary summarize(const client_hello& hello) {
    return {.server_name = hello.server_name,
            .alpn = hello.alpn,
            .versions = hello.versions,
            .cipher_suites = hello.cipher_suites,
            .groups = hello.groups,
            .signature_schemes = hello.signature_schemes,
            .extensions = hello.extensions,
            .ja4 = ja4(hello)};
}

result<hello_answer> ask(const hello_callback& callback, const client_hello& hello) {
    const hello_summary summary = summarize(hello);
    try {
        return callback(summary);
    } catch (...) {
        return fail(errc::callback_failed, "on_hello threw an exception");
    }
}

}  // namespace

/// May be called again for the same hello: the program is asked once.
result<void> tls_connection::choose_context(const client_hello& hello) {
    if (!hello_answer_) {
        auto answer = context_->names.on_hello() ? ask(context_->names.on_hello(), hello) : hello_answer::proceed();
        if (!answer) {
            return refuse_hello(errc::callback_failed, alert::internal_error, "on_hello: " + answer.error().message());
        }
        hello_answer_ = std::move(*answer);
    }
    switch (hello_answer_->what()) {
        case hello_answer::kind::later: return std::unexpected(error(errc::want_context));
        case hello_answer::kind::refuse:
            return refuse_hello(errc::callback_failed, static_cast<std::uint8_t>(hello_answer_->alert()),
                                "the program refuses this client");
        case hello_answer::kind::use:
            if (hello_answer_->chosen()->role() != role::server) {
                return refuse_hello(errc::callback_failed, alert::internal_error,
                                    "the program chose a client's context to answer a client");
            }
            context_ = hello_answer_->chosen()->data();
            return {};
        case hello_answer::kind::proceed: break;
    }
    return choose_by_name(hello);
}

result<void> tls_connection::choose_by_name(const client_hello& hello) {
    const server_names& names = context_->names;
    if (!hello.has_server_name) {
        if (names.unknown() != unknown_name::require) return {};
        return refuse_hello(errc::unrecognized_name,
                            speaks_tls1_3_with(hello) ? alert::missing_extension : alert::unrecognized_name,
                            "the client asks for no server name");
    }
    if (auto chosen = names.find(hello.server_name)) {
        context_ = std::move(chosen);
        return {};
    }
    if (names.unknown() == unknown_name::accept || names.has_certificate_for(hello.server_name)) return {};
    return refuse_hello(errc::unrecognized_name, alert::unrecognized_name,
                        "the client asks for '" + hello.server_name + "', which this server does not have");
}

result<void> tls_connection::answer_hello(hello_answer answer) noexcept {
    if (!hello_answer_ || hello_answer_->what() != hello_answer::kind::later || state_ == state::failed) {
        return fail(errc::misuse, "answer_hello() when no client waits for it");
    }
    if (answer.what() == hello_answer::kind::later) return fail(errc::misuse, "answer_hello() with \"later\"");
    hello_answer_ = std::move(answer);
    return {};
}

}  // namespace tlseam::seam
