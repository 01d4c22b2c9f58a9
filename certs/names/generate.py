#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the certificates of this directory: one server each, all with one key, known by the names of cases().

    certs/names/generate.py        after ../generate.sh, which calls it: they are issued by its intermediate

Needs python3-cryptography. Only the key is random, and it is kept when it is there."""

import datetime
import hashlib
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HERE = pathlib.Path(__file__).parent
CERTS = HERE.parent


def tlv(tag, content):
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def dns(name): return tlv(0x82, name if isinstance(name, bytes) else name.encode("latin-1"))
def email(name): return tlv(0x81, name.encode())
def uri(name): return tlv(0x86, name.encode())
def ip(text): return tlv(0x87, ipaddress.ip_address(text).packed)
def ip_bytes(raw): return tlv(0x87, raw)


def srv(name):
    """SRVName (RFC 4985): otherName of id-on-dnsSRV."""
    return tlv(0xA0, bytes.fromhex("06082b06010505070807") + tlv(0xA0, tlv(0x16, name.encode())))


def cases():
    """File: subject's common name or None, names of the subjectAltName or None for no such extension, critical?"""
    many = [dns(f"host-{i:04}.many.tlseam.test") for i in range(1000)]
    return {
        "exact": ("exact", [dns("first.tlseam.test"), dns("second.tlseam.test"), dns("Last.TLSEAM.test")], False),
        "single-label": ("single", [dns("localhost")], False),
        "wildcard": ("wildcard", [dns("*.wild.test")], False),
        "wildcard-two-labels": ("w", [dns("*.a.wild.test"), dns("wild.test")], False),
        "wildcard-all": ("w", [dns("*")], False),
        "wildcard-tld": ("w", [dns("*.test")], False),
        "wildcard-dot": ("w", [dns("*.")], False),
        "wildcard-prefix": ("w", [dns("a*.wild.test")], False),
        "wildcard-suffix": ("w", [dns("*a.wild.test")], False),
        "wildcard-middle": ("w", [dns("a*b.wild.test")], False),
        "wildcard-inner": ("w", [dns("www.*.wild.test")], False),
        "wildcard-double": ("w", [dns("*.*.wild.test")], False),
        "wildcard-stars": ("w", [dns("**.wild.test")], False),
        "wildcard-xn": ("w", [dns("xn--*.wild.test")], False),
        "wildcard-ip": ("w", [dns("*.0.0.1"), dns("127.*.0.1")], False),
        "idna": ("idna", [dns("xn--bcher-kva.tlseam.test")], False),
        "non-ascii": ("u", [dns("b\u00fccher.tlseam.test"), dns("b\u00fccher.tlseam.test".encode())], False),
        "trailing-dot": ("dot", [dns("dot.tlseam.test.")], False),
        "leading-dot": ("dot", [dns(".tlseam.test")], False),
        "double-dot": ("dot", [dns("a..tlseam.test")], False),
        "underscore": ("u", [dns("a_b.tlseam.test"), dns("_srv.tlseam.test")], False),
        "blank": ("b", [dns(" first.tlseam.test"), dns("second.tlseam.test ")], False),
        "address": ("a", [ip("192.0.2.1"), ip("2001:db8::a")], False),
        "address-mapped": ("a", [ip("::ffff:192.0.2.1")], False),
        "address-as-dns": ("192.0.2.1", [dns("192.0.2.1"), dns("2001:db8::a"), dns("first.tlseam.test")], False),
        "address-as-cn": ("192.0.2.1", None, False),
        "address-3-bytes": ("a", [ip_bytes(bytes([192, 0, 2])), dns("first.tlseam.test")], False),
        "address-with-mask": ("a", [ip_bytes(bytes([192, 0, 2, 1, 255, 255, 255, 255]))], False),
        "address-empty": ("a", [ip_bytes(b""), dns("first.tlseam.test")], False),
        "nul": ("n", [dns(b"first.tlseam.test\0.evil.test")], False),
        "nul-behind": ("n", [dns(b"first.tlseam.test\0")], False),
        "nul-before": ("n", [dns(b"\0first.tlseam.test")], False),
        "empty-dns": ("e", [dns(""), dns("first.tlseam.test")], False),
        "only-empty-dns": ("first.tlseam.test", [dns("")], False),
        "empty-san": ("first.tlseam.test", [], False),
        "cn-only": ("first.tlseam.test", None, False),
        "cn-beside": ("first.tlseam.test", [dns("second.tlseam.test")], False),
        "uri": ("first.tlseam.test", [uri("https://first.tlseam.test/")], False),
        "email": ("first.tlseam.test", [email("first@first.tlseam.test")], False),
        "srv": ("first.tlseam.test", [srv("_https.first.tlseam.test")], False),
        "mixed": ("m", [email("a@b.test"), uri("x:y"), srv("_x.y.test"), ip("192.0.2.1"), dns("first.tlseam.test")],
                  False),
        "critical": ("c", [dns("first.tlseam.test")], True),
        "no-subject": (None, [dns("first.tlseam.test")], True),
        "long-label": ("l", [dns("a" * 63 + ".tlseam.test"), dns("b" * 64 + ".tlseam.test")], False),
        "long-name": ("l", [dns(".".join(["a" * 49] * 5) + ".xy"), dns(".".join(["b" * 49] * 6))], False),
        "many": ("many", many, False),
    }


def key():
    file = HERE / "server.key"
    if not file.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        file.write_bytes(made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                            serialization.NoEncryption()))
    return serialization.load_pem_private_key(file.read_bytes(), None)


def issue(stem, common_name, names, critical, own, issuer, signer):
    common = [] if common_name is None else [x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)]
    builder = (x509.CertificateBuilder().subject_name(x509.Name(common)).issuer_name(issuer.subject)
               .public_key(own.public_key())
               .serial_number(int.from_bytes(hashlib.sha256(stem.encode()).digest()[:8], "big") | 1)
               .not_valid_before(datetime.datetime(2020, 1, 1)).not_valid_after(datetime.datetime(2069, 12, 31))
               .add_extension(x509.BasicConstraints(False, None), critical=True)
               .add_extension(x509.KeyUsage(True, *[False] * 8), critical=True)
               .add_extension(x509.ExtendedKeyUsage([x509.OID_SERVER_AUTH]), critical=False)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False))
    if names is not None:  # by hand: a library would not write most of these
        value = tlv(0x30, b"".join(names))
        builder = builder.add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), value), critical=critical)
    made = builder.sign(signer, hashes.SHA256(), ecdsa_deterministic=True)
    (HERE / f"{stem}.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))


def main():
    issuer = x509.load_pem_x509_certificate((CERTS / "intermediate.crt").read_bytes())
    signer = serialization.load_pem_private_key((CERTS / "intermediate.key").read_bytes(), None)
    own = key()
    for old in HERE.glob("*.crt"):
        old.unlink()
    for stem, (common_name, names, critical) in cases().items():
        issue(stem, common_name, names, critical, own, issuer, signer)
    print(f"{len(cases())} certificates in {HERE}")


main()
