# SPDX-License-Identifier: Apache-2.0
# Every row of the catalogue with one backend, as TAP. One program for all rows: none may disturb the next, nor the
# connection that is open beside it.
import argparse
import re

import row

import tap
import peers

import alerts
import answers
import certificates
import closing
import differs
import floods
import hellos_refused
import key_updates
import later_auth
import order
import post_handshake
import proofs
import records
import retries
import schemes
import stapling
import truncation

TABLES = (hellos_refused, answers, retries, certificates, stapling, proofs, schemes, order, alerts, records, post_handshake,
          key_updates, floods, later_auth, closing, truncation)


def arguments():
    parser = argparse.ArgumentParser(description="Runs the catalogue of faults with one backend.")
    parser.add_argument("--peer", metavar="NAME=PROGRAM", required=True)
    parser.add_argument("--full", action="store_true", help="every alert at every stage, cuts at every byte")
    parser.add_argument("--chunk", metavar="N", type=int, default=0, help="feeds the side under test N bytes at a time")
    parser.add_argument("--only", metavar="TEXT", default="", help="rows whose name has this in it")
    parser.add_argument("--record",
                        metavar="FILE", help="writes which errors of the library were seen behind each code")
    parser.add_argument("--list", action="store_true", help="names the rows and runs none")
    return parser.parse_args()


def register(program, rows):
    """Rows of one name are one case: they differ in a number, which a failure names."""
    groups = {}
    for each in rows:
        groups.setdefault(each.sentence.partition(" #")[0], []).append(each)
    for name, group in groups.items():
        tap.case(name)(lambda group=group: run_all(program, group))


def run_all(program, group):
    problems = []
    for each in group:
        try:
            each.run(program)
        except AssertionError as problem:
            problems.append(str(problem))
    if problems:
        more = f"\n... and {len(problems) - 6} more" if len(problems) > 6 else ""
        raise AssertionError(f"{len(problems)} of {len(group)}:\n" + "\n".join(problems[:6]) + more)


def record(path, program, rows):
    """For scripts/errors.py: errc, cert_errc, alert and the library's words, each combination once."""
    def words(error):
        # Lengths and the states of a handshake would make hundreds of one sentence.
        return re.sub(r" got a .*", " ...", re.sub(r"\b\d+\b", "N", error.get("native", "")))

    seen = sorted({(r.seen["code"], r.seen["cert"], str(r.seen["alert"]), words(r.seen)) for r in rows
                   if r.seen and r.seen["origin"] == "local"})
    lines = ["# What was behind each code: tests/conformance/faults/run.py --record. errc | cert_errc | alert | words",
             f"version | {program.about['version']}"]
    lines += [" | ".join(cell or "-" for cell in cells) for cells in seen]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main():
    given = arguments()
    rows = [r for table in TABLES for r in table.rows(given.full) if given.only in r.sentence]
    for each in rows:
        each.chunk = given.chunk
    if given.list:
        for each in rows:
            print(each.sentence)
        return
    program = peers.Peer(given.peer.partition("=")[2], row.CERTS)
    rows = [r for r in rows if not r.needs or r.needs in program.about["features"]]
    differs.apply(rows, program.about["name"], program.about["version"], complete=not given.only)
    print(f"# {program.about['name']} {program.about['version']}, {len(rows)} rows")
    register(program, rows)
    try:
        tap.run()
    finally:
        program.stop()
        if given.record:
            record(given.record, program, rows)


if __name__ == "__main__":
    main()
