// SPDX-License-Identifier: Apache-2.0
// All of tlseam. Reading order: error, types, certificate, credentials, trust_store, crl_store, verification,
// profile, context, client_hello, key_log, ticket_keys, session, session_cache, settings, connection_info, engine,
// stream, listener, backend.
//
// Conventions, said once:
// - Public functions do not throw. They return result<T>, which must be looked at; or_throw() turns an error into a
//   tlseam::exception. Only functions that return a string or vector by value may throw std::bad_alloc.
// - Strings given to tlseam are copied; spans are only used during the call.
// - Times are std::chrono; sizes are bytes.
// - A class says under "Threads" or in its first line who may use it at once.
#pragma once

#include <tlseam/backend.hpp>          // IWYU pragma: export
#include <tlseam/certificate.hpp>      // IWYU pragma: export
#include <tlseam/client_hello.hpp>     // IWYU pragma: export
#include <tlseam/connection_info.hpp>  // IWYU pragma: export
#include <tlseam/context.hpp>          // IWYU pragma: export
#include <tlseam/credentials.hpp>      // IWYU pragma: export
#include <tlseam/crl_store.hpp>        // IWYU pragma: export
#include <tlseam/engine.hpp>           // IWYU pragma: export
#include <tlseam/error.hpp>            // IWYU pragma: export
#include <tlseam/key_log.hpp>          // IWYU pragma: export
#include <tlseam/listener.hpp>         // IWYU pragma: export
#include <tlseam/profile.hpp>          // IWYU pragma: export
#include <tlseam/psk.hpp>              // IWYU pragma: export
#include <tlseam/session.hpp>          // IWYU pragma: export
#include <tlseam/session_cache.hpp>    // IWYU pragma: export
#include <tlseam/settings.hpp>         // IWYU pragma: export
#include <tlseam/stream.hpp>           // IWYU pragma: export
#include <tlseam/ticket_keys.hpp>      // IWYU pragma: export
#include <tlseam/trust_store.hpp>      // IWYU pragma: export
#include <tlseam/types.hpp>            // IWYU pragma: export
#include <tlseam/verification.hpp>     // IWYU pragma: export
