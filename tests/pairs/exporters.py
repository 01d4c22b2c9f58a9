# SPDX-License-Identifier: Apache-2.0
# Exported keying material (RFC 8446 7.5, RFC 5705): both ends have the same, and every label, context and size is one of
# its own.
from tap import equal

from scenario import Step, close_write, handshake, read, read_end, scenario, write

LABEL = "EXPERIMENTAL-tlseam-pairs"
# Labels, contexts and sizes at the edges of what some library can do, where tlseam stands in for it.
REQUESTS = [
    {"label": LABEL, "size": 32},
    {"label": LABEL, "size": 32, "context": 1},
    {"label": LABEL, "size": 32, "context": 512},
    {"label": LABEL + "2", "size": 32},
    {"label": "L" * 249, "size": 32},
    {"label": "L" * 249, "size": 32, "context": 512},
    {"label": LABEL, "size": 1},
    {"label": LABEL, "size": 8160},
]
LARGE = {"label": LABEL, "size": 32, "context": 65535}
EMPTY = {"label": LABEL, "size": 32, "context": 0}


def export(words):
    return Step("export", **words)


def keys(seen):
    return [step.get("key") for step in seen["steps"] if step["do"] == "export"]


def same_and_different(count):
    def look(client, server):
        equal(keys(server), keys(client), "keys of the server, against the client's")
        equal(len(set(keys(client))), count, "different keys")
        for key, words in zip(keys(client), REQUESTS):
            equal(len(key), 2 * words["size"], f"digits of the key for {words}")

    return look


def scenarios(pair):
    for version, suites in (("1.2", ("server", "server-rsa")), ("1.3", ("server",))):
        for identity in suites:
            requests = REQUESTS + ([LARGE] if version == "1.3" else [])
            exports = [export(words) for words in requests]
            again = export(REQUESTS[0])
            yield scenario(
                f"exported keys, {identity}", version,
                [handshake(), *exports, write(10), read(10), close_write(), read_end(), again],
                [handshake(), *exports, read(10), write(10), read_end(), close_write(), again],
                {"exporter": True}, {"exporter": True, "identity": identity},
                look=same_and_different(len(requests)), in_pieces=True)
        yield empty_context(pair, version)
        refused = [handshake(), export(REQUESTS[0]).fails("misuse"), close_write(), read_end()]
        yield scenario("keys that were not asked for", version, refused, refused)


def empty_context(pair, version):
    """In TLS 1.3 the same as none; in TLS 1.2 a key of its own, where the library can tell them apart."""

    def steps(peer):
        can = version == "1.3" or "exporter_empty_context" in peer.about["features"]
        empty = export(EMPTY) if can else export(EMPTY).fails("unsupported")
        return [handshake(), export(REQUESTS[0]), empty, close_write(), read_end()]

    def look(client, server):
        for seen in (client, server):
            none, empty = keys(seen)
            if empty:
                equal(empty == none, version == "1.3", "an empty context gives the key of none")
        given = [keys(seen)[1] for seen in (client, server) if keys(seen)[1]]
        equal(len(set(given)), min(1, len(given)), "different keys with an empty context")

    return scenario("an empty context", version, steps(pair.client), steps(pair.server),
                    {"exporter": True}, {"exporter": True}, look=look)
