# SPDX-License-Identifier: Apache-2.0
# Resumption with the command: `connect --session` and `serve --ticket-key-file`, with each other and with others.
import os
import socket
import stat

import sockets
import tap
from process import finish, tool
from tap import case, contains, equal
from tlseam import CERTS, COMMAND, ROOT, SERVE, Connect, Serve


def directory():
    return tap.cleanup.enter_context(sockets.temporary_directory())


def visit(port, version, file, *options):
    """One connection of connect --session; whether it was resumed."""
    client = Connect(port, "--session", file, "--min-version", version, "--max-version", version, *options)
    client.write(b"hello")
    client.match("^hello")  # a ticket of TLS 1.3 comes before the first data
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    handshake = client.event("handshake", "stderr")
    equal(handshake["verified"], True, "verified")
    equal(handshake["peer_certificates"][0]["subject"], "CN=server", "subject")
    return handshake["resumed"]


@case("connect --session resumes, in a file that only its owner reads, {version}")
def session_file(version):
    server = Serve()
    file = directory() / "session"
    equal([visit(server.port, version, file) for _ in range(3)], [False, True, True], "resumed")
    equal([server.event("handshake")["resumed"] for _ in range(3)], [False, True, True], "resumed, for the server")
    equal(stat.S_IMODE(file.stat().st_mode), 0o600, "mode of the file")
    equal(os.listdir(file.parent), ["session"], "nothing is left beside it")
    assert b"PRIVATE KEY" not in file.read_bytes(), "a key in the file"


@case("a session of before the server was started anew: a full handshake, {version}")
def restarted(version):
    file = directory() / "session"
    equal(visit(Serve().port, version, file), False, "resumed")
    anew = Serve()
    # A server of TLS 1.2 need not give a new ticket to a client that shows an old one.
    seen = [visit(anew.port, version, file) for _ in range(3)]
    equal((seen[0], seen[-1]), (False, True), "resumed at first and in the end")


@case("servers with the same ticket keys resume each other's sessions, and previous ones, {version}")
def shared_keys(version):
    place = directory()
    for name in ("one", "two"):
        (place / name).write_bytes(os.urandom(32))
    file = place / "session"
    equal(visit(Serve("--ticket-key-file", place / "one").port, version, file), False, "resumed")
    both = ("--ticket-key-file", place / "two", "--ticket-key-file", place / "one")
    equal(visit(Serve(*both).port, version, file), True, "resumed under the previous key")
    kept = file.read_bytes()
    stranger = Serve("--ticket-key-file", place / "two", *(() if version == "1.3" else ("--alpn", "echo")))
    # TLS 1.3 has a ticket under the new key by now; TLS 1.2 goes on with the old one.
    equal(visit(stranger.port, version, file), version == "1.3", "resumed without the previous key")
    assert kept, "a session was written"


@case("a session file that is none, and one that cannot be read, are named and end with 2")
def bad_files():
    place = directory()
    (place / "garbage").write_bytes(b"garbage")
    client = finish(COMMAND, "connect", "127.0.0.1:1", "--ca", ROOT, "--session", place / "garbage")
    # The address refuses connections: the file is looked at before.
    equal(client.exit_code(), 2, "exit code")
    contains(client.stderr.decode(), "garbage", "the sentence")
    client = finish(COMMAND, "connect", "127.0.0.1:1", "--ca", ROOT, "--session", place)
    equal(client.exit_code(), 2, "exit code")
    contains(client.stderr.decode(), str(place), "the sentence")


@case("ticket key files of a wrong size, missing, or the same twice, end with 2")
def bad_keys():
    place = directory()
    for size in (0, 31, 33):
        (place / "key").write_bytes(os.urandom(size))
        server = finish(COMMAND, *SERVE, "--listen", "127.0.0.1:0", "--ticket-key-file", place / "key")
        equal(server.exit_code(), 2, f"exit code with {size} bytes")
        contains(server.stderr.decode(), "32 bytes", "the sentence")
    server = finish(COMMAND, *SERVE, "--listen", "127.0.0.1:0", "--ticket-key-file", place / "missing")
    equal(server.exit_code(), 2, "exit code without a file")
    contains(server.stderr.decode(), "missing", "the sentence")
    (place / "key").write_bytes(os.urandom(32))
    twice = ("--ticket-key-file", place / "key") * 2
    server = finish(COMMAND, *SERVE, "--listen", "127.0.0.1:0", *twice)
    equal(server.exit_code(), 2, "exit code with the same key twice")
    contains(server.stderr.decode(), "twice", "the sentence")


@case("connect resumes with a Python server, {version}")
def python_server(version):
    context = sockets.server_context(CERTS, version=version)
    file = directory() / "session"

    def echo(stream):
        stream.sendall(sockets.receive_exactly(stream, 5))
        reused = stream.session_reused
        sockets.receive_all(stream)
        stream.unwrap()
        return reused

    for expected in (False, True):
        server = sockets.tls_server(context, echo)
        equal(visit(server.port, version, file), expected, "resumed")
        equal(server.result(), expected, "resumed, for Python")


@case("openssl s_client resumes, {version}")
def openssl_client(version):
    server = Serve("--mode", "http")
    file = directory() / "session"
    for mode, expected in (("-sess_out", "New"), ("-sess_in", "Reused")):
        client = finish(tool("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost",
                        "-CAfile", ROOT, f"-tls{version.replace('.', '_')}", mode, file, "-ign_eof",
                        stdin=b"GET / HTTP/1.0\r\n\r\n")
        contains(client.stdout.decode(), f"\n{expected}, TLSv{version}", "what s_client says")
        equal(server.event("handshake")["resumed"], expected == "Reused", "resumed, for the server")


@case("gnutls-cli resumes, {version}")
def gnutls_client(version):
    server = Serve("--mode", "http")
    client = finish(tool("gnutls-cli", "gnutls-bin"), "--x509cafile", ROOT, "--port", server.port, "--priority",
                    f"NORMAL:-VERS-ALL:+VERS-TLS{version}", "--sni-hostname", "localhost", "--verify-hostname",
                    "localhost", "--resume", "--waitresumption", "127.0.0.1", stdin=b"GET / HTTP/1.0\r\n\r\n")
    contains(client.stdout.decode(), "This is a resumed session", "what gnutls-cli says")
    equal([server.event("handshake")["resumed"] for _ in range(2)], [False, True], "resumed, for the server")


@case("Python resumes each connection with the one before it, three hundred times, and is never refused, {version}")
def long_chain(version):
    server = Serve()
    context = sockets.client_context(ROOT, version)
    session = None
    full = 0
    for _ in range(301):
        stream = sockets.tls_connect(context, server.port, session=session)
        # In TLS 1.2 the data follows a Finished that is not acknowledged yet; it would wait for that, forty milliseconds.
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        stream.sendall(b"again")
        equal(sockets.receive_exactly(stream, 5), b"again", "echo")
        equal(server.event("handshake")["resumed"], stream.session_reused, "resumed, for the server")
        full += not stream.session_reused
        session = stream.session
        stream.unwrap().close()
    assert full in (1, 2), f"{full} full handshakes"  # a library may begin the chain anew, once


tap.run()
