#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cppcheck finds nothing in the product, but for what cppcheck.txt holds against it.  cppcheck.py BUILD_DIRECTORY"""
import subprocess
import sys

import analysed

SUPPRESSIONS = analysed.ROOT / "tests" / "analysers" / "cppcheck.txt"
CPPCHECK = analysed.needed("cppcheck")
OPTIONS = ["--std=c++23", "--language=c++", "--enable=warning,performance,portability", "--inline-suppr", "--quiet",
           "--error-exitcode=1", "--template={file}:{line}: {severity}: {message} [{id}]",
           f"--suppressions-list={SUPPRESSIONS}"]
RULES = repr(OPTIONS) + SUPPRESSIONS.read_text("utf-8") + analysed.version(CPPCHECK)


def findings(file):
    ours = [word for word in file.arguments if word.startswith(("-I", "-D"))]
    done = subprocess.run([CPPCHECK, *OPTIONS, *ours, str(file.path)], cwd=file.directory, capture_output=True, text=True,
                          timeout=analysed.DEADLINE, check=False)
    return [] if done.returncode == 0 else (done.stderr or done.stdout).splitlines()


analysed.each("cppcheck", analysed.sources(sys.argv[1]), lambda file: file.digest(RULES), findings)
