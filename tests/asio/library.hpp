// SPDX-License-Identifier: Apache-2.0
// The suite is compiled twice, for one program: with standalone Asio, and with Boost.Asio (TLSEAM_TEST_BOOST). Here
// they get one name, and what is made of them a namespace of its own.
#pragma once

#ifdef TLSEAM_TEST_BOOST
#include <boost/asio.hpp>
#include <boost/asio/experimental/as_tuple.hpp>
#include <tlseam/boost_asio.hpp>
namespace net = boost::asio;
using net_error = boost::system::error_code;
using net_exception = boost::system::system_error;
template <class Next>
using tls_over = tlseam::boost_asio_stream<Next>;
#define ASIO_TEST(suite, name) TEST(boost_##suite, name)
#define ASIO_FLAVOUR with_boost_asio
#else
#include <asio.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <tlseam/asio.hpp>
namespace net = asio;
using net_error = std::error_code;
using net_exception = std::system_error;
template <class Next>
using tls_over = tlseam::asio_stream<Next>;
#define ASIO_TEST(suite, name) TEST(suite, name)
#define ASIO_FLAVOUR with_standalone_asio
#endif
