# SPDX-License-Identifier: Apache-2.0
# Numbers, vectors and the names of TLS (RFC 8446 3 and 4, RFC 5246 4 and 7): bytes in, bytes out.
import struct

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, DATA, HEARTBEAT = 20, 21, 22, 23, 24
WARNING, FATAL = 1, 2

HELLO_REQUEST, CLIENT_HELLO, SERVER_HELLO, NEW_SESSION_TICKET, END_OF_EARLY_DATA = 0, 1, 2, 4, 5
ENCRYPTED_EXTENSIONS = 8
CERTIFICATE, SERVER_KEY_EXCHANGE, CERTIFICATE_REQUEST, SERVER_HELLO_DONE = 11, 12, 13, 14
CERTIFICATE_VERIFY, CLIENT_KEY_EXCHANGE, FINISHED = 15, 16, 20
CERTIFICATE_STATUS, KEY_UPDATE, MESSAGE_HASH = 22, 24, 254

SERVER_NAME, STATUS_REQUEST, GROUPS, POINT_FORMATS, SIGNATURES, ALPN = 0, 5, 10, 11, 13, 16
EXTENDED_MASTER_SECRET, SESSION_TICKET, PRE_SHARED_KEY, EARLY_DATA = 23, 35, 41, 42
VERSIONS, COOKIE, KEY_SHARE = 43, 44, 51
RENEGOTIATION = 0xFF01

TLS1_2, TLS1_3 = 0x0303, 0x0304
X25519, SECP256R1, SECP384R1 = 29, 23, 24
AES_128_GCM_SHA256, ECDSA_AES_128_GCM, RSA_AES_128_GCM = 0x1301, 0xC02B, 0xC02F
ECDSA_P256, RSA_PSS, RSA_PKCS1 = 0x0403, 0x0804, 0x0401

# RFC 8446 4.1.3
HELLO_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
DOWNGRADE_TO_1_2 = b"DOWNGRD\x01"
DOWNGRADE_TO_1_1 = b"DOWNGRD\x00"


def number(size, value):
    return value.to_bytes(size, "big")


def vector(size, content):
    """With its length in front, which takes size bytes."""
    return number(size, len(content)) + content


def numbers(values, length_size=2):
    """A list of two-byte numbers, with its length in front."""
    return vector(length_size, b"".join(struct.pack("!H", value) for value in values))


def message(kind, body):
    return number(1, kind) + vector(3, body)


def record(kind, fragment, version=TLS1_2):
    return struct.pack("!BHH", kind, version, len(fragment)) + fragment


class Reader:
    """Takes numbers and vectors from the front of some bytes; asking for more than there is raises ValueError."""

    def __init__(self, data):
        self.rest = data

    def take(self, count):
        if count > len(self.rest):
            raise ValueError(f"{count} bytes expected, {len(self.rest)} left")
        out, self.rest = self.rest[:count], self.rest[count:]
        return out

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def vector(self, size):
        return self.take(self.number(size))

    def numbers(self, length_size=2):
        content = self.vector(length_size)
        return [int.from_bytes(content[at:at + 2], "big") for at in range(0, len(content), 2)]

    def extensions(self):
        """As a list of (type, content); nothing at all is no extensions."""
        found = []
        inner = Reader(self.vector(2)) if self.rest else self
        while inner.rest:
            found.append((inner.number(2), inner.vector(2)))
        return found


def extensions(pairs):
    return vector(2, b"".join(number(2, kind) + vector(2, content) for kind, content in pairs))
