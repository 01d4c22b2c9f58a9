# SPDX-License-Identifier: Apache-2.0
# `tlseam compare --verify`: the verdict of each library on chains in files.
import json
import signal

import children
import process
import sockets
import stand_ins
import tap
from front import CERTS, FRONT, ROOT, programs, tlseam
from tap import case, contains, equal

BACKENDS = list(programs())


def run(directory, *options, code=0):
    done = tlseam("compare", "--verify", directory, "--json", *options)
    equal(done.exit_code(), code, "exit code")
    result = json.loads(done.stdout)
    equal(list(result), ["backends", "chains", "agreed", "disagreements"], "names in the result")
    equal(result["agreed"] + len(result["disagreements"]), result["chains"], "agreed and not agreed")
    return result


def alone(name):
    """A directory with this chain only."""
    home = tap.cleanup.enter_context(sockets.temporary_directory())
    (home / "chain.crt").write_bytes((CERTS / f"{name}.crt").read_bytes())
    return home


def verdict_line(*options):
    """What all say of the only chain."""
    lines = tlseam("compare", "--verify", *options).stdout.decode().splitlines()
    return lines[lines.index("All agree:") + 1]


@case("the chains of certs/: every library says the same of each")
def all_chains():
    for directory, name in ((CERTS, "localhost"), (CERTS / "names", "www.example.test"), (CERTS / "signatures", None)):
        options = ("--name", name) if name else ()
        result = run(directory, "--ca", ROOT, *options)
        equal(result["backends"], BACKENDS, "libraries")
        files = [file for file in directory.iterdir() if file.suffix in (".crt", ".pem")]
        equal((result["chains"], result["agreed"]), (len(files), len(files)), "chains, and those agreed on")


@case("--name, --ca, --time and --purpose reach the libraries")
def options():
    trust = ("--ca", ROOT)
    contains(verdict_line(alone("server"), *trust, "--name", "localhost"), "accepted", "a good one")
    contains(verdict_line(alone("server"), *trust), "accepted", "without a name")
    contains(verdict_line(alone("server"), *trust, "--name", "other.test"), "name_mismatch", "another name")
    contains(verdict_line(alone("server"), "--ca", CERTS / "other-root.crt"), "unknown_ca", "another root")
    contains(verdict_line(alone("server"), *trust, "--time", "2090-01-01T00:00:00Z"), "expired", "a later time")
    contains(verdict_line(alone("expired"), *trust), "expired", "an old one, now")
    contains(verdict_line(alone("expired"), *trust, "--time", "2020-06-01T00:00:00Z"), "accepted", "an old one, then")
    contains(verdict_line(alone("client"), *trust), "wrong_purpose", "a client's, as a server's")
    contains(verdict_line(alone("client"), *trust, "--purpose", "client"), "accepted", "a client's")


@case("--backend chooses")
def chosen():
    equal(run(alone("server"), "--ca", ROOT, "--backend", BACKENDS[-1])["backends"], BACKENDS[-1:], "libraries")


ANSWER = """
for line in sys.stdin:
    request = json.loads(line)
    bad = "%s" in request["leaf"]
    print(json.dumps({"event": "verify", "id": request["id"], "verdict": "rejected" if bad else "accepted",
                      "code": "certificate_refused" if bad else None, "cert_code": "%s" if bad else None,
                      "detail": "it is bad\\x1b[2J" if bad else None}), flush=True)
"""


@case("each disagreement, with every verdict, and exit code 3")
def disagreement():
    home = tap.cleanup.enter_context(sockets.temporary_directory())
    for name in ("good.pem", "bad.crt", "worse.crt", "ignored.txt"):
        (home / name).write_text("x")
    front = stand_ins.front(one=ANSWER % ("bad", "expired"), two=ANSWER % ("worse", "expired"))
    done = process.finish(front, "compare", "--verify", home, "--json")
    equal(done.exit_code(), 3, "exit code")
    accepted = {"verdict": "accepted", "code": None, "cert_code": None, "detail": None}
    rejected = {"verdict": "rejected", "code": "certificate_refused", "cert_code": "expired",
                "detail": "it is bad\x1b[2J"}
    equal(json.loads(done.stdout), {
        "backends": ["one", "two"], "chains": 3, "agreed": 1, "disagreements": [
            {"chain": "bad.crt", "verdicts": {"one": rejected, "two": accepted}},
            {"chain": "worse.crt", "verdicts": {"one": accepted, "two": rejected}}]}, "the result")
    text = process.finish(front, "compare", "--verify", home).stdout.decode()
    for part in ("* bad.crt", "one rejected (expired): it is bad?[2J", "two accepted", "disagree on 2 of 3 chains"):
        contains(text, part, "for people")
    other = stand_ins.front(one=ANSWER % ("bad", "expired"), two=ANSWER % ("bad", "unknown_ca"))
    equal(len(json.loads(process.finish(other, "compare", "--verify", home, "--json").stdout)["disagreements"]), 1,
          "two reasons are a disagreement")


@case("a program that fails is undecided, not agreed")
def broken():
    front = stand_ins.front(one=ANSWER % ("bad", "expired"), two="sys.exit('no library here')")
    done = process.finish(front, "compare", "--verify", alone("server"), "--json")
    equal(done.exit_code(), 3, "exit code")
    verdict = json.loads(done.stdout)["disagreements"][0]["verdicts"]["two"]
    equal((verdict["verdict"], verdict["detail"]), ("undecided", "no library here"), "verdict")


@case("Ctrl-C: exit code 130, nothing printed, no program left")
def interrupted():
    directory = alone("server")
    running = process.Process(stand_ins.front(one="time.sleep(1000)\n"), "compare", "--verify", directory, "--json")
    left = children.wait_for_one(running)
    running.signal(signal.SIGINT)
    equal((running.exit_code(), running.stdout), (130, b""), "exit code and output")
    children.all_gone(left)


@case("wrong use: a sentence, exit code 2")
def wrong():
    def fails(*words, names):
        done = process.finish(FRONT, "compare", *words)
        equal((done.exit_code(), done.stdout), (2, b""), f"exit code and output of {words}")
        equal(done.stderr.count(b"\n"), 1, "lines")
        for name in names:
            contains(done.stderr.decode(), str(name), "the sentence")

    empty = tap.cleanup.enter_context(sockets.temporary_directory())
    fails("--verify", empty, names=[empty, "*.pem"])
    fails("--verify", CERTS / "no-such", names=["no-such"])
    fails("--verify", ROOT, names=["root.crt", "no directory"])
    fails("--verify", CERTS, "--ca", CERTS / "no-such", names=["--ca", "no-such"])
    fails("--verify", CERTS, "--ca", CERTS, names=["--ca", "directory"])
    fails("--verify", CERTS, "--ca", CERTS / "crl.pem", names=["crl.pem"])
    fails("--verify", CERTS, "--time", "yesterday", names=["--time", "yesterday"])
    fails("--verify", CERTS, "--ca", ROOT, "--name", "", names=["name"])
    fails("--verify", CERTS, "--backend", "nosuch", names=["nosuch"])
    fails("--verify", CERTS, "--insecure", names=["--insecure", "--verify"])


tap.run()
