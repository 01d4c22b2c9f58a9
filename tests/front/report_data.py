# SPDX-License-Identifier: Apache-2.0
# What the tests of `tlseam report` share: one whole run, data that is made up, and what a page says.
import atexit
import functools
import json
import pathlib
import re
import shutil
import subprocess
import tempfile

from front import FRONT, contents, scratch
from tap import equal

ROOT_OF_TREE = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 300  # seconds: what a report may take on two cores with all backends


def run(*words, cwd, program=FRONT, limit=LIMIT):
    """Like tlseam(), for what takes longer."""
    return subprocess.run([program, "report", *map(str, words)], cwd=cwd, capture_output=True, text=True, timeout=limit,
                          stdin=subprocess.DEVNULL, check=False)


@functools.cache
def whole_run():
    """(data, page) of one run over all backends, quick and inexact."""
    place = scratch_for_all()
    done = run("--json", "--out", "report.html", "--rounds", "1", "--seconds", "0.01", cwd=place)
    equal(done.returncode, 0, f"exit code ({done.stderr})")
    equal(sorted(contents(place)), ["report.html"], "files")
    return json.loads(done.stdout), (place / "report.html").read_text("utf-8")


def scratch_for_all():
    """A directory that goes when all cases have ended."""
    made = pathlib.Path(tempfile.mkdtemp(prefix="front-report-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


# ---- made-up data ----


def figures(*rows):
    return [{"backend": name, "median": median, "spread": spread, "values": [median] * runs}
            for name, median, spread, runs in rows]


def backend(name, title, licence, size, faults=0, **features):
    return {"backend": name, "version": f"{title} 3.0.19", "error": None,
            "stack": {"client": 9000, "server": 8000},
            "info": {"backend": name, "backend_version": f"{title} 3.0.19", "features": features,
                     "groups": ["x25519"], "facts": {
                         "title": title, "licence": licence, "from_source": True,
                         "build_options": {"a_feature": ["--enable-this", "--enable-that"]},
                         "static_client": {"total": size, "library": size // 2, "tlseam": 1, "runtime": 1},
                         "deviations": [{"test": "suite.of_old", "versions": "<3", "reason": "r", "upstream": "https://e.org/1"},
                                        {"test": "suite.now", "versions": ">=3.0 <3.5", "reason": "r",
                                         "upstream": "https://e.org/2"}],
                         "faults": [{"fault": f"fault {n}", "versions": "3.0", "outcome": "works", "reason": "r",
                                     "upstream": []} for n in range(faults)],
                         "differences": [{"list": "features", "item": "a_feature", "reason": "Because `it` is so.",
                                          "tlseam": "Then `this`.", "source": "https://e.org/3"}]}}}


def made_up():
    return {
        "date": "2030-01-31T12:00:00Z", "tlseam_version": "9.9",
        "backends": [backend("aaa", "Alpha", "Apache-2.0", 2_345_678, faults=1, a_feature=True, b_feature=True),
                     backend("bbb", "Beta", "GPL-3.0-or-later or commercial", 1_000_000, faults=3, a_feature=False,
                             b_feature=True)],
        "bench": {"machine": {"cpu": "A CPU", "cores": 2, "kernel": "Linux 1"}, "rounds": 7, "backends": [], "measures": [
            {"name": "fast", "title": "A speed", "unit": "/s", "better": "more",
             "figures": figures(("aaa", 300, 0.05, 7), ("bbb", 100, 0.05, 7))},
            {"name": "close", "title": "A near thing", "unit": "/s", "better": "more",
             "figures": figures(("aaa", 120, 0.1, 7), ("bbb", 100, 0.1, 7))},
            {"name": "few", "title": "Seldom measured", "unit": "/s", "better": "more",
             "figures": figures(("aaa", 900, 0, 3), ("bbb", 100, 0, 3))},
            {"name": "heap", "title": "A heap", "unit": "bytes", "better": "less",
             "figures": [*figures(("aaa", 5000, 0.0, 7)), {"backend": "bbb", "error": "it did not want to"}]}]},
        "chains": {"backends": ["aaa", "bbb"], "chains": 9, "agreed": 8, "disagreements": [
            {"chain": "odd.crt", "verdicts": {
                "aaa": {"verdict": "accepted", "code": None, "cert_code": None, "detail": None},
                "bbb": {"verdict": "rejected", "code": "bad_certificate", "cert_code": "expired", "detail": "too old"}}}]},
        "connect": None,
    }


def page_of(data, *options):
    place = scratch()
    (place / "data.json").write_text(json.dumps(data), "utf-8")
    done = run("--from", "data.json", *options, cwd=place)
    equal((done.returncode, done.stderr), (0, ""), "exit code and standard error")
    return (place / "report.html").read_text("utf-8")


def words_of(page):
    """Its text, without style, scripts and tags."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    body = re.sub(r"<[^>]+>", "\n", body)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        body = body.replace(entity, sign)
    return re.sub(r"\s+", " ", body)
