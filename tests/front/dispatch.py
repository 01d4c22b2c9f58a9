# SPDX-License-Identifier: Apache-2.0
# `tlseam` finds the programs, becomes the one that is asked for, and lists them.
import json
import os
import pathlib
import shutil
import signal
import socket

import tap
from front import CERTS, FRONT, ROOT, Serve, environment, programs, refused, scratch, tlseam
from process import Process, finish
from tap import case, contains, equal


def place_with(*names, front=True):
    """A directory with a copy of `tlseam`, unless it is to lie elsewhere, and these programs: links, or scripts."""
    place = scratch()
    if front:
        shutil.copy(FRONT, place / "tlseam")
    for name in names:
        (place / f"tlseam-{name}").symlink_to(programs()[name])
    return place


def script(place, backend, text, mode=0o755):
    path = place / f"tlseam-{backend}"
    path.write_text(text)
    path.chmod(mode)
    return path


# ---- becoming a program ----


@case("--backend NAME becomes that program: same words out, same exit code")
def becomes():
    for backend, program in programs().items():
        for words in (("info",), ("info", "--json"), ("verify", "--help"), ("dance",), (), ("--version",)):
            through, direct = tlseam("--backend", backend, *words), finish(program, *words)
            equal((through.exit_code(), through.stdout, through.stderr),
                  (direct.exit_code(), direct.stdout, direct.stderr), f"{backend} {words}")
            joined = tlseam(f"--backend={backend}", *words)
            equal((joined.exit_code(), joined.stdout), (direct.exit_code(), direct.stdout), f"--backend={backend} {words}")


@case("it becomes that program and starts none: words, descriptors, exit codes and signals are its own")
def passes_everything_on():
    place = place_with()
    script(place, "talker", '#!/bin/sh\nprintf "<%s>" "$@"; cat; echo $$ >&2; exit 77\n')
    run = Process(place / "tlseam", "--backend", "talker", "a b", "", "--backend", "*", "--help")
    run.write(b"from standard input")
    run.close_stdin()
    equal((run.exit_code(), run.stdout), (77, b"<a b><><--backend><*><--help>from standard input"), "exit code and output")
    equal(int(run.stderr), run._child.pid, "the process that speaks")
    script(place, "victim", "#!/bin/sh\nkill -TERM $$\n")
    equal(finish(place / "tlseam", "--backend", "victim").exit_code(), -signal.SIGTERM, "a signal that ends it")


@case("a server that was started through it ends by SIGINT and SIGTERM as it would alone")
def signals():
    for backend in programs():
        for number in (signal.SIGINT, signal.SIGTERM):
            server = Serve(backend)
            server.signal(number)
            equal(server.exit_code(), 0, f"exit code of {backend} after {number.name}")


@case("a program that does not run: not executable, not there any more, no program at all, one that crashes")
def does_not_run():
    place = place_with()
    script(place, "closed", "#!/bin/sh\n", mode=0o644)
    refused(finish(place / "tlseam", "--backend", "closed", "info"), "no tlseam-<backend> program")
    script(place, "noise", "\x7fELF and then noise")
    run = finish(place / "tlseam", "--backend", "noise", "info")
    equal((run.exit_code(), run.stdout), (1, b""), "exit code and standard output")
    contains(run.stderr.decode(), "tlseam-noise", "the sentence")
    script(place, "orphan", "#!/nonexistent/interpreter\n")
    run = finish(place / "tlseam", "--backend", "orphan", "info")
    equal(run.exit_code(), 1, "exit code")
    contains(run.stderr.decode(), "tlseam-orphan", "the sentence")
    (place / "tlseam-nowhere").symlink_to("gone")
    refused(finish(place / "tlseam", "--backend", "nowhere", "info"), "no backend 'nowhere'", "noise")
    (place / "tlseam-directory").mkdir()
    refused(finish(place / "tlseam", "--backend", "directory", "info"), "no backend 'directory'")


# ---- which program ----


@case("an unknown backend, an empty one, none at all: a sentence that names it and those that there are, exit code 2")
def unknown():
    for words in (("--backend", "nosuch", "info"), ("--backend=nosuch", "info"), ("--backend", "nosuch")):
        refused(tlseam(*words), "'nosuch'", *programs())
    for words in (("--backend", "", "info"), ("--backend=", "info"), ("--backend=",)):
        refused(tlseam(*words), "''", *programs())
    for name in ("../tlseam-x", next(iter(programs())).upper(), next(iter(programs())) + " "):
        refused(tlseam("--backend", name, "info"), f"'{name}'")
    refused(tlseam("--backend"), "--backend needs a name")


@case("a command of libraries without --backend: the only one that there is, or a question which")
def without_backend():
    for command in ("serve", "connect", "verify", "info"):
        refused(tlseam(command), f"`{command}`", "--backend", *programs())
    for backend in programs():
        alone = finish(place_with(backend) / "tlseam", "info", "--json")
        equal(json.loads(alone.stdout)["backend"], backend, "the only one")
    refused(finish(place_with() / "tlseam", "info", env=environment(PATH="/nonexistent")), "no tlseam-<backend> program")


@case("those beside it come first; else those in $PATH, the first of each name, and never the working directory")
def lookup():
    first, second = list(programs())[:2]
    beside, elsewhere, away = place_with(first), place_with(second, front=False), scratch()

    def found(front, path, **options):
        run = finish(front, "backends", "--json", env=environment(PATH=path), **options)
        return [(about["backend"], about["program"]) for about in map(json.loads, run.stdout.splitlines())]

    equal(found(beside / "tlseam", str(elsewhere)), [(first, str(beside / f"tlseam-{first}"))], "beside it")
    shutil.copy(FRONT, away / "tlseam")
    equal(found(away / "tlseam", f"{elsewhere}:{beside}"),
          sorted([(first, str(beside / f"tlseam-{first}")), (second, str(elsewhere / f"tlseam-{second}"))]), "in $PATH")
    again = place_with(first, front=False)
    equal(found(away / "tlseam", f"{again}:{beside}"), [(first, str(again / f"tlseam-{first}"))], "the first in $PATH")
    for path in (".", "", ":", f":/nonexistent:{FRONT}/none"):
        equal(found(away / "tlseam", path, cwd=beside), [], f"PATH='{path}'")
    (elsewhere / "tlseam").symlink_to(away / "tlseam")
    equal(found(elsewhere / "tlseam", str(beside)), [(first, str(beside / f"tlseam-{first}"))],
          "beside where a link leads")


@case("words that are no command: a sentence that names them, exit code 2; no word at all too")
def no_command():
    refused(tlseam("dance"), "'dance'", "--help")
    refused(tlseam(""), "''")
    refused(tlseam(), "subcommand")
    refused(tlseam("--colour"), "--help")
    refused(tlseam("backends", "more"), "more")
    refused(tlseam("backends", "--backend", "x"), "--backend")


@case("--help of every command explains itself with examples; --version")
def help_texts():
    run = tlseam("--help")
    equal(run.exit_code(), 0, "exit code")
    for said in ("Examples:", "backends", "cert", "serve, connect, verify, info", "Exit codes"):
        contains(run.stdout.decode(), said, "help")
    for command in json.loads(tlseam("--describe-command-line").stdout)["commands"]:
        run = tlseam(command["name"], "--help")
        equal(run.exit_code(), 0, "exit code")
        for said in ("Examples:\n", f"  tlseam {command['name']}"):
            contains(run.stdout.decode(), said, f"help of {command['name']}")
    run = tlseam("--version")
    equal((run.exit_code(), run.stdout[:7]), (0, b"tlseam "), "version")


# ---- backends ----


@case("backends: name, version and program of each, in both forms")
def backends():
    plain = tlseam("backends")
    equal((plain.exit_code(), plain.stderr), (0, b""), "exit code and standard error")
    lines = [json.loads(line) for line in tlseam("backends", "--json").stdout.splitlines()]
    equal([about["backend"] for about in lines], sorted(about["backend"] for about in lines), "order")
    for about, line in zip(lines, plain.stdout.decode().splitlines(), strict=True):
        info = json.loads(finish(about["program"], "info", "--json").stdout)
        equal((about["backend"], about["version"], about["tlseam_version"], about["error"]),
              (info["backend"], info["backend_version"], info["tlseam_version"], None), "what it says")
        equal(line, f"{about['backend']} {about['version']}  {about['program']}", "the line")


@case("backends: one that does not run is listed with the reason, and the others are too; exit code 1")
def broken_backends():
    first = next(iter(programs()))
    place = place_with(first)
    script(place, "crash", "#!/bin/sh\nkill -SEGV $$\n")
    script(place, "mute", "#!/bin/sh\nexit 0\n")
    script(place, "orphan", "#!/nonexistent/interpreter\n")
    script(place, "sorry", "#!/bin/sh\necho 'libtls.so: not found' >&2\necho more >&2\nexit 127\n")
    script(place, "strange", "#!/bin/sh\necho '[1]'\n")
    run = finish(place / "tlseam", "backends", "--json")
    equal(run.exit_code(), 1, "exit code")
    said = {about["backend"]: about["error"] for about in map(json.loads, run.stdout.splitlines())}
    equal(list(said), sorted([first, "crash", "mute", "orphan", "sorry", "strange"]), "backends")
    equal((said[first], said["sorry"]), (None, "libtls.so: not found"), "errors")
    contains(said["crash"], "139", "the reason of crash")
    contains(said["orphan"], "cannot start", "the reason of orphan")
    for backend in ("mute", "strange"):
        contains(said[backend], "no answer", f"the reason of {backend}")
    run = finish(place / "tlseam", "backends")
    equal(run.exit_code(), 1, "exit code")
    contains(run.stdout.decode(), "sorry does not run: libtls.so: not found", "the line")
    refused(finish(place_with() / "tlseam", "backends", env=environment(PATH="")), "no tlseam-<backend> program")


# ---- wrong use, through it ----


def wrong_uses(place):
    """Words, and what the sentence must name."""
    serve = ("serve", "--cert", CERTS / "server.crt", "--key", CERTS / "server.key")
    taken = tap.cleanup.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
    bound = tap.cleanup.enter_context(socket.socket())  # and never listening: nobody else gets this port
    bound.bind(("127.0.0.1", 0))
    unreadable = place / "unreadable.crt"
    unreadable.write_text("x")
    unreadable.chmod(0)
    yield ("connect", "localhost:65536"), "'65536'"
    yield ("connect", "localhost:0"), "'localhost:0'"
    yield ("connect", "localhost:-1"), "'-1'"
    yield (*serve, "--listen", "localhost:70000"), "'70000'"
    yield (*serve, "--listen", f"127.0.0.1:{taken}"), f"127.0.0.1:{taken}: Address already in use"
    yield ("connect", "no-such-host.invalid:443"), "'no-such-host.invalid'"
    yield ("connect", f"127.0.0.1:{bound.getsockname()[1]}"), "refused"
    yield ("connect", "localhost:443", "--ca", place), f"'{place}': Is a directory"
    yield ("connect", "localhost:443", "--ca", place / "none"), f"'{place / 'none'}'"
    yield ("serve", "--cert", place, "--key", CERTS / "server.key"), f"'{place}'"
    yield ("serve", "--cert", CERTS / "server.crt", "--key", place / "none.key"), "none.key"
    yield ("verify", "--leaf", unreadable, "--trust", ROOT), "unreadable.crt"
    yield ("verify", "--leaf", place, "--trust", ROOT), f"'{place}'"
    yield ("dance",), "subcommand"
    yield ("connect", "localhost:443", "--colour"), "--colour"


@case("wrong use of each library's commands: one sentence that names the thing, and exit code 2")
def wrong_use():
    place = scratch()
    for words, named in wrong_uses(place):
        for backend in programs():
            refused(tlseam("--backend", backend, *words), named)


@case("what is no wrong use has exit code 1: a certificate that is refused, a peer that is no TLS server")
def failures():
    for backend in programs():
        server = Serve(backend)
        run = tlseam("--backend", backend, "connect", f"127.0.0.1:{server.port}", "--ca", ROOT, "--name", "wrong.test")
        equal(run.exit_code(), 1, f"{backend}: exit code for a wrong name")
        run = tlseam("--backend", backend, "verify", "--leaf", CERTS / "expired.crt", "--trust", ROOT)
        equal(run.exit_code(), 1, f"{backend}: exit code for an expired certificate")


tap.run()
