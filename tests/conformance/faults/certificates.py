# SPDX-License-Identifier: Apache-2.0
# Certificate messages: missing, malformed, too many, too long; and what a TLS 1.3 client learns after its handshake.
import codec
from row import *  # noqa: F403

DECODE, ILLEGAL, UNEXPECTED = (refuses(n) for n in (DECODE_ERROR, ILLEGAL_PARAMETER, UNEXPECTED_MESSAGE))
MALFORMED = refuses((BAD_CERTIFICATE, DECODE_ERROR),
                    why="bad_certificate is for corrupt certificates, decode_error for what cannot be decoded")
TOO_LARGE = refuses(ANY, "too_large", why="no alert says so")
MUTUAL = {"client_auth": "required", "trust": "root"}
OPTIONAL = {"client_auth": "optional", "trust": "root"}


def chain(name, version, tested, change, outcome, settings=None):
    """A Certificate message of the peer, changed."""
    script = {"edit Certificate": edited(change), "established": do(says_hello)}
    if tested == "client":
        return Row(f"the server's Certificate: {name}", version, tested, outcome, script)
    return Row(f"the client's Certificate: {name}", version, tested, outcome, script, settings or MUTUAL,
               {"identity": "client"})


def cut(certificate):
    """The leaf's last byte is missing; what is around it fits."""
    certificate.chain[0] = certificate.chain[0][:-1]


def of_both():
    for version in VERSIONS:
        for tested in ROLES:
            for name, change, outcome in (
                    ("no certificate but garbage", lambda c: setattr(c, "chain", [b"garbage"]), MALFORMED),
                    ("a leaf that ends early", cut, MALFORMED),
                    ("an empty leaf", lambda c: setattr(c, "chain", [b""]), MALFORMED),
                    ("garbage behind the leaf", lambda c: c.chain.insert(1, b"garbage"), MALFORMED),
                    ("something behind it", lambda c: setattr(c, "trailing", b"\0"), DECODE),
                    ("20 certificates", lambda c: c.chain.extend(c.chain[1:] * 18), works()),
                    ("30 certificates", lambda c: c.chain.extend(c.chain[1:] * 28), works()),
                    ("31 certificates", lambda c: c.chain.extend(c.chain[1:] * 29), TOO_LARGE),
                    ("more than 100 KiB", lambda c: c.chain.extend(c.chain[1:] * 250), TOO_LARGE),
                    ("the intermediate twice", lambda c: c.chain.append(c.chain[1]), works())):
                yield chain(name, version, tested, change, outcome)


def of_servers():
    for version in VERSIONS:
        yield chain("none", version, "client", lambda c: setattr(c, "chain", []), DECODE)
    yield chain("a context", "1.3", "client", lambda c: setattr(c, "context", b"x"), ILLEGAL)
    yield chain("an extension that was not asked for", "1.3", "client", lambda c: c.extras.update({0: [(0x1234, b"")]}),
                refuses(UNSUPPORTED_EXTENSION))
    for version in VERSIONS:
        yield Row("a CertificateRequest, and no certificate to show", version, "client", works(),
                  ends_with(says_hello), peer={"asks": True})
    for name, change, outcome in (("with a context", lambda c: setattr(c, "context", b"x"), ILLEGAL),
                                  ("without signature_algorithms", lambda c: c.remove(13), refuses(MISSING_EXTENSION)),
                                  ("with an unknown extension", lambda c: c.add(0x1234), works())):
        yield Row(f"a CertificateRequest {name}", "1.3", "client", outcome,
                  {"edit CertificateRequest": edited(change), "established": do(says_hello)}, peer={"asks": True})


def of_clients():
    yield Row("no certificate, and one is required", "1.3", "server",
              refuses(CERTIFICATE_REQUIRED, "certificate_required"),
              settings=MUTUAL)
    yield Row("no certificate, and one is required", "1.2", "server",
              refuses(HANDSHAKE_FAILURE, "certificate_required"),
              settings=MUTUAL)
    for version in VERSIONS:
        yield Row("no certificate, and none is required", version, "server", works(), ends_with(says_hello), OPTIONAL)
        yield Row("a server's certificate", version, "server",
                  refuses((UNSUPPORTED_CERTIFICATE, BAD_CERTIFICATE), "certificate_refused", cert="wrong_purpose",
                          why="feature certificate_alerts: not every library lets us choose"),
                  {}, MUTUAL, {"identity": "wrong-name"})


# Chains of certs/ with one defect each; where the alert is another than bad_certificate, it too.
DEFECTS = {
    "expired": ("expired", 45), "expired-intermediate": ("expired", 45), "not-yet-valid": ("not_yet_valid", 45),
    "wrong-name": ("name_mismatch", BAD_CERTIFICATE), "cn-only": ("name_mismatch", BAD_CERTIFICATE),
    "self-signed": ("self_signed", UNKNOWN_CA), "unknown-ca": ("unknown_ca", UNKNOWN_CA),
    "missing-intermediate": ("unknown_ca", UNKNOWN_CA), "not-a-ca": ("invalid_ca", UNKNOWN_CA),
    "path-length": ("path_length", UNKNOWN_CA), "name-constraint": ("name_constraint", BAD_CERTIFICATE),
    "wrong-purpose": ("wrong_purpose", UNSUPPORTED_CERTIFICATE), "bad-signature": ("bad_signature", BAD_CERTIFICATE),
}
CLIENT_DEFECTS = {
    "client-expired": ("expired", 45), "client-unknown-ca": ("unknown_ca", UNKNOWN_CA),
    "client-wrong-purpose": ("wrong_purpose", UNSUPPORTED_CERTIFICATE), "self-signed": ("self_signed", UNKNOWN_CA),
}


def refused_chains():
    for version in VERSIONS:
        for tested, defects in (("client", DEFECTS), ("server", CLIENT_DEFECTS)):
            for name, (reason, best) in defects.items():
                outcome = refuses((best, BAD_CERTIFICATE), "certificate_refused", cert=reason,
                                  why="feature certificate_alerts: not every library lets us choose")
                yield Row(f"a refused chain: {name}", version, tested, outcome,
                          settings=MUTUAL if tested == "server" else {},
                          peer={"identity": name})


def refused_later():
    """The client's handshake is over when the server refuses its certificate: the next read tells, and the next write
    too, once the alert has come."""
    for number in (BAD_CERTIFICATE, UNSUPPORTED_CERTIFICATE, 44, 45, 46, UNKNOWN_CA, 49, CERTIFICATE_REQUIRED):
        yield Row(f"refuses our certificate after the handshake #{number}", "1.3", "client", is_told(number, "read"),
                  ends_with(alert(codec.FATAL, number)), {"identity": "client"}, {"asks": True})
        yield Row(f"refuses our certificate in the handshake #{number}", "1.2", "client", is_told(number),
                  {"before ChangeCipherSpec": stop(alert(codec.FATAL, number))}, {"identity": "client"}, {"asks": True})


def rows(full):
    for table in (of_both, of_servers, of_clients, refused_chains, refused_later):
        yield from table()
