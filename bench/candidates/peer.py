#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Python's ssl module as its documentation shows it, with the command line, the measures and the output of the programs
of bench/. What those do in two threads is done in two processes here, so that no end waits for the other's interpreter.
"""
import os
from pathlib import Path

os.environ["OPENSSL_CONF"] = str(Path(__file__).with_name("peer.cnf"))  # read when ssl is loaded

import argparse
import contextlib
import ctypes
import json
import platform
import re
import resource
import signal
import socket
import ssl
import sys
import threading
import time
import traceback

CERTS = Path(__file__).resolve().parents[2] / "certs"
KIBIBYTE, MEBIBYTE = 1024, 1024 * 1024
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)


# -- The candidate.

def client_context():
    made = ssl.create_default_context(cafile=CERTS / "root.crt")
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    return made


def server_context():
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.load_cert_chain(CERTS / "server.crt", CERTS / "server.key")
    return made


class Connection:
    def __init__(self, sock, role):
        self.role = role
        self.tls = contexts[role].wrap_socket(sock, server_side=role == "server", do_handshake_on_connect=False,
                                              server_hostname="localhost" if role == "client" else None)
        self.buffered = None

    def handshake(self):
        self.tls.do_handshake()
        if self.tls.cipher()[:2] != ("TLS_AES_128_GCM_SHA256", "TLSv1.3"):
            raise RuntimeError(f"negotiated: {self.tls.cipher()}")

    def write(self, data):
        self.tls.sendall(data)

    def gather(self, data):
        if self.buffered is None:
            self.buffered = self.tls.makefile("wb", buffering=16384)
        self.buffered.write(data)

    def flush(self):
        if self.buffered is not None:
            self.buffered.flush()

    def read_all(self, room):
        """Fills the room. False: the peer has ended the connection."""
        view = memoryview(room)
        while view:
            count = self.tls.recv_into(view)
            if count == 0:
                return False
            view = view[count:]
        return True

    def close(self):
        """unwrap() sends close_notify and then waits for the peer's, unless the socket does not block."""
        self.tls.settimeout(0)
        with contextlib.suppress(OSError):
            self.tls.unwrap()
        if self.buffered is not None:
            self.buffered.close()
        self.tls.close()


# -- Sockets, processes and clocks, as in sockets.cpp.

def tcp_socket():
    made = socket.socket()
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
    return made


def listening_socket():
    made = tcp_socket()
    made.bind(("127.0.0.1", 0))
    made.listen(socket.SOMAXCONN)
    return made


def connected_to(listening):
    made = tcp_socket()
    made.connect(listening.getsockname())
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def accepted_from(listening):
    made, _ = listening.accept()
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def pin_to_core(core):
    if os.cpu_count() > core:
        os.sched_setaffinity(0, {core})


@contextlib.contextmanager
def other_process(work):
    """Runs it on core 1; gives a function that tells the seconds of processor time it has used."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # it may be waiting for a visitor that never comes
        try:
            pin_to_core(1)
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    clock = ctypes.c_int()
    libc.clock_getcpuclockid(child, ctypes.byref(clock))
    yield lambda: time.clock_gettime(clock.value)
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise RuntimeError("the other process has failed")


def heap_bytes():
    """What malloc() holds. The interpreter takes objects of up to 512 bytes from elsewhere: in truth there is more."""
    class Mallinfo2(ctypes.Structure):
        _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks",
                                                         "fsmblks", "uordblks", "fordblks", "keepcost")]
    libc.mallinfo2.restype = Mallinfo2
    now = libc.mallinfo2()
    return now.uordblks + now.hblkhd


# -- The measures. Each gives, as a context, what is done once, and what is said of so many times in so many seconds.

def nothing_more(_count, _seconds):
    return {}


@contextlib.contextmanager
def send_much(size, batch, gathers):
    listening = listening_socket()
    client_socket = connected_to(listening)
    server_socket = accepted_from(listening)

    def receive():
        client_socket.close()
        server = Connection(server_socket, "server")
        server.handshake()
        byte = bytearray(1)
        server.read_all(byte)
        server.write(byte)
        room = bytearray(256 * KIBIBYTE)
        received = 0
        while count := server.tls.recv_into(room):
            received += count
            if received >= batch:
                received -= batch
                server.write(b"\0")

    with listening, other_process(receive) as receiver_seconds:
        server_socket.close()
        client = Connection(client_socket, "client")
        send = client.gather if gathers else client.write
        data, done = b"\x5a" * size, bytearray(1)

        def wait():
            if not client.read_all(done):
                raise RuntimeError("the peer ended the connection early")

        def once():
            for _ in range(batch // size):
                send(data)
            client.flush()
            wait()

        client.handshake()
        client.write(b"\0")
        wait()
        once()
        last = [time.thread_time(), receiver_seconds()]

        def counters(count, seconds):
            now = [time.thread_time(), receiver_seconds()]
            sender, receiver = (after - before for after, before in zip(now, last))
            last[:] = now
            gigabytes = count * batch / 1e9
            return {"MB/s": gigabytes * 1e3 / seconds, "sender_ms_per_GB": sender * 1e3 / gigabytes,
                    "receiver_ms_per_GB": receiver * 1e3 / gigabytes}

        yield once, counters
        client.close()


@contextlib.contextmanager
def go_round(size):
    client, server = (Connection(end, role) for end, role in zip(socket.socketpair(), ("client", "server")))
    message, room = bytes(size), bytearray(size)
    other = threading.Thread(target=server.handshake)
    other.start()
    client.handshake()
    other.join()

    def once():
        client.write(message)
        server.read_all(room)
        server.write(message)
        client.read_all(room)

    once()
    yield once, nothing_more
    client.close()
    server.close()


@contextlib.contextmanager
def make_connections(returning):
    listening = listening_socket()

    def serve():
        """The visitor that ends without a word is the last."""
        while True:
            server = Connection(accepted_from(listening), "server")
            server.handshake()
            text = bytearray(200)
            if not server.read_all(text):
                return
            server.write(text)
            server.close()

    with listening, other_process(serve) as server_seconds:
        session = None

        def visit():
            nonlocal session
            client = Connection(connected_to(listening), "client")
            if returning and session is not None:
                client.tls.session = session
            client.handshake()
            if returning and client.tls.session_reused != (session is not None):
                raise RuntimeError("the session was not resumed")
            text = bytearray(200)
            client.write(text)
            if not client.read_all(text):
                raise RuntimeError("the peer ended the connection early")
            if returning:
                session = client.tls.session
            client.close()

        visit()
        last = [time.thread_time(), server_seconds()]

        def counters(count, _seconds):
            now = [time.thread_time(), server_seconds()]
            client, server = (after - before for after, before in zip(now, last))
            last[:] = now
            return {"client_us": client * 1e6 / count, "server_us": server * 1e6 / count}

        yield visit, counters
        client = Connection(connected_to(listening), "client")
        client.handshake()
        client.close()


@contextlib.contextmanager
def hold_connections():
    first_ones, counted_ones = 10, 200
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    clients, servers = zip(*(socket.socketpair() for _ in range(first_ones + counted_ones)))
    answer_here, answer_there = socket.socketpair()
    held = []
    sizes = {}

    def bytes_of_each(sockets, role):
        data = bytearray(16384)
        before = 0
        for number, end in enumerate(sockets):
            if number == first_ones:
                before = heap_bytes()
            held.append(Connection(end, role))
            held[-1].handshake()
            if role == "client":
                held[-1].write(data)
            if not held[-1].read_all(data):
                raise RuntimeError("the peer ended the connection early")
            if role == "server":
                held[-1].write(data)
        return (heap_bytes() - before) / counted_ones

    def serve():
        for end in clients:
            end.close()
        answer_there.sendall(repr(bytes_of_each(servers, "server")).encode())

    with other_process(serve):
        for end in (*servers, answer_there):
            end.close()

        def once():
            sizes["client_bytes"] = bytes_of_each(clients, "client")
            sizes["server_bytes"] = float(answer_here.recv(100))

        yield once, lambda _count, _seconds: sizes
    answer_here.close()
    for connection in held:
        connection.tls.close()


@contextlib.contextmanager
def make_client_contexts():
    begin = time.perf_counter()
    ssl.create_default_context()
    first = (time.perf_counter() - begin) * 1e6
    yield ssl.create_default_context, lambda _count, _seconds: {"first_us": first}


MEASURES = {  # name: what, and how often where that is fixed
    "bulk_256K/real_time": (lambda: send_much(256 * KIBIBYTE, 32 * MEBIBYTE, False), None),
    "stream_16K/real_time": (lambda: send_much(16 * KIBIBYTE, 32 * MEBIBYTE, True), None),
    "send_16K/real_time": (lambda: send_much(16 * KIBIBYTE, 16 * MEBIBYTE, False), None),
    "stream_256B/real_time": (lambda: send_much(256, MEBIBYTE, True), None),
    "round_trip_1B": (lambda: go_round(1), None),
    "round_trip_1K": (lambda: go_round(1024), None),
    "connect/real_time": (lambda: make_connections(False), None),
    "reconnect/real_time": (lambda: make_connections(True), None),
    "idle_connections/iterations:1": (hold_connections, 1),
    "client_context/iterations:20": (make_client_contexts, 20),
}


# -- The program.

def measure(name, min_time):
    """More and more times until it takes that many seconds, like Google Benchmark."""
    begin_with, fixed = MEASURES[name]
    count = fixed or 1
    with begin_with() as (once, counters):
        while True:
            cpu, real = time.thread_time(), time.perf_counter()
            for _ in range(count):
                once()
            cpu, real = time.thread_time() - cpu, time.perf_counter() - real
            said = counters(count, real)
            if fixed or real >= min_time:
                break
            count = max(count + 1, int(count * min(10, 1.4 * min_time / real)))
    return {"name": name, "run_name": name, "run_type": "iteration", "repetitions": 1, "repetition_index": 0,
            "threads": 1, "iterations": count, "real_time": real * 1e9 / count, "cpu_time": cpu * 1e9 / count,
            "time_unit": "ns", **said}


def show(result):
    fields = ("name", "run_name", "run_type", "repetitions", "repetition_index", "threads", "iterations", "real_time",
              "cpu_time", "time_unit")
    counters = " ".join(f"{name}={value:g}" for name, value in result.items() if name not in fields)
    print(f"{result['name']:<30} {result['real_time']:>12.0f} ns {result['cpu_time']:>12.0f} ns "
          f"{result['iterations']:>10} {counters}", flush=True)


def arguments():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--benchmark_filter", type=re.compile, default=re.compile(""))
    parser.add_argument("--benchmark_min_time", type=lambda text: float(text.removesuffix("s")), default=0.5)
    parser.add_argument("--benchmark_format", choices=["console", "json"], default="console")
    parser.add_argument("--benchmark_list_tests", nargs="?", const="true", choices=["true", "false"], default="false")
    return parser.parse_args()


def main():
    asked = arguments()
    names = [name for name in MEASURES if asked.benchmark_filter.search(name)]
    if asked.benchmark_list_tests == "true":
        print(*names, sep="\n")
        return
    pin_to_core(0)
    library = f"Python {platform.python_version()} on {ssl.OPENSSL_VERSION}"
    as_json = asked.benchmark_format == "json"
    if not as_json:
        print("library:", library)
    results = []
    for name in names:
        results.append(measure(name, asked.benchmark_min_time))
        if not as_json:
            show(results[-1])
    if as_json:
        context = {"date": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "host_name": platform.node(),
                   "executable": sys.argv[0], "num_cpus": os.cpu_count(), "library": library}
        json.dump({"context": context, "benchmarks": results}, sys.stdout, indent=2)
        print()


if __name__ == "__main__":
    contexts = {"client": client_context(), "server": server_context()}
    main()
