#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up JUnit files: names what failed and ends with "N passed, M failed". A skipped test has not passed.

summary.py BROKEN FILE...   BROKEN: 1 when a test program reported a failure, which the files must then explain.
"""
import sys
import xml.etree.ElementTree as xml

broken = sys.argv[1] != "0"
passed = failed = 0
for path in sys.argv[2:]:
    for suite in xml.parse(path).getroot().iter("testsuite"):
        for case in suite.findall("testcase"):
            bad = any(case.find(kind) is not None for kind in ("failure", "error", "skipped"))
            failed += bad
            passed += not bad
            if bad:
                print(f"failed: {suite.get('name')}: {case.get('name')} ({path})")
if broken and failed == 0:
    print("failed: a test program ended badly; see above")
    failed = 1
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or passed == 0 else 0)
