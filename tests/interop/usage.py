# SPDX-License-Identifier: Apache-2.0
# What keeps the command from starting: options, files, settings. Each has its own sentence and exit code 2.
import json
import pathlib
import socket
import tempfile

import tap
from process import finish
from tap import case, contains, equal
from tlseam import BACKEND, CERTS, COMMAND, ROOT, SERVE, Serve, identity, supports

# ---- options ----

USAGE_ERRORS = (
    # options, what the sentence must name
    ((), "subcommand"),
    (("dance",), "subcommand"),
    (("serve",), "--cert"),
    (("connect",), "address"),
    ((*SERVE, "--listen", "localhost"), "'localhost'"),
    ((*SERVE, "--listen", "localhost:65536"), "'65536'"),
    ((*SERVE, "--listen", "localhost:http"), "'http'"),
    ((*SERVE, "--listen", "localhost:"), "'localhost:'"),
    ((*SERVE, "--listen", "::1:443"), "'::1:443'"),
    ((*SERVE, "--mode", "sing"), "sing"),
    ((*SERVE, "--mode", "http", "--alpn", "h2,http/1.1"), "'h2'"),
    ((*SERVE, "--client-auth", "perhaps"), "perhaps"),
    ((*SERVE, "--min-version", "1.1"), "1.1"),
    ((*SERVE, "--max-version", "1.4"), "1.4"),
    ((*SERVE, "--profile", "ancient"), "ancient"),
    ((*SERVE, "--cipher-suites", ""), "--cipher-suites"),
    ((*SERVE, "--groups="), "--groups"),
    (("connect", "localhost:443", "--profile", "Modern"), "Modern"),
    (("connect", "localhost:443", "--signature-schemes", ""), "--signature-schemes"),
    ((*SERVE, "--handshake-timeout", "0"), "--handshake-timeout"),
    ((*SERVE, "--idle-timeout", "soon"), "soon"),
    ((*SERVE, "--max-clients", "0"), "--max-clients"),
    ((*SERVE, "--no-such-option"), "--no-such-option"),
    (("serve", "--key", "server.key"), "--cert"),
    (("serve", "--passphrase-file", "words"), "--pkcs12"),
    (("connect", "localhost:0"), "'localhost:0'"),
    (("connect", ":443"), "':443'"),
    (("connect", "localhost:-1"), "'-1'"),
    (("connect", "[::1]"), "'[::1]'"),
    (("connect", "localhost:443", "--ca", ROOT, "--insecure"), "--insecure"),
    (("connect", "localhost:443", "--key", "client.key"), "--cert"),
    (("connect", "localhost:443", "--timeout", "-1"), "--timeout"),
    (("connect", "localhost:443", "--timeout", "nan"), "nan"),
    (("connect", "localhost:443", "localhost:444"), "localhost:444"),
)

for options, named in USAGE_ERRORS:
    @case(f"usage: '{' '.join(o if isinstance(o, str) else o.name for o in options)}' exits with 2 and names {named}")
    def usage(options=options, named=named):
        run = finish(COMMAND, *options)
        equal(run.exit_code(), 2, "exit code")
        equal(run.stdout, b"", "standard output")
        contains(run.stderr.decode(), named, "the sentence")


@case("usage errors are events with --json")
def usage_json():
    equal(json.loads(finish(COMMAND, "serve", "--json").stdout)["code"], "invalid_argument", "code")
    run = finish(COMMAND, "connect", "localhost:99999", "--json")
    equal(run.stdout, b"", "standard output of connect")
    contains(json.loads(run.stderr.splitlines()[0])["detail"], "99999", "the sentence")


@case("--help of every command explains itself with examples and exits with 0")
def help_texts():
    for command in ((), ("serve",), ("connect",), ("verify",), ("info",)):
        run = finish(COMMAND, *command, "--help")
        equal(run.exit_code(), 0, "exit code")
        contains(run.stdout, b"Examples:", f"help of {command}")
        equal(run.stdout.count(b"Exit codes:"), 1 if command in ((), ("verify",)) else 0, f"exit codes in help of {command}")


@case("--version and info name the backend")
def info():
    run = finish(COMMAND, "--version")
    equal(run.exit_code(), 0, "exit code")
    assert run.stdout.startswith(f"tlseam-{BACKEND} ".encode()), run.stdout
    contains(finish(COMMAND, "info").stdout.decode(), BACKEND, "info")
    facts = json.loads(finish(COMMAND, "info", "--json").stdout)
    equal(sorted(facts), ["backend", "backend_version", "cipher_suites", "event", "features", "groups", "profiles",
                          "psk_cipher_suites", "signature_schemes", "tlseam_version"], "names")
    equal(facts["backend"], BACKEND, "backend")
    assert all(isinstance(value, bool) for value in facts["features"].values()), facts
    assert {"x25519", "secp256r1"} <= set(facts["groups"]), facts
    assert "TLS_AES_128_GCM_SHA256" in facts["cipher_suites"], facts
    assert "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256" in facts["psk_cipher_suites"], facts
    assert "ecdsa_secp256r1_sha256" in facts["signature_schemes"], facts


@case("info says what each profile comes to")
def profiles():
    profiles = json.loads(finish(COMMAND, "info", "--json").stdout)["profiles"]
    equal(list(profiles), ["compatible", "modern", "fips_approved_algorithms", "post_quantum_required"], "names")
    for name, contents in profiles.items():
        equal(list(contents), ["supported", "min_version", "max_version", "cipher_suites", "groups",
                               "signature_schemes", "psk_cipher_suites"], f"names of {name}")
        contains(finish(COMMAND, "info").stdout.decode(), f"profile {name}: ", "info")
    hybrid = ["X25519MLKEM768"] if supports("group_x25519mlkem768") else []
    equal(profiles["post_quantum_required"]["supported"], bool(hybrid), "post-quantum supported")
    equal(profiles["post_quantum_required"]["groups"], hybrid, "groups")
    equal((profiles["modern"]["min_version"], profiles["modern"]["max_version"]), ("TLS 1.3", "TLS 1.3"), "versions")
    equal(profiles["fips_approved_algorithms"]["groups"], ["secp256r1", "secp384r1", "secp521r1"], "groups")


# ---- files and settings ----


def fails_to_start(*options, code, names):
    """Both ways of reporting: JSON and a sentence."""
    run = finish(COMMAND, *options, "--json")
    equal(run.exit_code(), 2, "exit code")
    events = run.stderr if options[0] == "connect" else run.stdout

    failure = json.loads(events)
    equal((failure["event"], failure["code"]), ("error", code), "event and code")
    for name in names:
        contains(failure["detail"], str(name), "the sentence")
    run = finish(COMMAND, *options)
    equal(run.exit_code(), 2, "exit code without --json")
    equal(run.stdout, b"", "standard output without --json")
    for name in names:
        contains(run.stderr.decode(), str(name), "the sentence without --json")


def with_file(content, test):
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / "file"
        file.write_bytes(content)
        test(file)


def serve_with(cert, key, *more):
    return ("serve", "--listen", "127.0.0.1:0", "--cert", cert, "--key", key, *more)


@case("a file is missing")
def missing_file():
    good_cert, good_key = CERTS / "server.crt", CERTS / "server.key"
    no = CERTS / "no-such-file"
    for options in (serve_with(no, good_key), serve_with(good_cert, no),
                    serve_with(good_cert, good_key, "--client-ca", no),
                    serve_with(good_cert, good_key, "--passphrase-file", no),
                    ("connect", "127.0.0.1:1", "--ca", no),
                    ("connect", "127.0.0.1:1", "--ca", ROOT, "--cert", no, "--key", good_key)):
        fails_to_start(*options, code="file_not_found", names=[no])


@case("a directory is no file")
def directory():
    fails_to_start(*serve_with(CERTS, CERTS / "server.key"), code="file_unreadable", names=[CERTS])
    fails_to_start(*serve_with(*identity("server")[1::2], "--passphrase-file", CERTS), code="file_unreadable",
                   names=[CERTS])


@case("a file without certificate, without key, with a broken certificate")
def wrong_content():
    with_file(b"nothing here\n", lambda file: fails_to_start(*serve_with(file, CERTS / "server.key"),
                                                             code="no_certificate", names=[file]))
    fails_to_start(*serve_with(CERTS / "server.crt", ROOT), code="no_private_key", names=[ROOT])
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    with_file(broken, lambda file: fails_to_start(*serve_with(file, CERTS / "server.key"),
                                                  code="malformed_certificate", names=[file]))


@case("the passphrase is missing, wrong, right")
def passphrase():
    cert, key = CERTS / "server.crt", CERTS / "server-encrypted.key"
    fails_to_start(*serve_with(cert, key), code="passphrase_required", names=[key])
    with_file(b"wrong\n", lambda file: fails_to_start(*serve_with(cert, key, "--passphrase-file", file),
                                                      code="wrong_passphrase", names=[key]))

    def right(file):
        Serve("--passphrase-file", file, key="server-encrypted").still_serves()

    for content in (b"tlseam\n", b"tlseam\r\nsecond line\n", b"tlseam"):
        with_file(content, right)


@case("the key is not the one of the certificate, or too weak")
def wrong_key():
    key = CERTS / "client.key"
    fails_to_start(*serve_with(CERTS / "server.crt", key), code="key_mismatch", names=[key, CERTS / "server.crt"])
    fails_to_start(*serve_with(CERTS / "weak-key.crt", CERTS / "weak-key.key"), code="weak_key",
                   names=[CERTS / "weak-key"])


@case("settings that contradict each other")
def settings():
    server = serve_with(CERTS / "server.crt", CERTS / "server.key")
    fails_to_start(*server, "--client-auth", "required", code="invalid_argument", names=["client_"])
    fails_to_start(*server, "--min-version", "1.3", "--max-version", "1.2", code="invalid_argument", names=["version"])
    fails_to_start(*server, "--alpn", "a,,b", code="invalid_argument", names=["alpn"])
    fails_to_start(*server, "--alpn", "a,a", code="invalid_argument", names=["alpn"])
    fails_to_start(*server, "--groups", "x25519,P-256", code="invalid_argument", names=["groups", "P-256"])
    fails_to_start(*server, "--cipher-suites", "TLS_RSA_WITH_AES_128_CBC_SHA", code="invalid_argument",
                   names=["cipher_suites", "TLS_RSA_WITH_AES_128_CBC_SHA", "forward secrecy"])
    fails_to_start(*server, "--signature-schemes", "ed25519,ed25519", code="invalid_argument",
                   names=["signature_schemes", "twice"])
    fails_to_start(*server, "--profile", "modern", "--max-version", "1.2", code="invalid_argument",
                   names=["modern", "max_version"])
    fails_to_start("connect", "127.0.0.1:1", "--ca", ROOT, "--profile", "fips_approved_algorithms", "--groups", "x25519",
                   code="invalid_argument", names=["x25519", "fips_approved_algorithms"])


@case("the port is taken")
def port_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        fails_to_start("serve", "--listen", f"127.0.0.1:{port}", *identity("server"), code="address_in_use",
                       names=[f"127.0.0.1:{port}"])


tap.run()
