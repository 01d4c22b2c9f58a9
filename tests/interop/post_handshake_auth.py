# SPDX-License-Identifier: Apache-2.0
# Client certificates after the handshake (RFC 8446 4.6.2), with Python and openssl s_client. Our side is the program of
# ../pairs.
import concurrent.futures
import pathlib
import ssl
import sys

import sockets
import tap
from process import TIMEOUT, Process, tool
from tap import case, contains, equal
from tlseam import CERTS, PEER, ROOT

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "pairs"))

import peers  # noqa: E402
import scenario  # noqa: E402

CERTIFICATE_REQUIRED = 116
SERVER = {"role": "server", "identity": "server", "client_auth": "on_request", "trust": "root"}
CLIENT = {"role": "client", "identity": "client", "trust": "root", "post_handshake_auth": True}

probe = peers.Peer(PEER, CERTS)
FEATURES = probe.about["features"]
probe.stop()


class OurSide:
    """peer-<backend> at one end of a TCP connection."""

    def __init__(self, settings, connection, *steps):
        self._peer = peers.Peer(PEER, CERTS)
        tap.cleanup.callback(self._peer.stop)
        names = {"server_name": "localhost"} if settings["role"] == "client" else {}
        self._peer.ask({"settings": settings, "names": names, "patience_ms": TIMEOUT * 1000,
                        "steps": [{"do": "handshake"}, *steps]}, connection)
        connection.close()

    def answer(self):
        return self._peer.answer()

    def info(self):
        """After steps that all went well."""
        answer = self.answer()
        for step in answer["steps"]:
            assert "error" not in step, step
        return answer["info"]


def do(word, **words):
    return {"do": word, **words}


def asks(how="required"):
    return do("request_certificate", how=how)


def listening():
    server = tap.cleanup.enter_context(sockets.socket.create_server(("127.0.0.1", 0)))
    server.settimeout(TIMEOUT)
    return server


def python_client(server, *, identity="client", willing=True):
    """In a thread, as its handshake needs our side: reads a byte, sends ten, and reads to the end."""
    context = sockets.client_context(ROOT, "1.3")
    context.post_handshake_auth = willing
    if identity:
        context.load_cert_chain(CERTS / f"{identity}.crt", CERTS / f"{identity}.key")
    raw = sockets.connect(server.getsockname()[1])

    def talk():
        with context.wrap_socket(raw, server_hostname="localhost", suppress_ragged_eofs=False) as stream:
            sockets.receive_exactly(stream, 1)
            stream.sendall(b"0123456789")
            return sockets.receive_all(stream)

    pool = concurrent.futures.ThreadPoolExecutor(1)
    tap.cleanup.callback(pool.shutdown)
    running = pool.submit(talk)
    return lambda: running.result(TIMEOUT)


def has_it():
    """Without the feature, our side refuses the settings: that is all there is to see."""
    if "post_handshake_auth" in FEATURES:
        return True
    for settings in (SERVER, CLIENT):
        ours, theirs = sockets.socket.socketpair()
        with theirs:
            contains(OurSide(settings, ours).answer()["broken"], "post-handshake authentication", "why it is refused")
    return False


def good_client(identity):
    server = listening()
    client = python_client(server, identity=identity)
    ours = OurSide(SERVER, server.accept()[0], asks("required" if identity else "optional"), do("write", size=1),
                   do("read", size=10), do("close_write"))
    info = ours.info()
    equal(client(), b"", "what the client reads behind its answer")
    equal(info["peer_certificates"], scenario.certificates(identity) if identity else [], "the client's certificates")
    equal(info["peer_verified"], bool(identity), "peer_verified")


@case("our server and Python with an ECDSA key")
def ecdsa_client():
    if has_it():
        good_client("client")


@case("our server and Python with an RSA key")
def rsa_client():
    if has_it():
        good_client("client-rsa")


@case("our server and Python without a certificate, which is optional")
def no_client():
    if has_it():
        good_client(None)


def bad_client(identity, code, alert=None):
    server = listening()
    client = python_client(server, identity=identity)
    ours = OurSide(SERVER, server.accept()[0], asks(), do("read", size=1))
    error = ours.answer()["steps"][2]["error"]
    equal(error["code"], code, "our verdict")
    if alert:
        equal(error["alert"], alert, "the alert")
    try:
        client()
    except ssl.SSLError as refusal:
        contains(str(refusal).lower(), "alert", "what Python says")
    else:
        raise AssertionError("Python's client was not told")


@case("our server and a Python client whose certificate has expired")
def expired_client():
    if has_it():
        bad_client("client-expired", "certificate_refused")


@case("our server and a Python client without a certificate, which is required")
def missing_client():
    if has_it():
        bad_client(None, "certificate_required", CERTIFICATE_REQUIRED)


@case("our server and a Python client that has not offered it")
def unwilling_client():
    if not has_it():
        return
    server = listening()
    client = python_client(server, willing=False)
    ours = OurSide(SERVER, server.accept()[0], asks(), do("write", size=1), do("read", size=10), do("close_write"))
    answer = ours.answer()
    equal(answer["steps"][1]["error"]["code"], "unsupported", "the request")
    equal(answer["info"]["peer_verified"], False, "peer_verified")
    equal(client(), b"", "what the client reads")


@case("our server and openssl s_client -enable_pha")
def s_client():
    if not has_it():
        return
    server = listening()
    client = Process(tool("openssl"), "s_client", "-connect", f"127.0.0.1:{server.getsockname()[1]}", "-tls1_3",
                     "-enable_pha", "-cert", CERTS / "client.crt", "-key", CERTS / "client.key", "-cert_chain",
                     CERTS / "client.crt", "-CAfile", ROOT, "-quiet")
    ours = OurSide(SERVER, server.accept()[0], asks(), do("write", size=100), do("read", size=2), do("close_write"))
    client.until(lambda: len(client.stdout) >= 100, "what the server wrote behind its request")
    client.write(b"x\n")
    equal(ours.info()["peer_certificates"][0], scenario.certificates("client")[0], "the client's certificate")


def python_server(*, times=1, trust=ROOT):
    """Asks its client that often, sending a byte and reading one each time. What it knows in the end."""
    context = sockets.server_context(CERTS, version="1.3")
    context.load_verify_locations(trust)
    context.post_handshake_auth = True
    context.verify_mode = ssl.CERT_REQUIRED

    def serve(raw):
        with context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False) as stream:
            equal(stream.getpeercert(), None, "the certificate in the handshake")
            for _ in range(times):
                stream.verify_client_post_handshake()
                stream.sendall(b"x")
                try:
                    sockets.receive_exactly(stream, 1)
                except ssl.SSLError as refusal:
                    # Else the rest of the answer, unread, would reset the connection and destroy the alert.
                    with sockets.socket.socket(fileno=stream.detach()) as rest:
                        rest.settimeout(TIMEOUT)
                        rest.shutdown(sockets.socket.SHUT_WR)
                        sockets.receive_all(rest)
                    return str(refusal)
            return stream.getpeercert(binary_form=True).hex()

    return sockets.Server(serve)


def our_client(server, *steps, **settings):
    return OurSide(CLIENT | settings, sockets.connect(server.port), *steps)


def good_server(identity, times=1):
    server = python_server(times=times)
    steps = [do("read", size=1), do("write", size=1)] * times
    info = our_client(server, *steps, identity=identity).info()
    equal(server.result(), scenario.certificates(identity)[0], "what the server knows")
    equal(info["local_certificates"], scenario.certificates(identity), "what our client has shown")


@case("our client and Python's server, an ECDSA key")
def ecdsa_to_python():
    if has_it():
        good_server("client")


@case("our client and Python's server, an RSA key")
def rsa_to_python():
    if has_it():
        good_server("client-rsa")


@case("our client and a Python server that asks three times")
def three_times():
    if has_it() and "post_handshake_auth_unrestricted" in FEATURES:
        good_server("client", times=3)


@case("our client and a Python server that trusts others")
def refused_by_python():
    if not has_it():
        return
    server = python_server(trust=CERTS / "other-root.crt")
    answer = our_client(server, do("read", size=1), do("read", size=1)).answer()
    assert "broken" not in answer, answer
    error = next(step["error"] for step in answer["steps"] if "error" in step)
    equal((error["code"], error["origin"]), ("alert_received", "peer"), "what our client is told")
    contains(server.result(), "CERTIFICATE_VERIFY_FAILED", "what Python says")


@case("our client has not offered it, and a Python server cannot ask")
def unwilling():
    def serve(raw):
        context = sockets.server_context(CERTS, version="1.3")
        context.load_verify_locations(ROOT)
        context.post_handshake_auth = True
        context.verify_mode = ssl.CERT_REQUIRED
        with context.wrap_socket(raw, server_side=True, suppress_ragged_eofs=False) as stream:
            try:
                stream.verify_client_post_handshake()
            except ssl.SSLError as refusal:
                stream.sendall(b"x")
                return str(refusal)
            raise AssertionError("it could be asked")

    server = sockets.Server(serve)
    settings = {key: value for key, value in CLIENT.items() if key != "post_handshake_auth"}
    OurSide(settings, sockets.connect(server.port), do("read", size=1)).info()
    contains(server.result().lower(), "extension", "what Python says")


tap.run()
