#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Puts the examples into README.md, behind their markers. --check: fails (TAP) when README.md does not show them."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[1]
readme = root / "README.md"
text = readme.read_text(encoding="utf-8")


def shown(match):
    code = (root / match.group(1)).read_text(encoding="utf-8")
    code = re.sub(r"\A(//[^\n]*\n)+", "", code).strip()  # without the licence line
    return f"<!-- {match.group(1)} -->\n```cpp\n{code}\n```"


wanted, count = re.subn(r"<!-- (examples/[\w.]+) -->\n```cpp\n.*?```", shown, text, flags=re.DOTALL)
if sys.argv[1:] == ["--check"]:
    good = wanted == text and count == 2
    print("1..1")
    print(f"{'ok' if good else 'not ok'} 1 - README.md shows the {count} examples as they are")
    sys.exit(0 if good else 1)
readme.write_text(wanted, encoding="utf-8")
