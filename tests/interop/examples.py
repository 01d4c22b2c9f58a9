# SPDX-License-Identifier: Apache-2.0
# The programs of examples/, with each other and with the Python programs that they are the counterpart of.
import os
import pathlib
import sys
import time

import sockets
import tap
from process import TIMEOUT, Process, finish
from tap import case, contains, equal
from tlseam import CERTS, ROOT, arguments

HERE = pathlib.Path(__file__).parent

# What the seeds' last line is followed by, in the same program.
GOES_ON = {
    "seed_client.py": """
ssl_client_socket.sendall(b'hello from Python')
print(ssl_client_socket.version(), ssl_client_socket.recv(100).decode(), flush=True)
ssl_client_socket.unwrap()
""",
    "seed_server.py": """
client_socket.sendall(client_socket.recv(100))
client_socket.unwrap()
""",
}


def seed(name, substitutions, goes_on=True):
    """The seed's program with other paths and another port, and nothing else changed, running."""
    source = (HERE / name).read_text()
    for old, new in substitutions.items():
        equal(source.count(old), 1, f"places of {old!r} in {name}")
        source = source.replace(old, str(new))
    if goes_on:
        source += GOES_ON[name]
    return Process(sys.executable, "-c", source, env=os.environ | {"SSL_CERT_FILE": str(ROOT)})


def example_server():
    server = Process(arguments.server, CERTS / "server.crt", CERTS / "server.key", "0")
    return server, int(server.match(r"^listening on .*:(\d+)$").group(1))


@case("the example client and the example server talk")
def each_other():
    server, port = example_server()
    client = finish(arguments.client, ROOT, port)
    equal(client.exit_code(), 0, "exit code of the client")
    equal(client.stdout.splitlines()[-1:], [b"hello"], "the client's output")
    equal(server.exit_code(), 0, "exit code of the server")


@case("the Python client talks to the example server")
def python_client():
    server, port = example_server()
    client = seed("seed_client.py", {"8080": port})
    equal(client.exit_code(), 0, "exit code of Python")
    equal(client.stdout, b"TLSv1.3 hello from Python\n", "Python's output")
    equal(server.exit_code(), 0, "exit code of the server")


@case("the Python client alone connects; the example server says that the goodbye is missing")
def python_client_alone():
    server, port = example_server()
    equal(seed("seed_client.py", {"8080": port}, goes_on=False).exit_code(), 0, "exit code of Python")
    equal(server.exit_code(), 1, "exit code of the server")
    assert b"close_notify" in server.stderr or b"reset" in server.stderr, server.stderr


@case("the example client talks to the Python server")
def python_server():
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        port = sockets.free_port()
        server = seed("seed_server.py", {"8080": port, "path/to/certificate.crt": CERTS / "server.crt",
                                         "path/to/private_key.key": CERTS / "server.key"})
        # The Python program cannot say when it listens: try until it does, or ends because the port was taken.
        client = finish(arguments.client, ROOT, port)
        while b"cannot connect" in client.stderr and server.running and time.monotonic() < deadline:
            client = finish(arguments.client, ROOT, port)
        if b"cannot connect" not in client.stderr:
            break
    equal(client.exit_code(), 0, "exit code of the client")
    assert client.stdout.startswith(b"TLS 1.3, TLS_") and client.stdout.endswith(b"\nhello\n"), client.stdout
    equal(server.exit_code(), 0, "exit code of Python")


@case("the examples name what is missing")
def missing_file():
    for program in (arguments.server, arguments.client):
        run = finish(program, "no-such-file.crt")
        equal(run.exit_code(), 1, "exit code")
        contains(run.stderr, b"no-such-file.crt", "the sentence")


tap.run()
