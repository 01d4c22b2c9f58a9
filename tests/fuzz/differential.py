#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Gives the same bytes to the engines of every backend and compares what they make of them.

    differential.py PROGRAM...                        the seeds, and mutations of them, always the same ones (a test)
    differential.py --mutants N --corpus DIR PROGRAM...   a corpus that a fuzzer has grown: DIR/TARGET/*

PROGRAM: the fuzz-replay-<backend> of each. An ending is the errc that the handshake ends with, and its alert. What is
known to differ stands in differences.txt, with the reason; a line there that is not needed any more is a failure too
(unless --corpus is given).
"""
import argparse
import collections
import fnmatch
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# What a client makes of an answer depends on what it has offered, which is another thing in each library.
TARGETS = ("server_engine",)


def verdicts(program, target, given):
    command = [program, "--verdicts", f"--mutants={given.mutants}", target]
    if given.corpus:
        command.append(str(given.corpus / target))
    done = subprocess.run(command, capture_output=True, text=True, errors="backslashreplace", timeout=given.timeout)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return [line.split(" ", 1)[1] for line in done.stdout.splitlines()]


class Difference:
    """A line of differences.txt: target | setup | backend | its ending | the others' | reason."""

    def __init__(self, line):
        self.line = line
        self.target, self.setup, self.backend, self.ending, self.others, self.reason = (
            cell.strip() for cell in line.split("|"))
        self.used = False

    def covers(self, target, setup, backend, ending, others):
        fits = all(fnmatch.fnmatchcase(value, pattern) for value, pattern in (
            (target, self.target), (setup, self.setup), (backend, self.backend), (ending, self.ending)))
        fits = fits and all(fnmatch.fnmatchcase(other, self.others) for other in others)
        self.used = self.used or fits
        return fits


def read_differences():
    lines = (HERE / "differences.txt").read_text(encoding="utf-8").splitlines()
    return [Difference(line) for line in lines if line.strip() and not line.startswith("#")]


def compare(target, names, columns, known):
    """What differs and is not known: (setup, endings by backend) -> numbers of inputs."""
    found = collections.defaultdict(list)
    for number, row in enumerate(zip(*columns, strict=True)):
        setup = row[0].split(" | ")[0]
        endings = [cell.split(" | ")[1] for cell in row]
        # Alerts differ where an RFC leaves the choice: the catalogue of faults looks at each of them.
        codes = [ending.split(" ")[0] for ending in endings]
        usual, count = collections.Counter(codes).most_common(1)[0]
        odd = [i for i, code in enumerate(codes) if code != usual or count == 1]
        others = [ending for i, ending in enumerate(endings) if i not in odd]
        if any(not any(each.covers(target, setup, names[i], endings[i], others) for each in known) for i in odd):
            found[(setup, tuple(endings))].append(number)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=6)
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--timeout", type=float, default=250, help="seconds for one program and target")
    parser.add_argument("programs", nargs="+", metavar="PROGRAM")
    given = parser.parse_args()
    names = [pathlib.Path(program).name.removeprefix("fuzz-replay-") for program in given.programs]
    known = read_differences()
    print(f"1..{len(TARGETS) + (0 if given.corpus else 1)}")
    failed = 0
    for number, target in enumerate(TARGETS, 1):
        columns = [verdicts(program, target, given) for program in given.programs]
        found = compare(target, names, columns, known)
        failed += bool(found)
        print(f"{'not ok' if found else 'ok'} {number} - {target}: {len(columns[0])} inputs end alike")
        for (setup, endings), numbers in sorted(found.items(), key=lambda each: -len(each[1])):
            print(f"# {setup}: {', '.join(f'{n}: {e}' for n, e in zip(names, endings))} ({len(numbers)} inputs, the first: {numbers[0]})")
    if not given.corpus:
        unused = [each.line for each in known if not each.used]
        failed += bool(unused)
        print(f"{'not ok' if unused else 'ok'} {len(TARGETS) + 1} - every known difference is still there")
        for line in unused:
            print(f"# {line}")
    return 1 if failed else 0


sys.exit(main())
