# SPDX-License-Identifier: Apache-2.0
# Records that are wrong: type, version, length, MAC, padding, emptiness; and what is no record at all.
import codec
from row import *  # noqa: F403

HTTP_REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
HTTP_ANSWER = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
GARBAGE = b"\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10" + bytes(range(40))
LARGEST = 16384
TOO_LARGE = refuses(RECORD_OVERFLOW, "too_large", at="read")
UNEXPECTED = refuses(UNEXPECTED_MESSAGE, at="read")


def no_tls():
    for version in VERSIONS:
        for tested, http, hook in (("client", HTTP_ANSWER, "before ServerHello"),
                                   ("server", HTTP_REQUEST, "before ClientHello")):
            def first(name, data, code):
                return Row(f"{name} comes first", version, tested, refuses(None, code), {hook: stop(raw(data))})

            yield first("plain HTTP", http, "plaintext_http")
            yield first("garbage", GARBAGE, "not_tls")
            yield first("text", b"220 mail.example.org ESMTP\r\n", "not_tls")
            yield first("a record of data", codec.record(codec.DATA, b"hello"), "not_tls")
            yield first("a record of an unknown type", codec.record(99, b"hello"), "not_tls")
            yield first("a record of a version that is not TLS", codec.record(22, b"hello", 0x0201), "not_tls")
    for version in VERSIONS:
        for tested, middle in (("client", "before Certificate"),
                               ("server", "before ClientKeyExchange" if version == "1.2" else "before Finished")):
            for name, data in (("garbage", GARBAGE), ("HTTP", HTTP_REQUEST)):
                yield Row(f"{name} in the handshake", version, tested,
                          refuses(ANY, why="unexpected_message, protocol_version or record_overflow: all are true"),
                          {middle: stop(raw(data))})
        for tested in ROLES:
            for name, data in (("garbage", GARBAGE), ("HTTP", HTTP_REQUEST)):
                yield Row(f"{name} after the handshake", version, tested,
                          refuses(ANY, at="read", why="unexpected_message, protocol_version or record_overflow: all are true"),
                          ends_with(raw(data)))


def types():
    for version in VERSIONS:
        for tested in ROLES:
            for kind in (0, 1, 19, 24, 25, 26, 128, 255):
                yield Row(f"a record of an unknown type, encrypted #{kind}", version, tested, UNEXPECTED,
                          ends_with(sealed(kind, b"hello")))
                yield Row(f"a record of an unknown type, in the clear #{kind}", version, tested, UNEXPECTED,
                          ends_with(raw(codec.record(kind, bytes(30)))))
            for kind in (codec.HANDSHAKE, codec.ALERT):
                # Under the keys of TLS 1.2 it is a record like any other, whose MAC is wrong.
                outcome = UNEXPECTED if version == "1.3" else refuses(BAD_RECORD_MAC, "bad_record_mac", at="read")
                yield Row(f"a record in the clear after the handshake #{kind}", version, tested, outcome,
                          ends_with(raw(codec.record(kind, b"\x14\0\0\x20" + bytes(32)))))


def macs():
    bad = refuses(BAD_RECORD_MAC, "bad_record_mac", at="read")

    def flipped(peer):
        peer.send_raw(flip_last(peer, peer.seal(codec.DATA, b"hello")))

    def header_changed(peer):
        data = peer.seal(codec.DATA, b"hello")
        peer.send_raw(data[:5] + bytes([data[5] ^ 1]) + data[6:])

    for version in VERSIONS:
        for tested in ROLES:
            yield Row("one bit of the tag changed", version, tested, bad, ends_with(flipped))
            yield Row("the first byte changed", version, tested, bad, ends_with(header_changed))
            yield Row("a record repeated", version, tested, bad, ends_with(repeated))
            yield Row("a record left out", version, tested, bad, ends_with(lost, says_hello))
            for size in (1, 8, 15, 16):
                yield Row(f"a record shorter than a tag #{size}", version, tested,
                          refuses((BAD_RECORD_MAC, DECODE_ERROR), "bad_record_mac", at="read",
                                  why="it cannot be checked: bad_record_mac, or it cannot be decoded"),
                          ends_with(raw(codec.record(codec.DATA, bytes(size)))))
            yield Row("a Finished with a wrong tag", version, tested, refuses(BAD_RECORD_MAC, "bad_record_mac"),
                      {"Finished": spoilt_finished})


def repeated(peer):
    """An empty record, which is allowed, twice."""
    data = peer.seal(codec.DATA, b"")
    peer.send_raw(data)
    peer.send_raw(data)


def lost(peer):
    peer.seal(codec.DATA, b"lost")


def spoilt_finished(peer, data):
    peer.send_raw(flip_last(peer, peer.seal(codec.HANDSHAKE, data)))
    raise Stop


def sizes():
    full = ({"do": "handshake"}, {"do": "read", "size": LARGEST})
    for version in VERSIONS:
        for tested in ROLES:
            yield Row("a record of 2^14 bytes", version, tested, works(), ends_with(sealed(codec.DATA, bytes(LARGEST))),
                      steps=full)
            yield Row("a record of 2^14 + 1 bytes", version, tested, TOO_LARGE,
                      ends_with(sealed(codec.DATA, bytes(LARGEST + 1))))
            yield Row("a record of 2^14 + 200 bytes", version, tested, TOO_LARGE,
                      ends_with(sealed(codec.DATA, bytes(LARGEST + 200))))
            beyond = LARGEST + (256 if version == "1.3" else 2048)
            yield Row("a ciphertext above the limit", version, tested, TOO_LARGE,
                      ends_with(raw(codec.record(codec.DATA, bytes(beyond + 1)))))
            yield Row("a ciphertext of 2^16 - 1 bytes", version, tested, TOO_LARGE,
                      ends_with(raw(codec.record(codec.DATA, bytes(65535)))))
    for tested, hook in (("client", "before ServerHello"), ("server", "before ClientHello")):
        too_large = refuses(RECORD_OVERFLOW, "too_large")
        yield Row("a first record of 2^14 + 1 bytes", "1.2", tested, too_large,
                  {hook: stop(raw(codec.record(codec.HANDSHAKE, b"\1\0\x40\x10" + bytes(LARGEST - 3))))}
                  if tested == "server" else
                  {hook: stop(raw(codec.record(codec.HANDSHAKE, b"\2\0\x40\x10" + bytes(LARGEST - 3))))})


def padding():
    for tested in ROLES:
        for size in (1, 255, LARGEST - 5):
            yield Row(f"padding of {size} bytes", "1.3", tested, works(),
                      ends_with(sealed(codec.DATA, b"hello", padding=size)))
        yield Row("padding above the limit", "1.3", tested, TOO_LARGE,
                  ends_with(sealed(codec.DATA, b"hello", padding=LARGEST - 4)))
        for size in (0, 1, 100):
            yield Row(f"nothing but padding #{size}", "1.3", tested, UNEXPECTED,
                      ends_with(sealed(None, b"", padding=size)))


def empty():
    for version in VERSIONS:
        for tested in ROLES:
            yield Row("30 empty records of data, and data", version, tested, works(),
                      ends_with(times(30, sealed(codec.DATA, b"")), says_hello))
            yield Row("200 empty records of data", version, tested,
                      refuses(ANY, "too_large", at="read", why="no alert says so"),
                      ends_with(times(200, sealed(codec.DATA, b""))))
            # RFC 8446 5.1 and 5.4 want them refused; RFC 5246 6.2.1 forbids to send them, and no more.
            strict = version == "1.3"
            yield Row("an empty record of a handshake message", version, tested, UNEXPECTED if strict else works(),
                      ends_with(sealed(codec.HANDSHAKE, b""), says_hello))
            yield Row("an empty record in the handshake, encrypted", version, tested,
                      refuses(UNEXPECTED_MESSAGE) if strict else works(),
                      {"before Finished": do(sealed(codec.HANDSHAKE, b"")), "established": do(says_hello)})
    for tested, hook in (("client", "before Certificate"), ("server", "before ClientKeyExchange")):
        yield Row("an empty record in the handshake, in the clear", "1.2", tested, works(),
                  {hook: do(raw(codec.record(codec.HANDSHAKE, b""))), "established": do(says_hello)})


def versions():
    for tested, hook in (("client", "edit"), ("server", "edit")):
        for version in VERSIONS:
            for number in (0x0200, 0x0400, 0x0003):
                yield Row(f"a record of the version {number:04x} after the handshake", version, tested,
                          refuses(ANY, at="read", why="protocol_version or unexpected_message"),
                          ends_with(sealed(codec.DATA, b"hello", version=number)))
    for number in (0x0300, 0x0301, 0x0302, 0x0304):
        yield Row(f"a first record of the version {number:04x}", "1.3", "server", works(),
                  {"ClientHello": lambda p, data, n=number: first_record(p, data, n), "established": do(says_hello)})


def first_record(peer, data, version):
    peer.transcript += data
    peer.send_raw(codec.record(codec.HANDSHAKE, data, version))


def rows(full):
    for table in (no_tls, types, macs, sizes, padding, empty, versions):
        yield from table()
