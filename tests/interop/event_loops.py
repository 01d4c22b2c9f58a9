# SPDX-License-Identifier: Apache-2.0
# The examples on event loops and on other transports: Beast's HTTPS and WebSockets with curl and a real browser, poll()
# with many clients, and pipes.
import os
import signal
import tempfile

import sockets
import tap
from process import Process, finish, tool
from tap import case, contains, equal
from tlseam import CERTS, ROOT, Serve, arguments

# A browser with nothing to do but this page: no services of its maker, and no graphics.
BROWSER = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
           "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0")


def example(name):
    """The program NAME-<backend> of examples/."""
    return arguments.server.with_name(arguments.server.name.replace("server", name, 1))


def serving(name):
    server = Process(example(name), CERTS / "server.crt", CERTS / "server.key", "0")
    return server, int(server.match(r"^listening on .*:(\d+)$").group(1))


def stops(server):
    server.signal(signal.SIGTERM)
    equal(server.exit_code(), 0, "exit code of the server")


@case("https_client fetches the page of https_server")
def each_other():
    server, port = serving("https_server")
    client = finish(example("https_client"), ROOT, port)
    equal(client.exit_code(), 0, "exit code of the client")
    contains(client.stdout, b"Served over TLS", "the page")
    contains(client.stderr, b"TLS 1.3", "what was agreed")
    stops(server)


@case("https_client refuses a server whom it does not trust")
def untrusted():
    server, port = serving("https_server")
    client = finish(example("https_client"), CERTS / "other-root.crt", port)
    equal((client.exit_code(), client.stdout), (1, b""), "exit code and output of the client")
    stops(server)


@case("curl over {version}: several requests on one connection, and methods that are not allowed")
def curl(version):
    server, port = serving("https_server")
    url = f"https://localhost:{port}"
    run = finish(tool("curl"), "--silent", "--show-error", "--cacert", ROOT, f"--tlsv{version}", "--tls-max", version,
                 "--write-out", "%{http_code} %{num_connects}\n", "--output", "/dev/null", f"{url}/one",
                 "--output", "/dev/null", f"{url}/two")
    equal((run.exit_code(), run.stdout.split()), (0, [b"200", b"1", b"200", b"0"]), "answers and new connections")
    run = finish(tool("curl"), "--silent", "--cacert", ROOT, "--request", "DELETE", "--write-out", "%{http_code}", url)
    equal((run.exit_code(), run.stdout), (0, b"405"), "the answer to DELETE")
    server.match("^GET /two$")
    stops(server)


@case("https_server goes on after clients that break off, are silent, or speak HTTP in the clear")
def rude_clients():
    server, port = serving("https_server")
    silent = sockets.connect(port)
    sockets.connect(port).close()
    sockets.connect(port).sendall(b"GET / HTTP/1.1\r\n\r\n")
    server.match("plaintext_http", "stderr")
    equal(finish(example("https_client"), ROOT, port).exit_code(), 0, "exit code of a good client")
    silent.close()
    stops(server)


@case("a browser loads the page, talks over wss and tells what it heard")
def browser():
    page_server, page = serving("https_server")
    echo_server, echo = serving("websocket_echo")
    home = tap.cleanup.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
    database = f"sql:{home}/.pki/nssdb"
    os.makedirs(f"{home}/.pki/nssdb")
    certutil = tool("certutil", "libnss3-tools")
    for words in (("-N", "--empty-password"), ("-A", "-t", "C,,", "-n", "root", "-i", ROOT)):
        equal(finish(certutil, "-d", database, *words).exit_code(), 0, "exit code of certutil")
    chromium = Process(tool("chromium"), *BROWSER, f"--user-data-dir={home}/profile",
                       f"https://localhost:{page}/#{echo}", env=os.environ | {"HOME": home})
    page_server.match("^GET /heard/hello%20from%20the%20page$")
    chromium.signal(signal.SIGTERM)
    chromium.exit_code()
    stops(page_server)
    stops(echo_server)


@case("a browser that does not trust the root sees nothing")
def distrustful_browser():
    server, port = serving("https_server")
    home = tap.cleanup.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
    chromium = Process(tool("chromium"), *BROWSER, f"--user-data-dir={home}/profile", f"https://localhost:{port}/",
                       env=os.environ | {"HOME": home})
    server.match(".", "stderr")  # its alert, or that it left
    chromium.signal(signal.SIGTERM)
    chromium.exit_code()
    assert b"GET" not in server.stdout, server.stdout
    stops(server)


@case("nghttp agrees on h2")
def http2():
    server = Serve("--alpn", "h2,http/1.1")
    client = Process(tool("nghttp", "nghttp2-client"), "--no-verify-peer", f"https://localhost:{server.port}/")
    equal(server.event("handshake")["alpn"], "h2", "the protocol")
    server.signal(signal.SIGTERM)
    client.exit_code()


@case("poll_server serves three hundred clients at once, and others beside silent ones")
def many():
    server, port = serving("poll_server")
    silent = [sockets.connect(port) for _ in range(20)]
    context = sockets.client_context(ROOT)
    clients = [sockets.tls_connect(context, port) for _ in range(300)]
    for number, client in enumerate(clients):
        client.sendall(f"client {number}".encode())
    for number, client in enumerate(clients):
        words = f"client {number}".encode()
        equal(sockets.receive_exactly(client, len(words)), words, "the echo")
    for client in clients:
        client.close()
    for each in silent:
        each.close()
    last = sockets.tls_connect(context, port)
    last.sendall(b"x" * 100_000)
    equal(sockets.receive_exactly(last, 100_000), b"x" * 100_000, "a large echo")
    stops(server)


@case("custom_transport talks through pipes")
def pipes():
    run = finish(example("custom_transport"), CERTS / "server.crt", CERTS / "server.key", ROOT)
    equal(run.exit_code(), 0, "exit code")
    assert run.stdout.startswith(b"TLS 1.3, ") and run.stdout.endswith(b"\nthrough a pipe\n"), run.stdout


@case("custom_transport refuses a certificate that it does not trust")
def pipes_untrusted():
    run = finish(example("custom_transport"), CERTS / "server.crt", CERTS / "server.key", CERTS / "other-root.crt")
    equal(run.exit_code(), 1, "exit code")
    contains(run.stderr, b"unknown_ca", "the sentence")


tap.run()
