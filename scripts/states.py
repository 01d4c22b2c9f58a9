#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints docs/states.md from core/state_table.hpp. --check: fails (TAP) when the committed page is not what it prints."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[1]
source = (root / "core" / "state_table.hpp").read_text(encoding="utf-8")

WORDS = {
    "run": "done", "handshake_first": "handshake first", "discard": "data discarded", "done": "nothing to do",
    "end_of_stream": "0 bytes", "closed": "`closed`", "misuse": "`misuse`", "fail_again": "the same error",
}


def table(name):
    body = re.search(rf"{name} = \{{\{{(.*?)\}}\}};", source, re.DOTALL).group(1)
    rows = re.findall(r"/\* (\w+) +\*/ row\{([^}]*)\}", body)
    if not rows:
        raise SystemExit(f"no rows of {name} found in core/state_table.hpp")
    for state, actions in rows:
        yield state, [WORDS[action.strip()] for action in actions.split(",")]


def page():
    out = ["# Which call is legal when", "",
           "From `core/state_table.hpp` by `scripts/states.py`. Columns: what a call of that kind gives. The states: `fresh`",
           "nothing was exchanged; `handshaking`; `open` data flows; `peer_closed` the peer's close_notify came; `closing`",
           "ours went out; `closed` both; `failed` a fatal error.", ""]
    for title, name in ("TLS 1.3", "tls1_3"), ("TLS 1.2", "tls1_2"):
        out += [f"## {title}", "", "| state | handshake | read | write | close | key update | export |",
                "|---|---|---|---|---|---|---|"]
        for state, actions in table(name):
            out.append("| " + " | ".join([state, *actions]) + " |")
        out.append("")
    out.append("In TLS 1.2 a key update after the handshake is `unsupported`, whatever the column says.")
    return "\n".join(out) + "\n"


if sys.argv[1:] == ["--check"]:
    same = (root / "docs" / "states.md").read_text(encoding="utf-8") == page()
    print("1..1")
    print(f"{'ok' if same else 'not ok'} 1 - docs/states.md is what scripts/states.py prints")
    sys.exit(0 if same else 1)
print(page(), end="")
