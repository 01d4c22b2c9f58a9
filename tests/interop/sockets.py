# SPDX-License-Identifier: Apache-2.0
# Python's own sockets and TLS as the other side. Everything has a deadline and is closed when the case ends.
import contextlib
import pathlib
import socket
import ssl
import struct
import tempfile
import threading
import time

import tap
from process import TIMEOUT

SSL_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def connect(port):
    """A TCP connection to this machine."""
    return tap.cleanup.enter_context(socket.create_connection(("127.0.0.1", port), TIMEOUT))


def connect_patiently(port):
    """For servers that cannot say when they listen."""
    deadline = time.monotonic() + TIMEOUT
    while True:
        try:
            return connect(port)
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            threading.Event().wait(0.02)  # between two tries, not instead of a sign


def client_context(root, version=None):
    context = ssl.create_default_context(cafile=root)
    if version:
        context.minimum_version = context.maximum_version = SSL_VERSIONS[version]
    return context


def server_context(certs, name="server", version=None):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certs / f"{name}.crt", certs / f"{name}.key")
    if version:
        context.minimum_version = context.maximum_version = SSL_VERSIONS[version]
    return context


def tls_connect(context, port, session=None):
    """A missing close_notify is an error here, as it should be everywhere."""
    stream = context.wrap_socket(connect(port), server_hostname="localhost", suppress_ragged_eofs=False,
                                 session=session)
    return tap.cleanup.enter_context(stream)


def receive_exactly(stream, count):
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            raise AssertionError(f"the peer ended after {len(data)} of {count} bytes")
        data += more
    return data


def receive_all(stream):
    """Until the peer ends."""
    data = b""
    while more := stream.recv(65536):
        data += more
    return data


class Server:
    """Serves one TCP connection in a thread: handler(socket). port is where. result() gives what the handler returned,
    or raises what it raised."""

    def __init__(self, handler):
        self._listening = tap.cleanup.enter_context(socket.create_server(("127.0.0.1", 0)))
        self._listening.settimeout(TIMEOUT)
        self.port = self._listening.getsockname()[1]
        self._handler = handler
        self._outcome = None
        self._failure = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        tap.cleanup.callback(self._thread.join, TIMEOUT)

    def _run(self):
        try:
            connection, _ = self._listening.accept()
            with connection:
                connection.settimeout(TIMEOUT)
                self._outcome = self._handler(connection)
        except BaseException as failure:  # handed to result()
            self._failure = failure

    def result(self):
        self._thread.join(TIMEOUT)
        if self._thread.is_alive():
            raise AssertionError("the server's handler did not end")
        if self._failure:
            raise self._failure
        return self._outcome


def tls_server(context, handler):
    """handler(stream) with a TLS stream. The TCP connection is closed behind it, with nothing said in TLS."""

    def serve(connection):
        with context.wrap_socket(connection, server_side=True, suppress_ragged_eofs=False) as stream:
            return handler(stream)

    return Server(serve)


def free_port():
    """For programs that cannot pick one themselves. Somebody may be quicker: be ready to try again."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class CuttingProxy(Server):
    """Passes bytes both ways until cut() was called and `more` further bytes came from the server; then it is gone,
    with a reset if asked for."""

    def __init__(self, target, more, reset=False):
        self._target = target
        self._more = more
        self._reset = reset
        self._cutting = threading.Event()
        super().__init__(self._pass)

    def cut(self):
        self._cutting.set()

    def _pass(self, client):
        with connect_in_thread(self._target) as server:
            back = threading.Thread(target=copy, args=(client, server), daemon=True)
            back.start()
            left = self._more
            while left > 0 and (data := server.recv(65536)):
                if self._cutting.is_set():
                    data = data[:left]
                    left -= len(data)
                client.sendall(data)
            for end in (client, server):
                if self._reset:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                # Ends the copying; only a close, later, sends the reset.
                end.shutdown(socket.SHUT_RD if self._reset else socket.SHUT_RDWR)
            back.join(TIMEOUT)


def connect_in_thread(port):
    return socket.create_connection(("127.0.0.1", port), TIMEOUT)


def copy(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


@contextlib.contextmanager
def temporary_directory():
    with tempfile.TemporaryDirectory() as name:
        yield pathlib.Path(name)


def has_ip6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False
