#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints docs/divergences.md from tests/expected_capabilities.txt, backends/*/deviations.txt and backends/*/faults.txt.
--check: fails (TAP) when the committed page is not what it prints."""
import sys

from facts import ROOT, Malformed, capabilities, check_page, deviations, fault_lines

PAGE = ROOT / "docs" / "divergences.md"
NAMES = {"openssl": "OpenSSL", "wolfssl": "wolfSSL", "botan": "Botan"}


def named(name):
    return NAMES.get(name, name)


def row(*cells):
    return "| " + " | ".join(cells) + " |"


def links(upstream):
    return " (" + ", ".join(f"[upstream]({address})" for address in upstream) + ")" if upstream else ""


def page():
    libraries, differences = capabilities()
    out = ["# What the libraries differ in", "",
           "From `tests/expected_capabilities.txt`, `backends/*/deviations.txt` and `backends/*/faults.txt` by",
           "`scripts/divergences.py`. What is not on this page is the same on every backend: the same calls, results and",
           "error codes. A program asks for a feature with `backend().supports(...)`, a person with `tlseam-<backend> info`.", "",
           "## What a library lacks", "",
           row("", *(f"{named(library.name)} {library.versions}" for library in libraries)),
           row("---", *("---" for _ in libraries))]
    for difference in differences:
        has = [difference.item in getattr(library, difference.list) for library in libraries]
        out.append(row(f"`{difference.item}`", *("yes" if yes else "no" for yes in has)))
    out.append("")
    for difference in differences:
        out.append(f"- `{difference.item}`: {difference.reason} {difference.tlseam} ([source]({difference.source}))")
    out.append("")
    out += ["## Where a library behaves differently", "",
            "Conformance tests that a library cannot pass, each with what to report upstream and a program that shows it without",
            "tlseam. One that is mended upstream fails the build until its line is gone.", ""]
    found = list(all_deviations())
    if found:
        out += [row("library", "test", "reason", ""), row("---", "---", "---", "---")]
        for name, deviation in found:
            # "all" says nothing that the name does not.
            which = named(name) if deviation.versions == "all" else f"{named(name)} {deviation.versions}"
            reproducer = f"../backends/{name}/reproducers/{deviation.reproducer}"
            out.append(row(which, f"`{deviation.test}`", deviation.reason,
                           f"[upstream]({deviation.upstream}), [shown]({reproducer})"))
    else:
        out.append("None.")
    out += ["", "## What a library makes of a peer's fault otherwise", "",
            "Rows of the catalogue in `tests/conformance/faults` that a library answers with another error or alert and lets",
            "nobody choose: `backends/*/faults.txt`. Most differ in the alert alone. An outcome is the call, the `errc` and the",
            "alert (`-`: none is sent; `50/51`: one is reported, another is sent first); \"works\": the fault is not noticed;",
            "\"ends\": nor is it, and the row ends the transport. Where more differs than the alert, upstream shows the place in",
            "the library's source or what its authors wrote. A line that is no longer true fails the tests.", "",
            row("library", "fault", "outcome", "reason"), row("---", "---", "---", "---")]
    for name in NAMES:
        for rows, versions, outcome, reason, upstream in fault_lines(ROOT / "backends" / name / "faults.txt"):
            which = named(name) if versions == "all" else f"{named(name)} {versions}"
            out.append(row(which, rows.replace("*", "\\*"), f"`{outcome}`", reason + links(upstream)))
    return "\n".join(out) + "\n"


def all_deviations():
    files = sorted((ROOT / "backends").glob("*/deviations.txt"))
    backends = sorted(path.name for path in (ROOT / "backends").iterdir() if path.is_dir())
    if [path.parent.name for path in files] != backends:
        raise Malformed("every backend needs a deviations.txt")
    for path in files:
        good, complaints = deviations(path)
        if complaints:
            raise Malformed("; ".join(complaints))
        for deviation in good:
            yield path.parent.name, deviation


if sys.argv[1:] == ["--check"]:
    sys.exit(check_page(PAGE, page, "divergences.py"))
print(page(), end="")
