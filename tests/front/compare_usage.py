# SPDX-License-Identifier: Apache-2.0
# `tlseam compare HOST:PORT`: what keeps it from starting, and how it ends early.
import json
import os
import signal
import socket
import threading

import children
import local_servers
import process
import stand_ins
import tap
from front import CERTS, FRONT, ROOT
from process import Process, finish
from tap import case, contains, equal


def fails(*words, code, names):
    """One sentence that names these, and nothing else."""
    done = finish(FRONT, "compare", *words)
    equal((done.exit_code(), done.stdout), (code, b""), f"exit code and output of {words}")
    for name in names:
        contains(done.stderr.decode(), str(name), "the sentence")
    return done.stderr


@case("wrong use: exit code 2")
def wrong():
    fails(code=2, names=["HOST:PORT", "--listen", "--verify"])
    fails("localhost", code=2, names=["localhost", "port"])
    fails(":443", code=2, names=["host"])
    fails("localhost:0", code=2, names=["port 0"])
    fails("localhost:65536", code=2, names=["65536"])
    fails("::1:443", code=2, names=["[::1]:443"])
    fails("localhost:1", "--backend", "nosuch", code=2, names=["nosuch", "there are"])
    fails("localhost:1", "--ca", CERTS / "no-such-file", code=2, names=["--ca", "no-such-file"])
    fails("localhost:1", "--ca", CERTS, code=2, names=["--ca", CERTS, "directory"])
    fails("localhost:1", "--ca", ROOT, "--insecure", code=2, names=["--insecure"])
    fails("localhost:1", "--timeout", "0", code=2, names=["--timeout"])
    fails("localhost:1", "--listen", "localhost:2", code=2, names=["HOST:PORT", "--listen"])
    fails("localhost:1", "--cert", ROOT, code=2, names=["--cert"])
    fails("localhost:1", "--no-such-option", code=2, names=["--no-such-option"])
    fails("--listen", "localhost:0", code=2, names=["--cert"])


@case("what only a library finds wrong: exit code 2 too, once")
def wrong_for_libraries():
    where = f"127.0.0.1:{local_servers.Many(lambda connection: None).port}"
    for words, names in ((("--ca", CERTS / "crl.pem"), ["crl.pem"]), (("--alpn", "one,,two"), ["alpn"]),
                         (("--name", "not a name"), ["not a name"])):
        equal(fails(where, *words, code=2, names=names).count(b"\n"), 1, "sentences")


@case("nobody there: said once, exit code 2")
def nobody():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        where = f"127.0.0.1:{probe.getsockname()[1]}"
    equal(fails(where, code=2, names=[where, "refused"]).count(b"\n"), 1, "sentences")
    equal(fails("no-such-host.invalid:443", code=2, names=["no-such-host.invalid"]).count(b"\n"), 1, "sentences")


@case("a server whose queue is full never lets us in: --timeout, said once")
def unanswered():
    full = tap.cleanup.enter_context(socket.socket())
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    others = []  # until the system takes no more
    for _ in range(8):
        other = tap.cleanup.enter_context(socket.socket())
        other.setblocking(False)
        other.connect_ex(full.getsockname())
        others.append(other)
    where = f"127.0.0.1:{full.getsockname()[1]}"
    equal(fails(where, "--timeout", "0.3", code=1, names=[where, "timed out"]).count(b"\n"), 1, "sentences")


@case("help has examples and exit codes")
def help_text():
    done = finish(FRONT, "compare", "--help")
    equal(done.exit_code(), 0, "exit code")
    for part in ("Examples:", "Exit codes:", "--listen", "--verify", "--fail-on-difference"):
        contains(done.stdout.decode(), part, "help")


@case("Ctrl-C and SIGTERM: exit code 130, nothing printed, no program left, whoever hears of it first")
def interrupted():
    for number, first in ((signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGINT, True)):
        spoken = threading.Event()

        def hear(connection, spoken=spoken):
            connection.recv(1)
            spoken.set()

        running = Process(FRONT, "compare", f"127.0.0.1:{local_servers.Many(hear).port}", "--insecure", "--json")
        assert spoken.wait(process.TIMEOUT), "no hello came"
        left = children.of(running)
        equal(len(left), 1, "programs of libraries")
        if first:
            os.kill(left[0], number)
        else:
            running.signal(number)
        equal((running.exit_code(), running.stdout), (130, b""), "exit code and output")
        children.all_gone(left)


@case("a program that cannot run is one that fails; the others are compared")
def broken_program():
    good = """
import socket
host, port = sys.argv[2].rsplit(':', 1)
socket.create_connection((host, int(port))).sendall(b'no hello at all')
print(json.dumps({'event': 'handshake', 'version': 'TLS 1.3', 'verified': True, 'peer_certificates': []}),
      file=sys.stderr, flush=True)
"""
    port = local_servers.Many(lambda connection: connection.recv(100)).port
    front = stand_ins.front(good=good, bad="sys.exit('it has no library')", killed="import os\nos.kill(os.getpid(), 9)")
    done = finish(front, "compare", f"127.0.0.1:{port}", "--json")
    equal(done.exit_code(), 3, "exit code")
    bad, fine, killed = json.loads(done.stdout)["backends"]
    equal((bad["error"]["code"], bad["error"]["detail"]), ("internal", "it has no library"), "error")
    equal((fine["error"], fine["handshake"]["version"]), (None, "TLS 1.3"), "the good one")
    contains(killed["error"]["detail"], "137", "how it ended")
    text = finish(front, "compare", f"127.0.0.1:{port}").stdout.decode()
    contains(text, "good connects, but not bad and killed (internal)", "the sentence")


tap.run()
