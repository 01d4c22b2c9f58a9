#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Neutral code stays neutral: no backend's name, header or #if in include/, core/, the command or the suites.

Every directory of backends/ names a backend; the list of patterns follows from it, so a new one is covered at once.
"""
import os
import pathlib
import re
import sys

root = pathlib.Path(os.environ.get("SOURCE_ROOT", pathlib.Path(__file__).resolve().parents[2]))
neutral = ["include", "core", "cli", "examples", "tests/conformance", "tests/support", "tests/chains", "tests/core", "tests/plugins",
           "tests/pairs", "tests/fuzz", "tests/interposed", "tests/fault_injection"]
code = {".hpp", ".cpp", ".h", ".c", ".build", ".py"}

backends = sorted(p.name for p in (root / "backends").iterdir() if p.is_dir())
names = "|".join(re.escape(name) for name in backends)
rules = [
    ("a backend's name", re.compile(rf"\b\w*({names})\w*\b", re.IGNORECASE)),
    ("a backend's header", re.compile(r"#\s*include\s*[<\"](openssl|wolfssl|botan|backends)[/\"]", re.IGNORECASE)),
    ("an #if on a backend", re.compile(r"#\s*(if|ifdef|ifndef|elif)\b.*(openssl|wolfssl|botan|tlseam_backend)", re.IGNORECASE)),
]
# Words that name a tool or a document, not a decision on a backend.
allowed = [
    re.compile(r"openssl pkcs(8 -topk8|12)"),          # advice to a person
    re.compile(r'^\s*std::string name;\s*///< "openssl"'),  # what backend_info holds
]


def violations(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if any(pattern.search(line) for pattern in allowed):
            continue
        for what, pattern in rules:
            if pattern.search(line):
                yield f"{path.relative_to(root)}:{number}: {what}: {line.strip()}"
                break


def self_test():
    """The rules must be able to fail."""
    bad = ["#include <openssl/ssl.h>", "#if TLSEAM_BACKEND_X", f"if (name == \"{backends[0]}\")"]
    return all(any(pattern.search(line) for _, pattern in rules) for line in bad)


def main():
    results = [("the rules catch what they are for", [] if self_test() else ["they do not"])]
    for directory in neutral:
        files = sorted(p for p in (root / directory).rglob("*") if p.suffix in code)
        found = [v for p in files for v in violations(p)]
        if not files:
            found = [f"{directory} has no files: was it renamed?"]
        results.append((f"{directory} names no backend", found))
    print(f"1..{len(results)}")
    for number, (what, found) in enumerate(results, 1):
        print(f"{'not ok' if found else 'ok'} {number} - {what}")
        for line in found:
            print(f"# {line}")
    return 1 if any(found for _, found in results) else 0


sys.exit(main())
