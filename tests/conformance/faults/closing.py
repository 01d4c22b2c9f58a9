# SPDX-License-Identifier: Apache-2.0
# close_notify and what comes after it: after the peer's, nothing counts.
import codec
from row import *  # noqa: F403

END = {"do": "read_end"}
HANDSHAKE, CLOSE = {"do": "handshake"}, {"do": "close_write"}


def after_theirs():
    """What follows the peer's close_notify is ignored (RFC 8446 6.1)."""
    for version in VERSIONS:
        for tested in ROLES:
            for name, action in (("data", says_hello), ("a fatal alert", alert(codec.FATAL, 40)),
                                 ("garbage", raw(b"garbage behind the end")),
                                 ("close_notify again", lambda p: p.close()),
                                 ("a record that is spoilt",
                                  lambda p: p.send_raw(flip_last(p, p.seal(codec.DATA, b"x")))),
                                 ("an unexpected message", message(codec.FINISHED, bytes(32)))):
                yield Row(f"close_notify, and then {name}", version, tested, works("read_end"),
                          ends_with(lambda p: p.close(), action), steps=(HANDSHAKE, END, END))


def after_ours():
    """We closed: the peer's close_notify is still waited for."""
    for version in VERSIONS:
        for tested in ROLES:
            def row(name, outcome, *actions):
                # The peer listens until our close_notify; whether an alert still follows it does not matter.
                return Row(f"our close_notify, and then {name}", version, tested, outcome, ends_with(*actions),
                           steps=(HANDSHAKE, CLOSE, END), deaf=True)

            yield row("the peer's", works("read_end"), lambda p: p.close())
            yield row("a fatal alert", is_told(40, "read_end"), alert(codec.FATAL, 40))
            yield row("nothing", is_cut_off("read_end"))
            if version == "1.2":
                yield row("data, and the peer's", works("read_end"), says_hello, lambda p: p.close())
                yield row("a warning, and the peer's", works("read_end"), alert(codec.WARNING, USER_CANCELED),
                          lambda p: p.close())
                yield row("data, and nothing", is_cut_off("read_end"), says_hello)
                yield row("data, a warning, and nothing", is_cut_off("read_end"), says_hello,
                          alert(codec.WARNING, USER_CANCELED))
                yield row("data, and a fatal alert", is_told(40, "read_end"), says_hello, alert(codec.FATAL, 40))
                yield row("data that is spoilt, and the peer's",
                          refuses((None, BAD_RECORD_MAC), "bad_record_mac", at="read_end",
                                  why="we said the last word before"),
                          lambda p: p.send_raw(flip_last(p, p.seal(codec.DATA, b"x"))), lambda p: p.close())


def rows(full):
    yield from after_theirs()
    yield from after_ours()
