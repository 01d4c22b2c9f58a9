# SPDX-License-Identifier: Apache-2.0
# The transport ends: at every byte of the peer's output, up to and behind the end of the handshake.
import socket
import threading

from row import *  # noqa: F403

STEP = 41  # by default not every byte; in the full run, each


def whole_output(version, tested):
    """How many bytes the scripted peer sends in a handshake with another scripted peer, and where its records begin."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        row = Row("", version, tested, works())
        measured = row.scripted(ours)
        words = {"identity": identity("server")} if tested == "server" else {}
        other = (Client if tested == "client" else Server)(theirs, NUMBERS[version], **words)
        beside = threading.Thread(target=other.play)
        beside.start()
        measured.play()
        beside.join()
    return measured.sent, measured.boundaries


def rows(full):
    for version in VERSIONS:
        for tested in ROLES:
            size, boundaries = whole_output(version, tested)
            near = {at + shift for at in boundaries for shift in (-1, 0, 1, 5, 6)}
            for at in sorted(set(range(0, size, 1 if full else STEP)) | {n for n in near if 0 <= n < size}):
                yield Row(f"the transport ends in the handshake #{at}", version, tested, is_cut_off(), peer={"cut_at": at})
            for name, more in (("after the handshake", ()), ("in the middle of a record",
                                                             (lambda p: p.send_raw(p.seal(codec.DATA, b"hello")[:-1]),)),
                               ("in a record's header", (raw(b"\x17\3"),))):
                yield Row(f"the transport ends {name}", version, tested, is_cut_off("read"), ends_with(*more))
