# SPDX-License-Identifier: Apache-2.0
# What the command says: events for programs, sentences for people.
import json
import os
import ssl

import sockets
import tap
from process import Process, finish, tool
from tap import case, contains, equal
from tlseam import BACKEND, CERTS, COMMAND, ROOT, SERVE, Connect, Serve

EVENTS = {
    "listening": ["event", "backend", "port", "addresses"],
    "warning": ["event", "backend", "code", "file", "mode", "detail"],
    "handshake": ["event", "backend", "peer", "version", "cipher_suite", "group", "alpn", "server_name", "resumed",
                  "verified", "peer_certificates", "local_certificates", "verified_chain", "ocsp_good",
                  "peer_signature_scheme", "psk_identity"],
    "closed": ["event", "backend", "peer", "bytes_in", "bytes_out"],
    "error": ["event", "backend", "peer", "code", "cert_code", "alert", "alert_name", "origin", "detail", "native"],
}
CERTIFICATE = ["subject", "issuer", "serial", "not_before", "not_after", "dns_names", "ip_addresses", "key_type",
               "key_bits", "signature_algorithm", "is_ca", "sha256_fingerprint", "public_key_pin"]


@case("every event has the documented names, in order")
def event_names():
    directory = tap.cleanup.enter_context(sockets.temporary_directory())
    tickets = directory / "tickets"
    tickets.write_bytes(os.urandom(32))
    tickets.chmod(0o644)
    server = Serve("--ticket-key-file", tickets)
    client = Connect(server.port)
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    Connect(server.port, "--name", "nobody").failure()
    server.event("error")
    seen = set()
    for line in (server.stdout + client.stderr).splitlines():
        event = json.loads(line)
        equal(list(event), EVENTS[event["event"]], f"names of {event['event']}")
        equal(event["backend"], BACKEND, "backend")
        seen.add(event["event"])
        for certificate in event.get("peer_certificates", []):
            equal(list(certificate), CERTIFICATE, "names of a certificate")
    equal(seen, set(EVENTS), "kinds of events")
    handshake = json.loads(client.stderr.splitlines()[0])
    certificate = handshake["peer_certificates"][0]
    ours = finish(tool("openssl"), "x509", "-in", CERTS / "server.crt", "-noout", "-fingerprint", "-sha256").stdout
    fingerprint = ours.decode().split("=")[1].strip().replace(":", "").lower()
    equal(certificate["sha256_fingerprint"], fingerprint, "fingerprint, against openssl's")
    equal(handshake["local_certificates"], [], "certificates of a client that was not asked")
    equal(handshake["psk_identity"], None, "the pre-shared key")
    equal(handshake["peer_signature_scheme"], "ecdsa_secp256r1_sha256", "what the server signed with")
    equal((len(handshake["verified_chain"]), handshake["verified_chain"][0]), (3, fingerprint), "the verified chain")
    equal((certificate["not_before"], certificate["not_after"], certificate["dns_names"], certificate["key_type"]),
          ("2020-01-01T00:00:00Z", "2069-12-31T23:59:59Z", ["localhost", "server.tlseam.test"], "EC"), "certificate")


@case("without --json there is one sentence per event")
def human_output():
    server = Process(COMMAND, *SERVE, "--listen", "127.0.0.1:0")
    port = int(server.match(r"^listening on 127\.0\.0\.1:(\d+)$").group(1))
    client = finish(COMMAND, "connect", f"127.0.0.1:{port}", "--ca", ROOT, "--name", "localhost", stdin=b"x")
    equal(client.stdout, b"x", "standard output of connect")
    lines = client.stderr.decode().splitlines()
    equal(len(lines), 1, f"lines on standard error, which are {lines}")
    contains(lines[0], f"handshake with 127.0.0.1:{port}: TLS 1.3, TLS_", "the line")
    server.match(r"^handshake with 127\.0\.0\.1:\d+: TLS 1\.3, TLS_\w+, \w+")
    client = finish(COMMAND, "connect", f"127.0.0.1:{port}", "--ca", ROOT, "--name", "nobody")
    contains(client.stderr.decode(), "error: ", "the failure")
    server.match(r"^error: 127\.0\.0\.1:\d+: ", "stderr")


@case("hostile text in a certificate is still valid JSON and UTF-8")
def hostile_certificate():
    directory = tap.cleanup.enter_context(sockets.temporary_directory())
    made = finish(tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                  "-keyout", directory / "key", "-out", directory / "crt", "-subj", "/O=\"}\\\\{\n\x1b[31m/CN=\xe4",
                  "-addext", "subjectAltName=DNS:\"quoted\\\x07")
    equal(made.exit_code(), 0, "exit code of openssl req")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "crt", directory / "key")
    server = sockets.tls_server(context, lambda stream: stream.unwrap())
    client = Connect(server.port, "--insecure", trust=())
    certificate = client.event("handshake", "stderr")["peer_certificates"][0]
    shown = certificate["subject"] + "".join(certificate["dns_names"])
    assert shown.isprintable() and "CN=" in shown and "quoted" in shown, repr(shown)


@case("a protocol name that is no UTF-8 is shown with replacement characters")
def hostile_protocol():
    protocol = os.fsdecode(b"h\xff2")
    server = Serve("--alpn", protocol)
    client = Connect(server.port, "--alpn", protocol)
    equal(client.event("handshake", "stderr")["alpn"], "h\ufffd2", "protocol in the event")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")


tap.run()
