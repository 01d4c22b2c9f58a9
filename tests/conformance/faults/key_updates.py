# SPDX-License-Identifier: Apache-2.0
# KeyUpdate (RFC 8446 4.6.3): in bursts, in floods, malformed, in TLS 1.2, and while the side under test writes.
import codec
from row import *  # noqa: F403

DECODE, ILLEGAL, UNEXPECTED = (refuses(n, at="read") for n in (DECODE_ERROR, ILLEGAL_PARAMETER, UNEXPECTED_MESSAGE))
FLOOD = refuses(ANY, "too_large", at="read", why="no alert says so")


def update(request):
    return lambda peer: peer.update_keys(request)


def malformed(tested):
    for name, content, outcome in (("another value", b"\2", ILLEGAL), ("the value 255", b"\xff", ILLEGAL),
                                   ("no value", b"", DECODE), ("two values", b"\0\0", DECODE)):
        yield Row(f"KeyUpdate: {name}", "1.3", tested, outcome, ends_with(message(codec.KEY_UPDATE, content)))
    both = codec.message(codec.KEY_UPDATE, b"\0")
    yield Row("KeyUpdate: two in one record", "1.3", tested, UNEXPECTED, ends_with(send(codec.HANDSHAKE, both + both)))
    yield Row("KeyUpdate: data under the old keys after it", "1.3", tested,
              refuses(BAD_RECORD_MAC, "bad_record_mac", at="read"),
              ends_with(message(codec.KEY_UPDATE, b"\0"), says_hello))
    yield Row("KeyUpdate in the handshake", "1.3", tested, refuses(UNEXPECTED_MESSAGE),
              {"before Finished": stop(message(codec.KEY_UPDATE, b"\0"))})
    yield Row("KeyUpdate", "1.2", tested, UNEXPECTED, ends_with(message(codec.KEY_UPDATE, b"\0")))


def many(tested):
    for request in (0, 1):
        asking = ", each asks for one" if request else ""
        yield Row(f"100 KeyUpdates{asking}, and data", "1.3", tested, works(),
                  ends_with(times(100, update(request)), says_hello))
        yield Row(f"200 KeyUpdates{asking}", "1.3", tested, FLOOD, ends_with(times(200, update(request))))
        yield Row(f"300 KeyUpdates{asking} among data", "1.3", tested, works(),
                  ends_with(times(300, lambda p, r=request: [p.update_keys(r), p.send(codec.DATA, b"x")])),
                  steps=({"do": "handshake"}, {"do": "read", "size": 300}))


def while_writing(tested):
    def asks_and_reads(peer):
        peer.update_keys(1)
        peer.send(codec.DATA, b"hello")
        peer.read(40_000)
        peer.update_keys(1)
        peer.send(codec.DATA, b"again")
        peer.read(40_000)

    write = {"do": "write", "size": 40_000}
    read = {"do": "read", "size": 5}
    yield Row("KeyUpdate while it writes", "1.3", tested, works(), ends_with(asks_and_reads),
              steps=({"do": "handshake"}, read, write, read, write))


def rows(full):
    for tested in ROLES:
        yield from malformed(tested)
        yield from many(tested)
        yield from while_writing(tested)
