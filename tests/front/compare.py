# SPDX-License-Identifier: Apache-2.0
# `tlseam compare HOST:PORT` with servers of others, and with peers that are none.
import json
import re

import local_servers
import process
import tap
from front import CERTS, FRONT, ROOT, programs, tlseam
from tap import case, contains, equal

TRUST = ("--ca", ROOT, "--name", "localhost")
BACKENDS = list(programs())


def info(backend):
    return json.loads(process.finish(programs()[backend], "info", "--json").stdout)


def run(port, *options, trust=TRUST, code=0):
    """The JSON of one comparison, with what must always hold of it checked."""
    done = tlseam("compare", f"127.0.0.1:{port}", "--json", *trust, *options)
    equal(done.exit_code(), code, "exit code")
    equal(done.stdout.count(b"\n"), 1, "lines")
    result = json.loads(done.stdout.decode("utf-8"))
    equal(set(result), {"peer", "address", "backends", "differences"}, "names in the result")
    equal(result["peer"], f"127.0.0.1:{port}", "peer")
    for each in result["backends"]:
        equal(set(each), {"backend", "version", "peer", "offered", "handshake", "error", "timings_ms", "bytes",
                          "heap_peak"}, "names of a library")
        equal(each["version"], info(each["backend"])["backend_version"], "version")
    return result


def connected(result, **expected):
    """All connected, and negotiated this."""
    equal([each["backend"] for each in result["backends"]], BACKENDS, "libraries")
    for each in result["backends"]:
        equal(each["error"], None, "error")
        for name, value in expected.items():
            equal(each["handshake"][name], value, f"{name} with {each['backend']}")
        timings = each["timings_ms"]
        assert 0 < timings["tcp_connect"] and 0 < timings["first_answer"] <= timings["handshake"], timings
        hello, shaken = each["offered"]["bytes"], each["handshake"]
        more = each["bytes"]["sent"] - hello
        assert 0 < more < 400, each["bytes"]
        if shaken["version"] == "TLS 1.3" and not shaken["retried"]:
            assert more in local_servers.FINISHED, f"{more} bytes behind the hello: more than a Finished, or less"
        assert 500 < each["bytes"]["received"] < 8000, each["bytes"]
    return result


def failed(result, **expected):
    equal([each["backend"] for each in result["backends"]], BACKENDS, "libraries")
    for each in result["backends"]:
        for name, value in expected.items():
            contains([value] if not isinstance(value, tuple) else value, each["error"][name],
                     f"{name} with {each['backend']}")
        assert f"127.0.0.1:{result['peer'].rsplit(':')[-1]}" in each["error"]["detail"], each["error"]["detail"]
    return result


# ---- servers of others ----

SERVERS = [
    ("nginx", local_servers.nginx, {"protocols": "TLSv1.2"}),
    ("HAProxy", local_servers.haproxy, {"options": "ssl-max-ver TLSv1.2"}),
    ("stunnel", local_servers.stunnel, {"options": "sslVersionMax = TLSv1.2"}),
]


def cases_of(name, make, only_tls1_2):
    @case(f"{name}: a good certificate")
    def good():
        connected(run(make()), version="TLS 1.3", verified=True, resumed=False, retried=False)

    @case(f"{name}: TLS 1.2 only")
    def old():
        connected(run(make(**only_tls1_2)), version="TLS 1.2", verified=True)

    for cert, reason in local_servers.DEFECTS.items():
        @case(f"{name}: a certificate that is {cert}")
        def defect(cert=cert, reason=reason):
            result = failed(run(make(cert=cert), code=1), code="certificate_refused", cert_code=reason, origin="local")
            assert "error.cert_code" not in result["differences"], result["differences"]
            assert all(each["error"]["alert"] for each in result["backends"]), "an alert was sent"


for server in SERVERS:
    cases_of(*server)


@case("openssl s_server, {version}")
def openssl(version):
    port = local_servers.openssl(f"-tls{version.replace('.', '_')}", "-alpn", "two,one")
    connected(run(port, "--alpn", "one,two"), version=f"TLS {version}", alpn="two", verified=True,
              peer_signature_scheme="ecdsa_secp256r1_sha256")


@case("openssl s_server: defects")
def openssl_defects():
    for cert, reason in local_servers.DEFECTS.items():
        failed(run(local_servers.openssl(cert=cert), code=1), code="certificate_refused", cert_code=reason)


@case("no protocol in common: the server's alert")
def no_alpn():
    port = local_servers.haproxy(options="alpn h2")
    connected(run(port, "--alpn", "h2"), alpn="h2")
    port = local_servers.openssl("-alpn", "other")
    failed(run(port, "--alpn", "mine", code=1), code="alert_received", alert_name="no_application_protocol",
           origin="peer")


@case("a server that wants a client certificate: its alert after our handshake, {version}")
def client_certificate_wanted(version):
    port = local_servers.openssl("-Verify", "3", "-verify_return_error", f"-tls{version.replace('.', '_')}")
    result = failed(run(port, code=1), code="alert_received", origin="peer")
    for each in result["backends"]:
        equal(each["handshake"] is not None, version == "1.3", "a handshake that seemed complete")


@case("a group that the first hello has no share of: retried")
def retried():
    port = local_servers.openssl("-groups", "P-384")
    connected(run(port), group="secp384r1", retried=True)


# ---- peers that do otherwise ----


@case("plain HTTP")
def plain_http():
    def answer(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        connection.close()

    failed(run(local_servers.Many(answer).port, code=1), code="plaintext_http")


@case("a server that closes at once")
def closes_at_once():
    port = local_servers.Many(lambda connection: connection.close()).port
    result = failed(run(port, code=1), code=("truncated", "connection_reset"))
    assert not any(field.startswith("error") for field in result["differences"]), result["differences"]
    assert all(each["offered"]["groups"] for each in result["backends"]), "the hello was seen nevertheless"


@case("a server that never answers: --timeout")
def never_answers():
    result = failed(run(local_servers.Many(lambda connection: None).port, "--timeout", "0.5", code=1), code="timed_out")
    for each in result["backends"]:
        equal(each["bytes"], {"sent": each["offered"]["bytes"], "received": 0}, "bytes")


@case("a server that stays after the handshake, and one that does not stop talking")
def stays():
    connected(run(local_servers.openssl("-tls1_2")), version="TLS 1.2")

    def talk(stream):
        while True:
            stream.sendall(b"x" * 65536)

    context = local_servers.sockets.server_context(CERTS)
    port = local_servers.Many(lambda connection: talk(context.wrap_socket(connection, server_side=True))).port
    connected(run(port), version="TLS 1.3")


# ---- what is offered ----


@case("differences are those of the libraries")
def differences():
    result = connected(run(local_servers.openssl()))
    for each in result["backends"]:
        about, offered = info(each["backend"]), each["offered"]
        wanted = [group for group in about["profiles"]["compatible"]["groups"]]
        equal(offered["groups"], wanted, "groups")
        equal(offered["versions"], ["TLS 1.3", "TLS 1.2"], "versions")
        equal([suite for suite in offered["cipher_suites"] if "SCSV" not in suite],
              about["profiles"]["compatible"]["cipher_suites"], "suites")
        contains(offered["extensions"], "key_share", "extensions")
        equal(offered["server_name"], "localhost", "server_name")
    for field in ("groups", "key_shares", "extensions", "session_id_bytes", "bytes", "versions"):
        values = [each["offered"][field] for each in result["backends"]]
        equal(f"offered.{field}" in result["differences"], any(v != values[0] for v in values), f"{field} differ")


@case("names: what is typed is sent and verified; an address is verified and not sent")
def names():
    result = run(local_servers.openssl(), trust=("--ca", ROOT), code=1)
    failed(result, code="certificate_refused", cert_code="name_mismatch")
    equal([each["offered"]["server_name"] for each in result["backends"]], [None] * len(BACKENDS), "server_name")
    connected(run(local_servers.openssl(cert="ip"), trust=("--ca", ROOT)), verified=True, server_name=None)
    port = local_servers.openssl()
    done = json.loads(tlseam("compare", f"localhost:{port}", "--json", "--ca", ROOT).stdout)
    equal([each["offered"]["server_name"] for each in done["backends"]], ["localhost"] * len(BACKENDS), "server_name")
    equal([each["handshake"]["verified"] for each in done["backends"]], [True] * len(BACKENDS), "verified")


@case("--insecure: not verified, and said so")
def insecure():
    port = local_servers.openssl(cert="self-signed")
    connected(run(port, "--insecure", trust=()), verified=False)
    contains(tlseam("compare", f"127.0.0.1:{port}", "--insecure").stdout, b"NOT VERIFIED", "for people")


@case("--backend chooses, in that order; --fail-on-difference has its exit code")
def chosen():
    port = local_servers.openssl()
    names = list(reversed(BACKENDS))
    result = run(port, *[word for name in names for word in ("--backend", name)])
    equal([each["backend"] for each in result["backends"]], names, "libraries")
    one = run(port, "--backend", names[0], "--fail-on-difference")
    equal((len(one["backends"]), one["differences"]), (1, []), "one library does not differ from itself")
    everything = run(port, "--fail-on-difference", code=3 if result["differences"] else 0)
    equal(sorted(everything["differences"]), sorted(result["differences"]), "differences")


@case("a server that only some can talk to: exit code 3, and who")
def some():
    everywhere = set.intersection(*(set(info(name)["groups"]) for name in BACKENDS))
    ours = [each["offered"]["groups"] for each in run(local_servers.openssl())["backends"]]
    special = next((group for groups in ours for group in groups if group not in everywhere), None)
    if special is None:
        return  # every library has every group: the case of a difference does not exist here
    # A server that knows no other group.
    holder = next(name for name, groups in zip(BACKENDS, ours) if special in groups)
    server = process.Process(programs()[holder], "serve", "--json", "--listen", "127.0.0.1:0", "--cert",
                             CERTS / "server.crt", "--key", CERTS / "server.key", "--groups", special, "--min-version", "1.3")
    result = run(server.event("listening")["port"], code=3)
    for each, groups in zip(result["backends"], ours):
        equal(each["error"] is None, special in groups, f"{each['backend']} connects")
        equal((each["handshake"] or {}).get("group"), special if special in groups else None, "group")
    contains(result["differences"], "error.code", "differences")


# ---- for people ----


@case("for people: at most 100 columns, marks where something differs, a sentence at the end")
def for_people():
    port = local_servers.openssl()
    result = run(port)
    done = tlseam("compare", f"127.0.0.1:{port}", *TRUST)
    equal(done.stderr, b"", "standard error")
    lines = done.stdout.decode().splitlines()
    assert max(map(len, lines)) <= 100, max(lines, key=len)
    marked = {line[2:24].strip() for line in lines if line.startswith("* ")}
    titles = {"cipher_suites": "cipher suites", "groups": "groups", "key_shares": "key shares", "extensions":
              "extensions", "signature_schemes": "signature schemes", "session_id_bytes": "session id", "bytes":
              "size of the hello", "versions": "versions", "alpn": "ALPN"}
    equal(marked, {titles[field.removeprefix("offered.")] for field in result["differences"]}, "marks")
    contains(" ".join(lines[-3:]), "negotiate the same", "the last sentence")
    contains(done.stdout, b"Result", "sections")


@case("what a server puts into its certificate does not reach the terminal as control characters")
def control_characters():
    home = local_servers.directory()
    made = process.finish(process.tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt",
                          "ec_paramgen_curve:P-256", "-nodes", "-keyout", home / "k.pem", "-out", home / "c.pem", "-subj",
                          "/CN=evil\x1b[31m\u009b31m\u202e", "-utf8", "-addext", "subjectAltName=DNS:localhost")
    equal(made.exit_code(), 0, "exit code of openssl")
    server = process.Process(process.tool("openssl"), "s_server", "-accept", "127.0.0.1:0", "-cert", home / "c.pem",
                             "-key", home / "k.pem")
    port = int(server.match(r"^ACCEPT 127\.0\.0\.1:(\d+)").group(1))
    text = tlseam("compare", f"127.0.0.1:{port}", "--insecure").stdout.decode()
    contains(text, "CN=evil", "the subject")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), repr(text)


@case("the heap is measured where the library for that is")
def heap():
    built = (FRONT.parent / "libtlseam-heap-peak.so").exists()
    for each in run(local_servers.openssl())["backends"]:
        assert (20_000 < each["heap_peak"] < 20_000_000) if built else each["heap_peak"] is None, each["heap_peak"]


tap.run()
