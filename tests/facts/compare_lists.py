#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every conformance program has the same tests: none is left out for a library. Arguments: the programs."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from tap import case, equal, run  # noqa: E402


def tests_of(program):
    listed = subprocess.run([program, "--gtest_list_tests"], capture_output=True, text=True, timeout=60, check=True)
    names, suite = [], ""
    for line in listed.stdout.splitlines():
        name = line.split("#")[0].rstrip()  # behind it stands a parameter, which may be an address in memory
        if not line.startswith(" "):
            suite = name
        else:
            names.append(suite + name.strip())
    return names


def compare(program):
    @case(f"{pathlib.Path(program).name} has the tests of {pathlib.Path(sys.argv[1]).name}")
    def _():
        first, tests = tests_of(sys.argv[1]), tests_of(program)
        assert first, "there are no tests"
        equal((sorted(set(first) - set(tests)), sorted(set(tests) - set(first))), ([], []), "too few, too many")
        equal(tests, first, "the order")


for argument in sys.argv[1:]:
    compare(argument)
run()
