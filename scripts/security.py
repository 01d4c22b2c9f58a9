#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares SECURITY.md with the tree: its numbers are those of the code, and the tests that it names are there. Prints
TAP."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = re.compile(r"^\| (?P<what>[^|]+) \| (?P<number>\d+)[a-z ]* \| `(?P<file>[^`]+)` `(?P<name>\w+)` \|$")


def value_of(file, name):
    """Of a constexpr, which is a number or simple arithmetic."""
    found = re.search(rf"constexpr [\w:]+(?: [\w:]+)* {name} =([^;]+);", (ROOT / file).read_text("utf-8"))
    if found is None:
        return None
    expression = re.sub(r"\w+::\w+\{(\d+)\}", r"\1", found[1].replace("'", ""))
    if not re.fullmatch(r"[\d\s()*+<-]+", expression):
        return None
    return eval(expression)  # numbers and operators only


def main():
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    limits = [found for found in map(LIMIT.match, text.splitlines()) if found]
    tests = sorted(set(re.findall(r"`(tests/[\w/.]+)`", text)))
    problems = []
    if len(limits) < 20 or len(tests) < 15:
        problems.append(f"only {len(limits)} limits and {len(tests)} tests are understood")
    for row in limits:
        value = value_of(row["file"], row["name"])
        if value != int(row["number"]):
            problems.append(f"{row['what']}: {row['number']}, and {row['name']} of {row['file']} is {value}")
    problems += [f"there is no {test}" for test in tests if not (ROOT / test).exists()]
    for problem in problems:
        print("#", problem)
    print("not ok" if problems else "ok", "1 - SECURITY.md has the code's numbers, and names tests that are there")
    print("1..1")
    sys.exit(1 if problems else 0)


main()
