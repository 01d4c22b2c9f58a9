# SPDX-License-Identifier: Apache-2.0
"""Keys under a passphrase (RFC 8018), in every scheme, sane or not."""

import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from der import integer, null, octets, oid, seq

PBES2 = "1.2.840.113549.1.5.13"
PBKDF2 = "1.2.840.113549.1.5.12"
SCRYPT = "1.3.6.1.4.1.11591.4.11"
PRFS = {"sha1": 7, "sha224": 8, "sha256": 9, "sha384": 10, "sha512": 11}
AES_CBC = {128: 2, 192: 22, 256: 42}
SALT = bytes(range(16))
IV = bytes(range(16, 32))


def prf(hash_name):
    return seq(oid(f"1.2.840.113549.2.{PRFS[hash_name]}"), null())


def aes(key_bits, mode=0):
    return f"2.16.840.1.101.3.4.1.{AES_CBC[key_bits] + mode}"


def pbkdf2(iterations, hash_name="sha256", salt=octets(SALT), key_length=None, function=None):
    parts = [salt, integer(iterations)]
    if key_length is not None:
        parts.append(integer(key_length))
    if function is not None:
        parts.append(function)
    elif hash_name != "sha1":  # the default, to be left out
        parts.append(prf(hash_name))
    return seq(oid(PBKDF2), seq(*parts))


def scrypt(n, r, p):
    return seq(oid(SCRYPT), seq(octets(SALT), integer(n), integer(r), integer(p)))


def envelope(derivation, cipher, sealed):
    return seq(seq(oid(PBES2), seq(derivation, cipher)), octets(sealed))


def encrypt(plain, passphrase, hash_name="sha256", key_bits=256, iterations=2048, salt=SALT):
    key = hashlib.pbkdf2_hmac(hash_name, passphrase, salt, iterations, key_bits // 8)
    padding = 16 - len(plain) % 16
    cipher = Cipher(algorithms.AES(key), modes.CBC(IV)).encryptor()
    return cipher.update(plain + bytes([padding]) * padding) + cipher.finalize()


def seal(plain, passphrase=b"tlseam", hash_name="sha256", key_bits=256, iterations=2048, salt=SALT, **options):
    """A key that really opens with the passphrase."""
    return envelope(pbkdf2(iterations, hash_name, octets(salt), **options), seq(oid(aes(key_bits)), octets(IV)),
                    encrypt(plain, passphrase, hash_name, key_bits, iterations, salt))


def pbes1(identifier):
    return seq(seq(oid(identifier), seq(octets(SALT[:8]), integer(2048))), octets(bytes(144)))
