# SPDX-License-Identifier: Apache-2.0
# HelloRetryRequest: without need, twice, with what was not offered; and second hellos that are not what was asked for.
import codec
from row import *  # noqa: F403

DECODE, ILLEGAL, MISSING, UNSUPPORTED, UNEXPECTED = (
    refuses(n) for n in (DECODE_ERROR, ILLEGAL_PARAMETER, MISSING_EXTENSION, UNSUPPORTED_EXTENSION, UNEXPECTED_MESSAGE))


def retry(name, outcome, change=None, group=codec.SECP256R1, **script):
    if change:
        script["edit HelloRetryRequest"] = edited(change)
    return Row(f"HelloRetryRequest {name}", "1.3", "client", outcome, {"established": do(says_hello), **script},
               peer={"retry": group})


def of_servers():
    yield retry("for a group that was offered", works())
    yield retry("for the group of the share that came", ILLEGAL, group=codec.X25519)
    yield retry("for a group that was not offered", ILLEGAL, group=codec.SECP384R1)
    yield retry("for a group that does not exist", ILLEGAL, group=0x0A0A)
    yield retry("that changes nothing", ILLEGAL, lambda h: h.remove(codec.KEY_SHARE))
    yield retry("without a version", MISSING, lambda h: h.remove(codec.VERSIONS))
    yield retry("with a suite that was not offered", ILLEGAL, lambda h: setattr(h, "suite", 0x1304))
    yield retry("with another session id", ILLEGAL, lambda h: setattr(h, "session_id", bytes(32)))
    yield retry("with compression", ILLEGAL, lambda h: setattr(h, "compression", 1))
    yield retry("with an unknown extension", UNSUPPORTED, lambda h: h.add(0x1234))
    yield retry("with a cookie", works(), lambda h: h.add(codec.COOKIE, codec.vector(2, b"keep this")))
    yield retry("with an empty cookie", DECODE, lambda h: h.add(codec.COOKIE, codec.vector(2, b"")))
    yield retry("with a whole key share", DECODE,
                lambda h: h.replace(codec.KEY_SHARE, codec.number(2, codec.SECP256R1) + codec.vector(2, bytes(65))))
    yield retry("with something behind it", DECODE, lambda h: setattr(h, "trailing", b"\0"))
    yield retry("twice", UNEXPECTED, **{"before ServerHello": lambda p: p.ask_again(codec.SECP256R1, "Another")})
    yield retry("and then another suite",
                ILLEGAL, **{"edit ServerHello": edited(lambda h: setattr(h, "suite", 0x1302))})


def second(name, outcome, change=None, **script):
    if change:
        script["edit SecondClientHello"] = edited(change)
    return Row(f"a second hello {name}", "1.3", "server", outcome, {"established": do(says_hello), **script},
               {"groups": ["secp256r1"]})


def of_clients():
    def share(group, content):
        return codec.vector(2, codec.number(2, group) + codec.vector(2, content))

    yield second("as asked for", works())
    yield second("with a share of the old group",
                 ILLEGAL, lambda h: h.replace(codec.KEY_SHARE, share(29, b"\x09" * 32)))
    yield second("with a share of a third group", ILLEGAL,
                 lambda h: h.replace(codec.KEY_SHARE, share(24, b"\4" + bytes(96))))
    yield second("without a share", MISSING, lambda h: h.remove(codec.KEY_SHARE))
    yield second("without versions",
                 refuses((ILLEGAL_PARAMETER, MISSING_EXTENSION, PROTOCOL_VERSION, UNEXPECTED_MESSAGE),
                                             why="RFC 8446 4.1.2 forbids the change and names no alert"),
                 lambda h: h.remove(codec.VERSIONS))
    yield second("with an empty list of shares", ILLEGAL, lambda h: h.replace(codec.KEY_SHARE, b"\0\0"))
    yield second("is a Finished", UNEXPECTED,
                 SecondClientHello=lambda p, data: codec.message(codec.FINISHED, bytes(32)))


def rows(full):
    yield from of_servers()
    yield from of_clients()
