# SPDX-License-Identifier: Apache-2.0
# `tlseam connect` against servers of others.
import os
import pathlib
import ssl

import sockets
import tap
from process import Process, tool
from tap import case, contains, equal
from tlseam import CERTS, ROOT, Connect, identity, versions

HERE = pathlib.Path(__file__).parent


def openssl_server(version, *options):
    server = Process(tool("openssl"), "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-cert",
                     CERTS / "server.crt", "-key", CERTS / "server.key", "-cert_chain", CERTS / "server.crt",
                     f"-tls{version.replace('.', '_')}", *options)
    return int(server.match(r"^ACCEPT 127\.0\.0\.1:(\d+)").group(1)), server


def negotiated(client, version):
    handshake = client.event("handshake", "stderr")
    equal(handshake["version"], f"TLS {version}", "version seen by connect")
    equal(handshake["verified"], True, "verified")
    equal(handshake["peer_certificates"][0]["subject"], "CN=server", "subject")
    return handshake


@case("openssl s_server -rev turns a line round, {version}")
def openssl_rev(version):
    port, _ = openssl_server(version, "-rev")
    client = Connect(port)
    negotiated(client, version)
    client.write(b"drawer\n")
    client.match("^reward$")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    closed = client.event("closed", "stderr")
    equal((closed["bytes_in"], closed["bytes_out"]), (7, 7), "bytes in and out")


@case("openssl s_server -www answers a request, {version}")
def openssl_www(version):
    port, _ = openssl_server(version, "-www")
    client = Connect(port, "--keep-open")
    client.write(b"GET / HTTP/1.0\r\n\r\n")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    negotiated(client, version)
    contains(client.stdout, b"HTTP/1.0 200 ok", "the answer")
    assert client.stdout.rstrip().endswith(b"</HTML>"), "the page is cut short"


@case("openssl s_server agrees on a protocol and asks for a certificate, {version}")
def openssl_client_certificate(version):
    port, server = openssl_server(version, "-rev", "-alpn", "second", "-Verify", "3", "-CAfile", ROOT,
                                  "-verify_return_error")
    client = Connect(port, "--alpn", "first,second", *identity("client"))
    equal(negotiated(client, version)["alpn"], "second", "protocol")
    client.write(b"drawer\n")
    client.match("^reward$")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    server.match("CN = client", "stderr")


@case("openssl s_server refuses a client without the certificate it asks for, {version}")
def openssl_certificate_missing(version):
    port, _ = openssl_server(version, "-rev", "-Verify", "3", "-CAfile", ROOT, "-verify_return_error")
    failure = Connect(port).failure()
    equal((failure["code"], failure["origin"]), ("alert_received", "peer"), "the error of connect")
    equal(failure["alert"], 116 if version == "1.3" else 40, "alert")


@case("Node answers and ends cleanly, {version}")
def node(version):
    server = Process(tool("node", "nodejs"), HERE / "node_server.js", CERTS / "server.crt", CERTS / "server.key",
                     f"TLSv{version}")
    client = Connect(int(server.match(r"^port (\d+)$").group(1)), "--alpn", "other,echo")
    equal(negotiated(client, version)["alpn"], "echo", "protocol")
    client.write(b"hello")
    client.match("^Node heard hello$")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    equal(server.exit_code(), 0, "exit code of node")


def echo_all(stream):
    """Until close_notify, which it answers."""
    count = 0
    while data := stream.recv(65536):
        stream.sendall(data)
        count += len(data)
    stream.unwrap()
    return count


@case("megabytes pass a Python server unchanged, both ways at once, {version}")
def binary_safe(version):
    server = sockets.tls_server(sockets.server_context(CERTS, version=version), echo_all)
    client = Connect(server.port)
    data = os.urandom(3_000_000) + b"\0\n\r\n\xff\x1a\4"
    client.write(data)
    client.until(lambda: len(client.stdout) >= len(data), "all bytes")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    assert client.stdout == data, "the bytes came back changed"
    equal(server.result(), len(data), "bytes seen by the server")


@case("TLS 1.3: after the end of standard input the answer still arrives")
def half_close():
    def answer_at_the_end(stream):
        question = sockets.receive_all(stream)
        stream.sendall(b"answer to " + question)
        stream.unwrap()

    server = sockets.tls_server(sockets.server_context(CERTS, version="1.3"), answer_at_the_end)
    client = Connect(server.port)
    client.write(b"a question")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    equal(client.stdout, b"answer to a question", "standard output")


@case("a Python server sees the name and the favourite protocol, {version}")
def name_and_protocol(version):
    seen = []
    context = sockets.server_context(CERTS, version=version)
    context.sni_callback = lambda stream, name, _: seen.append(name)
    context.set_alpn_protocols(["h2", "http/1.1"])
    server = sockets.tls_server(context, lambda stream: (stream.selected_alpn_protocol(), echo_all(stream)))
    client = Connect(server.port, "--name", "server.tlseam.test", "--alpn", "http/1.1,h2")
    handshake = negotiated(client, version)
    equal(handshake["server_name"], "server.tlseam.test", "server_name in the event")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    equal(server.result(), ("h2", 0), "protocol seen by the server")
    equal(seen, ["server.tlseam.test"], "names seen by the server")


@case("a Python server sees our client certificate, {version}")
def client_certificate(version):
    context = sockets.server_context(CERTS, version=version)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(ROOT)
    server = sockets.tls_server(context, lambda stream: (stream.getpeercert()["subject"], echo_all(stream)))
    client = Connect(server.port, *identity("client"))
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    equal(server.result()[0], ((("commonName", "client"),),), "subject seen by the server")


@case("a Python server that refuses our certificate tells us by an alert, {version}")
def client_certificate_refused(version):
    context = sockets.server_context(CERTS, version=version)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(ROOT)
    server = sockets.tls_server(context, echo_all)
    client = Connect(server.port, *identity("client-unknown-ca"))
    failure = client.failure()
    equal((failure["code"], failure["alert_name"], failure["origin"]), ("alert_received", "unknown_ca", "peer"),
          "the error of connect")
    equal(client.exit_code(), 1, "exit code of connect")


@case("a Python server that speaks only {version} is understood")
def only_one_version(version):
    other = "1.2" if version == "1.3" else "1.3"
    server = sockets.tls_server(sockets.server_context(CERTS, version=version), echo_all)
    client = Connect(server.port)
    negotiated(client, version)
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")

    server = sockets.tls_server(sockets.server_context(CERTS, version=version), echo_all)
    refused = Connect(server.port, *versions(other)).failure()
    equal((refused["code"], refused["alert_name"]), ("alert_received", "protocol_version"), "the error of connect")


@case("a peer that ends without close_notify is an error, {version}")
def truncated(version):
    server = sockets.tls_server(sockets.server_context(CERTS, version=version), lambda stream: stream.recv(1))
    client = Connect(server.port)
    client.write(b"x")
    failure = client.failure()
    equal(failure["code"], "truncated", "the error of connect")
    equal(client.exit_code(), 1, "exit code of connect")


@case("a peer that ends without close_notify after ours is no error, {version}")
def leaves_after_us(version):
    server = sockets.tls_server(sockets.server_context(CERTS, version=version), sockets.receive_all)
    client = Connect(server.port)
    client.write(b"the last words")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    equal(server.result(), b"the last words", "what the server got")


@case("--insecure accepts any certificate and says so, {version}")
def insecure(version):
    server = sockets.tls_server(sockets.server_context(CERTS, "self-signed", version), echo_all)
    client = Connect(server.port, "--insecure", trust=())
    handshake = client.event("handshake", "stderr")
    equal((handshake["version"], handshake["verified"]), (f"TLS {version}", False), "version and verified")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")


@case("without --ca the system's store decides: SSL_CERT_FILE")
def system_trust():
    server = sockets.tls_server(sockets.server_context(CERTS), echo_all)
    client = Connect(server.port, trust=(), env=os.environ | {"SSL_CERT_FILE": str(ROOT)})
    equal(client.event("handshake", "stderr")["verified"], True, "verified")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")


tap.run()
