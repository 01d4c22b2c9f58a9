# SPDX-License-Identifier: Apache-2.0
"""Private keys of every kind as PKCS#8, with the public key that a certificate has of them. RSA keys of real sizes are
kept in files and only made once; all others come from fixed numbers."""

import pathlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, x25519

from der import bits, integer, null, octets, oid, pem, seq, tlv

EC = "1.2.840.10045.2.1"
RSA = "1.2.840.113549.1.1.1"
CURVES = {"p224": "1.3.132.0.33", "p256": "1.2.840.10045.3.1.7", "p384": "1.3.132.0.34", "p521": "1.3.132.0.35",
          "secp256k1": "1.3.132.0.10", "brainpool256": "1.3.36.3.3.2.8.1.1.7"}
CLASSES = {"p224": ec.SECP224R1, "p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1,
           "secp256k1": ec.SECP256K1, "brainpool256": ec.BrainpoolP256R1}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SCALAR = 0x1D2C3B4A59687786A5B4C3D2E1F00F1E2D3C4B5A69788796
HERE = pathlib.Path(__file__).parent


def pkcs8(algorithm, key, *more, version=0):
    return seq(integer(version), algorithm, octets(key), *more)


def scalar_bytes(scalar, curve="p256"):
    return scalar.to_bytes((CLASSES[curve]().key_size + 7) // 8, "big")


def sec1(scalar, parameters=b"", public=None, version=1):
    """scalar: bytes."""
    return seq(integer(version), octets(scalar), *([tlv(0xA0, parameters)] if parameters else []),
               *([tlv(0xA1, bits(public))] if public is not None else []))


def ec_key(curve="p256", scalar=SCALAR):
    """PKCS#8 as the usual tool writes it, SubjectPublicKeyInfo, and the public point."""
    key = ec.derive_private_key(scalar, CLASSES[curve]())
    point = key.public_key().public_bytes(serialization.Encoding.X962,
                                          serialization.PublicFormat.UncompressedPoint)
    algorithm = seq(oid(EC), oid(CURVES[curve]))
    return pkcs8(algorithm, sec1(scalar_bytes(scalar, curve), public=point)), seq(algorithm, bits(point)), point


def library_key(key):
    encoding = serialization.Encoding.DER
    return (key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
            key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo))


def curve_key(cls, size):
    return library_key(cls.from_private_bytes(bytes(range(1, size + 1))))


def rsa_numbers(size):
    """The one kept in rsa-SIZE.key."""
    file = HERE / f"rsa-{size}.key"
    if not file.exists():
        made = rsa.generate_private_key(65537, size)
        file.write_text(pem("PRIVATE KEY", library_key(made)[0]))
    return serialization.load_pem_private_key(file.read_bytes(), None).private_numbers()


def rsa_key(numbers, e=None, n=None, algorithm=None):
    public = [n or numbers.public_numbers.n, e if e is not None else numbers.public_numbers.e]
    private = [numbers.d, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp]
    algorithm = algorithm or seq(oid(RSA), null())
    pkcs1 = seq(*(integer(v) for v in [0, *public, *private]))
    return pkcs8(algorithm, pkcs1), seq(algorithm, bits(seq(*(integer(v) for v in public)))), pkcs1


def dsa_key():
    """The right form; nobody looks further."""
    algorithm = seq(oid("1.2.840.10040.4.1"), seq(integer(2**2047 + 1), integer(2**255 + 1), integer(4)))
    return pkcs8(algorithm, integer(12345)), seq(algorithm, bits(integer(2**2046 + 1)))


def dh_key():
    algorithm = seq(oid("1.2.840.113549.1.3.1"), seq(integer(2**2047 + 1), integer(2)))
    return pkcs8(algorithm, integer(12345)), seq(algorithm, bits(integer(2**2046 + 1)))


def explicit_parameters():
    """P-256 by its equation (RFC 3279 2.3.5)."""
    p = 2**256 - 2**224 + 2**192 + 2**96 - 1
    a, b = p - 3, 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    g = ec.derive_private_key(1, ec.SECP256R1()).public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return seq(integer(1), seq(oid("1.2.840.10045.1.1"), integer(p)),
               seq(octets(a.to_bytes(32, "big")), octets(b.to_bytes(32, "big"))), octets(g), integer(P256_ORDER),
               integer(1))
