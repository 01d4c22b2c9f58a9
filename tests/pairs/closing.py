# SPDX-License-Identifier: Apache-2.0
# close_notify from either side, and what may still be done after it.
from data import both
from scenario import close_write, handshake, hang_up, key_update, read, read_end, scenario, write

VERSIONS = ("1.2", "1.3")


def every_version(version):
    for who, client, server in both([handshake(), close_write(), read_end()], [handshake(), read_end(), close_write()]):
        yield scenario(f"{who} closes after the handshake", version, client, server, in_pieces=True)
    for who, client, server in both([handshake(), write(40_000, hold=True), close_write(), read_end()],
                                    [handshake(), read(40_000), read_end(), close_write()]):
        yield scenario(f"{who} closes behind its data", version, client, server)
    # Nothing is fed before a verb asks for it: neither has seen the other's when its own leaves.
    at_once = [handshake(), write(10), read(10), close_write(), read_end()]
    yield scenario("both close at once", version, at_once, at_once, in_pieces=True)
    for who, client, server in both(
            [handshake(), close_write(), write(1).fails("closed"), write(1).fails("closed"), close_write(), read_end()],
            [handshake(), read_end(), read_end(), close_write(), close_write(), read_end()]):
        yield scenario(f"{who} closes twice and cannot write any more", version, client, server)
    # CLS-007: whoever has seen the other's close_notify needs nothing more from it.
    for who, client, server in both([handshake(), close_write(), hang_up(), read_end()],
                                    [handshake(), read_end(), read_end(), close_write()]):
        yield scenario(f"{who} hangs up behind its close_notify", version, client, server, in_pieces=True)
    for who, client, server in both([handshake(), close_write(), hang_up(), read_end().is_cut_off()],
                                    [handshake(), read_end(), hang_up()]):
        yield scenario(f"nobody answers the close_notify of {who}", version, client, server, in_pieces=True)


def independent_halves():
    """TLS 1.3 (RFC 8446 6.1)."""
    for who, client, server in both([handshake(), write(10), close_write(), read(100_000), read_end()],
                                    [handshake(), read(10), read_end(), write(100_000, piece=999), close_write()]):
        yield scenario(f"{who} closes and goes on reading", "1.3", client, server)
    for who, client, server in both([handshake(), close_write(), read(20), read(20), read_end()],
                                    [handshake(), read_end(), write(20), key_update(True), write(20), close_write()]):
        yield scenario(f"{who} closes and understands new keys", "1.3", client, server, in_pieces=True)
    for who, client, server in both([handshake(), close_write(), key_update(True).fails("closed"), read_end()],
                                    [handshake(), read_end(), close_write()]):
        yield scenario(f"{who} closes and cannot update its keys", "1.3", client, server)


def joined_halves():
    """TLS 1.2 (RFC 5246 7.2.1)."""
    for who, client, server in both(
            [handshake(), write(10), close_write(), read_end()],
            [handshake(), read(10), read_end(), write(1).fails("closed"), write(1).fails("closed"), close_write()]):
        yield scenario(f"{who} closes and so ends the writing of the other", "1.2", client, server, in_pieces=True)
    # The data is on its way when the close_notify leaves in the other direction.
    for who, client, server in both([handshake(), close_write(), read_end(), read_end()],
                                    [handshake(), write(20_000), read_end(), close_write()]):
        yield scenario(f"{who} closes and what still comes is discarded", "1.2", client, server, all_arrives=False)


def scenarios(pair):
    for version in VERSIONS:
        yield from every_version(version)
    yield from independent_halves()
    yield from joined_halves()
