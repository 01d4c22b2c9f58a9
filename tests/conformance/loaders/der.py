# SPDX-License-Identifier: Apache-2.0
"""DER by hand: what no library would write must be written too."""

import base64
import hashlib
import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


def length(size):
    if size < 0x80:
        return bytes([size])
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + length(len(content)) + content


def seq(*parts): return tlv(0x30, *parts)
def octets(content): return tlv(0x04, content)
def bits(content): return tlv(0x03, b"\0", content)
def null(): return b"\x05\x00"


def integer(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted):
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    out = bytes([first * 40 + second])
    for arc in rest:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        out += bytes(reversed(groups))
    return tlv(0x06, out)


def pem(label, der, width=64):
    text = base64.b64encode(der).decode()
    lines = [text[i:i + width] for i in range(0, len(text), width)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def name(common_name):
    return seq(tlv(0x31, seq(oid("2.5.4.3"), tlv(0x0C, common_name.encode())))) if common_name else seq()


def extension(identifier, value, critical=False):
    return seq(oid(identifier), *([b"\x01\x01\xff"] if critical else []), octets(value))


SERVER_AUTH = extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.1")))
CA_TRUE = extension("2.5.29.19", seq(b"\x01\x01\xff"), critical=True)


def certificate(subject, spki, signer, issuer, extensions, until="20691231235959Z"):
    """A certificate of ECDSA with SHA-256; the same bytes every time. issuer and subject: Names."""
    algorithm = seq(oid("1.2.840.10045.4.3.2"))
    serial = int.from_bytes(hashlib.sha256(subject + spki + b"".join(extensions)).digest()[:8], "big") | 1
    body = seq(tlv(0xA0, integer(2)), integer(serial), algorithm, issuer,
               seq(tlv(0x17, b"200101000000Z"), tlv(0x18, until.encode())), subject, spki,
               *([tlv(0xA3, seq(*extensions))] if extensions else []))
    signature = signer.sign(body, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    return seq(body, algorithm, bits(signature))
