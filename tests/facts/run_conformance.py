#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a conformance program. A test that the library's deviations.txt names must fail, which then counts as passed; one
that passes needs no excuse any more, and fails. Changes the JUnit file and the exit status accordingly.

run_conformance.py --deviations FILE --command TLSEAM-BACKEND PROGRAM [--gtest_...]
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
from facts import deviations, fits  # noqa: E402

OUTPUT = "--gtest_output=xml:"


def is_whole(options):
    """Whether every test is to run, so that one that did not run does not exist."""
    return "GTEST_FILTER" not in os.environ and not any(option.startswith("--gtest_filter") for option in options)


def fail(suite, case, complaint):
    xml.SubElement(case, "failure", message=complaint).text = complaint
    for element in suite:
        element.set("failures", str(int(element.get("failures", "0")) + 1))


def judge(tree, entries, complaints, version, whole):
    """Changes the tree, and says what there is to say."""
    root = tree.getroot()
    found = {f"{suite.get('name')}.{case.get('name')}": (suite, case)
             for suite in root.iter("testsuite") for case in suite.findall("testcase")}
    complaints = list(complaints)
    judged = set()
    for entry in entries:
        if entry.test not in found:
            if whole:
                complaints.append(f"{entry.where}: there is no test {entry.test}")
            continue
        if not fits(entry.versions, version):
            continue
        if entry.test in judged:
            complaints.append(f"{entry.where}: {entry.test} is excused twice")
            continue
        judged.add(entry.test)
        suite, case = found[entry.test]
        failures = case.findall("failure")
        if not failures:
            complaint = f"{entry.where}: {entry.test} passes with {version}: the excuse is not needed any more"
            fail((root, suite), case, complaint)
            yield complaint
            continue
        for failure in failures:
            case.remove(failure)
        for element in (root, suite):
            element.set("failures", str(int(element.get("failures")) - 1))
        yield f"{entry.test} fails, as {entry.where} says: {entry.reason} ({entry.upstream})"
    if complaints:
        suite = xml.SubElement(root, "testsuite", name="deviations", tests=str(len(complaints)), failures="0", errors="0",
                               time="0")
        root.set("tests", str(int(root.get("tests", "0")) + len(complaints)))
        for complaint in complaints:
            case = xml.SubElement(suite, "testcase", name=complaint, classname="deviations", status="run",
                                  result="completed", time="0")
            fail((root, suite), case, complaint)
            yield complaint


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--deviations", type=pathlib.Path, required=True)
    parser.add_argument("--command", required=True)
    parser.add_argument("program")
    arguments, options = parser.parse_known_args()

    info = subprocess.run([arguments.command, "info", "--json"], capture_output=True, text=True, timeout=60, check=True)
    version = json.loads(info.stdout)["backend_version"]
    entries, complaints = deviations(arguments.deviations)

    outputs = [option for option in options if option.startswith(OUTPUT)]
    with tempfile.TemporaryDirectory() as scratch:
        if not outputs:
            outputs = [f"{OUTPUT}{scratch}/results.xml"]
            options += outputs
        results = pathlib.Path(outputs[-1].removeprefix(OUTPUT))
        results.unlink(missing_ok=True)  # those of an earlier run prove nothing when this one crashes
        status = subprocess.run([arguments.program, *options]).returncode
        if not results.exists():
            print("\n".join(complaints + [f"{arguments.program} ended with {status} and left no results"]), flush=True)
            return 1
        tree = xml.parse(results)
        failed_before = len(tree.findall(".//failure")) > 0
        for line in judge(tree, entries, complaints, version, is_whole(options)):
            print(f"deviation: {line}", flush=True)
        failed_after = len(tree.findall(".//failure")) > 0
        tree.write(results, encoding="UTF-8", xml_declaration=True)
    # 1 says that tests failed. Anything else is trouble that no deviation explains, and so is 1 without a failure.
    if status < 0 or status > 1 or (status == 1 and not failed_before):
        return status if status > 0 else 128 - status
    return 1 if failed_after else 0


if __name__ == "__main__":
    sys.exit(main())
