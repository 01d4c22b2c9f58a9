# SPDX-License-Identifier: Apache-2.0
# Exported keying material against openssl and gnutls, also where a peer does not have the extended master secret. Our side
# is the program of ../pairs: no command shows keys.
import pathlib
import sys

import sockets
import tap
from process import TIMEOUT, Process, tool
from tap import case, equal
from tlseam import CERTS, PEER, ROOT

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "pairs"))

import peers  # noqa: E402

LABEL = "EXPERIMENTAL-tlseam-interop"
SIZE = 48
EXPORT = {"do": "export", "label": LABEL, "size": SIZE}


class OurSide:
    """peer-<backend> at one end of a TCP connection."""

    def __init__(self, role, version, connection):
        settings = {"role": role, "min": version, "max": version, "exporter": True}
        settings |= {"trust": "root"} if role == "client" else {"identity": "server"}
        names = {"server_name": "localhost"} if role == "client" else {}
        self._peer = peers.Peer(PEER, CERTS)
        tap.cleanup.callback(self._peer.stop)
        self._peer.ask({"settings": settings, "names": names, "patience_ms": TIMEOUT * 1000,
                        "steps": [{"do": "handshake"}, EXPORT, {"do": "close_write"}]}, connection)
        connection.close()

    def export(self):
        """The step, as it went: its key, or its error."""
        steps = self._peer.answer()["steps"]
        assert "error" not in steps[0], steps[0]
        return steps[1]


def gnutls_priority(version, more=""):
    return f"--priority=NORMAL:-VERS-ALL:+VERS-TLS{version}{more}"


def gnutls_client(version, more=""):
    """Our server's export, and what gnutls-cli said."""
    listening = tap.cleanup.enter_context(sockets.socket.create_server(("127.0.0.1", 0)))
    listening.settimeout(TIMEOUT)
    client = Process(tool("gnutls-cli", "gnutls-bin"), "--port", listening.getsockname()[1], "127.0.0.1",
                     "--x509cafile", ROOT, "--verify-hostname", "localhost", gnutls_priority(version, more),
                     "--keymatexport", LABEL, "--keymatexportsize", SIZE)
    ours = OurSide("server", version, listening.accept()[0])
    return ours, client


def key_in(process, words):
    """The key that a program shows behind these words."""
    return process.match(f"{words}: ([0-9a-fA-F]{{{2 * SIZE}}})").group(1).decode().lower()


@case("our server and gnutls-cli export the same, {version}")
def gnutls_cli(version):
    ours, client = gnutls_client(version)
    equal(ours.export()["key"], key_in(client, "Key material"), "the key")


@case("our client and openssl s_server export the same, {version}")
def openssl_server(version):
    server = Process(tool("openssl"), "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-cert",
                     CERTS / "server.crt", "-key", CERTS / "server.key", "-cert_chain", CERTS / "server.crt",
                     f"-tls{version.replace('.', '_')}", "-keymatexport", LABEL, "-keymatexportlen", SIZE)
    port = int(server.match(r"^ACCEPT 127\.0\.0\.1:(\d+)").group(1))
    ours = OurSide("client", version, sockets.connect(port)).export()["key"]
    equal(ours, key_in(server, "Keying material"), "the key")


@case("our server and openssl s_client export the same, {version}")
def openssl_client(version):
    listening = tap.cleanup.enter_context(sockets.socket.create_server(("127.0.0.1", 0)))
    listening.settimeout(TIMEOUT)
    client = Process(tool("openssl"), "s_client", "-connect", f"127.0.0.1:{listening.getsockname()[1]}",
                     "-CAfile", ROOT, f"-tls{version.replace('.', '_')}", "-keymatexport", LABEL,
                     "-keymatexportlen", SIZE)
    ours = OurSide("server", version, listening.accept()[0]).export()["key"]
    equal(ours, key_in(client, "Keying material"), "the key")


def check_refused(step):
    equal(step["error"]["code"], "unsupported", "code of the export")
    assert "RFC 7627" in step["error"]["message"], step["error"]["message"]


@case("TLS 1.2: a client without the extended master secret gets no exported key")
def client_without():
    ours, _ = gnutls_client("1.2", ":%NO_SESSION_HASH")
    check_refused(ours.export())


@case("TLS 1.2: from a server without the extended master secret there is no exported key")
def server_without():
    port = sockets.free_port()
    Process(tool("gnutls-serv", "gnutls-bin"), "--port", port, "--echo", "--x509certfile", CERTS / "server.crt",
            "--x509keyfile", CERTS / "server.key", gnutls_priority("1.2", ":%NO_SESSION_HASH"))
    check_refused(OurSide("client", "1.2", sockets.connect_patiently(port)).export())


tap.run()
