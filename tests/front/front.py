# SPDX-License-Identifier: Apache-2.0
# `tlseam`, as the command line of a test file gives it, and the programs that it finds.
import argparse
import json
import os
import pathlib
import tempfile

import process
import tap

_parser = argparse.ArgumentParser()
_parser.add_argument("--front", type=pathlib.Path, required=True, help="tlseam")
_parser.add_argument("--certs", type=pathlib.Path, required=True)
arguments = _parser.parse_args()

FRONT = arguments.front.resolve()
CERTS = arguments.certs.resolve()
ROOT = CERTS / "root.crt"


def tlseam(*words, **options):
    """Runs it to its end."""
    return process.finish(FRONT, *words, **options)


def programs():
    """By backend, in the order of `tlseam backends`."""
    lines = tlseam("backends", "--json").stdout.splitlines()
    return {about["backend"]: pathlib.Path(about["program"]) for about in map(json.loads, lines)}


def refused(run, *named):
    """Wrong use: exit code 2, nothing on standard output, one sentence that names these."""
    tap.equal((run.exit_code(), run.stdout), (2, b""), "exit code and standard output")
    for word in named:
        tap.contains(run.stderr.decode(), str(word), "the sentence")


def scratch():
    """A directory that goes when the case ends."""
    return pathlib.Path(tap.cleanup.enter_context(tempfile.TemporaryDirectory()))


def contents(directory):
    """Of all its files, hidden ones too."""
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def in_directory(directory, umask=None):
    """Options of a Process that runs there."""
    return {"cwd": directory} | ({} if umask is None else {"umask": umask})


def environment(**more):
    return os.environ | more
