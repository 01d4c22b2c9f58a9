# SPDX-License-Identifier: Apache-2.0
# The transport ends: at every byte of the peer's output, up to and behind the end of the handshake.
import socket
import threading

import codec
from row import *  # noqa: F403

STEP = 41  # by default not every byte; in the full run, each


def records_of(version, tested):
    """Where the records of a handshake begin in the scripted peer's output, when it talks to one of its kind. Some
    clients offer a little less, and the answer is shorter then: but by less than the last record."""
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
    return measured.boundaries


def in_the_last_record(size):
    """A Finished of which so many bytes come."""

    def hook(peer, data):
        peer.send_raw(peer.seal(codec.HANDSHAKE, data)[:size])
        raise Stop

    return hook


def rows(full):
    for version in VERSIONS:
        last_record = 58 if version == "1.3" else 45
        for tested in ROLES:
            boundaries = records_of(version, tested)
            end = boundaries[-1]
            near = {at + shift for at in boundaries for shift in (-1, 0, 1, 5, 6)}
            for at in sorted(set(range(0, end, 1 if full else STEP)) | {n for n in near if 0 <= n < end}):
                yield Row(f"the transport ends in the handshake #{at}", version, tested, is_cut_off(),
                          peer={"cut_at": at})
            for size in range(last_record):
                yield Row(f"the transport ends in the last record of the handshake #{size}", version, tested,
                          is_cut_off(),
                          {"Finished": in_the_last_record(size)})
            for name, more in (("after the handshake", ()), ("in the middle of a record",
                                                             (lambda p: p.send_raw(p.seal(codec.DATA, b"hello")[:-1]),
                                                              )),
                               ("in a record's header", (raw(b"\x17\3"),))):
                yield Row(f"the transport ends {name}", version, tested, is_cut_off("read"), ends_with(*more))
