// SPDX-License-Identifier: Apache-2.0
// Poco NetSSL as its documentation shows it: a SecureStreamSocket attached to a connected socket; a FIFOBuffer, which
// sendBytes() takes, where data may wait.
#include <optional>

#include <Poco/FIFOBuffer.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <Poco/Version.h>
#include <openssl/crypto.h>

#include "bench/candidates/openssl.hpp"

namespace bench {
namespace {

using Poco::Net::Context;
using Poco::Net::SecureStreamSocket;
using Poco::Net::Session;
using Poco::Net::StreamSocket;

/// What Poco throws says only its kind in what().
template <class Work>
auto readable(Work work) {
    try {
        return work();
    } catch (const Poco::Exception& problem) {
        throw std::runtime_error(problem.displayText());
    }
}

/// Any socket by its number: only the implementation class takes one, and StreamSocket only gives it to those below.
class adopted_socket final : public StreamSocket {
public:
    explicit adopted_socket(int socket) : StreamSocket(new Poco::Net::StreamSocketImpl(socket)) {}
};

class poco_connection : public connection {
public:
    poco_connection(Context::Ptr context, int socket) : context_(std::move(context)), plain_(socket) {}
    ~poco_connection() override { plain_.close(); }
    poco_connection(const poco_connection&) = delete;
    poco_connection& operator=(const poco_connection&) = delete;
    void handshake() override {
        readable([&] {
            if (context_->isForServerUse()) {
                secure_ = SecureStreamSocket::attach(plain_, context_);
                secure_->completeHandshake();
            } else {
                secure_ = SecureStreamSocket::attach(plain_, server_name, context_, session_);
            }
        });
    }
    void write(std::span<const std::byte> data) override {
        flush();
        const int size = static_cast<int>(data.size());
        if (readable([&] { return secure_->sendBytes(data.data(), size); }) != size) {
            throw std::runtime_error("sendBytes: not all");
        }
    }
    std::size_t read(std::span<std::byte> room) override {
        return readable([&] {
            return static_cast<std::size_t>(secure_->receiveBytes(room.data(), static_cast<int>(room.size())));
        });
    }
    void gather(std::span<const std::byte> data) override {
        if (data.size() >= record) return write(data);
        if (!gathered_) gathered_.emplace(record);
        const auto* text = reinterpret_cast<const char*>(data.data());
        for (std::size_t taken = 0; taken < data.size();) {
            if (gathered_->isFull()) flush();
            taken += gathered_->write(text + taken, data.size() - taken);
        }
    }
    void flush() override {
        while (gathered_ && !gathered_->isEmpty()) {
            readable([&] { return secure_->sendBytes(*gathered_); });
        }
    }
    void close() override { secure_->close(); }

protected:
    [[nodiscard]] SecureStreamSocket& secure() { return *secure_; }
    Session::Ptr session_ = {};

private:
    static constexpr std::size_t record = 16384;
    Context::Ptr context_;
    adopted_socket plain_;
    std::optional<SecureStreamSocket> secure_ = {};
    std::optional<Poco::FIFOBuffer> gathered_ = {};
};

/// Keeps the session of a connection for the next one, as SecureStreamSocket's documentation says.
class returning_poco_connection final : public poco_connection {
public:
    returning_poco_connection(Context::Ptr context, int socket, std::shared_ptr<Session::Ptr> last)
        : poco_connection(std::move(context), socket), last_(std::move(last)) {
        session_ = *last_;
    }
    void handshake() override {
        poco_connection::handshake();
        if (session_ && !secure().sessionWasReused()) throw std::runtime_error("the session was not resumed");
    }
    void close() override {
        *last_ = secure().currentSession();
        poco_connection::close();
    }

private:
    std::shared_ptr<Session::Ptr> last_;
};

Context::Ptr make_context(Context::Usage usage, Context::Params settings) {
    settings.ecdhCurve = "X25519";
    Context::Ptr made = new Context(usage, settings);
    made->requireMinimumProtocol(Context::PROTO_TLSV1_3);
    set_openssl_parameters(made->sslContext());
    return made;
}

Context::Ptr client_context() {
    Context::Params settings;
    settings.caLocation = certificate_file("root.crt");
    settings.verificationMode = Context::VERIFY_STRICT;  // anything less does not check the name when it is localhost
    return make_context(Context::TLS_CLIENT_USE, settings);
}

Context::Ptr server_context() {
    Context::Params settings;
    settings.certificateFile = certificate_file("server.crt");
    settings.privateKeyFile = certificate_file("server.key");
    settings.verificationMode = Context::VERIFY_NONE;
    return make_context(Context::TLS_SERVER_USE, settings);
}

std::string version() {
    const auto part = [](unsigned shift) { return std::to_string(POCO_VERSION >> shift & 0xffU); };
    return part(24) + "." + part(16) + "." + part(8);
}

}  // namespace

candidate make_candidate() {
    Poco::Net::initializeSSL();
    const auto client = readable(client_context), server = readable(server_context);
    Context::Ptr returning = readable(client_context);
    returning->enableSessionCache();
    const auto last = std::make_shared<Session::Ptr>();
    return {
        .library = "Poco " + version() + " on " + OpenSSL_version(OPENSSL_VERSION),
        .client = [=](int socket) { return std::make_unique<poco_connection>(client, socket); },
        .server = [=](int socket) { return std::make_unique<poco_connection>(server, socket); },
        .returning_client =
            [=](int socket) { return std::make_unique<returning_poco_connection>(returning, socket, last); },
        .client_context =
            [] {
                Context::Params settings;
                settings.loadDefaultCAs = true;
                const Context::Ptr made = new Context(Context::TLS_CLIENT_USE, settings);
            },
    };
}

}  // namespace bench
