#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles every case beside this file with and without MISUSE. Arguments: compiler... -- flags..."""
import pathlib
import subprocess
import sys

split = sys.argv.index("--")
command = sys.argv[1:split] + sys.argv[split + 1:]
cases = sorted(pathlib.Path(__file__).parent.glob("*.cpp"))
failed = False
print(f"1..{2 * len(cases)}")
number = 0
for case in cases:
    for flags, wanted, what in ([], True, "compiles"), (["-DMISUSE"], False, "does not compile when misused"):
        done = subprocess.run([*command, *flags, str(case)], capture_output=True, text=True, timeout=60)
        good = (done.returncode == 0) == wanted
        failed |= not good
        number += 1
        print(f"{'ok' if good else 'not ok'} {number} - {case.stem} {what}")
        if not good:
            print("\n".join("# " + line for line in done.stderr.splitlines()[:20]))
sys.exit(1 if failed else 0)
