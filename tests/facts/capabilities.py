#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What tlseam-<backend> says about its library is what tests/expected_capabilities.txt says, neither less nor more."""
import json
import pathlib
import subprocess
import sys

tests = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(tests / "interop"), str(tests.parent / "scripts")]
from facts import LISTS, capabilities, library_for  # noqa: E402
from tap import case, equal, run  # noqa: E402

said = json.loads(subprocess.run([sys.argv[1], "info", "--json"], capture_output=True, text=True, timeout=60,
                                 check=True).stdout)
said["features"] = [name for name, has in said["features"].items() if has]


def expected():
    return library_for(capabilities()[0], said["backend"], said["backend_version"])


@case(f"one row is for {said['backend']} {said['backend_version']}")
def _():
    expected()


def compare(kind):
    @case(f"{kind} are those of the row")
    def _():
        row = getattr(expected(), kind)
        equal((sorted(set(row) - set(said[kind])), sorted(set(said[kind]) - set(row))), ([], []),
              f"{kind}: in the row only, in the program only")
        equal(said[kind], row, f"the order of {kind}")


for name in LISTS:
    compare(name)
run()
