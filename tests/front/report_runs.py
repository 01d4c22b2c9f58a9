# SPDX-License-Identifier: Apache-2.0
# Runs of `tlseam report`: with a peer, without libraries, stopped, wrongly used.
import json
import os
import pathlib
import shutil
import signal
import stat
import time

import tap
from front import CERTS, FRONT, ROOT, contents, programs, refused, scratch, tlseam
from process import Process
from report_data import LIMIT, ROOT_OF_TREE, made_up, run, words_of
from tap import case, contains, equal


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


tap.run()
