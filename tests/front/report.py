# SPDX-License-Identifier: Apache-2.0
# `tlseam report`: what is in the page of a whole run, and of data that is made up.
import copy
import json
import re
import xml.etree.ElementTree as xml

import tap
from front import CERTS, ROOT, contents, programs, scratch
from process import finish
from report_data import made_up, page_of, run, whole_run, words_of
from tap import case, contains, equal

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
