# SPDX-License-Identifier: Apache-2.0
# Handshake messages after the handshake: those that TLS 1.3 has, too many of them, and those that do not belong there.
# TLS 1.2 has renegotiation, which is refused by a warning; the connection goes on (RFC 5246 7.2.2).
import codec
from row import *  # noqa: F403

DECODE, ILLEGAL, UNEXPECTED = (refuses(n, at="read") for n in (DECODE_ERROR, ILLEGAL_PARAMETER, UNEXPECTED_MESSAGE))
FLOOD = refuses(ANY, "too_large", at="read", why="no alert says so")


def ticket(nonce=b"\1", extensions=b"", tail=b""):
    content = bytes([0, 0, 1, 0]) + bytes(4) + codec.vector(1, nonce)
    content += codec.vector(2, b"a ticket") + codec.vector(2, extensions)
    return message(codec.NEW_SESSION_TICKET, content + tail)


def unexpected():
    for tested in ROLES:
        for kind in (0, 1, 2, 5, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 25, 67, 99, 254,
                     *((4,) if tested == "server" else ())):
            yield Row(f"an unexpected message #{kind}", "1.3", tested, UNEXPECTED, ends_with(message(kind, bytes(4))))
        for kind in (2, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 22, 24, 99, 254):
            yield Row(f"an unexpected message #{kind}", "1.2", tested, UNEXPECTED, ends_with(message(kind, bytes(4))))
    yield Row("a ClientHello", "1.2", "client", UNEXPECTED, ends_with(message(codec.CLIENT_HELLO, bytes(40))))
    yield Row("a HelloRequest", "1.2", "server", UNEXPECTED, ends_with(message(codec.HELLO_REQUEST)))
    for tested in ROLES:
        yield Row("a piece of a message, and then data", "1.3", tested, UNEXPECTED,
                  ends_with(send(codec.HANDSHAKE, b"\x18\0"), says_hello))


def again(peer):
    peer.send(codec.HANDSHAKE, peer.hello.encode())


def renegotiation():
    yield Row("a HelloRequest, and data", "1.2", "client", works(), ends_with(message(codec.HELLO_REQUEST), says_hello))
    yield Row("a ClientHello, and data", "1.2", "server", works(), ends_with(again, says_hello))
    yield Row("a ClientHello", "1.3", "server", UNEXPECTED, ends_with(again))
    yield Row("200 HelloRequests", "1.2", "client", FLOOD, ends_with(times(200, message(codec.HELLO_REQUEST))))
    yield Row("200 ClientHellos", "1.2", "server", FLOOD, ends_with(times(200, again)))


def tickets():
    yield Row("a ticket, and data", "1.3", "client", works(), ends_with(ticket(), says_hello))
    yield Row("a ticket with an unknown extension, and data", "1.3", "client", works(),
              ends_with(ticket(extensions=b"\x12\x34\0\0"), says_hello))
    yield Row("100 tickets, and data", "1.3", "client", works(), ends_with(times(100, ticket()), says_hello))
    yield Row("200 tickets", "1.3", "client", FLOOD, ends_with(times(200, ticket())))
    yield Row("a ticket with something behind it", "1.3", "client", DECODE, ends_with(ticket(tail=b"\0")))
    yield Row("a ticket that ends early", "1.3", "client", DECODE,
              ends_with(message(codec.NEW_SESSION_TICKET, bytes([0, 0, 1, 0]) + bytes(4) + b"\1")))
    yield Row("an empty ticket", "1.3", "client", DECODE,
              ends_with(message(codec.NEW_SESSION_TICKET, bytes([0, 0, 1, 0]) + bytes(4) + b"\1\1" + bytes(4))))


def rows(full):
    for table in (unexpected, renegotiation, tickets):
        yield from table()
