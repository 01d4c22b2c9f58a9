# SPDX-License-Identifier: Apache-2.0
# DER by hand: certificates need to be wrong in ways that no library would write.


def tlv(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    return tlv(0x31, *parts)


def integer(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def boolean(value):
    return tlv(0x01, b"\xff" if value else b"\x00")


def octets(content):
    return tlv(0x04, content)


def bits(content, unused=0):
    return tlv(0x03, bytes([unused]), content)


def named_bits(*places):
    """A BIT STRING with names: trailing zeros are left out (X.690 11.2.2)."""
    if not places:
        return bits(b"")
    value = sum(1 << (15 - place) for place in places).to_bytes(2, "big").rstrip(b"\0")
    return bits(value, 7 - max(places) % 8)


def oid(dotted):
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    out = b""
    for arc in [first * 40 + second, *rest]:
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.insert(0, 0x80 | arc & 0x7F)
        out += bytes(digits)
    return tlv(0x06, out)


def utf8(text):
    return tlv(0x0C, text.encode())


def printable(text):
    return tlv(0x13, text.encode())


def context(number, *parts, constructed=True):
    return tlv((0xA0 if constructed else 0x80) | number, *parts)


def time(moment):
    """UTCTime until 2049, then GeneralizedTime (RFC 5280 4.1.2.5)."""
    if 1950 <= moment.year < 2050:
        return tlv(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode())
