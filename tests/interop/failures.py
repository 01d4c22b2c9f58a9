# SPDX-License-Identifier: Apache-2.0
# Each failure has its own code, a sentence that names the file or the peer, the right exit code, and no effect on the
# next client.
import contextlib
import socket

import sockets
import tap
from tap import case, contains, equal
from tlseam import ROOT, Connect, Serve, supports, versions


def check(failure, code, origin, cert_code=None, names=()):
    equal(failure["code"], code, "code")
    equal(failure["cert_code"], cert_code, "cert_code")
    equal(failure["origin"], origin, "origin")
    for name in names:
        contains(failure["detail"], str(name), "the sentence")


# ---- certificates ----

CERTIFICATES = (
    # chain, name to ask for, cert_code, alert that the server gets
    ("wrong-name", "localhost", "name_mismatch", None),
    ("cn-only", "localhost", "name_mismatch", None),
    ("expired", "localhost", "expired", "certificate_expired"),
    ("not-yet-valid", "localhost", "not_yet_valid", None),
    ("unknown-ca", "localhost", "unknown_ca", "unknown_ca"),
    ("self-signed", "localhost", "self_signed", None),
    ("missing-intermediate", "localhost", "unknown_ca", "unknown_ca"),
    ("wrong-purpose", "localhost", "wrong_purpose", None),
)


def refused_certificate(version, chain, name, cert_code, alert):
    server = Serve(cert=chain)
    client = Connect(server.port, "--name", name, *versions(version))
    failure = client.failure()
    check(failure, "certificate_refused", "local", cert_code, [f"127.0.0.1:{server.port}"])
    equal(client.exit_code(), 1, "exit code of connect")
    equal(client.stdout, b"", "standard output")
    seen = server.event("error")
    equal((seen["code"], seen["origin"]), ("alert_received", "peer"), "the server's error")
    equal(seen["alert_name"], failure["alert_name"], "alert sent and received")
    if not supports("certificate_alerts"):
        assert failure["alert_name"] in ("unknown_ca", "bad_certificate"), failure
    elif alert:
        equal(failure["alert_name"], alert, "alert")
    contains(seen["detail"], seen["peer"], "the server's sentence")


for row in CERTIFICATES:
    case(f"connect refuses {row[0]}: {row[2]}, {{version}}")(
        lambda version, row=row: refused_certificate(version, *row))


@case("a server with the wrong name for one client serves the next one under its own")
def wrong_name_and_on():
    server = Serve(cert="wrong-name")
    Connect(server.port).failure()
    server.event("error")
    server.still_serves("other.tlseam.test")


# ---- not TLS ----


@case("serve answers plain HTTP with its own error and goes on")
def http_to_serve():
    server = Serve()
    transport = sockets.connect(server.port)
    transport.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    sockets.receive_all(transport)
    failure = server.event("error")
    check(failure, "plaintext_http", "local", names=[failure["peer"]])
    server.still_serves()


@case("serve answers garbage with its own error and goes on")
def garbage_to_serve():
    server = Serve()
    transport = sockets.connect(server.port)
    transport.sendall(b"SSH-2.0-OpenSSH_9.2\r\n" + bytes(range(256)))
    with contextlib.suppress(ConnectionError):
        sockets.receive_all(transport)
    failure = server.event("error")
    check(failure, "not_tls", "local", names=[failure["peer"]])
    server.still_serves()


@case("connect to a port that speaks plain HTTP")
def http_server():
    server = sockets.Server(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    client = Connect(server.port)
    check(client.failure(), "plaintext_http", "local", names=[f"127.0.0.1:{server.port}"])
    equal(client.exit_code(), 1, "exit code")


@case("connect to a port that answers garbage")
def garbage_server():
    server = sockets.Server(lambda connection: connection.sendall(b"220 mail.example.com ESMTP\r\n"))
    client = Connect(server.port)
    check(client.failure(), "not_tls", "local", names=[f"127.0.0.1:{server.port}"])
    equal(client.exit_code(), 1, "exit code")


# ---- peers that go away ----


def cut_in_a_record(version, reset):
    server = Serve(*versions(version))
    proxy = sockets.CuttingProxy(server.port, more=1000, reset=reset)
    client = Connect(proxy.port)
    client.write(b"hello")
    client.match("hello")
    proxy.cut()
    client.write(b"x" * 16384)  # comes back as one record, of which 1,000 bytes pass
    failure = client.failure()
    equal(client.stdout, b"hello", "nothing of the cut record may come out")
    equal(client.exit_code(), 1, "exit code of connect")
    seen = server.event("error")
    server.still_serves()
    return failure, seen, proxy.port


@case("the connection ends in the middle of a record, {version}")
def cut(version):
    failure, seen, port = cut_in_a_record(version, reset=False)
    check(failure, "truncated", "peer", names=[f"127.0.0.1:{port}"])
    check(seen, "truncated", "peer", names=[seen["peer"]])


@case("the connection is reset in the middle of a record, {version}")
def reset(version):
    failure, seen, port = cut_in_a_record(version, reset=True)
    check(failure, "connection_reset", "system", names=[f"127.0.0.1:{port}"])
    check(seen, "connection_reset", "system", names=[seen["peer"]])


@case("the server goes away in the handshake, {version}")
def cut_handshake(version):
    server = Serve(*versions(version))
    proxy = sockets.CuttingProxy(server.port, more=100)
    proxy.cut()
    client = Connect(proxy.port)
    check(client.failure(), "truncated", "peer", names=[f"127.0.0.1:{proxy.port}"])
    equal(client.exit_code(), 1, "exit code")
    check(server.event("error"), "truncated", "peer")
    server.still_serves()


@case("clients that connect and leave at once are no trouble")
def leave_at_once():
    server = Serve()
    for _ in range(20):
        sockets.connect(server.port).close()
    for _ in range(20):
        check(server.event("error"), "truncated", "peer")
    server.still_serves()


@case("nobody listens")
def refused():
    with socket.socket() as reserved:  # bound, never listening: nobody else gets this port
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        client = Connect(port)
        check(client.failure(), "connection_refused", "system", names=[f"127.0.0.1:{port}"])
        equal(client.exit_code(), 2, "exit code")


@case("a server that says nothing costs no more than --timeout")
def silent_server():
    server = sockets.Server(sockets.receive_all)
    client = Connect(server.port, "--timeout", "0.3")
    check(client.failure(), "timed_out", "local")
    equal(client.exit_code(), 1, "exit code")


@case("a client that says nothing costs no more than --handshake-timeout")
def silent_client():
    server = Serve("--handshake-timeout", "0.3")
    transport = sockets.connect(server.port)
    check(server.event("error"), "timed_out", "local")
    sockets.receive_all(transport)
    server.still_serves()


@case("a client that falls silent costs no more than --idle-timeout and reads a clean end, {version}")
def idle_client(version):
    server = Serve("--idle-timeout", "0.3")
    stream = sockets.tls_connect(sockets.client_context(ROOT, version), server.port)
    equal(stream.recv(1), b"", "the server's close_notify")
    check(server.event("error"), "timed_out", "local")
    server.still_serves()


@case("no common version")
def no_common_version():
    server = Serve(*versions("1.3"))
    failure = Connect(server.port, *versions("1.2")).failure()
    check(failure, "alert_received", "peer", names=["protocol_version"])
    equal(failure["alert"], 70, "alert")
    seen = server.event("error")
    check(seen, "no_shared_version", "local")
    equal(seen["alert"], 70, "alert")
    server.still_serves()


@case("no common protocol, {version}")
def no_common_protocol(version):
    server = Serve("--alpn", "ours")
    failure = Connect(server.port, "--alpn", "theirs", *versions(version)).failure()
    check(failure, "alert_received", "peer", names=["no_application_protocol"])
    check(server.event("error"), "no_application_protocol", "local")
    server.still_serves()


@case("the required client certificate is missing, {version}")
def certificate_required(version):
    server = Serve("--client-ca", ROOT)
    client = Connect(server.port, *versions(version))
    failure = client.failure()
    check(failure, "alert_received", "peer")
    equal(failure["alert_name"], "certificate_required" if version == "1.3" else "handshake_failure", "alert")
    equal(client.exit_code(), 1, "exit code")
    check(server.event("error"), "certificate_required", "local")


tap.run()
