# SPDX-License-Identifier: Apache-2.0
# Test cases that print TAP, one line per case. A case is a function; it fails by raising anything.
import contextlib
import sys
import traceback

VERSIONS = ("1.2", "1.3")

_cases = []

# What a case opens is closed when it ends: cleanup.enter_context(...), cleanup.callback(...).
cleanup = contextlib.ExitStack()
# Called after a failure; each returns lines that help to understand it.
explain = []


def case(sentence):
    """Registers the function below. A sentence with {version} is a case for TLS 1.2 and one for TLS 1.3, and the
    function gets "1.2" or "1.3"."""

    def register(function):
        if "{version}" in sentence:
            for version in VERSIONS:
                _cases.append((sentence.format(version=f"TLS {version}"), lambda v=version: function(v)))
        else:
            _cases.append((sentence, function))
        return function

    return register


def equal(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")


def contains(text, part, what):
    if part not in text:
        raise AssertionError(f"{what}: expected {part!r} in {text!r}")


def run():
    failures = 0
    for number, (sentence, function) in enumerate(_cases, 1):
        explain.clear()
        notes = []
        try:
            try:
                function()
            except BaseException:
                notes = [line for ask in explain for line in ask()]
                raise
            finally:
                cleanup.close()
            print(f"ok {number} - {sentence}", flush=True)
        except Exception:
            failures += 1
            print(f"not ok {number} - {sentence}", flush=True)
            for line in traceback.format_exc().splitlines() + notes:
                # Arguments may hold bytes that are no UTF-8; TAP may not.
                print("#", line.encode("utf-8", "backslashreplace").decode(), flush=True)
    print(f"1..{len(_cases)}", flush=True)
    sys.exit(1 if failures or not _cases else 0)
