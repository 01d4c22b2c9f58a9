# SPDX-License-Identifier: Apache-2.0
# `tlseam compare --listen`: clients of others, each library their server in turn.
import json
import os
import pathlib
import signal
import socket
import ssl
import struct

import children
import local_servers
import process
import sockets
import tap
from front import CERTS, FRONT, ROOT, programs
from tap import case, contains, equal

BACKENDS = list(programs())


class Listening(process.Process):
    """One that has said where it listens."""

    def __init__(self, *options, cert="server", json_wanted=True, listen="127.0.0.1:0"):
        self.json_wanted = json_wanted
        super().__init__(FRONT, "compare", "--listen", listen, "--cert", CERTS / f"{cert}.crt", "--key",
                         CERTS / f"{cert}.key", *options, *(["--json"] if json_wanted else []))
        self.port = int(self.match(r"^Listening on \S+:(\d+)\.", "stderr").group(1))

    def result(self, code=0):
        equal(self.exit_code(), code, "exit code")
        return json.loads(self.stdout)

    def turns(self):
        """One for each library, when it waits."""
        for number, backend in enumerate(BACKENDS, 1):
            self.match(rf"^{number}/{len(BACKENDS)} waiting for a client of {backend} ", "stderr")
            yield backend


def served(result, **expected):
    equal([each["backend"] for each in result["backends"]], BACKENDS, "libraries")
    for each in result["backends"]:
        equal(each["error"], None, "error")
        for name, value in expected.items():
            equal(each["handshake"][name], value, f"{name} with {each['backend']}")
        assert each["timings_ms"]["handshake"] > 0, each["timings_ms"]
        more = each["bytes"]["received"] - each["offered"]["bytes"]
        assert 0 < more < 3000, each["bytes"]
        if each["handshake"]["version"] == "TLS 1.3" and not each["handshake"]["peer_certificates"]:
            assert more in local_servers.FINISHED, f"{more} bytes behind the hello: more than a Finished, or less"
        assert 500 < each["bytes"]["sent"] < 8000, each["bytes"]
    return result


def failed(result, **expected):
    equal([each["backend"] for each in result["backends"]], BACKENDS, "libraries")
    for each in result["backends"]:
        for name, value in expected.items():
            equal(each["error"][name], value, f"{name} with {each['backend']}")
    return result


def python_client(port, context=None, name="localhost"):
    """What it gets for a request, up to the end."""
    context = context or sockets.client_context(ROOT)
    with socket.create_connection(("127.0.0.1", port), process.TIMEOUT) as connection:
        with context.wrap_socket(connection, server_hostname=name) as stream:
            stream.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return sockets.receive_all(stream)


@case("Python, {version}: what it offers is the same each time, and it is served a page")
def python(version):
    server = Listening("--alpn", "http/1.1")
    context = sockets.client_context(ROOT, version)
    context.set_alpn_protocols(["h2", "http/1.1"])
    for backend in server.turns():
        contains(python_client(server.port, context), b"with " + backend.encode(), "the page")
    result = served(server.result(), version=f"TLS {version}", alpn="http/1.1", resumed=False)
    equal([field for field in result["differences"] if field.startswith("offered")], [], "differences in the offer")
    for each in result["backends"]:
        equal((each["offered"]["alpn"], each["offered"]["server_name"]), (["h2", "http/1.1"], "localhost"), "offer")
        contains(each["peer"], "127.0.0.1:", "peer")


@case("openssl s_client, {version}")
def s_client(version):
    server = Listening()
    for _ in server.turns():
        client = process.finish(process.tool("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile",
                                ROOT, "-verify_return_error", "-servername", "localhost",
                                f"-tls{version.replace('.', '_')}")
        equal(client.exit_code(), 0, "exit code of s_client")
    served(server.result(), version=f"TLS {version}")


@case("curl")
def curl():
    server = Listening("--alpn", "http/1.1")
    for backend in server.turns():
        client = process.finish(process.tool("curl"), "--silent", "--cacert", ROOT, "--resolve",
                                f"localhost:{server.port}:127.0.0.1", f"https://localhost:{server.port}/")
        equal(client.exit_code(), 0, "exit code of curl")
        contains(client.stdout, backend.encode(), "the page")
    served(server.result(), alpn="http/1.1")


@case("gnutls-cli, with protocols that it and the servers know")
def gnutls():
    server = Listening("--alpn", "h2")
    for _ in server.turns():
        client = process.finish(process.tool("gnutls-cli", "gnutls-bin"), "--x509cafile", ROOT, "--alpn", "h2",
                                "--sni-hostname", "localhost", "--verify-hostname", "localhost", "--port", server.port,
                                "127.0.0.1")
        equal(client.exit_code(), 0, "exit code of gnutls-cli")
    served(server.result(), alpn="h2")


@case("a client that refuses the certificate: its alert")
def refused():
    server = Listening()
    for _ in server.turns():
        try:
            python_client(server.port, sockets.client_context(CERTS / "other-root.crt"))
            raise AssertionError("the client was satisfied")
        except ssl.SSLCertVerificationError:
            pass
    failed(server.result(code=1), code="alert_received", alert_name="unknown_ca", origin="peer")


@case("client certificates: verified, refused, missing, {version}")
def client_certificates(version):
    for cert, error in (("client", None), ("client-unknown-ca", "unknown_ca"), (None, "")):
        server = Listening("--client-ca", ROOT)
        context = sockets.client_context(ROOT, version)
        if cert:
            context.load_cert_chain(CERTS / f"{cert}.crt", CERTS / f"{cert}.key")
        for _ in server.turns():
            try:
                python_client(server.port, context)
            except (ssl.SSLError, ConnectionError):
                pass
        if error is None:
            result = served(server.result(), version=f"TLS {version}", verified=True)
            equal([each["handshake"]["peer_certificates"][0]["subject"] for each in result["backends"]],
                  ["CN=client"] * len(BACKENDS), "subjects")
        else:
            code = "certificate_refused" if error else "certificate_required"
            failed(server.result(code=1), code=code, cert_code=error or None)


@case("plain HTTP, and one that comes and leaves without a word, who is no client")
def others():
    server = Listening()
    for _ in server.turns():
        before = server.stderr.count(b"still waiting")
        hasty = socket.create_connection(("127.0.0.1", server.port))
        hasty.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # ends with a reset
        hasty.close()
        server.until(lambda: server.stderr.count(b"still waiting") > before, "a word on who left")
        with sockets.connect(server.port) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            sockets.receive_all(connection)
    result = failed(server.result(code=1), code="plaintext_http")
    equal([each["offered"]["malformed"] for each in result["backends"]], ["it speaks plain HTTP"] * len(BACKENDS), "offer")


@case("a client that stays silent in its handshake: --timeout")
def silent():
    server = Listening("--timeout", "0.5", "--backend", BACKENDS[0])
    connection = sockets.connect(server.port)
    connection.sendall(b"\x16\x03\x01")
    result = server.result(code=1)
    equal(result["backends"][0]["error"]["code"], "timed_out", "error")
    equal(result["backends"][0]["offered"], None, "no hello was complete")


@case("a client that stays after its handshake does not hold up the others")
def stays():
    server = Listening()
    context = sockets.client_context(ROOT)
    for _ in server.turns():
        sockets.tls_connect(context, server.port)  # open until the case ends
    served(server.result())


@case("a key that some library cannot use: it gets no client, the others do")
def unusable_key():
    def schemes(backend):
        return json.loads(process.finish(programs()[backend], "info", "--json").stdout)["signature_schemes"]

    able = [backend for backend in BACKENDS if "ed25519" in schemes(backend)]
    server = Listening(cert="server-ed25519") if able else None
    if server is None:
        return  # nobody would listen
    for backend in able:
        server.match(rf"/{len(BACKENDS)} waiting for a client of {backend} ", "stderr")
        python_client(server.port)
    result = server.result(code=0 if able == BACKENDS else 3)
    for each in result["backends"]:
        equal(each["error"]["code"] if each["error"] else None, None if each["backend"] in able else "unsupported",
              f"error of {each['backend']}")


@case("for people: what to do, and one table")
def for_people():
    server = Listening(json_wanted=False)
    contains(server.stderr, b"Connect your client", "instructions")
    for _ in server.turns():
        python_client(server.port)
    equal(server.exit_code(), 0, "exit code")
    text = server.stdout.decode()
    for part in ("Offered by the client", "Negotiated", "TLS 1.3", *BACKENDS):
        contains(text, part, "the table")
    assert max(map(len, text.splitlines())) <= 100, "it is too wide"


@case("Ctrl-C: the table of those who came, exit code 130, and no program is left")
def interrupted():
    server = Listening()
    turns = server.turns()
    next(turns)
    python_client(server.port)
    next(turns)
    left = children.of(server)
    equal(len(left), 1, "programs of libraries")
    server.signal(signal.SIGINT)
    equal([each["backend"] for each in server.result(code=130)["backends"]], BACKENDS[:1], "libraries")
    children.all_gone(left)


@case("Ctrl-C while a client is in its handshake, and before any came")
def interrupted_early():
    for talks, first in ((True, False), (False, False), (True, True)):
        server = Listening()
        left = children.of(server)
        if talks:
            connection = sockets.connect(server.port)
            connection.sendall(b"\x16\x03\x01")
        if first:  # the library's program hears of it before tlseam does
            os.kill(left[0], signal.SIGINT)
        else:
            server.signal(signal.SIGINT)
        equal((server.exit_code(), server.stdout), (130, b""), "exit code and output")
        children.all_gone(left)


@case("an address in use, files that are none: nothing is served")
def wrong():
    def fails(*options, code, names, listen="127.0.0.1:0", cert=CERTS / "server.crt"):
        run = process.finish(FRONT, "compare", "--listen", listen, "--cert", cert, "--key", CERTS / "server.key", *options)
        equal((run.exit_code(), run.stdout), (code, b""), "exit code and output")
        for name in names:
            contains(run.stderr.decode(), str(name), "the sentence")

    taken = tap.cleanup.enter_context(socket.create_server(("127.0.0.1", 0)))
    where = f"127.0.0.1:{taken.getsockname()[1]}"
    fails(listen=where, code=2, names=[where, "in use"])
    fails(listen="no-such-host.invalid:1", code=2, names=["no-such-host.invalid"])
    fails(listen="127.0.0.1:65536", code=2, names=["65536"])
    fails(cert=CERTS / "no-such-file", code=2, names=["--cert", "no-such-file"])
    fails(cert=CERTS, code=2, names=["directory"])
    fails(cert=CERTS / "crl.pem", code=2, names=["crl.pem"])
    fails("--client-ca", pathlib.Path("/"), code=2, names=["--client-ca"])
    fails("--alpn", "one,,two", code=2, names=["alpn"])


tap.run()
