# SPDX-License-Identifier: Apache-2.0
# Gives every chain to `verify --batch` of one program and compares the answers, as TAP.
import json
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.append(str(here.parent / "interop"))

import tap  # noqa: E402

import cases  # noqa: E402
import committed  # noqa: E402
import constraints  # noqa: E402
import revocation  # noqa: E402
import rules  # noqa: E402
import together  # noqa: E402
import trust  # noqa: E402

DEADLINE_S = 120


def all_rows():
    world = cases.World()
    for topic in (trust, rules, constraints, revocation, together, committed):
        for row in topic.rows(world):
            row.name = f"{topic.__name__}: {row.name}"
            row.request["id"] = row.name
            yield row


def ask(program, rows):
    requests = "".join(json.dumps(row.request) + "\n" for row in rows)
    done = subprocess.run([program, "verify", "--batch"], input=requests, capture_output=True, text=True,
                          timeout=DEADLINE_S, check=False)
    if done.returncode != 0 or done.stderr:
        raise SystemExit(f"{program}: exit code {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(row, answer):
    assert answer["id"] == row.name, f"the answer is about {answer['id']}"
    wanted = "accepted" if row.expected is None else f"rejected, {row.expected}"
    got = answer["verdict"] + (f", {answer['cert_code']}" if answer["cert_code"] else "")
    assert got == wanted, f"expected {wanted}; got {got}: {answer['detail']} ({answer['native']})"


def main():
    rows = list(all_rows())
    assert len({row.name for row in rows}) == len(rows), "two rows have one name"
    answers = ask(sys.argv[1], rows)
    assert len(answers) == len(rows), f"{len(answers)} answers to {len(rows)} requests"
    for row, answer in zip(rows, answers):
        tap.case(row.name)(lambda r=row, a=answer: check(r, a))
    tap.run()


if __name__ == "__main__":
    main()
