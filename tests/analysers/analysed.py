# SPDX-License-Identifier: Apache-2.0
"""Which files are analysed, how they are compiled, and what was found clean before.

A file's verdict holds for its text, that of the headers of ours it includes, the arguments, the analyser's version and its
configuration. One that was clean is remembered under the hash of all that, in the per-user cache, so that a run only
pays for what changed.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The product, and not its tests: what users compile, link or run.
PARTS = ("core", "backends", "cli", "examples", "bench/measures", "include")
# Arguments that are g++'s only or that decide nothing about what is found.
LEFT_OUT = re.compile(r"-fno-gnu-unique|-fdiagnostics-color.*|-fsanitize.*|-fpch-preprocess|-g\d?|-O.|-Winvalid-pch|-Werror|-M[DQF]?|-o|-c")
WITH_VALUE = ("-MQ", "-MF", "-o", "-c", "-include")
DEADLINE = 600  # seconds for one file


class Source:
    """A file of ours with what is needed to compile it alone."""

    def __init__(self, entry, dependencies):
        self.path = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
        self.name = str(self.path.relative_to(ROOT))
        self.directory = entry["directory"]
        words = shlex.split(entry["command"])
        words = words[next(i for i, word in enumerate(words) if word.startswith("-")):]
        self.arguments = []
        skip = False
        for word in words:
            if skip or word in WITH_VALUE:
                skip = not skip
            elif not LEFT_OUT.fullmatch(word) and not word.endswith(self.path.name):
                self.arguments.append(word)
        self.dependencies = [path for path in dependencies.get(entry["output"], []) if not path.startswith("/usr/")]

    def digest(self, *more):
        total = hashlib.sha256(repr([re.sub(r"\.\./|" + re.escape(str(ROOT)), "", word) for word in self.arguments]).encode())
        for path in sorted(self.dependencies) or [str(self.path)]:
            total.update(path.encode())
            total.update((pathlib.Path(self.directory) / path).read_bytes())
        for each in more:
            total.update(each.encode())
        return total.hexdigest()


def sources(build):
    """Each file of the product once, from a build directory that is compiled."""
    output = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True, check=True,
                            timeout=DEADLINE).stdout
    dependencies = {}
    for block in output.split("\n\n"):
        first, *rest = block.strip().splitlines() or [""]
        dependencies[first.partition(":")[0].removeprefix("ninja: Entering directory").strip()] = [line.strip() for line in rest]
    found = {}
    for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text("utf-8")):
        path = (pathlib.Path(entry["directory"]) / entry["file"]).resolve()
        if path.is_relative_to(ROOT) and not path.is_relative_to(build) and str(path.relative_to(ROOT)).startswith(PARTS):
            found.setdefault(path, Source(entry, dependencies))
    return [found[path] for path in sorted(found)]


def needed(*names):
    """The path of the first of these programs that is installed."""
    for name in names:
        if path := shutil.which(name):
            return path
    sys.exit(f"needs {names[0]}; ./test --full installs it")


def version(program):
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout


def clean_before(analyser):
    cache = os.environ.get("TLSEAM_DEPS") or pathlib.Path.home() / ".cache" / "tlseam"
    place = pathlib.Path(cache) / "analysed" / analyser
    place.mkdir(parents=True, exist_ok=True)
    return place


def each(analyser, files, digest, findings):
    """Prints a TAP line per file; findings(file) gives the lines to show, none when it is clean."""
    seen = clean_before(analyser)

    def one(file):
        mark = seen / digest(file)
        if mark.exists():
            return []
        found = findings(file)
        if not found:
            mark.touch()
        return found

    failures = 0
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for number, (file, found) in enumerate(zip(files, pool.map(one, files)), 1):
            print(f"{'not ok' if found else 'ok'} {number} - {file.name}", flush=True)
            for line in found:
                print("#", line, flush=True)
            failures += bool(found)
    print(f"1..{len(files)}")
    sys.exit(1 if failures or not files else 0)
