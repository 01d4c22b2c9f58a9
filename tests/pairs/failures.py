# SPDX-License-Identifier: Apache-2.0
# Handshakes that fail: the side that decides has the error of its cause, the other one receives its alert, at the same
# call. Only a TLS 1.3 client whose certificate was refused has its handshake behind it by then: its next read tells.
from scenario import Step, handshake, hang_up, read, scenario, write

VERSIONS = ("1.2", "1.3")
PROTOCOL_VERSION, HANDSHAKE_FAILURE, CERTIFICATE_REQUIRED, BAD_RECORD_MAC = 70, 40, 116, 20
UNRECOGNIZED_NAME, NO_APPLICATION_PROTOCOL = 112, 120

# What a reason is called on the wire, where the library can say it (RFC 8446 6.2).
BAD_CERTIFICATE, UNKNOWN_CA = 42, 48
BEST_ALERTS = {"revoked": 44, "unknown_ca": UNKNOWN_CA, "self_signed": UNKNOWN_CA, "invalid_ca": UNKNOWN_CA,
               "path_length": UNKNOWN_CA, "wrong_purpose": 43, "expired": 45, "not_yet_valid": 45}

SERVERS = (
    # one defect each: certs/README.md
    ("expired", "expired"),
    ("expired-intermediate", "expired"),
    ("not-yet-valid", "not_yet_valid"),
    ("wrong-name", "name_mismatch"),
    ("cn-only", "name_mismatch"),
    ("self-signed", "self_signed"),
    ("unknown-ca", "unknown_ca"),
    ("missing-intermediate", "unknown_ca"),
    ("not-a-ca", "invalid_ca"),
    ("path-length", "path_length"),
    ("name-constraint", "name_constraint"),
    ("wrong-purpose", "wrong_purpose"),
    ("bad-signature", "bad_signature"),
)
CLIENTS = (
    ("client-expired", "expired"),
    ("client-unknown-ca", "unknown_ca"),
    ("client-wrong-purpose", "wrong_purpose"),
    ("self-signed", "self_signed"),
)
WRONG_NAMES = (
    # the server's certificate, the names asked for
    ("server", {"server_name": "other.tlseam.test"}),
    ("server", {"server_name": "localhost", "verified_name": "other.tlseam.test"}),
    ("server", {"server_name": "", "verified_name": "127.0.0.1"}),
    ("wildcard", {"server_name": "wild.tlseam.test"}),
    ("wildcard", {"server_name": "a.b.wild.tlseam.test"}),
    ("ip", {"server_name": "", "verified_name": "127.0.0.2"}),
)


def alert_for(decider, reason):
    best = BEST_ALERTS.get(reason, BAD_CERTIFICATE)
    exact = "certificate_alerts" in decider.about["features"] or best == UNKNOWN_CA
    return best if exact else BAD_CERTIFICATE


def refused_server(pair, version, identity, reason, trust="root", names=None, why=None, crls=()):
    alert = alert_for(pair.client, reason)
    return scenario(
        why or f"refused server: {identity}", version,
        [handshake().refuses("certificate_refused", alert, reason)],
        [handshake().is_told(alert)],
        {"trust": trust, "crls": list(crls)}, {"identity": identity}, names, in_pieces=True)


def refused_client(version, verdict, client, server, name):
    """Of a certificate or of its absence."""
    told = verdict.error["alert"]
    client_steps = [handshake(), read(1).is_told(told)] if version == "1.3" else [handshake().is_told(told)]
    return scenario(name, version, client_steps, [verdict], client, server, in_pieces=True)


def certificates(version, pair):
    for identity, reason in SERVERS:
        yield refused_server(pair, version, identity, reason)
    yield refused_server(pair, version, "expired-root", "expired", trust="expired-root-ca")
    for trust, who in (("nobody", "nobody is"), ("other-root", "others are")):
        yield refused_server(pair, version, "server", "unknown_ca", trust, why=f"refused server: {who} trusted")
    for identity, names in WRONG_NAMES:
        asked = names.get("verified_name", names["server_name"])
        yield refused_server(pair, version, identity, "name_mismatch", names=names,
                             why=f"refused server: {identity} for {asked}, server_name '{names['server_name']}'")


def revocation(version, pair):
    """Revocation lists, as the side that verifies has them."""
    lists = ["crl.pem", "root.crl.pem", "revoked-intermediate.crl.pem"]
    unavailable = "revocation_unavailable"
    for identity in ("revoked", "revoked-intermediate"):
        yield refused_server(pair, version, identity, "revoked", crls=lists)
    yield refused_server(pair, version, "server", unavailable, crls=["crl.pem"], why="refused server: no list of the root")
    yield refused_server(pair, version, "server", unavailable, crls=["expired.crl.pem", "root.crl.pem"],
                         why="refused server: the list has ended")
    refuses = handshake().refuses("certificate_refused", alert_for(pair.server, unavailable), unavailable)
    yield refused_client(version, refuses, {"identity": "client"},
                         {"client_auth": "required", "trust": "root", "crls": ["expired.crl.pem", "root.crl.pem"]},
                         "refused client: the list has ended")


def client_certificates(version, pair):
    def refuses(reason):
        return handshake().refuses("certificate_refused", alert_for(pair.server, reason), reason)

    for mode in ("optional", "required"):
        for identity, reason in CLIENTS:
            yield refused_client(version, refuses(reason), {"identity": identity}, {"client_auth": mode, "trust": "root"},
                                 f"refused client: {identity}, {mode}")
    yield refused_client(version, refuses("unknown_ca"), {"identity": "client"},
                         {"client_auth": "required", "trust": "other-root"}, "refused client: others are trusted")
    missing = handshake().refuses(
        "certificate_required", CERTIFICATE_REQUIRED if version == "1.3" else HANDSHAKE_FAILURE)
    yield refused_client(version, missing, {}, {"client_auth": "required", "trust": "root"},
                         "refused client: no certificate")


def negotiations(version, pair):
    def fails(what, code, alert, client, server, names=None):
        return scenario(what, version, [handshake().is_told(alert)], [handshake().refuses(code, alert)], client, server,
                        names, in_pieces=True)

    other = "1.2" if version == "1.3" else "1.3"
    yield fails(f"no shared version: the server has TLS {other} only", "no_shared_version", PROTOCOL_VERSION,
                {}, {"min": other, "max": other})
    for client, server in (("x25519", "secp256r1"), ("secp384r1", "x25519")):
        yield fails(f"no shared group: {client}, {server}", "no_shared_parameters", HANDSHAKE_FAILURE,
                    {"groups": [client]}, {"groups": [server]})
    if "ed25519" in pair.server.about["signature_schemes"] and "ed25519" not in pair.client.about["signature_schemes"]:
        yield fails("no shared signature scheme", "no_shared_parameters", HANDSHAKE_FAILURE,
                    {}, {"identity": "server-ed25519"})
    if version == "1.2":
        # There the client's groups are also the curves that certificates may be on (RFC 8422 5.1).
        yield fails("a certificate on a curve that the client does not name", "no_shared_parameters",
                    HANDSHAKE_FAILURE, {"groups": ["x25519", "secp384r1"]}, {})
    yield fails("no shared ALPN", "no_application_protocol", NO_APPLICATION_PROTOCOL,
                {"alpn": ["h2"]}, {"alpn": ["http/1.1"]})
    yield fails("a name that the server does not have", "unrecognized_name", UNRECOGNIZED_NAME,
                {}, {"refuse_unknown_names": True}, {"server_name": "unknown.tlseam.test"})
    yield fails("ALPN in other letters", "no_application_protocol", NO_APPLICATION_PROTOCOL,
                {"alpn": ["H2"]}, {"alpn": ["h2"]})


def spoilt_records(version):
    """One bit of a record is turned over on its way."""
    for spoiler in ("client", "server"):
        sends = [handshake(), write(10), write(10, hold=True), Step("flip"), hang_up(), read(1).is_told(BAD_RECORD_MAC)]
        reads = [handshake(), read(10), read(1).refuses("bad_record_mac", BAD_RECORD_MAC)]
        steps = (sends, reads) if spoiler == "client" else (reads, sends)
        yield scenario(f"a spoilt record of the {spoiler}", version, *steps, all_arrives=False, in_pieces=True)


def scenarios(pair):
    for version in VERSIONS:
        yield from certificates(version, pair)
        yield from client_certificates(version, pair)
        yield from revocation(version, pair)
        yield from negotiations(version, pair)
        yield from spoilt_records(version)
