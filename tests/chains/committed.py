# SPDX-License-Identifier: Apache-2.0
# The chains of certs/: certs/README.md says what is wrong with each.
import pathlib

from cases import OK, Row

CERTS = pathlib.Path(__file__).resolve().parents[2] / "certs"

SERVERS = {
    "server": OK, "server-rsa": OK, "server-ed25519": OK, "ip": "name_mismatch", "wildcard": "name_mismatch",
    "expired": "expired", "expired-intermediate": "expired", "expired-root": "unknown_ca", "not-yet-valid": "not_yet_valid",
    "wrong-name": "name_mismatch", "cn-only": "name_mismatch", "self-signed": "self_signed", "unknown-ca": "unknown_ca",
    "missing-intermediate": "unknown_ca", "not-a-ca": "invalid_ca", "path-length": "path_length",
    "name-constraint": "name_constraint", "wrong-purpose": "wrong_purpose", "bad-signature": "bad_signature",
    "weak-key": "weak_key", "revoked": OK, "revoked-intermediate": OK, "client": "wrong_purpose",
}
CLIENTS = {
    "client": OK, "client-expired": "expired", "client-unknown-ca": "unknown_ca", "client-wrong-purpose": "wrong_purpose",
    "server": "wrong_purpose", "self-signed": "self_signed",
}
LISTS = ("crl.pem", "root.crl.pem", "revoked-intermediate.crl.pem")


class File:
    def __init__(self, name):
        self._path = CERTS / name

    def pem(self):
        return str(self._path)


def chain(title, expected, file, trust="root.crt", **more):
    return Row(title, expected, File(f"{file}.crt"), trust=[File(trust)], **more)


def rows(_):
    for name, expected in SERVERS.items():
        yield chain(f"server {name}", expected, name, name="localhost")
    for name, expected in CLIENTS.items():
        yield chain(f"client {name}", expected, name, purpose="client")
    yield chain("carry, whose signature needs a carry that is easily forgotten", OK, "carry", "carry-root.crt",
                name="localhost")
    yield chain("expired-root, its root is trusted", "expired", "expired-root", "expired-root-ca.crt", name="localhost")
    yield chain("unknown-ca, its root is trusted", OK, "unknown-ca", "other-root.crt", name="localhost")
    for name, expected in (("server", OK), ("revoked", "revoked"), ("revoked-intermediate", "revoked")):
        yield chain(f"{name}, with lists", expected, name, crls=[str(CERTS / each) for each in LISTS])
