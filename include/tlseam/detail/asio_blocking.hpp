// SPDX-License-Identifier: Apache-2.0
// A blocking call of a stream over Asio. For asio_stream.hpp.
#pragma once

#include <tlseam/detail/asio_core.hpp>
#include <tlseam/detail/asio_verbs.hpp>

namespace tlseam {
inline namespace v0 {
namespace detail {

template <class Library, class Core>
void send_blocking(Core& core) {
    while (core.has_output() && !core.send_failure) {
        typename Library::error_code ec;
        const std::size_t count = core.next().write_some(Library::buffer(core.take_output()), ec);
        core.after_send(ec, count);
    }
    if (core.send_failure) core.drop_output();
}

template <class Library, class Core>
typename Library::error_code receive_blocking(Core& core) {
    typename Library::error_code ec;
    const std::size_t count = core.next().read_some(Library::buffer(core.room()), ec);
    return core.after_receive(ec, count);
}

/// Calls the verb until it is done, moving bytes in between.
template <class Library, class Core, class Verb>
typename Library::error_code run_blocking(Core& core, Verb& verb) {
    using error_code = typename Library::error_code;
    for (;;) {
        if (Verb::sends && core.send_failure) {
            const auto heard = core.look_for_alert();
            if (!heard && heard.error() == errc::alert_received) return core.note(heard.error());
            if (heard || heard.error() != errc::want_read) return *core.send_failure;
            if (receive_blocking<Library>(core)) return *core.send_failure;
            continue;
        }
        const result<void> did = verb(core);
        send_blocking<Library>(core);
        const bool unfinished = !did && (did.error() == errc::want_read || did.error() == errc::want_write);
        if (!did && !unfinished) return verb.judge(core.note(did.error()));
        if (Verb::sends && core.send_failure) continue;
        if (did) return verb.template success<error_code>();
        if (did.error() == errc::want_write) continue;
        if (const error_code failure = receive_blocking<Library>(core)) return verb.judge(failure);
    }
}

}  // namespace detail
}  // namespace v0
}  // namespace tlseam
