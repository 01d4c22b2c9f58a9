# SPDX-License-Identifier: Apache-2.0
# Key schedules and record protection: TLS 1.3 with AES-128-GCM and SHA-256 (RFC 8446 7, 5.2), TLS 1.2 with AES-128-GCM
# (RFC 5246 5 and 6.3, RFC 5288, RFC 7627); the key exchange; signatures.
import base64
import hashlib
import hmac
import struct

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import codec

HASH_SIZE, KEY_SIZE, NONCE_SIZE = 32, 16, 12
USUAL_ECDSA_SIZE = 71  # of P-256 in DER: half of all signatures
HASHES = {4: hashes.SHA256(), 5: hashes.SHA384(), 6: hashes.SHA512()}  # RFC 5246 7.4.1.4.1


def digest(data):
    return hashlib.sha256(data).digest()


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


# ---- TLS 1.3 ----


def expand_label(secret, label, context, size):
    info = codec.number(2, size) + codec.vector(1, b"tls13 " + label) + codec.vector(1, context) + b"\x01"
    return mac(secret, info)[:size]


class Schedule:
    """What both sides derive from the shared secret and the transcript."""

    def __init__(self, shared, transcript):
        early = mac(bytes(HASH_SIZE), bytes(HASH_SIZE))
        secret = mac(expand_label(early, b"derived", digest(b""), HASH_SIZE), shared)
        self.client_handshake = expand_label(secret, b"c hs traffic", digest(transcript), HASH_SIZE)
        self.server_handshake = expand_label(secret, b"s hs traffic", digest(transcript), HASH_SIZE)
        self._master = mac(expand_label(secret, b"derived", digest(b""), HASH_SIZE), bytes(HASH_SIZE))

    def application(self, transcript):
        """The client's and the server's secrets; transcript: up to the server's Finished."""
        return tuple(expand_label(self._master, label, digest(transcript), HASH_SIZE)
                     for label in (b"c ap traffic", b"s ap traffic"))


def finished_1_3(secret, transcript):
    return mac(expand_label(secret, b"finished", b"", HASH_SIZE), digest(transcript))


class Protection13:
    """One direction under one traffic secret."""

    def __init__(self, secret):
        self._secret = secret
        self._aead = AESGCM(expand_label(secret, b"key", b"", KEY_SIZE))
        self._iv = expand_label(secret, b"iv", b"", NONCE_SIZE)
        self._count = 0

    def next(self):
        """After a KeyUpdate."""
        return Protection13(expand_label(self._secret, b"traffic upd", b"", HASH_SIZE))

    def _nonce(self):
        counter = self._count.to_bytes(NONCE_SIZE, "big")
        return bytes(a ^ b for a, b in zip(self._iv, counter))

    def seal(self, kind, fragment, padding=0, outer=codec.DATA, version=codec.TLS1_2):
        """A whole record. kind None: an inner plaintext without a content type."""
        inner = fragment + (b"" if kind is None else codec.number(1, kind)) + bytes(padding)
        header = struct.pack("!BHH", outer, version, len(inner) + 16)
        out = header + self._aead.encrypt(self._nonce(), inner, header)
        self._count += 1
        return out

    def open(self, header, body):
        """Content type and content. Raises when the record is not under these keys."""
        inner = self._aead.decrypt(self._nonce(), body, header).rstrip(b"\0")
        self._count += 1
        return inner[-1], inner[:-1]


# ---- TLS 1.2 ----


def prf(secret, label, seed, size):
    seed = label + seed
    out, a = b"", seed
    while len(out) < size:
        a = mac(secret, a)
        out += mac(secret, a + seed)
    return out[:size]


class Protection12:
    """One direction: four bytes of the nonce are secret, eight go with the record."""

    def __init__(self, key, salt):
        self._aead = AESGCM(key)
        self._salt = salt
        self._count = 0

    def seal(self, kind, fragment, padding=0, outer=None, version=codec.TLS1_2):
        explicit = codec.number(8, self._count)
        kind = kind if outer is None else outer
        covered = explicit + struct.pack("!BHH", kind, version, len(fragment))
        self._count += 1
        return codec.record(kind, explicit + self._aead.encrypt(self._salt + explicit, fragment, covered), version)

    def open(self, header, body):
        kind, version, size = struct.unpack("!BHH", header)
        covered = codec.number(8, self._count) + struct.pack("!BHH", kind, version, size - 24)
        fragment = self._aead.decrypt(self._salt + body[:8], body[8:], covered)
        self._count += 1
        return kind, fragment


def protections_1_2(master, client_random, server_random):
    """The client's and the server's direction."""
    block = prf(master, b"key expansion", server_random + client_random, 2 * KEY_SIZE + 8)
    keys, salts = block[:2 * KEY_SIZE], block[2 * KEY_SIZE:]
    return (Protection12(keys[:KEY_SIZE], salts[:4]), Protection12(keys[KEY_SIZE:], salts[4:]))


# ---- key exchange ----


class Share:
    """Our half of a Diffie-Hellman exchange."""

    def __init__(self, group):
        self.group = group
        self._private = x25519.X25519PrivateKey.generate() if group == codec.X25519 else ec.generate_private_key(
            {codec.SECP256R1: ec.SECP256R1, codec.SECP384R1: ec.SECP384R1}[group]())
        public = self._private.public_key()
        if group == codec.X25519:
            self.public = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        else:
            self.public = public.public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)

    def exchange(self, theirs):
        if self.group == codec.X25519:
            return self._private.exchange(x25519.X25519PublicKey.from_public_bytes(theirs))
        return self._private.exchange(
            ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(self._private.curve, theirs))


# ---- signatures ----


class Identity:
    """A chain and its key: certs/NAME.crt and NAME.key."""

    def __init__(self, certs, name):
        blocks = (certs / f"{name}.crt").read_bytes().split(b"-----BEGIN CERTIFICATE-----")[1:]
        self.chain = [_der(block) for block in blocks]
        self._key = serialization.load_pem_private_key((certs / f"{name}.key").read_bytes(), None)
        self.is_rsa = not isinstance(self._key, ec.EllipticCurvePrivateKey)
        self.scheme = codec.RSA_PSS if self.is_rsa else codec.ECDSA_P256

    def sign(self, content, scheme=None):
        """By the scheme, as far as the key can; what only the number in the message says is the row's to change."""
        scheme = scheme or self.scheme
        is_pss = scheme >> 8 == 8
        algorithm = HASHES[scheme & 0xF if is_pss else scheme >> 8]
        if not self.is_rsa:
            # Of one length always: then a handshake is too, and a cut at byte n is in the same place every time.
            while len(signature := self._key.sign(content, ec.ECDSA(algorithm))) != USUAL_ECDSA_SIZE:
                pass
            return signature
        if not is_pss:
            return self._key.sign(content, padding.PKCS1v15(), algorithm)
        return self._key.sign(content, padding.PSS(padding.MGF1(algorithm), algorithm.digest_size), algorithm)


def _der(block):
    return base64.b64decode(block.split(b"-----END CERTIFICATE-----")[0])


def signed_in_1_3(side, transcript):
    """What a CertificateVerify signs (RFC 8446 4.4.3)."""
    return b" " * 64 + b"TLS 1.3, " + side.encode() + b" CertificateVerify\0" + digest(transcript)

