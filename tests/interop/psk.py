# SPDX-License-Identifier: Apache-2.0
# Pre-shared keys against openssl and gnutls. Our side is the program of ../pairs; exported keys prove that both ends have
# the same secrets. These tools know keys for SHA-256 only in TLS 1.3. And the command's --psk-file.
import pathlib
import sys

import sockets
import tap
from process import TIMEOUT, Process, finish, tool
from tap import case, contains, equal
from tlseam import CERTS, COMMAND, PEER, ROOT, identity

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "pairs"))

import peers  # noqa: E402

LABEL = "EXPERIMENTAL-tlseam-interop"
SIZE = 48
IDENTITY, KEY, OTHER_KEY = "device 17", "5a" * 32, "5b" * 32

# A key for TLS 1.2, and none of TLS 1.3 beside it.
TLS1_2 = {"min": "1.2", "max": "1.2"}


def gnutls_priority(version="1.3"):
    return f"--priority=NORMAL:-VERS-ALL:+VERS-TLS{version}:-KX-ALL:+ECDHE-PSK"


class OurSide:
    """peer-<backend> at one end of a TCP connection, without any certificate."""

    def __init__(self, role, connection, key=KEY, **more):
        settings = {"role": role, "min": "1.3", "max": "1.3", "exporter": True, **more}
        psk = {"identity": IDENTITY, "key": key, "hash": "TLS 1.2" if settings["min"] == "1.2" else "SHA-256"}
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


def openssl_client(server, *options, key=KEY, version="-tls1_3", name=IDENTITY):
    return Process(tool("openssl"), "s_client", "-connect", f"127.0.0.1:{server.getsockname()[1]}", version, "-psk",
                   key, "-psk_identity", name, "-keymatexport", LABEL, "-keymatexportlen", SIZE, *options)


def openssl_server(*options, key=KEY, version="-tls1_3"):
    server = Process(tool("openssl"), "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", version,
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


def gnutls_client(port, version="1.3"):
    return Process(tool("gnutls-cli", "gnutls-bin"), "--port", port, "127.0.0.1", gnutls_priority(version),
                   "--pskusername", IDENTITY, "--pskkey", KEY, "--keymatexport", LABEL, "--keymatexportsize", SIZE)


def gnutls_server(version="1.3"):
    port = sockets.free_port()
    Process(tool("gnutls-serv", "gnutls-bin"), "--port", port, "--echo", "--pskpasswd", key_file(f"{IDENTITY}:{KEY}\n"),
            gnutls_priority(version))
    return sockets.connect_patiently(port)


def key_file(text):
    file = pathlib.Path(tap.cleanup.enter_context(sockets.tempfile.TemporaryDirectory())) / "keys"
    file.write_text(text, encoding="ascii")
    return file


@case("our server and gnutls-cli")
def gnutls_cli():
    server = listening()
    client = gnutls_client(server.getsockname()[1])
    equal(OurSide("server", server.accept()[0]).key(), key_in(client, "Key material"), "the key")


@case("our client and gnutls-serv")
def gnutls_serv():
    OurSide("client", gnutls_server()).key()


# ---- TLS 1.2 ----


@case("TLS 1.2: our server and openssl s_client")
def s_client_1_2():
    server = listening()
    client = openssl_client(server, version="-tls1_2")
    equal(OurSide("server", server.accept()[0], **TLS1_2).key(), key_in(client, "Keying material"), "the key")


@case("TLS 1.2: our server with a certificate too and openssl s_client, which offers both")
def s_client_1_2_both():
    server = listening()
    client = openssl_client(server, version="-tls1_2")
    ours = OurSide("server", server.accept()[0], identity="server", **TLS1_2)
    equal(ours.key(), key_in(client, "Keying material"), "the key")


@case("TLS 1.2: our server and an openssl s_client with another key, or an unknown one")
def s_client_1_2_wrong():
    for wrong in {"key": OTHER_KEY}, {"name": "device 18"}:
        server = listening()
        openssl_client(server, version="-tls1_2", **wrong)
        equal(OurSide("server", server.accept()[0], **TLS1_2).error(), ("psk_refused", 51), "code and alert")


@case("TLS 1.2: our server and an openssl s_client that has suites without a new key exchange, or without AEAD")
def s_client_1_2_weak():
    for suite in "PSK-AES128-GCM-SHA256", "DHE-PSK-CHACHA20-POLY1305", "ECDHE-PSK-AES128-CBC-SHA256":
        server = listening()
        openssl_client(server, "-cipher", suite, version="-tls1_2")
        equal(OurSide("server", server.accept()[0], **TLS1_2).error(), ("psk_refused", 51), f"code and alert, {suite}")


@case("TLS 1.2: our client and openssl s_server, with and without a hint")
def s_server_1_2():
    for hint in (), ("-psk_hint", "somebody else"):
        server, port = openssl_server("-nocert", *hint, version="-tls1_2")
        ours = OurSide("client", sockets.connect(port), **TLS1_2)
        equal(ours.key(), key_in(server, "Keying material"), "the key")


@case("TLS 1.2: our client and an openssl s_server with another key")
def s_server_1_2_wrong():
    _, port = openssl_server("-nocert", key=OTHER_KEY, version="-tls1_2")
    equal(OurSide("client", sockets.connect(port), **TLS1_2).error(), ("alert_received", 20), "code and alert")


@case("TLS 1.2: our client and an openssl s_server that has a certificate and no key")
def s_server_1_2_with_certificate():
    server = Process(tool("openssl"), "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-tls1_2", "-cert",
                     CERTS / "server.crt", "-key", CERTS / "server.key")
    port = int(server.match(r"^ACCEPT 127\.0\.0\.1:(\d+)").group(1))
    equal(OurSide("client", sockets.connect(port), **TLS1_2).error(), ("alert_received", 40), "code and alert")


@case("TLS 1.2: our client and gnutls-serv")
def gnutls_serv_1_2():
    OurSide("client", gnutls_server("1.2"), **TLS1_2).key()


# ---- the command ----

FILE = f"device 17:{KEY}\n\nshelf:7:{OTHER_KEY}:sha384\r\nold:{'5c' * 32}:tls1.2\n"


def serve(keys, *options):
    server = Process(COMMAND, "serve", "--json", "--listen", "127.0.0.1:0", "--psk-file", keys, *options)
    return server, server.event("listening")["port"]


def connect(port, *options):
    return Process(COMMAND, "connect", f"127.0.0.1:{port}", "--json", *options)


def works(server, client, expected):
    """The suite that they agreed on."""
    client.write(b"hello")
    client.close_stdin()
    for event in client.event("handshake", "stderr"), server.event("handshake"):
        equal({name: event[name] for name in expected}, expected, "the handshake")
        equal((event["verified"], event["peer_certificates"]), (False, []), "certificates")
    equal(client.exit_code(), 0, "exit code of connect")
    return event["cipher_suite"]


@case("serve and connect with --psk-file")
def command():
    keys = key_file(FILE)
    for name, version, suite in (("device 17", "TLS 1.3", "_SHA256"), ("shelf:7", "TLS 1.3", "TLS_AES_256_GCM_SHA384"),
                                 ("old", "TLS 1.2", "")):
        server, port = serve(keys)
        client = connect(port, "--psk-file", keys, "--psk-identity", name)
        contains(works(server, client, {"version": version, "psk_identity": name}), suite, "the suite")
    server, port = serve(key_file(f"old:{KEY}:tls1.2"))
    works(server, connect(port, "--psk-file", key_file(f"old:{KEY}:tls1.2\n")), {"psk_identity": "old"})


# gnutls-cli 3.7 crashes when it is about to print such a session, whoever the server is: no key can be compared.
@case("serve with --psk-file and gnutls-cli in TLS 1.2")
def command_and_gnutls_cli():
    server, port = serve(key_file(f"{IDENTITY}:{KEY}:tls1.2"))
    gnutls_client(port, "1.2")
    event = server.event("handshake")
    equal((event["version"], event["psk_identity"]), ("TLS 1.2", IDENTITY), "the handshake")


@case("serve with --psk-file and a certificate for the others")
def command_beside_certificates():
    keys = key_file(FILE)
    server, port = serve(keys, *identity("server"))
    works(server, connect(port, "--psk-file", keys, "--psk-identity", "old"), {"psk_identity": "old"})
    server, port = serve(keys, *identity("server"))
    client = connect(port, "--ca", ROOT, "--name", "localhost")
    client.close_stdin()
    equal(client.event("handshake", "stderr")["psk_identity"], None, "psk_identity")
    equal(client.exit_code(), 0, "exit code of connect")


def refused(said, *options):
    ended = finish(COMMAND, *options, "--json")
    equal(ended.exit_code(), 2, f"exit code, {said}")
    text = (ended.stdout + ended.stderr).decode()
    contains(text, said, "what was said")
    assert "5a5a" not in text and "5b5b" not in text, "a key was shown"


@case("key files with mistakes are refused with the line, and no key is shown")
def command_mistakes():
    good = f"device 17:{KEY}\n"
    for text, said in ((good + "no key", "keys:2: it is not IDENTITY:KEY"),
                       (good + "\n" + f"a:{KEY}:sha512\n", "keys:3: what is behind the last colon"),
                       (f"a:{KEY}0", "keys:1: what is behind the last colon"), (f"a:{KEY[:30]}", "keys:1: external_psk: a key"),
                       (f":{KEY}", "keys:1: it is not IDENTITY:KEY"), (f"a:{KEY}:tls1.3", "keys:1: what is behind"),
                       (f"#6162:{KEY}", "keys:1: it begins with '#'"), (f"{'i' * 129}:{KEY}", "keys:1: external_psk: the identity"),
                       ("tls1.2", "keys:1: it is not"), ("\n", "there is no key in it")):
        refused(said, "serve", "--listen", "127.0.0.1:0", "--psk-file", key_file(text))
        refused(said, "connect", "127.0.0.1:1", "--psk-file", key_file(text))
    refused("cannot read the pre-shared key file", "serve", "--psk-file", key_file("") / "nowhere")
    refused("number 2 has the identity", "serve", "--listen", "127.0.0.1:0", "--psk-file", key_file(good + good))


@case("connect uses one key, and nothing beside it")
def command_choice():
    keys = key_file(FILE)
    both = key_file(f"a:{KEY}\na:{OTHER_KEY}:tls1.2\n")
    for said, options in (("--psk-identity", ("--psk-file", keys)),
                          ("no key with this identity", ("--psk-file", keys, "--psk-identity", "device 18")),
                          ("no key with this identity", ("--psk-file", keys, "--psk-identity", "old", "--min-version", "1.3")),
                          ("--max-version", ("--psk-file", both, "--psk-identity", "a")),
                          ("--psk-file", ("--psk-identity", "a")),
                          ("--ca", ("--psk-file", keys, "--psk-identity", "old", "--ca", ROOT)),
                          ("--insecure", ("--psk-file", keys, "--psk-identity", "old", "--insecure"))):
        refused(said, "connect", "127.0.0.1:1", *options)
    server, port = serve(both)
    works(server, connect(port, "--psk-file", both, "--psk-identity", "a", "--max-version", "1.2"),
          {"version": "TLS 1.2", "psk_identity": "a"})


tap.run()
