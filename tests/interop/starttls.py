# SPDX-License-Identifier: Apache-2.0
# The example that begins in the clear: with Python's smtplib and openssl's s_client, and with somebody in between.
import smtplib

import sockets
import tap
from process import TIMEOUT, Process, finish, tool
from tap import case, contains, equal
from tlseam import CERTS, ROOT, arguments


def example():
    server = Process(arguments.starttls, CERTS / "server.crt", CERTS / "server.key", "0")
    return server, int(server.match(r"^listening on .*:(\d+)$").group(1))


@case("smtplib delivers a message")
def smtp_client():
    server, port = example()
    with smtplib.SMTP("localhost", port, timeout=TIMEOUT) as client:
        code, words = client.mail("before@tlseam.test")
        equal((code, words), (530, b"STARTTLS first"), "the answer in the clear")
        client.starttls(context=sockets.client_context(ROOT))
        client.sendmail("a@tlseam.test", ["b@tlseam.test"], "Subject: hello\r\n\r\nfrom Python\r\n")
    equal(server.exit_code(), 0, "exit code of the example")
    lines = server.stdout.splitlines()
    contains(lines, b"in TLS 1.3", "the version")
    contains(lines, b"from Python", "the message")


@case("openssl s_client gets into TLS")
def s_client():
    server, port = example()
    client = finish(tool("openssl"), "s_client", "-starttls", "smtp", "-connect", f"127.0.0.1:{port}", "-CAfile", ROOT,
                    "-verify_return_error", "-servername", "localhost", "-crlf", "-quiet", stdin=b"QUIT\n")
    contains(client.stdout, b"221 bye", "what s_client shows")
    equal(server.exit_code(), 0, "exit code of the example")


@case("what somebody put behind STARTTLS in the clear is not taken for TLS")
def injected():
    server, port = example()
    client = sockets.connect(port)
    contains(client.recv(100), b"220", "the greeting")
    client.sendall(b"STARTTLS\r\nMAIL FROM:<attacker@tlseam.test>\r\n")
    equal(sockets.receive_all(client), b"", "the answer")
    equal(server.exit_code(), 1, "exit code of the example")
    contains(server.stderr, b"before it was in TLS", "the example's words")


tap.run()
