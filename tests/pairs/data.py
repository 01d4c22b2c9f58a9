# SPDX-License-Identifier: Apache-2.0
# Data in both directions: sizes around a record, odd pieces, more than any buffer holds.
from scenario import close_write, handshake, read, read_end, scenario, write

VERSIONS = ("1.2", "1.3")


def both(first, second):
    """The same from either side: the one that speaks first may be the client or the server."""
    yield "the client", first, second
    yield "the server", second, first


def scenarios(pair):
    for version in VERSIONS:
        for size in (1, 16383, 16384, 16385, 65536):
            yield scenario(
                f"{size} bytes and back", version,
                [handshake(), write(size, seed=1), read(size), close_write(), read_end()],
                [handshake(), read(size), write(size, seed=2), read_end(), close_write()],
                in_pieces=size in (1, 16385))
        yield scenario(
            "many small writes, read in other pieces", version,
            [handshake(), write(5000, piece=13), read(7000, piece=11), close_write(), read_end()],
            [handshake(), read(5000, piece=7), write(7000, piece=17), read_end(), close_write()],
            in_pieces=True)
        for who, client, server in both([handshake(), write(300), close_write(), read_end()],
                                        [handshake(), read(300), read_end(), close_write()]):
            yield scenario(f"data of {who} only", version, client, server, in_pieces=True)
        # Far more than the socket holds, and nobody reads before all is written.
        much = [handshake(), write(2_000_000, piece=16384), read(2_000_000), close_write(), read_end()]
        yield scenario("both write 2 MB before they read", version, much, much)
        # The handshake is the first write's, the first read's.
        for who, client, server in both([write(300), read(100), close_write(), read_end()],
                                        [read(300), write(100), read_end(), close_write()]):
            yield scenario(f"no handshake() call, first word by {who}", version, client, server)
