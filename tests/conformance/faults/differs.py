# SPDX-License-Identifier: Apache-2.0
# What a library does otherwise and lets nobody choose: backends/NAME/faults.txt. A row that is named there must give
# exactly what the line says; when a library is mended, the line has to go.
import fnmatch
import re
import sys

from row import Outcome, tests

sys.path.append(str(tests.parent / "scripts"))

import facts  # noqa: E402

def lines(name):
    """(where, pattern, numbers, condition, outcome, reason, upstream) for each line of a backend's file."""
    path = tests.parent / "backends" / name / "faults.txt"
    for rows, condition, outcome, reason, upstream in facts.fault_lines(path):
        pattern, _, numbers = rows.partition(" #")
        yield f"{path}: {rows}", pattern, set(numbers.split()), condition, parse(path, outcome), reason, upstream


def parse(where, text):
    """"works", "ends handshake", "told read 40", or "handshake protocol_error 47": call, errc, alert (- is none, 50/51
    one that is reported and another that was sent first), or "handshake certificate_refused/revoked 44"."""
    words = text.split()
    if words == ["works"]:
        return "read", "", None, "local", 0, "none"
    if words[0] == "ends" and len(words) == 2:
        return words[1], "truncated", None, "peer", 0, "none"
    if words[0] == "told" and len(words) == 3:
        return words[1], "alert_received", int(words[2]), "peer", 0, "none"
    if len(words) == 3 and re.fullmatch(r"\d+(/\d+)?|-", words[2]):
        alert, _, on_the_wire = words[2].partition("/")
        code, _, cert = words[1].partition("/")
        return words[0], code, None if alert == "-" else int(alert), "local", int(on_the_wire or 0), cert or "none"
    raise SystemExit(f"{where}: '{text}' is no outcome")


def apply(rows, name, version, complete):
    """complete: these are all rows, so that every line must find one."""
    expected = [row.outcome for row in rows]
    for where, pattern, numbers, condition, outcome, reason, upstream in lines(name):
        if not facts.fits(condition, version):
            continue
        hit = False
        for row, wanted in zip(rows, expected):
            sentence, _, number = row.sentence.partition(" #")
            if not fnmatch.fnmatchcase(sentence, pattern) or (numbers and number not in numbers):
                continue
            hit = True
            if not upstream and more_than_the_alert(wanted, outcome):
                raise SystemExit(f"{where}: differs in more than the alert, and needs a fifth field: the place upstream")
            change(row, outcome, reason)
        if complete and not hit:
            raise SystemExit(f"{where}: no row is called {pattern!r}")


def more_than_the_alert(wanted, outcome):
    """wanted: what the row's table says. The call, errc, cert_errc or who raised it."""
    at, code, _alert, origin, _, cert = outcome
    return (wanted.at, wanted.code, wanted.origin, wanted.cert) != (at, code, origin, cert)


def change(row, outcome, reason):
    at, code, alert, origin, on_the_wire, cert = outcome
    row.outcome = Outcome(at, code, alert, cert=cert, origin=origin, why=reason)
    row.on_the_wire = on_the_wire or None

