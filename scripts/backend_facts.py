#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the build knows of a backend's library as a C++ file for its tlseam-<backend>: `info --json --facts`.

From the backend's meson.build, its deviations.txt, faults.txt and options.txt, tests/expected_capabilities.txt, and a
minimal client that was linked statically. scripts/facts.py reads the files and refuses mistakes in them."""
import argparse
import json
import pathlib
import sys

import static_size
from facts import ROOT, Malformed, build_options, capabilities, deviations, fault_lines


def facts(arguments):
    place = ROOT / "backends" / arguments.name
    recipe = ROOT / "scripts" / "recipes" / arguments.name
    good, complaints = deviations(place / "deviations.txt")
    if complaints:
        raise Malformed("; ".join(complaints))
    size = {"not_measured": arguments.not_measured}
    if arguments.client:
        size = static_size.measure(arguments.client, arguments.map, arguments.strip)
    return {
        "title": arguments.title, "licence": arguments.licence,
        "built_with": arguments.library_version, "from_source": arguments.pinned,
        "build_options": build_options(place / "options.txt", recipe),
        "static_client": size,
        "deviations": [{"test": each.test, "versions": each.versions, "reason": each.reason, "upstream": each.upstream}
                       for each in good],
        "faults": [{"fault": rows, "versions": versions, "outcome": outcome, "reason": reason, "upstream": upstream}
                   for rows, versions, outcome, reason, upstream in fault_lines(place / "faults.txt")],
        "differences": [{"list": each.list, "item": each.item, "reason": each.reason, "tlseam": each.tlseam,
                         "source": each.source} for each in capabilities()[1]],
    }


def cpp(data):
    text = json.dumps(data, ensure_ascii=True)
    assert ')facts"' not in text
    return f'#include "cli/facts.hpp"\nnamespace cli {{\nconst char* const facts = R"facts({text})facts";\n}}\n'


parser = argparse.ArgumentParser()
for option in ("name", "title", "licence", "library-version", "out"):
    parser.add_argument(f"--{option}", required=True)
parser.add_argument("--pinned", action="store_true", help="the library was built by scripts/dependencies")
parser.add_argument("--client", help="the minimal client; with --map and --strip")
parser.add_argument("--map")
parser.add_argument("--strip")
parser.add_argument("--not-measured", help="why there is no minimal client")
given = parser.parse_args()
try:
    pathlib.Path(given.out).write_text(cpp(facts(given)), encoding="utf-8")
except (Malformed, OSError) as problem:
    sys.exit(f"backend_facts.py: {problem}")
