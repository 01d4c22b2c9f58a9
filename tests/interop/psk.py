# SPDX-License-Identifier: Apache-2.0
# Pre-shared keys of TLS 1.3 against openssl and gnutls. Our side is the program of ../pairs; exported keys prove that both
# ends have the same secrets. These tools know keys for SHA-256 only.
import pathlib
import sys

import sockets
import tap
from process import TIMEOUT, Process, tool
from tap import case, equal
from tlseam import CERTS, PEER

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "pairs"))

import peers  # noqa: E402

LABEL = "EXPERIMENTAL-tlseam-interop"
SIZE = 48
IDENTITY, KEY, OTHER_KEY = "device 17", "5a" * 32, "5b" * 32
GNUTLS = ("--priority=NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK",)


class OurSide:
    """peer-<backend> at one end of a TCP connection, without any certificate."""

    def __init__(self, role, connection, key=KEY, **more):
        psk = {"identity": IDENTITY, "key": key, "hash": "SHA-256"}
        settings = {"role": role, "min": "1.3", "max": "1.3", "exporter": True, **more}
        settings |= {"psk": psk} if role == "client" else {"psks": [psk]}
        self._peer = peers.Peer(PEER, CERTS)
        tap.cleanup.callback(self._peer.stop)
        export = {"do": "export", "label": LABEL, "size": SIZE}
        self._peer.ask({"settings": settings, "names": {}, "patience_ms": TIMEOUT * 1000,
                        "steps": [{"do": "handshake"}, export, {"do": "close_write"}]}, connection)
        connection.close()

    def key(self):
        """What was exported, after a handshake with the key."""
        answer = self._peer.answer()
        assert "error" not in answer["steps"][0], answer["steps"][0]
        equal(answer["info"]["psk_identity"], IDENTITY, "psk_identity")
        equal(answer["info"]["peer_certificates"], [], "the peer's certificates")
        return answer["steps"][1]["key"]

    def error(self):
        error = self._peer.answer()["steps"][0]["error"]
        return error["code"], error["alert"]


def key_in(process, words):
    """The key that a program shows behind these words."""
    return process.match(f"{words}: ([0-9a-fA-F]{{{2 * SIZE}}})").group(1).decode().lower()


def listening():
    server = tap.cleanup.enter_context(sockets.socket.create_server(("127.0.0.1", 0)))
    server.settimeout(TIMEOUT)
    return server


def openssl_client(server, *options, key=KEY):
    return Process(tool("openssl"), "s_client", "-connect", f"127.0.0.1:{server.getsockname()[1]}", "-tls1_3", "-psk",
                   key, "-psk_identity", IDENTITY, "-keymatexport", LABEL, "-keymatexportlen", SIZE, *options)


def openssl_server(*options, key=KEY):
    server = Process(tool("openssl"), "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-tls1_3",
                     "-psk", key, "-psk_identity", IDENTITY, "-keymatexport", LABEL, "-keymatexportlen", SIZE, *options)
    return server, int(server.match(r"^ACCEPT 127\.0\.0\.1:(\d+)").group(1))


@case("our server and openssl s_client")
def s_client():
    server = listening()
    client = openssl_client(server)
    equal(OurSide("server", server.accept()[0]).key(), key_in(client, "Keying material"), "the key")


@case("our server and openssl s_client, after a second hello")
def s_client_retried():
    server = listening()
    client = openssl_client(server, "-groups", "X25519:P-384")
    ours = OurSide("server", server.accept()[0], groups=["secp384r1"])
    equal(ours.key(), key_in(client, "Keying material"), "the key")


@case("our server and an openssl s_client with another key")
def s_client_wrong():
    server = listening()
    openssl_client(server, key=OTHER_KEY)
    equal(OurSide("server", server.accept()[0]).error(), ("psk_refused", 51), "code and alert")


@case("our client and openssl s_server without a certificate")
def s_server():
    server, port = openssl_server("-nocert")
    equal(OurSide("client", sockets.connect(port)).key(), key_in(server, "Keying material"), "the key")


@case("our client and openssl s_server, after a second hello")
def s_server_retried():
    server, port = openssl_server("-nocert", "-groups", "P-384")
    equal(OurSide("client", sockets.connect(port)).key(), key_in(server, "Keying material"), "the key")


@case("our client and an openssl s_server with another key")
def s_server_wrong():
    _, port = openssl_server("-nocert", key=OTHER_KEY)
    code, alert = OurSide("client", sockets.connect(port)).error()
    equal(code, "alert_received", "code")
    assert alert in (47, 51), alert  # OpenSSL 3.0 and newer ones


@case("our client and an openssl s_server that has a certificate and no key")
def s_server_with_certificate():
    server = Process(tool("openssl"), "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-tls1_3", "-cert",
                     CERTS / "server.crt", "-key", CERTS / "server.key")
    port = int(server.match(r"^ACCEPT 127\.0\.0\.1:(\d+)").group(1))
    equal(OurSide("client", sockets.connect(port)).error(), ("psk_refused", 40), "code and alert")


@case("our server and gnutls-cli")
def gnutls_cli():
    server = listening()
    client = Process(tool("gnutls-cli", "gnutls-bin"), "--port", server.getsockname()[1], "127.0.0.1", *GNUTLS,
                     "--pskusername", IDENTITY, "--pskkey", KEY, "--keymatexport", LABEL, "--keymatexportsize", SIZE)
    equal(OurSide("server", server.accept()[0]).key(), key_in(client, "Key material"), "the key")


@case("our client and gnutls-serv")
def gnutls_serv():
    directory = sockets.tempfile.TemporaryDirectory()
    keys = pathlib.Path(tap.cleanup.enter_context(directory)) / "keys"
    keys.write_text(f"{IDENTITY}:{KEY}\n", encoding="ascii")
    port = sockets.free_port()
    Process(tool("gnutls-serv", "gnutls-bin"), "--port", port, "--echo", "--pskpasswd", keys, *GNUTLS)
    OurSide("client", sockets.connect_patiently(port)).key()


tap.run()
