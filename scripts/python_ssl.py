#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks docs/python-ssl.md (TAP): every public name of Python's ssl has a row, and every name of ours that a row gives
stands in a public header."""
import inspect
import pathlib
import re
import socket
import ssl
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "python-ssl.md"
HEADERS = ROOT / "include" / "tlseam"
CLASSES = ("SSLContext", "SSLSocket", "SSLObject", "SSLSession", "MemoryBIO")
FUNCTIONS = "The module's functions"


def public(names):
    return {name for name in names if not name.startswith("_")}


def names_of_python():
    """Heading of the page -> names. What a socket has without TLS is not ssl's."""
    out = {kind: public(dir(getattr(ssl, kind))) for kind in CLASSES}
    out["SSLSocket"] = {name for name in out["SSLSocket"]
                        if name in vars(ssl.SSLSocket) or not hasattr(socket.socket, name)}
    ours = ("ssl", "_ssl")
    out[FUNCTIONS] = {name for name, value in vars(ssl).items()
                      if inspect.isroutine(value) and not inspect.isclass(value) and not name.startswith("_")
                      and value.__module__ in ours}
    return out


def rows_of_page(text):
    """(heading, names of Python, names of ours) of each row."""
    heading = None
    for line in text.splitlines():
        if line.startswith("## "):
            heading = line[3:].strip()
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("| `") else []
        if cells:
            yield heading, re.findall(r"`([^`]+)`", cells[0]), re.findall(r"`([^`]+)`", cells[1]), cells[1]


def words_of_headers():
    """Type -> every word of its definition; and all words of all headers, for what belongs to no type."""
    everything, types = set(), {}
    for header in sorted(HEADERS.glob("*.hpp")):
        text = re.sub(r"//[^\n]*", "", header.read_text(encoding="utf-8"))
        everything |= set(re.findall(r"\w+", text))
        for found in re.finditer(r"^(?:class|struct)(?: TLSEAM_API)? (\w+)[^;{]*{(.*?)^};", text, re.S | re.M):
            types.setdefault(found[1], set()).update(re.findall(r"\w+", found[2]))
    return everything, types


def problems():
    rows = list(rows_of_page(PAGE.read_text(encoding="utf-8")))
    everything, types = words_of_headers()
    for heading, names in names_of_python().items():
        listed = [name for section, theirs, *_ in rows if section == heading for name in theirs]
        for name in sorted(names - set(listed)):
            yield f"{heading}: '{name}' has no row"
        for name in sorted({name for name in listed if listed.count(name) > 1}):
            yield f"{heading}: '{name}' has two rows"
    for heading, theirs, ours, cell in rows:
        if not ours and cell != "nothing":
            yield f"{heading}: {theirs} needs a name of ours, or 'nothing'"
        for name in ours:
            owner, _, member = name.rpartition("::")
            if owner and member not in types.get(owner, ()):
                yield f"{heading}: {theirs}: there is no {name} in include/tlseam"
            if not owner and member not in everything:
                yield f"{heading}: {theirs}: there is no {name} in include/tlseam"


def main():
    if sys.argv[1:] != ["--check"]:
        sys.exit("usage: python_ssl.py --check")
    found = list(problems())
    for problem in found:
        print(f"# {problem}")
    print("not ok 1 - docs/python-ssl.md" if found else "ok 1 - docs/python-ssl.md")
    print("1..1")


if __name__ == "__main__":
    main()
