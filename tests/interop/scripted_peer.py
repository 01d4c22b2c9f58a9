# SPDX-License-Identifier: Apache-2.0
# The scripted peer against the openssl command, which knows nothing of us: both versions, both roles, client
# certificates, HelloRetryRequest, key updates, and a fault that must be noticed on both sides.
import argparse
import pathlib
import socket
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.append(str(here.parent / "support" / "scripted_peer"))

import tap  # noqa: E402

import codec  # noqa: E402
import keys  # noqa: E402
from client import Client  # noqa: E402
from server import Server  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--certs", type=pathlib.Path, required=True)
CERTS = parser.parse_args().certs
VERSIONS = {"1.2": codec.TLS1_2, "1.3": codec.TLS1_3}
OPTIONS = {"1.2": "tls1_2", "1.3": "tls1_3"}
DECRYPT_ERROR = 51


def openssl(*arguments):
    """The command, started; ended with the case at the latest."""
    process = subprocess.Popen(["openssl", *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)

    def end():
        process.kill()
        process.communicate()

    tap.cleanup.callback(end)
    return process


def flip_last(peer, data):
    return data[:-1] + bytes([data[-1] ^ 1])


def to_s_server(version, server="server", extra=(), **words):
    """Our client, connected to openssl s_server, which answers each line with the line turned round."""
    process = openssl("s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", CERTS / f"{server}.crt", "-key",
                      CERTS / f"{server}.key", f"-{OPTIONS[version]}", *extra)
    for line in process.stdout:  # "ACCEPT 127.0.0.1:PORT"
        if line.startswith(b"ACCEPT"):
            port = int(line.rsplit(b":", 1)[1])
            break
    sock = socket.create_connection(("127.0.0.1", port), 10)
    tap.cleanup.enter_context(sock)
    return Client(sock, VERSIONS[version], **words)


def from_s_client(version, identity="server", extra=(), **words):
    """Our server, with openssl s_client connected to it, and that process."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = openssl("s_client", "-connect", f"127.0.0.1:{listener.getsockname()[1]}", "-CAfile",
                          CERTS / "root.crt", "-verify_return_error", "-servername", "localhost", "-quiet",
                          f"-{OPTIONS[version]}", *extra)
        listener.settimeout(10)
        sock, _ = listener.accept()
    tap.cleanup.enter_context(sock)
    return Server(sock, VERSIONS[version], keys.Identity(CERTS, identity), **words), process


def echoes(peer):
    peer.send(codec.DATA, b"hello\n")
    tap.equal(peer.read(6), b"olleh\n", "the line turned round")
    peer.close()


def hears(peer, process):
    process.stdin.write(b"hello\n")
    process.stdin.flush()
    tap.equal(peer.read(6), b"hello\n", "what the command sent")
    peer.send(codec.DATA, b"bye\n")
    peer.close()


def play(peer, then):
    """The handshake and something after it that must have been reached."""
    reached = []

    def established(p):
        then(p)
        reached.append(True)

    peer._script["established"] = established
    peer.play()
    tap.equal((reached, peer.alert), ([True], None), "the end was reached, and the alert that came")


for identity in ("server", "server-rsa"):
    @tap.case(f"our client to s_server, {identity}, {{version}}")
    def _(version, identity=identity):
        play(to_s_server(version, identity), echoes)

    @tap.case(f"s_client to our server, {identity}, {{version}}")
    def _(version, identity=identity):
        peer, process = from_s_client(version, identity)
        play(peer, lambda p: hears(p, process))
        tap.contains(process.communicate(timeout=10)[0], b"bye\n", "what the command received")


@tap.case("our client shows a certificate to s_server, {version}")
def _(version):
    asks = ("-Verify", "2", "-verify_return_error", "-CAfile", CERTS / "root.crt")
    play(to_s_server(version, extra=asks, identity=keys.Identity(CERTS, "client")), echoes)


@tap.case("our server asks s_client for a certificate, {version}")
def _(version):
    peer, process = from_s_client(version, "server", ("-cert", CERTS / "client.crt", "-key", CERTS / "client.key"),
                                  asks=True)
    play(peer, lambda p: hears(p, process))


@tap.case("a HelloRetryRequest of s_server")
def _():
    play(to_s_server("1.3", extra=("-groups", "P-256")), echoes)


@tap.case("a HelloRetryRequest of our server")
def _():
    peer, process = from_s_client("1.3", "server", ("-groups", "X25519:P-256"), retry=codec.SECP256R1)
    play(peer, lambda p: hears(p, process))


@tap.case("key updates to s_server")
def _():
    def updates(peer):
        peer.update_keys()
        peer.update_keys(request=1)
        echoes(peer)

    play(to_s_server("1.3"), updates)


@tap.case("s_server notices a wrong Finished, {version}")
def _(version):
    peer = to_s_server(version, script={"Finished": flip_last})
    peer.play()
    tap.equal(peer.alert, DECRYPT_ERROR, "the alert that came")


@tap.case("s_client notices a wrong Finished, {version}")
def _(version):
    peer, _ = from_s_client(version, script={"Finished": flip_last})
    peer.play()
    tap.equal(peer.alert, DECRYPT_ERROR, "the alert that came")


@tap.case("s_client notices a wrong signature, {version}")
def _(version):
    step = "CertificateVerify" if version == "1.3" else "ServerKeyExchange"
    peer, _ = from_s_client(version, script={step: flip_last})
    peer.play()
    tap.equal(peer.alert, DECRYPT_ERROR, "the alert that came")


tap.run()
