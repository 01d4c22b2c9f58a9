#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a conformance program looks like from outside. FAKE says what it does, in JSON: "failing" are tests that fail,
"status" the exit status when it is not the usual one, "silent" leaves no results."""
import json
import os
import sys

TESTS = ("plain.first", "plain.second", "tls/close.is_clean/tls1_2", "tls/close.is_clean/tls1_3")

if sys.argv[1:] == ["info", "--json"]:
    print(json.dumps({"backend_version": "3.0.22"}))
    sys.exit(0)
fake = json.loads(os.environ["FAKE"])
failing = fake.get("failing", [])
output = [option for option in sys.argv if option.startswith("--gtest_output=xml:")][-1].split(":", 1)[1]
chosen = [test for test in TESTS if "--gtest_filter=plain.first" not in sys.argv or test == "plain.first"]
if not fake.get("silent"):
    suites = {}
    for test in chosen:
        suite, name = test.split(".")
        failure = f'<failure message="{test}"/>' if test in failing else ""
        suites.setdefault(suite, []).append(f'<testcase name="{name}" classname="{suite}">{failure}</testcase>')
    with open(output, "w", encoding="utf-8") as out:
        count = len(failing)
        out.write(f'<testsuites tests="{len(chosen)}" failures="{count}" name="AllTests">')
        for suite, cases in suites.items():
            broken = sum("<failure" in case for case in cases)
            out.write(f'<testsuite name="{suite}" tests="{len(cases)}" failures="{broken}">{"".join(cases)}</testsuite>')
        out.write("</testsuites>")
sys.exit(fake.get("status", 1 if failing else 0))
