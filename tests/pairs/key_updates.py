# SPDX-License-Identifier: Apache-2.0
# KeyUpdate (RFC 8446 4.6.3) from either side: asked for an answer or not, crossing, in bursts, between records.
from tap import equal

from data import both
from scenario import close_write, handshake, key_update, read, read_end, scenario, write


def records(seen):
    """How many records a side sent after its handshake."""
    return sum(step["records"] for step in seen["steps"] if step["do"] != "handshake")


def sends(client_count, server_count):
    def look(client, server):
        equal(records(client), client_count, "records that the client sent after the handshake")
        equal(records(server), server_count, "records that the server sent after the handshake")

    return look


def may_ask(peer):
    """What key_update() may be told: not every library can leave the other side's keys alone."""
    return (True, False) if "key_update_unanswered" in peer.about["features"] else (True,)


def scenarios(pair):
    peers = {"the client": pair.client, "the server": pair.server}
    for who, peer in peers.items():
        for ask in may_ask(peer):
            said = "asks for new keys" if ask else "renews its keys"
            yield from one(who, said, ask)
            yield from burst(who, said, ask)
            yield from between_records(who, said, ask)
    for client_asks in may_ask(pair.client):
        for server_asks in may_ask(pair.server):
            yield crossing(client_asks, server_asks)
    refused = [handshake(), key_update(True).fails("unsupported"), write(10), read(10), close_write(), read_end()]
    yield scenario("key updates are refused and harm nothing", "1.2", refused, refused)


def of(who, first, second):
    """The variant of both() in which this side is first."""
    return next((client, server) for name, client, server in both(first, second) if name == who)


def one(who, said, ask):
    active = [handshake(), key_update(ask), write(100), read(100), write(100, seed=3), close_write(), read_end()]
    passive = [handshake(), read(100), write(100, seed=2), read(100), read_end(), close_write()]
    counts = {"active": 4, "passive": 3 if ask else 2}
    order = ("active", "passive") if who == "the client" else ("passive", "active")
    yield scenario(f"{who} {said}", "1.3", *of(who, active, passive), look=sends(*(counts[o] for o in order)),
                   in_pieces=True)


def burst(who, said, ask):
    """Within a millisecond: there is no limit to how often, only to how many without data."""
    active = [handshake()]
    passive = [handshake()]
    for _ in range(3):
        active += [key_update(ask, times=8), write(100), read(100)]
        passive += [read(100), write(100, seed=2)]
    yield scenario(f"{who} {said} in bursts", "1.3",
                   *of(who, active + [close_write(), read_end()], passive + [read_end(), close_write()]), in_pieces=True)


def between_records(who, said, ask):
    active = [handshake()]
    for i in range(20):
        active += [write(10 + i, seed=i, hold=True), key_update(ask, hold=True)]
    total = sum(10 + i for i in range(20))
    active += [write(1), read(50), close_write(), read_end()]
    yield scenario(f"{who} {said} after each record", "1.3",
                   *of(who, active, [handshake(), read(total + 1), write(50), read_end(), close_write()]), in_pieces=True)


def crossing(client_asks, server_asks):
    """Neither has seen the other's when its own leaves."""

    def steps(ask, seed):
        return [handshake(), key_update(ask), write(10, seed=seed), read(10), write(10, seed=seed), read(10),
                close_write(), read_end()]

    return scenario(f"key updates cross, asking: client {client_asks}, server {server_asks}", "1.3",
                    steps(client_asks, 1), steps(server_asks, 2), in_pieces=True)
