#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the OCSP responses of this directory (DER), all but one on ../server.crt, and must-staple.crt with its key.

    certs/ocsp/generate.py        after ../generate.sh, which calls it: they are signed by its intermediate

Needs python3-cryptography. README.md says what each file is. Written by hand: a library would not write most of them."""

import datetime
import hashlib
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

HERE = pathlib.Path(__file__).parent
CERTS = HERE.parent
EVER = ("20200101000000Z", "20691231235959Z")
PAST = ("20200101000000Z", "20210101000000Z")
FUTURE = ("20691201000000Z", "20691231235959Z")

# ---- DER ----


def tlv(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def seq(*parts): return tlv(0x30, *parts)
def explicit(number, *parts): return tlv(0xA0 + number, *parts)
def octets(content): return tlv(0x04, content)
def bits(content): return tlv(0x03, b"\0", content)
def integer(value): return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))
def time(text): return tlv(0x18, text.encode())


def oid(dotted):
    first, second, *rest = map(int, dotted.split("."))
    out = bytes([40 * first + second])
    for arc in rest:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.insert(0, arc & 0x7F | 0x80)
        out += bytes(groups)
    return tlv(0x06, out)


NULL = b"\x05\x00"
ALGORITHMS = {
    "ecdsa-sha256": seq(oid("1.2.840.10045.4.3.2")),
    "ecdsa-sha1": seq(oid("1.2.840.10045.4.1")),
    "rsa-sha256": seq(oid("1.2.840.113549.1.1.11"), NULL),
    "ed25519": seq(oid("1.3.101.112")),
}
CERT_ID_HASHES = {"sha1": oid("1.3.14.3.2.26"), "sha256": oid("2.16.840.1.101.3.4.2.1"),
                  "sha384": oid("2.16.840.1.101.3.4.2.2")}


def sign(key, data, sha1=False):
    """The algorithm's identifier and the signature."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        kind = hashes.SHA1() if sha1 else hashes.SHA256()
        return ALGORITHMS["ecdsa-sha1" if sha1 else "ecdsa-sha256"], key.sign(data, ec.ECDSA(kind))
    if isinstance(key, rsa.RSAPrivateKey):
        return ALGORITHMS["rsa-sha256"], key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return ALGORITHMS["ed25519"], key.sign(data)


# ---- responses ----

def raw_key(key):
    """What both CertID and ResponderID hash: the key's BIT STRING without tag, length and unused bits."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def cert_id(certificate, issuer, kind="sha1"):
    def digest(data): return octets(hashlib.new(kind, data).digest())
    return seq(seq(CERT_ID_HASHES[kind], NULL), digest(issuer.subject.public_bytes()),
               digest(raw_key(issuer.public_key())), integer(certificate.serial_number))


GOOD, UNKNOWN = tlv(0x80), tlv(0x82)
REVOKED = explicit(1, time("20200601000000Z"), explicit(0, tlv(0x0A, b"\x01")))
CRITICAL = explicit(1, seq(seq(oid("1.2.3.4"), b"\x01\x01\xff", octets(NULL))))
NONCE = explicit(1, seq(seq(oid("1.3.6.1.5.5.7.48.1.2"), octets(octets(b"\x01" * 16)))))


def single(identity, status=GOOD, dates=EVER, extensions=b""):
    until = explicit(0, time(dates[1])) if dates[1] else b""
    return seq(identity, status, time(dates[0]), until, extensions)


def by_name(certificate): return explicit(1, certificate.subject.public_bytes())


def by_key(certificate):
    return explicit(2, octets(hashlib.sha1(raw_key(certificate.public_key())).digest()))


def respond(key, responder, *singles, certificates=(), extensions=b"", sha1=False):
    data = seq(responder, time("20200101000000Z"), seq(*singles), extensions)
    algorithm, signature = sign(key, data, sha1)
    chain = [c.public_bytes(serialization.Encoding.DER) for c in certificates]
    basic = seq(data, algorithm, bits(signature), explicit(0, seq(*chain)) if chain else b"")
    return seq(tlv(0x0A, b"\0"), explicit(0, seq(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))))


# ---- certificates ----

def moment(text): return datetime.datetime.strptime(text, "%Y%m%d%H%M%SZ")


def issue(name, key, issuer_name, signer, purposes, dates=EVER, more=(), identified_by=None):
    """identified_by: the issuer's public key, as the certificate has it; the signer's unless it is another."""
    builder = (x509.CertificateBuilder().subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
               .issuer_name(issuer_name).public_key(key.public_key())
               .serial_number(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") | 1)
               .not_valid_before(moment(dates[0])).not_valid_after(moment(dates[1]))
               .add_extension(x509.BasicConstraints(False, None), critical=True)
               .add_extension(x509.KeyUsage(True, *[False] * 8), critical=True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(identified_by or signer.public_key()),
                              critical=False))
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    for extension in more:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signer, hashes.SHA256())


def new_key(): return ec.generate_private_key(ec.SECP256R1())
def load(name): return x509.load_pem_x509_certificate((CERTS / f"{name}.crt").read_bytes())
def load_key(name): return serialization.load_pem_private_key((CERTS / f"{name}.key").read_bytes(), None)


def save(stem, key, *chain):
    (HERE / f"{stem}.crt").write_bytes(b"".join(c.public_bytes(serialization.Encoding.PEM) for c in chain))
    (HERE / f"{stem}.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


def signed_by_issuer():
    server, client, issuer, root = load("server"), load("client"), load("intermediate"), load("root")
    key = load_key("intermediate")
    about = cert_id(server, issuer)

    def by_issuer(*singles, **more): return respond(key, by_key(issuer), *singles, **more)

    good = by_issuer(single(about))
    broken = bytearray(good)
    broken[-1] ^= 1
    return {
        "good": good,
        "good-by-name": respond(key, by_name(issuer), single(about)),
        "good-sha256": by_issuer(single(cert_id(server, issuer, "sha256"))),
        "good-among-others": by_issuer(single(cert_id(client, issuer), REVOKED), single(about)),
        "good-with-nonce": by_issuer(single(about), extensions=NONCE),
        "good-without-end": by_issuer(single(about, dates=(EVER[0], None))),
        "revoked": by_issuer(single(about, REVOKED)),
        "revoked-expired": by_issuer(single(about, REVOKED, PAST)),
        "unknown": by_issuer(single(about, UNKNOWN)),
        "expired": by_issuer(single(about, dates=PAST)),
        "future": by_issuer(single(about, dates=FUTURE)),
        "other-certificate": by_issuer(single(cert_id(client, issuer))),
        "other-issuer": by_issuer(single(cert_id(server, root))),
        "other-hash": by_issuer(single(cert_id(server, issuer, "sha384"))),
        "nothing": by_issuer(),
        "critical": by_issuer(single(about, extensions=CRITICAL)),
        "critical-response": by_issuer(single(about), extensions=CRITICAL),
        "bad-signature": bytes(broken),
        "sha1-signature": by_issuer(single(about), sha1=True),
        "wrong-key": respond(new_key(), by_key(issuer), single(about)),
        "try-later": seq(tlv(0x0A, b"\x03")),
        "malformed": good[:-1],
    }


def signed_by_others():
    server, issuer, root = load("server"), load("intermediate"), load("root")
    signer, of_root = load_key("intermediate"), load_key("root")
    about = single(cert_id(server, issuer))
    ocsp, usual = x509.OID_OCSP_SIGNING, x509.OID_SERVER_AUTH

    def delegated(key, purposes=(ocsp,), by=(issuer, signer), dates=EVER, send=True):
        made = issue("responder", key, by[0].subject, by[1], purposes, dates, identified_by=by[0].public_key())
        return respond(key, by_name(made), about, certificates=(made,) if send else ())

    own = new_key()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stranger")])
    stranger = issue("stranger", own, name, own, (ocsp,))
    return {
        "delegated": delegated(new_key()),
        "delegated-rsa": delegated(rsa.generate_private_key(65537, 2048)),
        "delegated-ed25519": delegated(ed25519.Ed25519PrivateKey.generate()),
        "delegated-no-purpose": delegated(new_key(), ()),
        "delegated-other-purpose": delegated(new_key(), (usual,)),
        "delegated-expired": delegated(new_key(), dates=PAST),
        "delegated-future": delegated(new_key(), dates=FUTURE),
        "delegated-by-root": delegated(new_key(), by=(root, of_root)),
        "delegated-wrong-issuer-key": delegated(new_key(), by=(issuer, new_key())),
        "delegated-not-sent": delegated(new_key(), send=False),
        "stranger": respond(own, by_name(stranger), about, certificates=(stranger,)),
    }


def must_staple():
    issuer, signer, key = load("intermediate"), load_key("intermediate"), new_key()
    made = issue("must-staple", key, issuer.subject, signer, (x509.OID_SERVER_AUTH,), more=(
        x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.DNSName("server.tlseam.test")]),
        x509.TLSFeature([x509.TLSFeatureType.status_request])))
    save("must-staple", key, made, issuer)
    return {"must-staple": respond(signer, by_key(issuer), single(cert_id(made, issuer)))}


def main():
    for old in [*HERE.glob("*.der"), *HERE.glob("*.crt"), *HERE.glob("*.key")]:
        old.unlink()
    responses = {**signed_by_issuer(), **signed_by_others(), **must_staple()}
    for stem, der in responses.items():
        (HERE / f"{stem}.der").write_bytes(der)
    print(f"{len(responses)} OCSP responses in {HERE}")


main()
