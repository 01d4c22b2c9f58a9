# SPDX-License-Identifier: Apache-2.0
# `tlseam report`: one whole run, and pages of made-up data, which are looked at in a browser.
import atexit
import copy
import functools
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
import xml.etree.ElementTree as xml

import tap
from front import CERTS, FRONT, ROOT, contents, programs, refused, scratch, tlseam
from process import Process, finish, tool
from tap import case, contains, equal

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


@functools.cache
def modules():
    return subprocess.run([ROOT_OF_TREE / "scripts" / "npm_modules", ROOT_OF_TREE / "tests" / "front"], check=True,
                          capture_output=True, text=True, timeout=LIMIT).stdout.strip()


def look(page):
    """What a browser sees, by view."""
    tool("chromium")
    file = scratch() / "page.html"
    file.write_text(page, "utf-8")
    done = subprocess.run([tool("node", "nodejs"), ROOT_OF_TREE / "tests" / "front" / "page.mjs", file, modules()],
                          capture_output=True, text=True, timeout=LIMIT, check=False, stdin=subprocess.DEVNULL)
    equal(done.returncode, 0, f"exit code of page.mjs ({done.stderr})")
    return json.loads(done.stdout)


def is_well_made(page):
    """What holds for every page, in every view. Returns what the browser saw on a desktop."""
    views = look(page)
    equal(sorted(views), ["dark", "desktop", "phone", "phone-dark"], "views")
    for name, seen in views.items():
        equal(seen["axe"], [], f"{name}: what axe found")
        assert seen["axe_passes"] > 20, f"{name}: axe looked at {seen['axe_passes']} rules only"
        equal((seen["complaints"], seen["requests"]), ([], []), f"{name}: console, and requests to a network")
        equal(len(seen["h1"]), 1, f"{name}: level-one headings")
        equal(seen["landmarks"], ["header", "nav", "main", "footer"], f"{name}: landmarks")
        equal((seen["links_to_nowhere"], seen["twice"]), ([], []), f"{name}: links to nowhere, ids that are there twice")
        equal((seen["wider_than_the_window"], seen["tables_outside_a_scroller"], seen["scrollers_without_focus"]),
              (False, 0, 0), f"{name}: page wider than the window, tables that do not scroll by themselves")
        equal((seen["drawn"], seen["missing_bars"]), (seen["charts"], 0), f"{name}: charts drawn, bars without a colour")
        equal((seen["scripts_run_by_data"], seen["elements_of_data"]), (False, 0), f"{name}: markup made of data")
    equal((views["phone"]["keyboard_scrolls"], views["phone-dark"]["keyboard_scrolls"]), (True, True),
          "tables that the keyboard scrolls on a phone")
    assert views["desktop"]["background"] != views["dark"]["background"], "dark looks like light"
    return views["desktop"]


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


# ---- the page ----


@case("a whole run: each library with version, licence, sizes, stack, figures and verdicts, in one page under 1 MB")
def whole():
    data, page = whole_run()
    here = programs()
    measured = {each["backend"]: each for each in data["backends"] if each["error"] is None}
    equal(sorted(measured), sorted(here), "libraries that run")
    words = words_of(page)
    for name, each in measured.items():
        facts = each["info"]["facts"]
        for known in (facts["title"], facts["licence"], each["version"]):
            contains(words, known, f"the page on {name}")
        assert 1000 < each["stack"]["client"] < 500_000 and 1000 < each["stack"]["server"] < 500_000, each["stack"]
        size = facts["static_client"]
        if "not_measured" in size:
            contains(words, size["not_measured"], "the page")
        else:
            parts = size["library"] + size["tlseam"] + size["runtime"]
            assert 0.9 * size["total"] < parts < size["total"] and size["library"] > 100_000, size
    measures = data["bench"]["measures"]
    assert len(measures) > 20 and all(len(each["figures"]) == len(here) for each in measures), measures
    for each in measures:
        contains(words, each["title"], "the page")
    chains = data["chains"]
    equal((sorted(chains["backends"]), chains["chains"]), (sorted(here), len(list(CERTS.glob("*.crt")))), "chains")
    contains(words, f"Of {chains['chains']} chains", "the page")
    assert len(page.encode()) < 1_000_000, len(page)
    assert not re.search(r"(src|href)=\"(?!#|data:,|https://)", page), "it asks for another file"


@case("the page of a whole run, in a browser: desktop, phone, dark; accessible, silent, without a network")
def browser():
    data, page = whole_run()
    seen = is_well_made(page)
    assert seen["charts"] > 20 and seen["bars"] >= seen["charts"], seen
    equal(len(seen["h3"]), len(data["backends"]), "a part of the advice for each library")
    for caption in ("The libraries that were compared", "Speed: medians and spread", "Size and memory: less is better"):
        assert caption in seen["captions"], seen["captions"]


@case("made-up data, in a browser: whiskers where there is a spread")
def whiskers():
    seen = is_well_made(page_of(made_up()))
    equal((seen["charts"], seen["bars"], seen["whiskers"]), (8, 15, 4), "charts, bars and whiskers")


@case("what libraries, peers and certificates say stays text")
def hostile():
    data = made_up()
    attack = "</script></style><img src=x onerror=pwned=1><script>pwned=1</script>\"' onload=pwned=1 \u202egnp.exe \x1b[31m"
    data["backends"][0]["info"]["facts"]["title"] = attack
    data["backends"][1]["error"] = attack
    data["backends"][1]["info"]["facts"]["deviations"][1]["upstream"] = "javascript:pwned=1"
    data["backends"][0]["info"]["facts"]["differences"][0]["source"] = "javascript:pwned=1"
    data["backends"][0]["info"]["features"][attack] = True
    for each in data["bench"]["measures"]:
        each["title"] = each["unit"] = attack
        each["name"] += attack
    data["chains"]["disagreements"][0]["chain"] = attack
    data["chains"]["disagreements"][0]["verdicts"]["bbb"]["detail"] = attack
    data["connect"] = {"peer": attack, "backends": [{"backend": "aaa", "version": attack, "handshake": {attack: attack}}],
                       "differences": [attack]}
    place = scratch()
    (place / "data.json").write_text(json.dumps(data), "utf-8")
    done = run("--from", "data.json", cwd=place)
    equal(done.returncode, 0, "exit code")
    assert "\x1b" not in done.stderr, done.stderr
    page = (place / "report.html").read_text("utf-8")
    assert "\x1b" not in page and "\u202e" not in page and "javascript:" not in re.sub(r"<script.*?</script>", "", page)
    seen = is_well_made(page)
    contains(seen["text"], "onerror=pwned=1", "the page")


# ---- what it says ----


@case("advice follows from the figures, and names them")
def advice():
    words = words_of(page_of(made_up()))
    alpha, beta = words.split("Alpha When this counts:")[1].split("Beta When this counts:")
    beta = beta.split("The libraries that were compared")[0]
    contains(alpha, "Licence: Apache-2.0 , which does not bind", "Alpha")
    contains(alpha, "A speed : 300 ± 5 % per second, 3.0 times that of the next one, Beta (100 ± 5 % per second).", "Alpha")
    contains(alpha, "clearly ahead in 1 of 3 measures", "Alpha")
    contains(alpha, "You need a_feature : of those here, it alone has it", "Alpha")
    contains(alpha, "in 1 row of the catalogue it answers otherwise, the next one in 3", "Alpha")
    contains(beta, "Minimal client, linked statically and stripped : 1.00 MB, 43 % of that of the next one, Alpha (2.35 MB).",
             "Beta")
    contains(beta, "GPL-3.0-or-later or commercial , which binds the program", "Beta")
    contains(beta, "You need a_feature : of those here, it alone lacks it", "Beta")
    for nothing in ("A near thing :", "Seldom measured :", "Stack of a client's connection, at its deepest :"):
        assert nothing not in alpha + beta, f"'{nothing}' is no clear lead"


@case("advice changes with the figures")
def advice_changes():
    data = made_up()
    for each in data["bench"]["measures"][0]["figures"]:
        each["median"] = 400 - each["median"]
    words = words_of(page_of(data))
    contains(words.split("Beta When this counts:")[1], "A speed : 300 ± 5 % per second, 3.0 times that of the next one, Alpha",
             "Beta")


@case("features with the options that decide them, reasons, disagreements, and deviations of the version that is here")
def tables():
    words = words_of(page_of(made_up()))
    contains(words, "a_feature yes, by --enable-this --enable-that no, needs --enable-this --enable-that", "the page")
    contains(words, "a_feature : Because it is so. Then this . Source", "the page")
    contains(words, "Of 9 chains, all libraries gave the same verdict and reason on 8.", "the page")
    contains(words, "odd.crt accepted rejected, bad_certificate , expired : too old", "the page")
    contains(words, "suite.now", "the page")
    contains(words, "Stack of a client's connection, at its deepest 9.00 KB 9.00 KB", "the page")
    contains(words, "A speed, per second 300 ± 5 % 100 ± 5 %", "the page")
    assert "suite.of_old" not in words, "a deviation of another version"
    contains(words, "Beta, A heap: not measured: it did not want to.", "the page")


@case("a busy machine is said")
def busy():
    sentence = "busy with something else when this began (load 1.50 on 2 cores)"
    contains(words_of(page_of(made_up() | {"load": 1.5})), sentence, "the page")
    assert "busy" not in words_of(page_of(made_up() | {"load": 0.3}))


@case("a connection is shown side by side")
def connection():
    data = made_up()
    data["connect"] = {"peer": "127.0.0.1:1", "differences": ["handshake.group"], "backends": [
        {"backend": name, "version": "3", "offered": {"groups": ["x25519", "secp256r1"]}, "handshake": {"group": group},
         "error": None, "timings_ms": {"handshake": 1.5}, "bytes": {"sent": 500, "received": 1500}, "heap_peak": 12345}
        for name, group in (("aaa", "x25519"), ("bbb", "secp256r1"))]}
    words = words_of(page_of(data))
    contains(words, "They differ in: handshake.group.", "the page")
    contains(words, "offered: groups x25519, secp256r1 x25519, secp256r1", "the page")
    contains(words, "handshake: group x25519 secp256r1", "the page")


@case("--connect: a connection to a server of ours")
def connect_to():
    first = next(iter(programs()))
    server = Process(programs()[first], "serve", "--json", "--listen", "127.0.0.1:0", "--cert", CERTS / "server.crt",
                     "--key", CERTS / "server.key")
    peer = f"127.0.0.1:{server.event('listening')['port']}"
    done = run("--json", "--backend", first, "--rounds", "1", "--seconds", "0.01", "--connect", peer, "--ca", ROOT, "--name",
               "localhost", "--chains", CERTS / "names", "--chains-ca", ROOT, cwd=scratch())
    equal(done.returncode, 0, f"exit code ({done.stderr})")
    data = json.loads(done.stdout)
    equal([each["backend"] for each in data["backends"]], [first], "libraries")
    assert data["connect"]["backends"][0]["handshake"], data["connect"]


@case("--json and --from: the same page")
def from_data():
    data, page = whole_run()
    equal(page_of(data), page, "the page")


@case("--markdown: the same tables, with charts beside them that are whole images")
def markdown():
    data, _ = whole_run()
    place = scratch()
    (place / "data.json").write_text(json.dumps(data), "utf-8")
    done = run("--from", "data.json", "--markdown", place / "choosing.md", cwd=place)
    equal(done.returncode, 0, f"exit code ({done.stderr})")
    images = sorted(name for name in contents(place) if name.endswith(".svg"))
    equal(sorted(contents(place)), sorted(["choosing.md", "data.json", *images]), "files")
    # Of these two, where there are figures: sanitizers want the heap for themselves.
    shown = {each["name"]: any(one.get("median") for one in each["figures"]) for each in data["bench"]["measures"]}
    equal(len(images), shown["full_ecdsa"] + shown["idle_client"], "images")
    assert images, "no image at all"
    text = (place / "choosing.md").read_text("utf-8")
    for image in images:
        contains(text, f"]({image})", "the Markdown")
        root = xml.parse(place / image).getroot()
        equal((root.tag, root.get("role")), ("{http://www.w3.org/2000/svg}svg", "img"), image)
        assert root.get("aria-label") and len(root.findall(".//{*}rect")) == len(programs()), image
    for each in data["backends"]:
        if each["error"] is None:
            contains(text, each["info"]["facts"]["licence"], "the Markdown")
    for line in text.splitlines():
        if line.startswith("| "):
            assert line.endswith(" |"), line


# ---- what goes wrong ----


def beside(**scripts):
    """A directory with tlseam, and programs of these backends that are shell scripts; None: the real one."""
    place = scratch()
    shutil.copy(FRONT, place / "tlseam")
    for name, script in scripts.items():
        program = place / f"tlseam-{name}"
        if script is None:
            program.symlink_to(programs()[name])
            helper = FRONT.parent / f"tlseam-bench-{name}"
            (place / helper.name).symlink_to(helper)
            continue
        program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        program.chmod(0o755)
    return place


@case("missing and broken libraries are said in the page, and the others are measured")
def broken():
    real = next(iter(programs()))
    place = beside(**{real: None, "aacrash": "kill -SEGV $$", "aagarbage": "echo no JSON", "aafails": "echo it hurts >&2; exit 1",
                      "aanumber": "echo 5", "aahangs": "exec sleep 1000"})
    started = time.monotonic()
    done = run("--json", "--out", "report.html", "--rounds", "1", "--seconds", "0.01", cwd=place, program=place / "tlseam")
    equal(done.returncode, 0, f"exit code ({done.stderr})")
    assert time.monotonic() - started < LIMIT
    errors = {each["backend"]: each["error"] for each in json.loads(done.stdout)["backends"]}
    equal(errors.pop(real), None, f"{real}")
    words = words_of((place / "report.html").read_text("utf-8"))
    missing = set(map(str, (path.name for path in (ROOT_OF_TREE / "backends").iterdir() if path.is_dir()))) - {real}
    equal(set(errors), {"aacrash", "aagarbage", "aafails", "aanumber", "aahangs", *missing}, "libraries without figures")
    equal(errors["aafails"], "it hurts", "its reason")
    contains(errors["aahangs"], "still running", "its reason")
    for name, why in errors.items():
        contains(words, f"{name} is missing from the figures below: {why}.", "the page")
        contains(done.stderr, f"{name} is missing from the report: {why}", "standard error")
    for name in missing:
        contains(errors[name], "there is no tlseam-" + name, "its reason")


@case("no library runs: a page that says so, and exit code 1")
def none_runs():
    place = beside(aa="exit 1")
    done = run(cwd=place, program=place / "tlseam")
    equal(done.returncode, 1, f"exit code ({done.stderr})")
    contains(words_of((place / "report.html").read_text("utf-8")), "It did not run here: it ended with exit code 1.", "the page")


def stopped_by(number, script, when):
    """Starts a report, signals it when it is so far, and looks at what is left."""
    place = beside(slow=script)
    (place / "out").mkdir()
    report = Process(place / "tlseam", "report", "--out", place / "out" / "report.html", env=os.environ | {"TMPDIR": str(place / "out")})
    deadline = time.monotonic() + 60
    while not (place / when).exists() or not (place / when).read_text():
        assert report.running and time.monotonic() < deadline, "it did not get so far"
        os.sched_yield()
    report.signal(number)
    equal(report.exit_code(), 130, "exit code")
    equal(contents(place / "out"), {}, "files that are left")
    child = int((place / when).read_text())
    assert not pathlib.Path(f"/proc/{child}").exists(), "its child is still there"


@case("Ctrl-C: exit code 130, no file, no child, nothing in the temporary directory")
def interrupted():
    wait = 'echo $$ > "$(dirname "$0")/started"; exec sleep 1000'
    stopped_by(signal.SIGINT, wait, "started")
    stopped_by(signal.SIGTERM, wait, "started")


@case("Ctrl-C while another command of ours runs for it: that one's children end too")
def interrupted_deeper():
    info = '{"backend_version": "1"}'
    script = f"""if [ "$1" = info ]; then echo '{info}'; exit 0; fi
if [ "$1" = stack ]; then echo '{{"client": 1, "server": 1}}'; exit 0; fi
echo $$ > "$(dirname "$0")/started"; exec sleep 1000"""
    stopped_by(signal.SIGINT, script, "started")


@case("an old page stays when there is no new one; a new one has the usual mode")
def old_page():
    place = scratch()
    (place / "report.html").write_text("old")
    (place / "data.json").write_text("{}")
    equal(run("--from", "data.json", cwd=place).returncode, 2, "exit code")
    equal((place / "report.html").read_text(), "old", "the page")
    (place / "data.json").write_text(json.dumps(made_up()))
    equal(run("--from", "data.json", cwd=place).returncode, 0, "exit code")
    mask = os.umask(0)
    os.umask(mask)
    equal(stat.S_IMODE((place / "report.html").stat().st_mode), 0o666 & ~mask, "mode")
    equal(sorted(contents(place)), ["data.json", "report.html"], "files")


@case("wrong use: a sentence, and exit code 2, before anything is measured")
def wrong_use():
    place = scratch()
    (place / "empty").write_text("")
    nowhere = place / "nowhere"
    for words, named in [
            (("--out", nowhere / "report.html"), nowhere), (("--out", place), place), (("--out", f"{place}/x/"), "cannot write"),
            (("--markdown", nowhere / "x.md"), nowhere), (("--from", nowhere), nowhere), (("--from", place), place),
            (("--from", place / "empty"), "empty"), (("--backend", "nosuch"), "nosuch"), (("--chains", nowhere), nowhere),
            (("--chains", place, "--chains-ca", nowhere), nowhere), (("--connect", "localhost"), "localhost"),
            (("--connect", "localhost:70000"), "70000"), (("--connect", "localhost:0"), "port"),
            (("--connect", ":443"), "host"), (("--connect", "localhost:1", "--ca", nowhere), nowhere),
            (("--ca", ROOT), "--connect"), (("--rounds", "0"), "--rounds"), (("--rounds", "many"), "--rounds"),
            (("--seconds", "nan"), "--seconds"), (("--dance",), "--dance")]:
        refused(tlseam("report", *words, cwd=place), named)
        equal(sorted(contents_of_files(place)), ["empty"], f"files after {words}")


def contents_of_files(place):
    return [path.name for path in place.iterdir()]


@case("data of any shape: a page or a sentence, never a crash")
def shapes():
    data = made_up()
    for broken_part in (5, "text", [], [5], {"measures": 5}, {"measures": [5]}, {"measures": [{"figures": [None]}]},
                        {"disagreements": [5]}, {"disagreements": [{"verdicts": [1]}]}, {"backends": [None]}, None):
        for name in ("bench", "chains", "connect", "backends", "date"):
            place = scratch()
            odd = copy.deepcopy(data) | {name: broken_part}
            (place / "data.json").write_text(json.dumps(odd))
            done = run("--from", "data.json", cwd=place)
            assert done.returncode in (0, 1, 2), f"{name}: {broken_part}: {done}"


# ---- the parts that programs give ----


@case("info --facts: what the build knows; it needs --json")
def facts():
    for program in programs().values():
        info = json.loads(finish(program, "info", "--json", "--facts").stdout)
        equal(sorted(info["facts"]), ["build_options", "built_with", "deviations", "differences", "faults", "from_source",
                                      "licence", "static_client", "title"], "names")
        plain = json.loads(finish(program, "info", "--json").stdout)
        del info["facts"]
        equal(info, plain, "the rest")
        equal(finish(program, "info", "--facts").exit_code(), 2, "exit code without --json")


@case("stack: the same every time, and a certificate that is refused is a failure")
def stack():
    good = ("--cert", CERTS / "server.crt", "--key", CERTS / "server.key", "--ca", ROOT)
    for program in programs().values():
        first, second = (json.loads(finish(program, "stack", "--json", *good).stdout) for _ in range(2))
        equal(first["event"], "stack", "event")
        for end in ("client", "server"):
            assert abs(first[end] - second[end]) <= 1024 and first[end] > 1000, (first, second)
        contains(finish(program, "stack", *good).stdout.decode(), f"{second['client']} bytes in a client", "the sentence")
        equal(finish(program, "stack", *good, "--name", "example.com").exit_code(), 1, "exit code with another name")
        equal(finish(program, "stack", "--cert", CERTS / "server.crt", "--key", CERTS / "none", "--ca", ROOT).exit_code(), 2,
              "exit code without a key")


tap.run()
