# SPDX-License-Identifier: Apache-2.0
# The command at work: signals, many clients, modes, pipes.
import json
import os
import signal
import socket
import ssl
import threading

import sockets
import tap
from process import TIMEOUT, Process, finish, tool
from tap import case, contains, equal
from tlseam import CERTS, COMMAND, ROOT, SERVE, Connect, Serve

# ---- serve ----


@case("serve and connect over IPv6, by address")
def ip6():
    if not sockets.has_ip6():
        equal(finish(COMMAND, *SERVE, "--listen", "[::1]:0").exit_code(), 1, "exit code on a machine without IPv6")
        return
    server = Serve(listen="[::1]:0", cert="ip")
    listening = json.loads(server.stdout.splitlines()[0])
    equal(listening["addresses"], [f"[::1]:{server.port}"], "addresses")
    client = finish(COMMAND, "connect", f"[::1]:{server.port}", "--ca", ROOT, stdin=b"six")
    equal((client.exit_code(), client.stdout), (0, b"six"), "exit code and echo")


def ends_cleanly(number):
    server = Serve()
    stream = sockets.tls_connect(sockets.client_context(ROOT), server.port)
    stream.sendall(b"x")
    equal(stream.recv(1), b"x", "echo")
    silent = sockets.connect(server.port)
    sockets.connect(server.port).close()
    server.event("error")  # so the silent one was accepted as well
    server.signal(number)
    equal(stream.recv(1), b"", "the server's close_notify")
    equal(server.exit_code(), 0, "exit code of serve")
    equal(silent.recv(1), b"", "the end for the client that said nothing")
    try:
        socket.create_connection(("127.0.0.1", server.port), 5).close()
    except ConnectionRefusedError:
        return
    raise AssertionError("somebody still listens")


@case("SIGTERM ends serve cleanly, with clients connected")
def sigterm():
    ends_cleanly(signal.SIGTERM)


@case("SIGINT ends serve cleanly, with clients connected")
def sigint():
    ends_cleanly(signal.SIGINT)


@case("--once serves one client and exits with 0")
def once():
    server = Serve("--once")
    client = Connect(server.port)
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    equal(server.exit_code(), 0, "exit code of serve")


@case("--once exits with 1 when its client failed")
def once_failed():
    server = Serve("--once")
    Connect(server.port, "--name", "nobody").failure()
    equal(server.exit_code(), 1, "exit code of serve")


@case("--once exits with 0 when it is told to stop")
def once_stopped():
    server = Serve("--once")
    server.signal(signal.SIGTERM)
    equal(server.exit_code(), 0, "exit code of serve")


@case("many clients at once, while others are silent")
def many_clients():
    server = Serve()
    silent = [sockets.connect(server.port) for _ in range(5)]
    context = sockets.client_context(ROOT)
    together = threading.Barrier(40)
    failures = []

    def client(number):
        try:
            with socket.create_connection(("127.0.0.1", server.port), TIMEOUT) as transport:
                with context.wrap_socket(transport, server_hostname="localhost") as stream:
                    together.wait(TIMEOUT)  # all of them have their handshake behind them
                    data = bytes([number]) * 50000
                    stream.sendall(data)
                    assert sockets.receive_exactly(stream, len(data)) == data, "bytes came back changed"
                    stream.unwrap()
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    equal(failures, [], "failures")
    for _ in range(40):
        equal(server.event("closed")["bytes_in"], 50000, "bytes in")
    server.still_serves()
    equal(len(silent), 5, "silent clients")


@case("--max-clients: one too many waits for its turn")
def max_clients():
    server = Serve("--max-clients", "2")
    context = sockets.client_context(ROOT)
    first, second = (sockets.tls_connect(context, server.port) for _ in range(2))
    third = sockets.connect(server.port)
    third.sendall(b"GET / HTTP/1.1\r\n\r\n")  # whoever is served gets the end of the connection for this
    third.settimeout(0.3)
    try:
        raise AssertionError(f"the third client was served: {third.recv(1)!r}")
    except TimeoutError:
        third.settimeout(TIMEOUT)
    first.unwrap().close()
    equal(third.recv(1), b"", "the third client's turn")
    second.sendall(b"y")
    equal(second.recv(1), b"y", "echo for the second")
    server.still_serves()


@case("--mode discard reads and says nothing")
def discard():
    server = Serve("--mode", "discard")
    client = Connect(server.port)
    client.write(b"z" * 200000)
    client.close_stdin()
    equal((client.exit_code(), client.stdout), (0, b""), "exit code and output of connect")
    closed = server.event("closed")
    equal((closed["bytes_in"], closed["bytes_out"]), (200000, 0), "bytes in and out")


@case("--mode http: HEAD, another method, a request without end")
def http():
    server = Serve("--mode", "http")

    def ask(request):
        stream = sockets.tls_connect(sockets.client_context(ROOT), server.port)
        stream.sendall(request)
        head, _, body = sockets.receive_all(stream).partition(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length"))
        return head.split(b"\r\n")[0], length, body

    status, length, body = ask(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    equal((status, length), (b"HTTP/1.1 200 OK", len(body)), "status and length")
    equal(ask(b"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n"), (status, length, b""), "answer to HEAD")
    equal(ask(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")[0], b"HTTP/1.1 405 Method Not Allowed", "status")
    equal(ask(b"GET /" + b"a" * 16384)[0], b"HTTP/1.1 431 Request Header Fields Too Large", "status")


@case("serve goes on when nobody reads its output any more")
def serve_broken_stdout():
    read_end, write_end = os.pipe()
    with open(read_end, "rb", buffering=0) as output:
        server = Process(COMMAND, *SERVE, "--listen", "127.0.0.1:0", "--json", stdout=write_end)
        os.close(write_end)
        port = json.loads(output.readline())["port"]
    for _ in range(2):
        client = finish(COMMAND, "connect", f"127.0.0.1:{port}", "--ca", ROOT, "--name", "localhost", stdin=b"x")
        equal((client.exit_code(), client.stdout), (0, b"x"), "exit code and echo")
    assert server.running, "serve ended"


# ---- connect and its pipes ----


def flood(stream):
    """Until the peer has enough."""
    sent = 0
    try:
        while True:
            sent += stream.send(b"f" * 65536)
    except (ssl.SSLError, ConnectionError):
        return sent


@case("a broken standard output stops connect quietly")
def broken_stdout():
    server = sockets.tls_server(sockets.server_context(CERTS), flood)
    read_end, write_end = os.pipe()
    client = Connect(server.port, stdout=write_end)
    os.close(write_end)
    os.read(read_end, 10)
    os.close(read_end)
    equal(client.exit_code(), 0, "exit code")
    equal([json.loads(line)["event"] for line in client.stderr.splitlines()], ["handshake", "closed"], "events")
    server.result()


@case("a full disk behind standard output is an error")
def full_stdout():
    server = sockets.tls_server(sockets.server_context(CERTS), flood)
    with open("/dev/full", "wb") as full:
        client = Connect(server.port, stdout=full)
    failure = client.failure()
    contains(failure["detail"], "standard output", "the sentence")
    equal(client.exit_code(), 1, "exit code")


@case("closed standard streams do no harm")
def closed_streams():
    server = Serve()
    for closed in ("<&-", ">&-", "<&- >&-", "<&- >&- 2>&-"):
        run = finish(tool("sh", "dash"), "-c", f'exec "$@" {closed}', "sh", COMMAND, "connect",
                     f"127.0.0.1:{server.port}", "--ca", ROOT, "--name", "localhost", stdin=b"x")
        equal(run.exit_code(), 0, f"exit code with {closed}")
        server.event("closed")


@case("a standard input that cannot be read is an error")
def unreadable_stdin():
    server = Serve()
    directory = os.open("/", os.O_RDONLY)
    client = Connect(server.port, stdin=directory)
    os.close(directory)
    contains(client.failure()["detail"], "standard input", "the sentence")


tap.run()
