# SPDX-License-Identifier: Apache-2.0
# Shell completion and man pages, which are made from what the programs say of their command lines.
import json
import os
import pathlib
import re
import select
import shlex
import time

import tap
from front import FRONT, programs, scratch, tlseam
from process import TIMEOUT, Process, finish, tool
from tap import case, contains, equal

PAGES = FRONT.parent / "pages"


def split_as_bash(line):
    """Into what bash gives a completion function: '=' and ':' are words of their own."""
    words = [part for word in line.split(" ") for part in re.findall(r"[=:]+|[^=:]+", word) or [""]]
    return words


def completed(line, program="tlseam", directory=None, path=None):
    """What a real bash would offer at the end of this line."""
    words = split_as_bash(line)
    script = f"""
        source {shlex.quote(str(PAGES / program))}
        COMP_WORDS=({' '.join(map(shlex.quote, words))})
        COMP_CWORD={len(words) - 1}
        function=$(complete -p {words[0].rsplit('/')[-1]} | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
        "$function"
        [ ${{#COMPREPLY[@]}} -eq 0 ] || printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    environment = os.environ | {"PATH": f"{path or FRONT.parent}:{os.environ['PATH']}"}
    run = finish(tool("bash"), "--norc", "-u", "-c", script, cwd=directory, env=environment)
    equal((run.exit_code(), run.stderr), (0, b""), "exit code and standard error of bash")
    return sorted(run.stdout.decode().splitlines())


def described(program):
    return json.loads(finish(program, "--describe-command-line").stdout)


def options_of(command):
    return sorted(name for option in command["options"] for name in option["names"])


def command_of(app, name):
    return next(command for command in app["commands"] if command["name"] == name)


@case("commands: its own and those of a library")
def commands():
    front, backend = ({command["name"] for command in described(program)["commands"]}
                      for program in (FRONT, next(iter(programs().values()))))
    assert {"backends", "cert"} <= front and {"serve", "connect", "verify", "info"} <= backend, (front, backend)
    equal(completed("tlseam "), sorted(front | backend), "commands")
    equal(completed("tlseam c"), sorted(name for name in front | backend if name[0] == "c"), "commands with c")
    equal(completed("tlseam -"), ["--backend", "--help", "--version", "-h"], "options")
    for name, program in programs().items():
        for line in (f"tlseam --backend {name} ", f"tlseam --backend={name} ", f"{program.name} "):
            equal(completed(line, program.name), sorted(backend), line)


@case("every option of every command, of each program")
def every_option():
    for program in (FRONT, *programs().values()):
        app = described(program)
        for command in app["commands"]:
            line = f"{program.name} {command['name']} -"
            equal(completed(line, program.name), options_of(command), line)
            if program != FRONT:
                through = f"tlseam --backend {program.name.removeprefix('tlseam-')} {command['name']} -"
                equal(completed(through), options_of(command), through)
                equal(completed(f"tlseam {command['name']} -"), options_of(command), "without --backend")


VALUES = {
    "serve --mode ": ["discard", "echo", "http"],
    "serve --mode=": ["discard", "echo", "http"],
    "serve --mode=d": ["discard"],
    "serve --cert x --mode e": ["echo"],
    "serve --client-auth ": ["none", "optional", "required"],
    "serve --min-version ": ["1.2", "1.3"],
    "connect a:1 --min-version=1.3 --max-version ": ["1.2", "1.3"],
    "connect --ocsp r": ["required"],
    "verify --purpose ": ["client", "server"],
    "verify --crl-scope=": ["chain", "leaf"],
    "connect --name ": [],
    "connect ": [],
    "serve --once --mode x ": [],
    "serve --mode x --onc": ["--once"],
    "serve --listen localhost:0 --mode h": ["http"],
}


@case("values of options that have a list of them, also after '='")
def values():
    for line, expected in VALUES.items():
        for start in ("tlseam", f"tlseam --backend {next(iter(programs()))}", f"tlseam --backend={next(iter(programs()))}"):
            equal(completed(f"{start} {line}"), expected, f"{start} {line}")
    profiles = completed("tlseam serve --profile ")
    assert "compatible" in profiles and "modern" in profiles, profiles


@case("--backend: those that there are, wherever they are")
def backends():
    for line in ("tlseam --backend ", "tlseam --backend=", f"{FRONT} --backend "):
        equal(completed(line), sorted(programs()), line)
    place = scratch()
    for name in ("tlseam-alpha", "tlseam-beta2", "tlseam-bench-alpha", "tlseam-Upper", "other-gamma", "tlseam-norun"):
        (place / name).write_text("#!/bin/sh\n")
        (place / name).chmod(0o644 if name == "tlseam-norun" else 0o755)
    (place / "tlseam").symlink_to(FRONT)
    equal(completed("tlseam --backend ", path=place), sorted(programs()), "beside where a link leads")
    (place / "tlseam").unlink()
    (place / "tlseam").write_text("#!/bin/sh\n")
    (place / "tlseam").chmod(0o755)
    equal(completed("tlseam --backend ", path=place), ["alpha", "beta2"], "beside it")
    (place / "elsewhere").mkdir()
    (place / "tlseam").rename(place / "elsewhere" / "tlseam")
    found = completed("tlseam --backend ", path=f"{place / 'elsewhere'}:{place}")
    equal(found, ["alpha", "beta2"], "in $PATH")


@case("files and directories, with spaces and '*' in their names")
def files():
    place = scratch()
    (place / "two words.crt").write_text("")
    (place / "*.crt").write_text("")
    (place / "sub").mkdir()
    for option in ("serve --cert ", "connect --ca ", "verify --leaf "):
        equal(completed(f"tlseam {option}", directory=place), ["*.crt", "sub", "two words.crt"], option)
    equal(completed("tlseam cert --out ", directory=place), ["sub"], "directories")
    equal(completed("tlseam cert --out t", directory=place), [], "directories")


def read_until(terminal, awaited, seen):
    deadline = time.monotonic() + TIMEOUT
    while awaited not in seen:
        ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
        assert ready, f"no {awaited!r} on the terminal, but {seen[-2000:]!r}"
        seen += terminal.read(65536)
    return seen


def type_tab(shell, options, setup, environment):
    """A shell on a terminal; `tlseam` is a script that says what it was given."""
    place = scratch()
    for name in ("tlseam", "tlseam-alpha"):
        (place / name).write_text('#!/bin/sh\necho "given:[$*]"\n')
        (place / name).chmod(0o755)
    ours, theirs = os.openpty()
    with open(ours, "rb+", buffering=0) as terminal:
        variables = os.environ | {"PATH": f"{place}:{os.environ['PATH']}", "TERM": "dumb"} | environment
        run = Process(tool(shell), *options, stdin=theirs, stdout=theirs, stderr=theirs, env=variables, cwd=place,
                      start_new_session=True)
        os.close(theirs)
        seen = b""
        for line, awaited in (*setup, ("tlseam --back\talp\tserve --mode=disc\t--onc\t\n",
                                       b"given:[--backend alpha serve --mode=discard --once]")):
            terminal.write(line.encode())
            seen = read_until(terminal, awaited, seen)
        terminal.write(b"exit\n")
    run.exit_code()


@case("TAB on a terminal, in bash")
def bash_on_a_terminal():
    type_tab("bash", ("--norc", "--noprofile", "-i"),
             [(f"source '{PAGES / 'tlseam'}'; echo rea''dy\n", b"ready")], {})


@case("TAB on a terminal, in zsh")
def zsh_on_a_terminal():
    type_tab("zsh", ("-f", "-i"),
             [(f"fpath=('{PAGES}' $fpath); autoload -U compinit; compinit -u -D; "
               "echo rea''dy\n", b"ready")], {"ZDOTDIR": "/nonexistent"})


@case("man pages: groff has nothing to say against them, and they have every option")
def man_pages():
    for program in (FRONT, *programs().values()):
        page = PAGES / f"{program.name}.1"
        run = finish(tool("groff", "groff-base"), "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=200n", page)
        equal((run.exit_code(), run.stderr), (0, b""), "exit code and warnings of groff")
        text = run.stdout.decode()
        app = described(program)
        contains(text, f"{program.name.upper()}(1)", "the title")
        contains(text, f"{program.name} - {app['description']}", "the first sentence")
        for section in ("SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"):
            contains(text, f"\n{section}\n", "sections")
        for command in app["commands"]:
            contains(text, f"{program.name} {command['name']} [OPTIONS]", "commands")
            for option in options_of(command):
                contains(text, option, f"options of {command['name']}")
        for other in (FRONT, *programs().values()):
            assert other == program or f"{other.name}(1)" in text, f"no word of {other.name}"


@case("what --help says last is in the man page, and its examples can be pasted: with the program in front")
def man_examples():
    for program in programs().values():
        text = (PAGES / f"{program.name}.1").read_text().replace("\\-", "-")
        contains(text, f"{program.name} serve --cert server.crt --key server.key\n", "examples")
        contains(text, f"| {program.name} connect example.com:443 --keep-open\n", "examples")
    contains((PAGES / "tlseam.1").read_text().replace("\\-", "-"), "\ntlseam cert --client alice\n", "examples")


tap.run()
