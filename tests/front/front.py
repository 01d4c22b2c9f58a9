# SPDX-License-Identifier: Apache-2.0
# `tlseam`, as the command line of a test file gives it, and the programs that it finds.
import argparse
import json
import pathlib

import process

_parser = argparse.ArgumentParser()
_parser.add_argument("--front", type=pathlib.Path, required=True, help="tlseam")
_parser.add_argument("--certs", type=pathlib.Path, required=True)
arguments = _parser.parse_args()

FRONT = arguments.front.resolve()
CERTS = arguments.certs
ROOT = CERTS / "root.crt"


def tlseam(*words, **options):
    """Runs it to its end."""
    return process.finish(FRONT, *words, **options)


def programs():
    """By backend, in the order of `tlseam backends`."""
    lines = tlseam("backends", "--json").stdout.splitlines()
    return {about["backend"]: pathlib.Path(about["program"]) for about in map(json.loads, lines)}
