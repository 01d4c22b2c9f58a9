# SPDX-License-Identifier: Apache-2.0
# `tlseam cert`: what it makes works everywhere, and it never leaves half of it.
import json
import os
import pathlib
import resource
import shlex
import signal
import stat
import subprocess
import threading

import tap
from front import FRONT, contents, environment, in_directory, programs, refused, scratch, tlseam
from process import TIMEOUT, Process, finish, tool
from tap import case, contains, equal

HERE = pathlib.Path(__file__).parent
PAIRS = {"dev-root.crt", "dev-root.key", "server.crt", "server.key"}
KINDS = {"ECDSA": (), "RSA": ("--rsa",)}


def make(directory, *words, **options):
    """`cert --json` that must work: what it says."""
    run = tlseam("cert", "--json", *words, **in_directory(directory, **options))
    equal((run.exit_code(), run.stderr), (0, b""), "exit code and standard error")
    return json.loads(run.stdout)


def openssl(*words, **options):
    run = finish(tool("openssl"), *words, **options)
    equal(run.exit_code(), 0, "exit code of openssl")
    return run.stdout.decode()


def foreign_root(directory, *template):
    """One that somebody else made."""
    directory.mkdir(exist_ok=True)
    key, cert = directory / "dev-root.key", directory / "dev-root.crt"
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
    lines = ("cn = foreign", "ca", "cert_signing_key", "activation_date = 2020-01-01", *template)
    made = scratch() / "template"
    made.write_text("\n".join(lines))
    run = finish(tool("certtool", "gnutls-bin"), "--generate-self-signed", "--load-privkey", key, "--template", made)
    equal(run.exit_code(), 0, "exit code of certtool")
    cert.write_bytes(run.stdout)
    return directory


# ---- what it makes ----


@case("nothing but `cert`: a root and a server for this machine, keys for the user alone, and what to type next")
def plain():
    place = scratch()
    run = tlseam("cert", **in_directory(place, umask=0))
    equal((run.exit_code(), run.stderr), (0, b""), "exit code and standard error")
    equal(set(contents(place)), PAIRS, "files")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()}
    equal(modes, {name: 0o600 if name.endswith(".key") else 0o644 for name in PAIRS}, "modes")
    for said in ("dev-root.crt", "localhost, 127.0.0.1, ::1", " serve --cert server.crt --key server.key\n",
                 " connect localhost:4433 --ca dev-root.crt\n"):
        contains(run.stdout.decode(), said, "what it says")


@case("a strict umask is kept for certificates, and does not lock the user out of the keys")
def strict_umask():
    place = scratch()
    make(place, umask=0o377)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.iterdir()}
    equal(modes, {name: 0o600 if name.endswith(".key") else 0o400 for name in PAIRS}, "modes")


@case("the certificates are as RFC 5280 and clients want them")
def fields():
    place = scratch()
    for kind, options in KINDS.items():
        make(place, "localhost", "*.Example.test", "192.0.2.7", "2001:DB8:0::7", "localhost", "--client", "alice@home",
             "--out", kind, *options)
        directory = place / kind
        root, server, client = (openssl("x509", "-noout", "-text", "-in", directory / f"{name}.crt")
                                for name in ("dev-root", "server", "client-alice@home"))
        for part in ("Version: 3", "X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0",
                     "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign",
                     "X509v3 Subject Key Identifier"):
            contains(root, part, "the root")
        for part in ("X509v3 Basic Constraints: critical\n                CA:FALSE",
                     "X509v3 Key Usage: critical\n                Digital Signature\n",
                     "X509v3 Subject Key Identifier", "X509v3 Authority Key Identifier",
                     "Public-Key: (256 bit)" if kind == "ECDSA" else "Public-Key: (2048 bit)"):
            contains(server, part, "the server's")
            contains(client, part, "the client's")
        contains(server, "DNS:localhost, DNS:*.example.test, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7\n",
                 "names")
        contains(server, "X509v3 Extended Key Usage: \n                TLS Web Server Authentication\n", "the server's")
        contains(client, "X509v3 Extended Key Usage: \n                TLS Web Client Authentication\n", "the client's")
        contains(client, "Subject: CN = alice@home\n", "the client's")
        for name in ("dev-root", "server"):
            contains((directory / f"{name}.key").read_text(), "-----BEGIN PRIVATE KEY-----\n", "PKCS#8")
        equal((directory / "server.crt").read_text().count("BEGIN CERTIFICATE"), 1, "certificates in server.crt")


@case("dates: valid since before now, 825 days for a server, ten years for the root; serial numbers have 16 bytes")
def dates():
    place = scratch()
    make(place)
    for name, days in (("server", 825), ("dev-root", 3650)):
        cert = place / f"{name}.crt"
        openssl("x509", "-noout", "-in", cert, "-checkend", str((days - 2) * 86400))
        equal(finish(tool("openssl"), "x509", "-noout", "-in", cert, "-checkend", str(days * 86400)).exit_code(), 1,
              "valid for longer")
        openssl("verify", "-x509_strict", "-CAfile", place / "dev-root.crt", "-attime",
                str(int(cert.stat().st_mtime) - 86000), cert)
    serials = {openssl("x509", "-noout", "-serial", "-in", place / f"{name}.crt") for name in ("server", "dev-root")}
    equal(sorted(len(each) for each in serials), [len("serial=\n") + 32] * 2, "lengths of two different serial numbers")


@case("openssl verify -x509_strict accepts them for their purpose and names only")
def strict():
    place = scratch()
    make(place, "localhost", "*.example.test", "::1", "--client", "bob")
    verify = ("verify", "-x509_strict", "-check_ss_sig", "-CAfile", place / "dev-root.crt")
    server, client = place / "server.crt", place / "client-bob.crt"
    for good in (("-purpose", "sslserver", "-verify_hostname", "localhost", server),
                 ("-purpose", "sslserver", "-verify_hostname", "www.example.test", server),
                 ("-purpose", "sslserver", "-verify_ip", "::1", server), ("-purpose", "sslclient", client)):
        openssl(*verify, *good)
    for bad in (("-purpose", "sslclient", server), ("-purpose", "sslserver", client),
                ("-verify_hostname", "example.test", server), ("-verify_ip", "127.0.0.1", server)):
        equal(finish(tool("openssl"), *verify, *bad).exit_code(), 2, f"{bad}")


@case("every backend's verify accepts them, and refuses other names, other purposes and other roots")
def verified():
    place = scratch()
    for kind, options in KINDS.items():
        make(place, "localhost", "*.example.test", "127.0.0.1", "--client", "bob", "--out", kind, *options)
    make(place, "--out", "other")

    def verdict(backend, directory, leaf, *words, root="dev-root.crt"):
        run = tlseam("--backend", backend, "verify", "--json", "--leaf", directory / leaf, "--trust", directory / root,
                     *words)
        return json.loads(run.stdout)["cert_code"] or "accepted"

    for backend in programs():
        for kind in KINDS:
            ours = place / kind
            for words in (("--name", "localhost"), ("--name", "a.example.test"), ("--ip", "127.0.0.1"), ()):
                equal(verdict(backend, ours, "server.crt", *words), "accepted", f"{backend} {kind} {words}")
            equal(verdict(backend, ours, "client-bob.crt", "--purpose", "client"), "accepted", f"{backend} {kind}")
            for words, reason in ((("--name", "example.test"), "name_mismatch"), (("--ip", "::1"), "name_mismatch"),
                                  (("--purpose", "client"), "wrong_purpose")):
                equal(verdict(backend, ours, "server.crt", *words), reason, f"{backend} {kind} {words}")
            other = verdict(backend, ours, "server.crt", root="../other/dev-root.crt")
            equal(other, "unknown_ca", f"{backend} {kind} with another root")


# ---- what it says next works ----


def start_server(line, directory):
    """Runs what `cert` said to run, on a port that the system picks."""
    server = Process(*shlex.split(line), "--listen", "localhost:0", "--json", cwd=directory)
    return server, server.event("listening")["port"]


@case("the lines to type next work, pasted into a shell: each backend serves, and each connects")
def pasted():
    place = scratch()
    directory = place / "it's here; $HOME"
    serve, connect = make(place, "--out", directory, "--client", "carol")["next"]
    first = next(iter(programs()))
    for backend in programs():
        server, port = start_server(serve.replace(f"--backend {first}", f"--backend {backend}"), place)
        for other in programs():
            line = connect.replace(f"--backend {first}", f"--backend {other}").replace(":4433", f":{port}")
            run = finish(tool("sh", "dash"), "-c", f"echo hello | {line}", cwd=place)
            equal((run.exit_code(), run.stdout), (0, b"hello\n"), f"echo of {backend} to {other}")
            peer = server.event("handshake")["peer_certificates"][0]["subject"]
            equal(peer, "CN=carol", "who the server thinks it is")


@case("a wrong name is refused by each backend, and so is a client without a certificate")
def wrong_name():
    place = scratch()
    said = make(place, "www.example.test", "--client", "dave")
    for backend in programs():
        server, port = start_server(said["next"][0], place)
        base = ("--backend", backend, "connect", f"localhost:{port}", "--json", "--ca", place / "dev-root.crt")
        run = tlseam(*base, "--name", "example.test")
        equal((run.exit_code(), json.loads(run.stderr)["cert_code"]), (1, "name_mismatch"), f"{backend}: a wrong name")
        run = tlseam(*base, "--name", "www.example.test")
        equal(run.exit_code(), 1, f"{backend}: exit code without a certificate")


@case("names, files and dates in --json; the name to ask for in the line to type next")
def as_json():
    place = scratch()
    said = make(place, "*.example.test", "10.0.0.1")
    equal(list(said), ["root", "server", "client", "next"], "names of the object")
    equal(said["server"]["names"], ["*.example.test", "10.0.0.1"], "names of the server")
    equal((said["server"]["cert"], said["server"]["made"], said["client"]), ("server.crt", True, None), "the server")
    contains(said["next"][1], " --name any.example.test", "what to type next")
    contains(make(place, "10.0.0.1", "--force")["next"][1], " --name 10.0.0.1", "what to type next")


# ---- what is there already ----


@case("a root that is there signs again, and is not touched; a server that is there is replaced only with --force")
def again():
    place = scratch()
    make(place)
    before = contents(place)
    refused(tlseam("cert", "other.test", **in_directory(place)), "'server.crt'", "--force")
    (place / "server.crt").unlink()
    refused(tlseam("cert", **in_directory(place)), "'server.key'", "--force")
    equal(contents(place), {name: data for name, data in before.items() if name != "server.crt"}, "files")
    said = make(place, "other.test", "--force", "--rsa")
    equal((said["root"]["made"], said["server"]["made"]), (False, True), "what was made")
    after = contents(place)
    equal(set(after), PAIRS, "files")
    for name in PAIRS:
        equal(after[name] == before[name], name.startswith("dev-root"), f"{name} as before")
    openssl("verify", "-x509_strict", "-verify_hostname", "other.test", "-CAfile", place / "dev-root.crt",
            place / "server.crt")


@case("a further client leaves the server as it is")
def further_client():
    place = scratch()
    make(place)
    before = contents(place)
    said = make(place, "--client", "erin")
    equal((said["server"]["made"], said["server"]["names"]), (False, ["localhost", "127.0.0.1", "::1"]), "the server")
    after = contents(place)
    equal(set(after) - set(before), {"client-erin.crt", "client-erin.key"}, "new files")
    equal({name: after[name] for name in before}, before, "files that were there")
    refused(tlseam("cert", "--client", "erin", **in_directory(place)), "client-erin.crt", "--force")
    refused(tlseam("cert", "a.test", "--client", "frank", **in_directory(place)), "server.crt", "--force")
    equal(contents(place), after, "files")


@case("the root of an earlier run that cannot sign: a sentence that says why, and nothing is changed")
def bad_roots():
    place = scratch()
    make(place, "--out", "good")
    make(place, "--out", "other")
    good, other = contents(place / "good"), contents(place / "other")
    openssl("pkcs8", "-topk8", "-passout", "pass:x", "-in", place / "good" / "dev-root.key", "-out", place / "encrypted")
    bad = {
        "without": ({"dev-root.crt": good["dev-root.crt"]}, "dev-root.key"),
        "bring that back": ({"dev-root.key": good["dev-root.key"]}, "dev-root.crt"),
        "do not belong together": ({"dev-root.crt": good["dev-root.crt"], "dev-root.key": other["dev-root.key"]}, "key"),
        "nothing can be signed": ({"dev-root.crt": good["server.crt"], "dev-root.key": good["server.key"]}, "authority"),
        "PEM form": ({"dev-root.crt": b"hello", "dev-root.key": good["dev-root.key"]}, "dev-root.crt"),
        "not encrypted": ({"dev-root.crt": good["dev-root.crt"], "dev-root.key": (place / "encrypted").read_bytes()},
                          "private key"),
        "has expired": (contents(foreign_root(place / "old", "expiration_date = 2021-01-01")), "dev-root.crt"),
        "larger": ({"dev-root.crt": b"x" * 2_000_000, "dev-root.key": good["dev-root.key"]}, "dev-root.crt"),
    }
    for number, (sentence, (files, named)) in enumerate(bad.items()):
        directory = place / str(number)
        directory.mkdir()
        for name, data in files.items():
            (directory / name).write_bytes(data)
        refused(tlseam("cert", "--out", directory, **in_directory(place)), sentence, named)
        equal(contents(directory), files, "files")
    pipe = place / "pipe"
    pipe.mkdir()
    os.mkfifo(pipe / "dev-root.crt")
    (pipe / "dev-root.key").write_bytes(good["dev-root.key"])
    refused(tlseam("cert", "--out", pipe), "is no file")


@case("a root's key that others can read is used, with a warning")
def open_key():
    place = scratch()
    make(place)
    (place / "dev-root.key").chmod(0o644)
    run = tlseam("cert", "--force", **in_directory(place))
    equal(run.exit_code(), 0, "exit code")
    contains(run.stderr.decode(), "warning: others than you can get at 'dev-root.key'", "the warning")


@case("a certificate never outlives the root that signed it")
def root_near_its_end():
    place = scratch()
    foreign_root(place, "expiration_days = 30", "subject_key_id = 0102030405")
    said = make(place)
    equal(said["server"]["not_after"], said["root"]["not_after"], "the end")
    openssl("verify", "-x509_strict", "-CAfile", place / "dev-root.crt", place / "server.crt")


# ---- wrong use ----

BAD_NAMES = (
    ("", "empty"), ("two words", "a space"), ("tab\there", "a space"), ("line\nbreak", "control character"),
    ("escape\x1b[31m", "control character"), ("bücher.example", "xn--"), ("x" * 64, "63 are the most"),
    (".".join(["x" * 49] * 6), "253 are the most"), ("a.*.test", "first label"), ("w*.example.test", "first label"),
    ("*", "first label"), ("*.test", "two labels"), ("a..test", "label is empty"), (".test", "label is empty"),
    ("test.", "label is empty"), ("a-.test", "'-'"), ("1.2.3", "IPv4"), ("1.2.3.256", "IPv4"),
    ("a.0x1f", "IPv4"), ("1::2::3", "IPv6"), ("fe80::1%eth0", "IPv6"), ("localhost:443", "without a port"), ("https://a.test/", "URL"), ("a/b", "'/'"), ("a,b", "','"),
)

for bad, reason in BAD_NAMES:
    @case(f"the name {bad[:70]!r} is refused: {reason}")
    def bad_name(bad=bad, reason=reason):
        place = scratch()
        run = tlseam("cert", "localhost", bad, "--out", "new", **in_directory(place))
        refused(run, reason)
        assert b"\x1b" not in run.stderr and run.stderr.count(b"\n") == 1, "the sentence is not for a terminal"
        equal(list(place.iterdir()), [], "files")


@case("the name of a client that cannot be one is refused")
def bad_clients():
    place = scratch()
    for bad, reason in (("", "empty"), ("a b", "space"), ("../up", "'/'"), ("ä", "ASCII"), ("x" * 65, "64 are the most"),
                        ("a\x07", "control character")):
        refused(tlseam("cert", "--client", bad, **in_directory(place)), reason)
    equal(list(place.iterdir()), [], "files")


@case("a directory that cannot be one: a file, one below none, one that nobody can write to; no option is ignored")
def bad_directories():
    place = scratch()
    (place / "file").write_text("x")
    for directory, named in (("file", "'file' is no directory"), ("none/below", "'none/below'"), ("", "''"),
                             ("/proc", "'/proc/dev-root.crt'"), ("file/below", "file/below")):
        refused(tlseam("cert", "--out", directory, **in_directory(place)), named)
    refused(tlseam("cert", "--colour", **in_directory(place)), "--colour")
    equal(contents(place), {"file": b"x"}, "files")


@case("a directory or a link in the place of a file")
def in_the_way():
    place = scratch()
    (place / "server.key").mkdir()
    refused(tlseam("cert", **in_directory(place)), "server.key")
    refused(tlseam("cert", "--force", **in_directory(place)), "server.key", "directory")
    equal(os.listdir(place), ["server.key"], "files")
    (place / "server.key").rmdir()
    (place / "target").write_text("precious")
    (place / "server.key").symlink_to("target")
    refused(tlseam("cert", **in_directory(place)), "server.key")
    make(place, "--force")
    equal((place / "target").read_text(), "precious", "what the link led to")
    assert not (place / "server.key").is_symlink(), "server.key is a link still"


# ---- half of it ----


def preloaded(**variables):
    """An environment in which faults.c is at work; sanitizers put up with it."""
    library = scratch() / "faults.so"
    subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-o", library, HERE / "faults.c"], check=True,
                   timeout=TIMEOUT)
    asan = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
    return environment(LD_PRELOAD=str(library), ASAN_OPTIONS=asan, **variables)


@case("a disk that is full at any point leaves nothing, not even the directory")
def full_disk():
    place = scratch()

    def limit(size):
        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    for size in (0, 300, 650):
        run = tlseam("cert", "--out", "new", "--rsa", cwd=place, preexec_fn=limit(size), restore_signals=False)
        refused(run, "cannot write 'new/")
        equal(list(place.iterdir()), [], f"files with {size} bytes to write")


@case("a failure while the files get their names leaves what was there, and nothing else")
def rename_fails():
    place = scratch()
    for number in (1, 2, 3, 4):
        fault = {"env": preloaded(FAIL_RENAME=str(number))}
        refused(tlseam("cert", "--out", "new", cwd=place, **fault), "cannot write 'new/", "No space left")
        equal(list(place.iterdir()), [], f"files after failure {number}")
    make(place, "a.test", "--client", "grace")
    before = contents(place)
    for number in (1, 2, 3, 4):
        fault = {"env": preloaded(FAIL_RENAME=str(number))}
        refused(tlseam("cert", "--force", "--client", "grace", cwd=place, **fault), "No space left")
        equal(contents(place), before, f"files after failure {number}")


@case("SIGINT while it works: exit code 130, and nothing is left")
def interrupted():
    place = scratch()
    run = tlseam("cert", "--rsa", "--out", "new", cwd=place, env=preloaded(INTERRUPT_SYNC="1"))
    equal((run.exit_code(), run.stdout), (130, b""), "exit code and standard output")
    equal(list(place.iterdir()), [], "files")


@case("SIGTERM at any time: all or nothing")
def terminated():
    for number in range(12):
        place = scratch()
        process = Process(FRONT, "cert", cwd=place)
        timer = threading.Timer(number / 500, lambda p=process: p.signal(signal.SIGTERM))
        timer.start()
        code = process.exit_code()
        timer.join(TIMEOUT)
        equal(set(contents(place)), PAIRS if code == 0 else set(), f"files with exit code {code}")


@case("two at a time in one directory: one of them wins, whole")
def at_once():
    place = scratch()
    both = [Process(FRONT, "cert", cwd=place) for _ in range(4)]
    codes = sorted(process.exit_code() for process in both)
    equal(codes, [0, 2, 2, 2], "exit codes")
    equal(set(contents(place)), PAIRS, "files")
    openssl("verify", "-x509_strict", "-CAfile", place / "dev-root.crt", place / "server.crt")


tap.run()
