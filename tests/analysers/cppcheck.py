#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""cppcheck finds nothing in the product.  cppcheck.py BUILD_DIRECTORY"""
import subprocess
import sys

import analysed

CPPCHECK = analysed.needed("cppcheck")
OPTIONS = ["--std=c++23", "--language=c++", "--enable=warning,performance,portability", "--inline-suppr", "--quiet",
           "--error-exitcode=1", "--template={file}:{line}: {severity}: {message} [{id}]",
           # Names that meson gives to the compiler. Of other libraries' headers it needs none.
           "--suppress=missingInclude", "--suppress=missingIncludeSystem"]
RULES = repr(OPTIONS) + analysed.version(CPPCHECK)


def findings(file):
    ours = [word for word in file.arguments if word.startswith(("-I", "-D"))]
    done = subprocess.run([CPPCHECK, *OPTIONS, *ours, str(file.path)], cwd=file.directory, capture_output=True, text=True,
                          timeout=analysed.DEADLINE, check=False)
    return [] if done.returncode == 0 else (done.stderr or done.stdout).splitlines()


analysed.each("cppcheck", analysed.sources(sys.argv[1]), lambda file: file.digest(RULES), findings)
