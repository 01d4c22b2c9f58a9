# SPDX-License-Identifier: Apache-2.0
# `verify`, and the options of `connect` and `serve` that check certificates beyond the defaults. tests/chains has the
# verdicts.
import base64
import hashlib
import json
import subprocess

import tap
from process import finish
from tap import case, contains, equal
from tlseam import BACKEND, CERTS, COMMAND, ROOT, Connect, Serve

CRLS = ("--crl", CERTS / "crl.pem", "--crl", CERTS / "root.crl.pem")


def verify(name, *options, trust=ROOT):
    return finish(COMMAND, "verify", "--leaf", CERTS / f"{name}.crt", "--trust", trust, *options)


def batch(*requests):
    """The answers, as objects."""
    text = "".join(each if isinstance(each, str) else json.dumps(each) + "\n" for each in requests)
    done = subprocess.run([COMMAND, "verify", "--batch"], input=text, capture_output=True, text=True, timeout=30, check=False)
    equal((done.returncode, done.stderr), (0, ""), "exit code and standard error")
    return [json.loads(line) for line in done.stdout.splitlines()]


VERDICTS = (
    # chain, options, exit code, cert_code
    ("server", (), 0, None),
    ("server", ("--name", "localhost"), 0, None),
    ("server", ("--name", "example.com"), 1, "name_mismatch"),
    ("server", ("--purpose", "client"), 1, "wrong_purpose"),
    ("client", ("--purpose", "client"), 0, None),
    ("ip", ("--ip", "127.0.0.1"), 0, None),
    ("ip", ("--ip", "::1"), 0, None),
    ("ip", ("--ip", "127.0.0.2"), 1, "name_mismatch"),
    ("expired", (), 1, "expired"),
    ("expired", ("--time", "2020-06-01T00:00:00Z"), 0, None),
    ("server", ("--time", "2019-06-01T00:00:00Z"), 1, "not_yet_valid"),
    ("server", ("--time", "2100-01-01T00:00:00+05:00"), 1, "expired"),
    ("missing-intermediate", (), 1, "unknown_ca"),
    ("missing-intermediate", ("--untrusted", CERTS / "intermediate.crt"), 0, None),
    ("revoked", (), 0, None),
    ("revoked", CRLS, 1, "revoked"),
    ("server", CRLS, 0, None),
    ("server", CRLS[:2], 1, "revocation_unavailable"),
    ("server", (*CRLS[:2], "--crl-scope", "leaf"), 0, None),
    ("weak-key", (), 1, "weak_key"),
    ("not-a-ca", (), 1, "invalid_ca"),
)

for chain, options, code, reason in VERDICTS:
    @case(f"verify {chain} {' '.join(o if isinstance(o, str) else o.name for o in options)}: {reason or 'accepted'}")
    def verdict(chain=chain, options=options, code=code, reason=reason):
        run = verify(chain, *options, "--json")
        equal(run.exit_code(), code, "exit code")
        answer = json.loads(run.stdout)
        equal((answer["event"], answer["backend"], answer["cert_code"]), ("verify", BACKEND, reason), "the answer")
        equal(answer["verdict"], "rejected" if code else "accepted", "verdict")
        run = verify(chain, *options)
        equal(run.exit_code(), code, "exit code without --json")
        contains(run.stdout.decode(), reason or "CN=tlseam test root", "the sentence")


UNDECIDED = (
    # options, what the sentence names
    (("--leaf", CERTS / "nowhere.crt", "--trust", ROOT), "nowhere.crt"),
    (("--leaf", CERTS / "server.crt", "--trust", CERTS / "nowhere.crt"), "nowhere.crt"),
    (("--leaf", CERTS / "server.crt", "--trust", CERTS / "server.key"), "server.key"),
    (("--leaf", CERTS / "server.crt", "--trust", ROOT, "--crl", ROOT), "root.crt"),
    (("--leaf", CERTS / "server.key", "--trust", ROOT), "server.key"),
    (("--leaf", CERTS / "server.crt", "--trust", ROOT, "--name", "a b"), "a b"),
    (("--leaf", CERTS / "server.crt", "--trust", ROOT, "--pin", "sha256//x"), "pins"),
    (("--leaf", CERTS / "server.crt", "--trust", ROOT, "--name", ""), "''"),
    (("--trust", ROOT), "--leaf"),
    (("--leaf", CERTS / "server.crt", "--time", "yesterday"), "yesterday"),
    (("--leaf", CERTS / "server.crt", "--purpose", "coffee"), "coffee"),
    (("--leaf", CERTS / "server.crt", "--name", "a", "--ip", "::1"), "--ip"),
    (("--leaf", CERTS / "server.crt", "--batch"), "--batch"),
)

for options, named in UNDECIDED:
    @case(f"verify {' '.join(o if isinstance(o, str) else o.name for o in options)}: exits with 2 and names {named}")
    def undecided(options=options, named=named):
        run = finish(COMMAND, "verify", *options)
        equal(run.exit_code(), 2, "exit code")
        contains(run.stderr.decode(), named, "the sentence")


@case("a certificate that cannot be parsed is rejected as malformed")
def malformed():
    leaf = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    [answer] = batch({"leaf": leaf, "trust": str(ROOT)})
    equal((answer["verdict"], answer["cert_code"]), ("rejected", "malformed"), "the answer")


@case("--batch answers one line per line, in order, whatever a line is")
def batches():
    good = {"leaf": str(CERTS / "server.crt"), "trust": [str(ROOT)]}
    answers = batch({**good, "id": 1}, "not json\n", "\n", {**good, "id": {"any": ["value", None]}}, [], {"id": "x"},
                    {**good, "id": 2, "nmae": "localhost"}, {**good, "id": 3, "trust": []}, {**good, "leaf": 7},
                    {**good, "id": "text", "leaf": (CERTS / "expired.crt").read_text(), "trust": ROOT.read_text()},
                    {**good, "id": 4, "name": "localhost", "ip": "::1"}, {**good, "id": 5, "time": "soon"},
                    json.dumps({**good, "id": "no newline"}))
    seen = [(answer["id"], answer["verdict"], answer["code"]) for answer in answers]
    wrong = "invalid_argument"
    equal(seen, [(1, "accepted", None), (None, "undecided", wrong), ({"any": ["value", None]}, "accepted", None),
                 (None, "undecided", wrong), ("x", "undecided", wrong), (2, "undecided", wrong), (3, "undecided", wrong),
                 (None, "undecided", wrong), ("text", "rejected", "certificate_refused"), (4, "undecided", wrong),
                 (5, "undecided", wrong), ("no newline", "accepted", None)], "the answers")


@case("--batch without input ends with 0")
def nothing():
    equal(batch(), [], "answers")


@case("pins that openssl computed")
def pins():
    run = finish("openssl", "x509", "-in", CERTS / "server.crt", "-pubkey", "-noout")
    body = b"".join(run.stdout.splitlines()[1:-1])
    pin = "sha256//" + base64.b64encode(hashlib.sha256(base64.b64decode(body)).digest()).decode()
    other = "sha256//" + base64.b64encode(bytes(32)).decode()
    equal(verify("server", "--pin", pin).exit_code(), 0, "the right one")
    equal(verify("server", "--pin", other, "--pin", pin).exit_code(), 0, "one of two")
    equal(json.loads(verify("server", "--pin", other, "--json").stdout)["cert_code"], "pin_mismatch", "another")
    server = Serve()
    client = Connect(server.port, "--pin", other)
    equal(client.failure()["cert_code"], "pin_mismatch", "connect")
    client = Connect(server.port, "--pin", pin)
    client.event("handshake", "stderr")


@case("connect --crl refuses a server that is listed, and takes one that is not")
def connect_crl():
    server = Serve(cert="revoked")
    equal(Connect(server.port, *CRLS).failure()["cert_code"], "revoked", "a listed server")
    equal(Connect(server.port, "--crl", CERTS / "no.pem").failure()["code"], "file_not_found", "a missing list")
    good = Serve()
    Connect(good.port, *CRLS).event("handshake", "stderr")


@case("serve --crl refuses a client without a current list, and takes one with it")
def serve_crl():
    client = ("--cert", CERTS / "client.crt", "--key", CERTS / "client.key")
    server = Serve("--client-ca", ROOT, "--crl", CERTS / "expired.crl.pem", "--crl", CERTS / "root.crl.pem")
    peer = Connect(server.port, *client)
    equal(server.event("error")["cert_code"], "revocation_unavailable", "the list has ended")
    peer.close_stdin()
    good = Serve("--client-ca", ROOT, *CRLS)
    Connect(good.port, *client)
    good.event("handshake")


tap.run()
