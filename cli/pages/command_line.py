# SPDX-License-Identifier: Apache-2.0
"""What a program says of its own command line (cli/describe.hpp)."""
import json
import subprocess


def described(program):
    """As it was parsed from the program's own words."""
    done = subprocess.run([program, "--describe-command-line"], stdout=subprocess.PIPE, check=True, timeout=60)
    return json.loads(done.stdout)


def blocks(footer):
    """Its parts, which empty lines separate: lists of lines."""
    parts = ([line for line in part.splitlines() if line] for part in footer.split("\n\n"))
    return [part for part in parts if part]
