#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run_conformance.py and compare_lists.py with a program that only looks like one; the files that facts.py reads."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here.parent / "interop"), str(here.parents[1] / "scripts")]
from facts import Malformed, build_options, capabilities, fault_lines, fits, library_for  # noqa: E402
from static_size import shares  # noqa: E402
from tap import case, cleanup, contains, equal, run  # noqa: E402

GOOD = "plain.first | 3.0 | it cannot | https://example.org/1 | first.c"


class Outcome:
    """One run of the runner over the fake program."""

    def __init__(self, *lines, options=(), output=True, stale=False, **fake):
        place = pathlib.Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
        (place / "toy" / "reproducers").mkdir(parents=True)
        (place / "toy" / "reproducers" / "first.c").write_text("int main() {}\n")
        (place / "toy" / "elsewhere.c").write_text("int main() {}\n")
        (place / "toy" / "deviations.txt").write_text("# a comment\n\n" + "".join(line + "\n" for line in lines))
        results = place / "results.xml"
        if stale:
            results.write_text("<testsuites/>")
        program = here / "fake_program.py"
        done = subprocess.run([sys.executable, here / "run_conformance.py", "--deviations",
                               place / "toy" / "deviations.txt", "--command", program, program, *options,
                               *([f"--gtest_output=xml:{results}"] if output else [])],
                              env={**os.environ, "FAKE": json.dumps(fake)}, capture_output=True, text=True, timeout=60)
        self.status, self.said = done.returncode, done.stdout + done.stderr
        self.failed, self.passed, self.counts = [], [], None
        if results.exists():
            root = xml.parse(results).getroot()
            self.counts = (int(root.get("tests", 0)), int(root.get("failures", 0)))
            for suite in root.iter("testsuite"):
                for test in suite.findall("testcase"):
                    bad = test.find("failure") is not None
                    (self.failed if bad else self.passed).append(f"{suite.get('name')}.{test.get('name')}")


def expect(outcome, status, failed, counts):
    equal((outcome.status, outcome.failed, outcome.counts), (status, failed, counts), f"outcome ({outcome.said})")


@case("without deviations the results are those of the program")
def _():
    expect(Outcome(), 0, [], (4, 0))
    expect(Outcome(failing=["plain.first"]), 1, ["plain.first"], (4, 1))
    equal(Outcome(output=False).status, 0, "status without a results file")
    equal(Outcome(output=False, failing=["plain.first"]).status, 1, "status without a results file, with a failure")


@case("a test that is excused and fails has passed")
def _():
    outcome = Outcome(GOOD, failing=["plain.first"])
    expect(outcome, 0, [], (4, 0))
    contains(outcome.said, "plain.first fails, as toy/deviations.txt:3 says: it cannot", "what was said")
    expect(Outcome(GOOD.replace("plain.first", "tls/close.is_clean/tls1_3"), failing=["tls/close.is_clean/tls1_3"]), 0,
           [], (4, 0))


@case("a test that is excused and passes has failed")
def _():
    outcome = Outcome(GOOD)
    expect(outcome, 1, ["plain.first"], (4, 1))
    contains(outcome.said, "the excuse is not needed any more", "what was said")


@case("an excuse is for one test only")
def _():
    expect(Outcome(GOOD, failing=["plain.first", "plain.second"]), 1, ["plain.second"], (4, 1))


@case("an excuse is for its versions of the library only")
def _():
    other = GOOD.replace("3.0", ">=3.5")
    expect(Outcome(other), 0, [], (4, 0))
    expect(Outcome(other, failing=["plain.first"]), 1, ["plain.first"], (4, 1))
    expect(Outcome(GOOD.replace("3.0", ">=3.0 <3.5"), failing=["plain.first"]), 0, [], (4, 0))
    expect(Outcome(GOOD.replace("3.0", "all"), failing=["plain.first"]), 0, [], (4, 0))


@case("an excuse for a test that does not exist fails, unless only some tests run")
def _():
    gone = GOOD.replace("plain.first", "plain.renamed")
    outcome = Outcome(gone)
    expect(outcome, 1, ["deviations.toy/deviations.txt:3: there is no test plain.renamed"], (5, 1))
    expect(Outcome(gone, options=["--gtest_filter=plain.first"]), 0, [], (1, 0))


@case("two excuses for one test fail")
def _():
    outcome = Outcome(GOOD, GOOD, failing=["plain.first"])
    equal((outcome.status, len(outcome.failed)), (1, 1), "outcome")
    contains(outcome.said, "excused twice", "what was said")


def malformed(sentence, line, complaint):
    @case(f"{sentence} fails, whatever its test does")
    def _():
        for failing in [], ["plain.first"]:
            outcome = Outcome(line, failing=failing)
            equal(outcome.status, 1, "status")
            equal(len([name for name in outcome.failed if name.startswith("deviations.")]), 1, "complaints")
            contains(outcome.said, complaint, "what was said")


malformed("a line with too few fields", "plain.first | 3.0 | it cannot | https://example.org/1", "wanted: test |")
malformed("a line with an empty field", GOOD.replace("it cannot", " "), "wanted: test |")
malformed("a line without an upstream reference", GOOD.replace("https://example.org/1", "somewhere"), "is no address")
malformed("a line with a pattern", GOOD.replace("plain.first", "plain.*"), "no pattern")
malformed("a line with an unknown condition", GOOD.replace("3.0", "new ones"), "no condition on versions")
malformed("a line whose reproducer does not exist", GOOD.replace("first.c", "second.c"), "is no file in toy/reproducers/")
malformed("a line whose reproducer is elsewhere", GOOD.replace("first.c", "../elsewhere.c"), "is no file in")


@case("a program that crashes or exits oddly has failed, whatever is excused")
def _():
    equal(Outcome(status=23).status, 23, "an exit status of its own")
    equal(Outcome(status=1).status, 1, "status 1 without a failure")
    equal(Outcome(GOOD, failing=["plain.first"], status=66).status, 66, "with an excuse")
    outcome = Outcome(silent=True, stale=True)
    equal((outcome.status, outcome.counts), (1, None), "without results, where older ones were")
    contains(outcome.said, "left no results", "what was said")


@case("conditions on versions compare numbers, not text")
def _():
    for condition, version in (("all", "1"), ("3.0", "3.0.22"), ("3.0", "3.0"), (">=3.5", "3.10.1"), (">=3.0 <3.5", "3.4.9"),
                               ("<3.5", "3.4.0-dev")):
        equal(fits(condition, version), True, f"{version} fits {condition}")
    for condition, version in ("3.0", "3.1.0"), ("3.1", "3.13"), (">=3.5", "3.0.22"), (">=3.0 <3.5", "3.5.0"), ("3.0", "4"):
        equal(fits(condition, version), False, f"{version} fits {condition}")


# ---- expected_capabilities.txt ----

FACTS = """library: a 1.0
  features: x
  groups: g h
  cipher_suites: s
  psk_cipher_suites: p
  signature_schemes: r
library: b >=2
  features: x
  groups: g
  cipher_suites: s
  psk_cipher_suites: p
  signature_schemes: r
difference: groups h
  reason: b is
    older.
  tlseam: Refused.
  source: https://example.org/h
"""


def read_facts(text):
    place = pathlib.Path(cleanup.enter_context(tempfile.TemporaryDirectory())) / "facts.txt"
    place.write_text(text)
    return capabilities(place)


def refused(text, complaint, what):
    try:
        read_facts(text)
    except Malformed as problem:
        contains(str(problem), complaint, what)
    else:
        raise AssertionError(f"{what}: was taken")


@case("facts are read as they are written")
def _():
    libraries, differences = read_facts(FACTS)
    equal([(str(a), a.groups) for a in libraries], [("a 1.0", ["g", "h"]), ("b >=2", ["g"])], "libraries")
    equal([(d.item, d.reason) for d in differences], [("h", "b is older.")], "differences")


@case("facts that nobody explains, or that explain nothing, are refused")
def _():
    refused(FACTS.replace("features: x\n  groups: g\n", "features: x y\n  groups: g\n"), "features y differs", "one more")
    refused(FACTS.replace("groups: g\n", "groups: g h\n"), "is the same everywhere", "no difference")
    refused(FACTS.replace("https://", "see "), "no https address", "no source")
    refused(FACTS.replace("  cipher_suites: s\n", "", 1), "has no cipher_suites", "a list too few")
    refused(FACTS.replace("  tlseam: Refused.\n", ""), "has no tlseam", "an explanation too few")
    refused(FACTS.replace("b >=2", "b new"), "no condition on versions", "versions")
    refused(FACTS.replace("  groups: g\n", "  grups: g\n"), "unknown here", "a misspelt list")


@case("a line about a fault has addresses in its fifth field, or none")
def _():
    with tempfile.TemporaryDirectory() as place:
        path = pathlib.Path(place) / "faults.txt"
        for field, wanted in (("", []), (" | https://a.org/1 https://a.org/2", ["https://a.org/1", "https://a.org/2"])):
            path.write_text(f"a row | all | works | it does{field}\n")
            equal(fault_lines(path), [("a row", "all", "works", "it does", wanted)], "lines")
        for field in " | see there", " | ", " | https://a.org/1 | more":
            path.write_text(f"a row | all | works | it does{field}\n")
            try:
                fault_lines(path)
            except Malformed as problem:
                contains(str(problem), "faults.txt:1: ", "complaint")
            else:
                raise AssertionError(f"'{field}' was taken")


@case("a version that no row, or more than one, fits is refused")
def _():
    libraries, _ = read_facts(FACTS)
    equal(str(library_for(libraries, "a", "1.0.9")), "a 1.0", "row")
    for name, version in ("a", "1.1"), ("c", "1.0"):
        try:
            library_for(libraries, name, version)
        except Malformed as problem:
            contains(str(problem), f"0 rows fit {name} {version}", "complaint")
        else:
            raise AssertionError(f"{name} {version}: was taken")


# ---- compare_lists.py ----

def compare(*lists):
    place = pathlib.Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
    programs = []
    for number, text in enumerate(lists):
        programs.append(place / f"conformance-{number}")
        programs[-1].write_text(f"#!/bin/sh\nprintf '%s' '{text}'\n")
        programs[-1].chmod(0o755)
    done = subprocess.run([sys.executable, here / "compare_lists.py", *programs], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


@case("lists of tests are equal but for the parameters that are printed with them")
def _():
    one = "a.\n  b\n  c/0  # GetParam() = 0x1234\n"
    equal(compare(one, one.replace("0x1234", "0x5678"))[0], 0, "status")
    status, said = compare(one, one.replace("  b\n", ""))
    equal(status, 1, "status of a test too few")
    contains(said, "a.b", "what was said")
    equal(compare(one, one + "  d\n")[0], 1, "status of a test too many")
    equal(compare("", "")[0], 1, "status of no tests")


@case("the options of a library's build: words of its recipe, for items that exist, each once")
def _():
    place = pathlib.Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
    recipe, path = place / "recipe", place / "options.txt"
    recipe.write_text("options=(\n  --enable-this --enable-that   # not --enable-other\n)\n")
    path.write_text("# a comment\nx25519 | --enable-this --enable-that\n\ned25519 | --enable-that\n")
    equal(build_options(path, recipe), {"x25519": ["--enable-this", "--enable-that"], "ed25519": ["--enable-that"]}, "options")
    for line, named in (("x25519 | --enable-other", "--enable-other"), ("x25519 |", "options.txt:1"), ("x25519", "options.txt:1"),
                        ("no_such_item | --enable-this", "options.txt:1"),
                        ("x25519 | --enable-this\nx25519 | --enable-that", "options.txt:2")):
        path.write_text(line + "\n")
        try:
            build_options(path, recipe)
        except Malformed as problem:
            contains(str(problem), named, "complaint")
        else:
            raise AssertionError(f"'{line}' was taken")


@case("whose bytes a static program is made of, from the linker's map")
def _():
    text = ("Discarded input sections\n .text 0x0 0x999 libtls.a(x.o)\n\nLinker script and memory map\n"
            " .text          0x0000000000401000      0x100 /lib/libtls.a(a.o)\n"
            " .text._ZN5other\n                0x0000000000401100       0x10 own.p/b.cpp.o\n"
            " .rodata        0x0000000000402000        0x8 /usr/lib/libc.a(c.o)\n"
            " .bss           0x0000000000403000     0x4000 /lib/libtls.a(a.o)\n"
            " .debug_info    0x0000000000000000     0x4000 /lib/libtls.a(a.o)\n"
            " .data          0x0000000000402100        0x4 /usr/lib/gcc/libstdc++.a(d.o)\n")
    equal(shares(text), {"library": 0x100, "tlseam": 0x10, "runtime": 0xC}, "bytes")


run()
