# SPDX-License-Identifier: Apache-2.0
# Certificates and revocation lists, made when they are needed. Every field can be replaced by a wrong one.
import base64
import datetime
import functools
import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

import der

NOW = datetime.datetime(2030, 6, 1, 12, 0, 0)
FROM, UNTIL = datetime.datetime(2030, 1, 1), datetime.datetime(2031, 1, 1)

SHA256_ECDSA = der.sequence(der.oid("1.2.840.10045.4.3.2"))
ALGORITHMS = {
    # name: AlgorithmIdentifier, hash
    "ecdsa-sha1": (der.sequence(der.oid("1.2.840.10045.4.1")), hashes.SHA1()),
    "ecdsa-sha256": (SHA256_ECDSA, hashes.SHA256()),
    "ecdsa-sha384": (der.sequence(der.oid("1.2.840.10045.4.3.3")), hashes.SHA384()),
    "ecdsa-sha512": (der.sequence(der.oid("1.2.840.10045.4.3.4")), hashes.SHA512()),
    "rsa-md5": (der.sequence(der.oid("1.2.840.113549.1.1.4"), der.tlv(5)), hashes.MD5()),
    "rsa-sha1": (der.sequence(der.oid("1.2.840.113549.1.1.5"), der.tlv(5)), hashes.SHA1()),
    "rsa-sha256": (der.sequence(der.oid("1.2.840.113549.1.1.11"), der.tlv(5)), hashes.SHA256()),
    "rsa-sha384": (der.sequence(der.oid("1.2.840.113549.1.1.12"), der.tlv(5)), hashes.SHA384()),
    "rsa-sha512": (der.sequence(der.oid("1.2.840.113549.1.1.13"), der.tlv(5)), hashes.SHA512()),
    "ed25519": (der.sequence(der.oid("1.3.101.112")), None),
}
SHA256 = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"), der.tlv(5))
ALGORITHMS["pss-sha256"] = (
    der.sequence(der.oid("1.2.840.113549.1.1.10"), der.sequence(
        der.context(0, SHA256), der.context(1, der.sequence(der.oid("1.2.840.113549.1.1.8"), SHA256)),
        der.context(2, der.integer(32)))), hashes.SHA256())
ALGORITHMS["pss-sha1"] = (der.sequence(der.oid("1.2.840.113549.1.1.10"), der.sequence()), hashes.SHA1())


@functools.lru_cache(maxsize=None)
def key(kind="p256", number=0):
    """The same key for the same arguments, within one run."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "ed448":
        return ed448.Ed448PrivateKey.generate()
    if kind == "dsa":
        return dsa.generate_private_key(2048)
    curves = {"p192": ec.SECP192R1, "p224": ec.SECP224R1, "p256": ec.SECP256R1, "p384": ec.SECP384R1,
              "p521": ec.SECP521R1, "k256": ec.SECP256K1}
    return ec.generate_private_key(curves[kind]())


def spki(private):
    return private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_id(private):
    return hashlib.sha1(spki(private)).digest()


def usual_algorithm(private):
    if isinstance(private, rsa.RSAPrivateKey):
        return "rsa-sha256"
    return "ed25519" if isinstance(private, ed25519.Ed25519PrivateKey) else "ecdsa-sha256"


def sign(private, algorithm, data):
    hashing = ALGORITHMS[algorithm][1]
    if algorithm.startswith("rsa"):
        return private.sign(data, padding.PKCS1v15(), hashing)
    if algorithm.startswith("pss"):
        return private.sign(data, padding.PSS(padding.MGF1(hashing), hashing.digest_size), hashing)
    if algorithm == "ed25519":
        return private.sign(data)
    return private.sign(data, ec.ECDSA(hashing))


def name(common_name, encode=der.utf8):
    """A Name with one step; empty without a common name."""
    if common_name is None:
        return der.sequence()
    return der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3"), encode(common_name))))


def extension(dotted, value, critical=False):
    return der.sequence(der.oid(dotted), *([der.boolean(True)] if critical else []), der.octets(value))


def basic_constraints(ca, path_length=None, critical=True):
    fields = ([der.boolean(True)] if ca else []) + ([] if path_length is None else [der.integer(path_length)])
    return extension("2.5.29.19", der.sequence(*fields), critical)


SIGNATURE, KEY_CERT_SIGN, CRL_SIGN, ENCIPHERMENT = 0, 5, 6, 2


def usage(*places):
    return extension("2.5.29.15", der.named_bits(*places), critical=True)


SERVER, CLIENT, ANY, CODE = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "2.5.29.37.0", "1.3.6.1.5.5.7.3.3"


def purposes(*dotted, critical=False):
    return extension("2.5.29.37", der.sequence(*map(der.oid, dotted)), critical)


def dns(text):
    return der.context(2, text.encode(), constructed=False)


def email(text):
    return der.context(1, text.encode(), constructed=False)


def uri(text):
    return der.context(6, text.encode(), constructed=False)


def ip(*numbers):
    return der.context(7, bytes(numbers), constructed=False)


def directory(whole_name):
    return der.context(4, whole_name)


def other_name():
    return der.context(0, der.oid("1.3.6.1.4.1.99999.1"), der.context(0, der.utf8("x")))


def names(*general, critical=False):
    return extension("2.5.29.17", der.sequence(*general), critical)


def constraints(permitted=(), excluded=()):
    lists = [der.context(number, *map(der.sequence, each)) for number, each in ((0, permitted), (1, excluded)) if each]
    return extension("2.5.29.30", der.sequence(*lists), critical=True)


class Certificate:
    """issuer: another Certificate, or None for one that signs itself."""

    def __init__(self, common_name, issuer=None, *, key=key(), extensions=(), subject=None, issuer_name=None,
                 begins=FROM, ends=UNTIL, serial=None, version=3, algorithm=None, inner_algorithm=None, spki_der=None,
                 own_id=None, issuer_id=None, ids=True, spoil=False):
        signer = issuer or self
        self.key = key
        self.subject = subject or name(common_name)
        self.serial = serial if serial is not None else 1 + int.from_bytes(hashlib.sha256(
            repr((common_name, issuer and issuer.serial)).encode()).digest()[:8], "big")
        self.own_id = own_id or key_id(key)
        algorithm = algorithm or usual_algorithm(signer.key)
        outer = ALGORITHMS[algorithm][0]
        inner = ALGORITHMS[inner_algorithm][0] if inner_algorithm else outer
        all_extensions = list(extensions)
        if ids and version == 3:
            all_extensions.append(extension("2.5.29.14", der.octets(self.own_id)))
            all_extensions.append(extension(
                "2.5.29.35", der.sequence(der.context(0, issuer_id or signer.own_id, constructed=False))))
        self.tbs = der.sequence(
            *([der.context(0, der.integer(version - 1))] if version > 1 else []),
            der.integer(self.serial), inner, issuer_name or signer.subject,
            der.sequence(der.time(begins), der.time(ends)), self.subject, spki_der or spki(key),
            *([der.context(3, der.sequence(*all_extensions))] if all_extensions else []))
        signature = bytearray(sign(signer.key, algorithm, self.tbs))
        if spoil:
            signature[-1] ^= 1
        self.der = der.sequence(self.tbs, outer, der.bits(bytes(signature)))

    def pem(self):
        return pem("CERTIFICATE", self.der)

    def pin(self):
        return "sha256//" + base64.b64encode(hashlib.sha256(spki(self.key)).digest()).decode()


def authority(common_name, issuer=None, *more, path_length=None, number=None, **fields):
    """One that may issue others. Further extensions come after; number: which key."""
    fields.setdefault("key", key("p256", number if number is not None else common_name))
    fields.setdefault("extensions", [basic_constraints(True, path_length), usage(KEY_CERT_SIGN, CRL_SIGN), *more])
    return Certificate(common_name, issuer, **fields)


def leaf(issuer=None, *more, common_name="leaf", **fields):
    """A server called leaf.test."""
    fields.setdefault("key", key("p256", "leaf"))
    fields.setdefault("extensions", [basic_constraints(False), usage(SIGNATURE), purposes(SERVER), names(dns("leaf.test")),
                                     *more])
    return Certificate(common_name, issuer, **fields)


def crl(issuer, revoked=(), *, begins=FROM, ends=UNTIL, extensions=(), entry_extensions=(), algorithm=None, signer=None,
        issuer_name=None, spoil=False, version=2):
    signer = signer or issuer
    algorithm = algorithm or usual_algorithm(signer.key)
    entries = [der.sequence(der.integer(each.serial), der.time(begins),
                            *([der.sequence(*entry_extensions)] if entry_extensions else [])) for each in revoked]
    tbs = der.sequence(
        *([der.integer(1)] if version == 2 else []), ALGORITHMS[algorithm][0], issuer_name or issuer.subject,
        der.time(begins), *([der.time(ends)] if ends else []), *([der.sequence(*entries)] if entries else []),
        *([der.context(0, der.sequence(*extensions))] if extensions else []))
    signature = bytearray(sign(signer.key, algorithm, tbs))
    if spoil:
        signature[-1] ^= 1
    return pem("X509 CRL", der.sequence(tbs, ALGORITHMS[algorithm][0], der.bits(bytes(signature))))


def pem(label, content):
    text = base64.b64encode(content).decode()
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def moment(text):
    return datetime.datetime.fromisoformat(text)
