// SPDX-License-Identifier: Apache-2.0
// What is compared: one way to use one TLS library. Each program of bench/ has exactly one.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace bench {

/// One end of a connection over a blocking socket, which it owns. Failures are exceptions.
class connection {
public:
    virtual ~connection() = default;
    virtual void handshake() = 0;
    /// All of it; it is on its way when this returns.
    virtual void write(std::span<const std::byte> data) = 0;
    /// At least a byte. 0: the peer has ended the connection.
    virtual std::size_t read(std::span<std::byte> room) = 0;
    /// All of it, but it may wait for more until flush(). As write() where the library has nothing for this.
    virtual void gather(std::span<const std::byte> data) { write(data); }
    virtual void flush() {}
    /// Ends the connection as the documentation says, without waiting for the peer.
    virtual void close() = 0;
};

using connection_ptr = std::unique_ptr<connection>;

/// Every candidate speaks TLS 1.3 with AES-128-GCM, X25519 and an ECDSA P-256 certificate below an intermediate and a
/// root, and the client verifies chain and name. An empty function: this candidate has no such thing to measure.
struct candidate {
    std::string library;  ///< with its version
    std::function<connection_ptr(int socket)> client = {};
    std::function<connection_ptr(int socket)> server = {};
    /// A client that has been here before: resumes the session of the last such client's connection. Throws in
    /// handshake() when it should have and did not.
    std::function<connection_ptr(int socket)> returning_client = {};
    /// Makes two ends, completes their handshake and carries one byte from the client to the server, in memory.
    std::function<void()> handshake_in_memory = {};
    /// Encrypts a record in place, with a key that is there already: what the library's cipher can do.
    std::function<void(std::span<std::byte> record)> seal = {};
    /// Makes and destroys what a client needs once per program, with the system's trust store.
    std::function<void()> client_context = {};
};

/// Each candidate's own.
[[nodiscard]] candidate make_candidate();

/// A file of certs/, by its name.
[[nodiscard]] std::string certificate_file(const std::string& name);
/// The name on the server's certificate.
inline constexpr const char* server_name = "localhost";

}  // namespace bench
