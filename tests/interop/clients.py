# SPDX-License-Identifier: Apache-2.0
# Clients of others against `tlseam serve`.
import os
import pathlib
import ssl

import sockets
import tap
from process import Process, finish, tool
from tap import case, contains, equal
from tlseam import CERTS, COMMAND, ROOT, Serve, identity, usable, versions

HERE = pathlib.Path(__file__).parent


def check_served(server, version, echoed):
    """What `serve` must have seen of a client that said hello and goodbye."""
    handshake = server.event("handshake")
    equal(handshake["version"], f"TLS {version}", "version seen by the server")
    closed = server.event("closed")
    equal((closed["bytes_in"], closed["bytes_out"]), (echoed, echoed), "bytes in and out")


@case("curl fetches the page of --mode http, {version}")
def curl(version):
    server = Serve("--mode", "http", "--alpn", "http/1.1")
    fetched = finish(tool("curl"), "--silent", "--show-error", "--noproxy", "*", "--max-time", "30", "--cacert", ROOT,
                     f"--tlsv{version}", "--tls-max", version, "--connect-to", f"::127.0.0.1:{server.port}",
                     "--write-out", "%{http_code} %{http_version}", f"https://localhost:{server.port}/")
    equal(fetched.exit_code(), 0, "exit code of curl")
    contains(fetched.stdout, f"TLS {version}".encode(), "the page")
    assert fetched.stdout.endswith(b"200 1.1"), fetched.stdout
    handshake = server.event("handshake")
    equal((handshake["version"], handshake["alpn"]), (f"TLS {version}", "http/1.1"), "version and alpn")
    server.event("closed")


@case("openssl s_client gets its words back, {version}")
def openssl(version):
    server = Serve()
    client = Process(tool("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost",
                     "-CAfile", ROOT, "-verify_return_error", "-verify_hostname", "localhost", "-quiet", "-no_ign_eof",
                     f"-tls{version.replace('.', '_')}")
    client.write(b"hello from openssl\n")
    client.match("hello from openssl")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of openssl")
    check_served(server, version, len(b"hello from openssl\n"))


def seen_by_s_client(server, version, *more):
    """What s_client prints of a handshake."""
    run = finish(tool("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile", ROOT,
                 "-verify_return_error", f"-tls{version.replace('.', '_')}", *more, stdin=b"Q\n")
    equal(run.exit_code(), 0, "exit code of openssl")
    return run.stdout.decode()


@case("the server signs with the first of its schemes that s_client has, {version}")
def signature_order(version):
    schemes = ("rsa_pss_rsae_sha512", "rsa_pss_rsae_sha256", "rsa_pkcs1_sha256")
    for order in (schemes, schemes[1:] + schemes[:1]):
        server = Serve("--signature-schemes", ",".join(order), cert="server-rsa")
        seen = seen_by_s_client(server, version, "-sigalgs", "RSA+SHA256:RSA-PSS+SHA256:RSA-PSS+SHA512")
        contains(seen, f"Peer signing digest: {order[0][-6:].upper()}\n", "s_client's words")
        contains(seen, "Peer signature type: RSA-PSS\n", "s_client's words")
    contains(seen_by_s_client(Serve(cert="server-rsa"), version), "Peer signature type: RSA-PSS\n", "by default")


@case("the server's order of suites decides, {version}")
def suite_order(version):
    ours, theirs = {
        "1.2": ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                ("-cipher", "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305")),
        "1.3": ("TLS_CHACHA20_POLY1305_SHA256,TLS_AES_128_GCM_SHA256",
                ("-ciphersuites", "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256")),
    }[version]
    server = Serve("--cipher-suites", ours, "--min-version", version, "--max-version", version)
    contains(seen_by_s_client(server, version, *theirs), "CHACHA20", "s_client's words")


@case("gnutls-cli gets its words back, {version}")
def gnutls(version):
    server = Serve()
    client = Process(tool("gnutls-cli", "gnutls-bin"), "--x509cafile", ROOT, "--port", server.port, "--priority",
                     f"NORMAL:-VERS-ALL:+VERS-TLS{version}", "--sni-hostname", "localhost", "--verify-hostname",
                     "localhost", "127.0.0.1")
    client.match("Handshake was completed")
    client.write(b"hello from gnutls\n")
    client.match("^hello from gnutls")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of gnutls-cli")
    check_served(server, version, len(b"hello from gnutls\n"))


@case("Node gets its words back, {version}")
def node(version):
    server = Serve("--alpn", "echo")
    client = finish(tool("node", "nodejs"), HERE / "node_client.js", server.port, ROOT, f"TLSv{version}")
    equal(client.exit_code(), 0, "exit code of node")
    equal(client.stdout, f"TLSv{version} echo hello from node\n".encode(), "output of node")
    check_served(server, version, len(b"hello from node"))


@case("Python gets records of every size back and a clean end, {version}")
def python_echo(version):
    server = Serve()
    stream = sockets.tls_connect(sockets.client_context(ROOT, version), server.port)
    total = 0
    for size in (1, 2, 16383, 16384, 16385, 100000):
        data = os.urandom(size)
        stream.sendall(data)
        assert sockets.receive_exactly(stream, size) == data, f"{size} bytes came back changed"
        total += size
    stream.unwrap().close()  # fails unless the server answers close_notify
    check_served(server, version, total)


@case("Python resumes its session, and both sides know, {version}")
def python_resumes(version):
    server = Serve()
    context = sockets.client_context(ROOT, version)
    session = None
    for resumed in (False, True):
        stream = sockets.tls_connect(context, server.port, session=session)
        stream.sendall(b"again")
        equal(sockets.receive_exactly(stream, 5), b"again", "echo")  # a TLS 1.3 ticket comes before the first data
        session = stream.session
        equal(stream.session_reused, resumed, "resumed, for Python")
        handshake = server.event("handshake")
        equal(handshake["resumed"], resumed, "resumed, for the server")
        equal(len(handshake["local_certificates"]), 0 if resumed else 2, "certificates that the server sent")
        stream.unwrap().close()


for chain in ("server-rsa", "server-ed25519"):
    def key_type(version, chain=chain):
        if not usable(chain):
            refused = finish(COMMAND, "serve", "--listen", "127.0.0.1:0", *identity(chain))
            equal(refused.exit_code(), 2, "exit code")
            return contains(refused.stderr.decode(), "Ed25519", "the refusal")
        server = Serve(cert=chain)
        stream = sockets.tls_connect(sockets.client_context(ROOT, version), server.port)
        stream.sendall(b"key")
        equal(sockets.receive_exactly(stream, 3), b"key", "echo")

    case(f"Python trusts the chain {chain}, {{version}}")(key_type)


@case("one record in is one record out, {version}")
def python_records(version):
    server = Serve()
    transport = sockets.connect(server.port)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = sockets.client_context(ROOT, version).wrap_bio(incoming, outgoing, server_hostname="localhost")

    def drive(step):
        """Runs a step to its end; gives its result and what came from the server."""
        received = b""
        while True:
            try:
                result = step()
                transport.sendall(outgoing.read())
                return result, received
            except ssl.SSLWantReadError:
                transport.sendall(outgoing.read())
                data = transport.recv(65536)
                assert data, "the server ended"
                received += data
                incoming.write(data)

    drive(tls.do_handshake)
    tls.write(b"x")
    drive(lambda: tls.read(1))  # session tickets are behind us now
    for size in (1, 1000, 16384):
        tls.write(b"r" * size)
        answer, received = drive(lambda: tls.read(size))
        equal(len(answer), size, "bytes that came back in the first record")
        record = 5 + int.from_bytes(received[3:5], "big")
        equal(len(received), record, f"bytes on the wire for {size}, against the length of one record")


@case("Python and the server agree on the server's favourite protocol, {version}")
def python_alpn(version):
    server = Serve("--alpn", "second,first")
    context = sockets.client_context(ROOT, version)
    context.set_alpn_protocols(["first", "second", "third"])
    stream = sockets.tls_connect(context, server.port)
    equal(stream.selected_alpn_protocol(), "second", "protocol seen by Python")
    equal(server.event("handshake")["alpn"], "second", "protocol seen by the server")
    stream.unwrap().close()


@case("Python without a common protocol is refused, {version}")
def python_alpn_mismatch(version):
    server = Serve("--alpn", "ours")
    context = sockets.client_context(ROOT, version)
    context.set_alpn_protocols(["theirs"])
    try:
        sockets.tls_connect(context, server.port)
        raise AssertionError("the handshake succeeded")
    except ssl.SSLError as refusal:
        contains(str(refusal), "no application protocol", "Python's error")
    failure = server.event("error")
    equal((failure["code"], failure["alert"]), ("no_application_protocol", 120), "the server's error")
    server.still_serves()


@case("Python shows a client certificate, {version}")
def python_client_certificate(version):
    server = Serve("--client-ca", ROOT, "--client-auth", "required")
    context = sockets.client_context(ROOT, version)
    context.load_cert_chain(CERTS / "client.crt", CERTS / "client.key")
    stream = sockets.tls_connect(context, server.port)
    stream.sendall(b"it is me")
    equal(sockets.receive_exactly(stream, 8), b"it is me", "echo")
    stream.unwrap().close()
    handshake = server.event("handshake")
    equal(handshake["verified"], True, "verified")
    equal(handshake["peer_certificates"][0]["subject"], "CN=client", "subject")


@case("a kept session never stands in for the client's certificate, {version}")
def python_client_certificate_again(version):
    server = Serve("--client-ca", ROOT)
    context = sockets.client_context(ROOT, version)
    context.load_cert_chain(CERTS / "client.crt", CERTS / "client.key")
    session = None
    for _ in range(2):
        stream = sockets.tls_connect(context, server.port, session=session)
        stream.sendall(b"it is me")
        equal(sockets.receive_exactly(stream, 8), b"it is me", "echo")
        session = stream.session
        equal(stream.session_reused, False, "resumed, for Python")
        stream.unwrap().close()
        handshake = server.event("handshake")
        equal((handshake["resumed"], handshake["verified"]), (False, True), "resumed and verified, for the server")
        equal(handshake["peer_certificates"][0]["subject"], "CN=client", "subject")


def refused(server, context):
    """A handshake that the server refuses. In TLS 1.3 the client learns it when it first reads."""
    try:
        stream = sockets.tls_connect(context, server.port)
        stream.sendall(b"x")
        answer = stream.recv(1)
    except (ssl.SSLError, ConnectionError):
        return server.event("error")
    raise AssertionError(f"the server went on and said {answer!r}")


@case("Python without the required certificate is refused, {version}")
def python_without_certificate(version):
    server = Serve("--client-ca", ROOT)  # required is the default then
    failure = refused(server, sockets.client_context(ROOT, version))
    equal(failure["code"], "certificate_required", "the server's error")
    equal(failure["alert"], 116 if version == "1.3" else 40, "alert (RFC 8446 4.4.2.4, RFC 5246 7.4.6)")


@case("an optional certificate may be missing, {version}")
def python_optional_certificate(version):
    server = Serve("--client-ca", ROOT, "--client-auth", "optional")
    stream = sockets.tls_connect(sockets.client_context(ROOT, version), server.port)
    stream.sendall(b"nobody")
    equal(sockets.receive_exactly(stream, 6), b"nobody", "echo")
    handshake = server.event("handshake")
    equal((handshake["verified"], handshake["peer_certificates"]), (False, []), "verified and certificates")


for name, reason in (("client-unknown-ca", "unknown_ca"), ("client-expired", "expired"),
                     ("client-wrong-purpose", "wrong_purpose")):
    for mode in ("required", "optional"):
        def wrong_certificate(version, name=name, reason=reason, mode=mode):
            server = Serve("--client-ca", ROOT, "--client-auth", mode)
            context = sockets.client_context(ROOT, version)
            context.load_cert_chain(CERTS / f"{name}.crt", CERTS / f"{name}.key")
            failure = refused(server, context)
            equal((failure["code"], failure["cert_code"]), ("certificate_refused", reason), "the server's error")

        case(f"--client-auth {mode} refuses {name}: {reason}, {{version}}")(wrong_certificate)


@case("serve speaks only {version} when told so")
def only_one_version(version):
    server = Serve(*versions(version))
    other = "1.2" if version == "1.3" else "1.3"
    try:
        sockets.tls_connect(sockets.client_context(ROOT, other), server.port)
        raise AssertionError("the handshake succeeded")
    except ssl.SSLError as refusal:
        contains(str(refusal).upper(), "PROTOCOL", "Python's error")
    equal(server.event("error")["code"], "no_shared_version", "the server's error")
    equal(sockets.tls_connect(sockets.client_context(ROOT, version), server.port).version(), f"TLSv{version}", "version")


tap.run()
