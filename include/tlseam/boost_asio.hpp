// SPDX-License-Identifier: Apache-2.0
// TLS over Boost.Asio, and below Boost.Beast:
//
//     tlseam::boost_asio_stream<beast::tcp_stream> stream(std::move(socket), context);
//     co_await stream.async_handshake(asio::use_awaitable);
//     co_await http::async_read(stream, buffer, request, asio::use_awaitable);
//
// For standalone Asio include asio.hpp; both may be used in one program. Needs Boost 1.78 or newer. asio_stream.hpp has
// the contract.
#pragma once

#include <boost/version.hpp>
#if BOOST_VERSION < 107800
#error "tlseam/boost_asio.hpp needs Boost 1.78 or newer: operations cannot be cancelled one by one before"
#endif

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <tlseam/asio_stream.hpp>

#define TLSEAM_ASIO_LIBRARY boost_asio
#define TLSEAM_ASIO_NAMESPACE ::boost::asio
#define TLSEAM_ASIO_SYSTEM ::boost::system
#include <tlseam/detail/asio_library.ipp>
#undef TLSEAM_ASIO_LIBRARY
#undef TLSEAM_ASIO_NAMESPACE
#undef TLSEAM_ASIO_SYSTEM

namespace boost::beast {
enum class role_type;
}

namespace tlseam {
inline namespace v0 {

template <class Next>
using boost_asio_stream = basic_asio_stream<detail::boost_asio, Next>;

/// For beast::websocket::stream, which calls these when it closes: close_notify goes out, and the asynchronous one
/// waits for the peer's for shutdown_limit() at most.
template <class Next>
void teardown(boost::beast::role_type, boost_asio_stream<Next>& stream, boost::system::error_code& ec) {
    stream.close_write(ec);
}
template <class Next, class Handler>
void async_teardown(boost::beast::role_type, boost_asio_stream<Next>& stream, Handler&& handler) {
    stream.async_shutdown(std::forward<Handler>(handler));
}

}  // namespace v0
}  // namespace tlseam
