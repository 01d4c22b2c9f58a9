// SPDX-License-Identifier: Apache-2.0
// Qt as its documentation shows it for programs without an event loop: QSslSocket and its waitFor functions.
#include <optional>
#include <stdexcept>

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QThread>
#include <QtNetwork/QSslCertificate>
#include <QtNetwork/QSslCipher>
#include <QtNetwork/QSslConfiguration>
#include <QtNetwork/QSslEllipticCurve>
#include <QtNetwork/QSslKey>
#include <QtNetwork/QSslSocket>

#include "bench/candidate.hpp"

namespace bench {
namespace {

constexpr int patience_ms = 60'000;
constexpr qint64 output_limit = 512 * 1024;  // gathered data waits until there is this much
constexpr auto cipher_suite = "TLS_AES_128_GCM_SHA256";

QString file(const char* name) { return QString::fromStdString(certificate_file(name)); }

class qt_connection final : public connection {
public:
    qt_connection(const QSslConfiguration& settings, int socket, QSslSocket::SslMode role)
        : settings_(settings), descriptor_(socket), role_(role) {}
    ~qt_connection() override {
        if (socket_) here();
    }
    /// Here, because an object of Qt belongs to the thread that makes it.
    void handshake() override {
        socket_.emplace();
        if (!socket_->setSocketDescriptor(descriptor_)) fail("setSocketDescriptor");
        socket_->setSslConfiguration(settings_);
        if (role_ == QSslSocket::SslClientMode) {
            socket_->setPeerVerifyName(server_name);
            socket_->startClientEncryption();
        } else {
            socket_->startServerEncryption();
        }
        if (!socket_->waitForEncrypted(patience_ms)) fail("waitForEncrypted");
        // It does not tell the group of TLS 1.3, but has been allowed only one.
        if (socket_->sessionProtocol() != QSsl::TlsV1_3 || socket_->sessionCipher().name() != cipher_suite) {
            throw std::runtime_error("negotiated: " + socket_->sessionCipher().name().toStdString());
        }
    }
    void write(std::span<const std::byte> data) override {
        put(data);
        flush();
    }
    std::size_t read(std::span<std::byte> room) override {
        QSslSocket& socket = here();
        while (socket.bytesAvailable() == 0) {
            if (socket.waitForReadyRead(patience_ms)) continue;
            if (socket.error() == QAbstractSocket::RemoteHostClosedError && socket.bytesAvailable() == 0) return 0;
            fail("waitForReadyRead");
        }
        const qint64 count = socket.read(reinterpret_cast<char*>(room.data()), static_cast<qint64>(room.size()));
        if (count <= 0) fail("read");
        return static_cast<std::size_t>(count);
    }
    void gather(std::span<const std::byte> data) override {
        put(data);
        if (here().bytesToWrite() >= output_limit) flush();
    }
    void flush() override {
        QSslSocket& socket = here();
        while (socket.bytesToWrite() > 0 || socket.encryptedBytesToWrite() > 0) {
            if (!socket.waitForBytesWritten(patience_ms)) fail("waitForBytesWritten");
        }
    }
    void close() override {
        QSslSocket& socket = here();
        socket.disconnectFromHost();
        if (socket.state() != QAbstractSocket::UnconnectedState) socket.waitForDisconnected(patience_ms);
    }

private:
    /// The measures use a connection in one thread after the other, each of which has ended before the next one
    /// begins. A socket whose thread has ended belongs to none, and then any thread may take it.
    QSslSocket& here() {
        if (socket_->thread() == nullptr) socket_->moveToThread(QThread::currentThread());
        return *socket_;
    }
    void put(std::span<const std::byte> data) {
        const auto size = static_cast<qint64>(data.size());
        if (here().write(reinterpret_cast<const char*>(data.data()), size) != size) fail("write");
    }
    [[noreturn]] void fail(const char* what) const {
        throw std::runtime_error(std::string(what) + ": " + socket_->errorString().toStdString());
    }

    const QSslConfiguration& settings_;
    int descriptor_;
    QSslSocket::SslMode role_;
    std::optional<QSslSocket> socket_ = {};
};

QSslConfiguration common_settings() {
    const QSslCipher suite(cipher_suite);
    const auto group = QSslEllipticCurve::fromShortName("X25519");
    if (suite.isNull() || !group.isValid()) throw std::runtime_error("Qt's OpenSSL has not what is measured");
    QSslConfiguration made;
    made.setProtocol(QSsl::TlsV1_3);
    made.setCiphers({suite});
    made.setEllipticCurves({group});
    return made;
}

QSslConfiguration client_settings() {
    auto made = common_settings();
    made.setCaCertificates(QSslCertificate::fromPath(file("root.crt")));
    made.setPeerVerifyMode(QSslSocket::VerifyPeer);
    return made;
}

QSslConfiguration server_settings() {
    QFile key(file("server.key"));
    if (!key.open(QIODevice::ReadOnly)) throw std::runtime_error("server.key");
    auto made = common_settings();
    made.setLocalCertificateChain(QSslCertificate::fromPath(file("server.crt")));
    made.setPrivateKey(QSslKey(&key, QSsl::Ec));
    made.setPeerVerifyMode(QSslSocket::VerifyNone);
    return made;
}

}  // namespace

candidate make_candidate() {
    static int argc = 1;
    static char name[] = "bench-qt";
    static char* argv[] = {name, nullptr};
    static const QCoreApplication application(argc, argv);
    static const auto client = client_settings(), server = server_settings();
    return {
        .library = std::string("Qt ") + qVersion() + " on " + QSslSocket::sslLibraryVersionString().toStdString(),
        .client = [](int socket) { return std::make_unique<qt_connection>(client, socket, QSslSocket::SslClientMode); },
        .server = [](int socket) { return std::make_unique<qt_connection>(server, socket, QSslSocket::SslServerMode); },
    };
}

}  // namespace bench
