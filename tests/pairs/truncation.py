# SPDX-License-Identifier: Apache-2.0
# The transport ends without close_notify: truncated, wherever that is, for whoever is cut off.
from data import both
from scenario import Step, close_write, handshake, hang_up, read, read_end, scenario, write

VERSIONS = ("1.2", "1.3")


def of_data(version):
    for who, client, server in both([handshake(), hang_up(), read_end().is_cut_off()],
                                    [handshake(), read_end().is_cut_off()]):
        yield scenario(f"{who} hangs up after the handshake", version, client, server, in_pieces=True)
    for who, client, server in both([handshake(), write(20_000), hang_up(), read_end().is_cut_off()],
                                    [handshake(), read(20_000), read(1).is_cut_off()]):
        yield scenario(f"{who} hangs up after data", version, client, server)
    for missing in (1, 30, 100):
        for who, client, server in both(
                [handshake(), write(50), write(100, hold=True), Step("drop", size=missing), hang_up(),
                 read_end().is_cut_off()],
                [handshake(), read(50), read(1).is_cut_off()]):
            yield scenario(f"{who} hangs up {missing} bytes before the end of a record", version, client, server,
                           all_arrives=False, in_pieces=True)
    for who, client, server in both(
            [handshake(), close_write(hold=True), Step("drop", size=1), hang_up(), read_end().is_cut_off()],
            [handshake(), read_end().is_cut_off()]):
        yield scenario(f"{who} hangs up inside its close_notify", version, client, server, in_pieces=True)
    # Writing needs nothing of the peer: its end is found out by reading.
    for who, client, server in both(
            [handshake(), hang_up(), read(30), read_end().is_cut_off()],
            [handshake(), write(30), read(1).is_cut_off()]):
        yield scenario(f"{who} hangs up and still gets data", version, client, server)


def of_handshakes(version, full):
    """Early: within the first flight of whoever is cut. Both then wait for the other, in vain."""
    cut = [handshake().is_cut_off()]
    sizes = range(0, 700, 3) if full else (0, 1, 5, 60, 400)
    for at in sizes:
        # A hello is shorter than a flight with certificates.
        if at < 100:
            yield scenario(f"the client is cut off after {at} bytes", version, cut, cut, cut=(at, None), hellos=None,
                           in_pieces=True)
        yield scenario(f"the server is cut off after {at} bytes", version, cut, cut, cut=(None, at), in_pieces=True)
    # Late: the last byte of the last flight. Whoever sent it is done, and learns of it by reading.
    late = [handshake(hold=True), Step("drop", size=1), hang_up(), read(1).is_cut_off()]
    steps = (late, cut) if version == "1.3" else (cut, late)
    yield scenario("the last byte of the handshake is missing", version, *steps, in_pieces=True)


def scenarios(pair, full):
    for version in VERSIONS:
        yield from of_data(version)
        yield from of_handshakes(version, full)
