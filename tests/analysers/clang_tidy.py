#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy finds nothing in the product, by the rules in .clang-tidy.  clang_tidy.py BUILD_DIRECTORY"""
import subprocess
import sys

import analysed

TIDY = analysed.needed("clang-tidy-19")
RULES = (analysed.ROOT / ".clang-tidy").read_text("utf-8") + analysed.version(TIDY)


def findings(file):
    done = subprocess.run([TIDY, "--quiet", "--warnings-as-errors=*", str(file.path), "--", *file.arguments],
                          cwd=file.directory, capture_output=True, text=True, timeout=analysed.DEADLINE, check=False)
    return [] if done.returncode == 0 else (done.stdout or done.stderr).splitlines()


analysed.each("clang-tidy", analysed.sources(sys.argv[1]), lambda file: file.digest(RULES), findings)
