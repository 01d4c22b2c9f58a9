// SPDX-License-Identifier: Apache-2.0
// TLS over standalone Asio:
//
//     tlseam::asio_stream<asio::ip::tcp::socket> stream(std::move(socket), context, {.server_name = "example.com"});
//     co_await stream.async_handshake(asio::use_awaitable);
//     co_await asio::async_write(stream, asio::buffer(request), asio::use_awaitable);
//
// For Boost.Asio include boost_asio.hpp; both may be used in one program. Needs Asio 1.19 or newer. asio_stream.hpp has
// the contract.
#pragma once

#include <asio/version.hpp>
#if ASIO_VERSION < 101900
#error "tlseam/asio.hpp needs Asio 1.19 or newer: operations cannot be cancelled one by one before"
#endif

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/compose.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#include <asio/steady_timer.hpp>
#include <asio/system_error.hpp>

#include <tlseam/asio_stream.hpp>

#define TLSEAM_ASIO_LIBRARY standalone_asio
#define TLSEAM_ASIO_NAMESPACE ::asio
#define TLSEAM_ASIO_SYSTEM ::asio
#include <tlseam/detail/asio_library.ipp>
#undef TLSEAM_ASIO_LIBRARY
#undef TLSEAM_ASIO_NAMESPACE
#undef TLSEAM_ASIO_SYSTEM

namespace tlseam {
inline namespace v0 {

template <class Next>
using asio_stream = basic_asio_stream<detail::standalone_asio, Next>;

}  // namespace v0
}  // namespace tlseam
