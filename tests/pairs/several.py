# SPDX-License-Identifier: Apache-2.0
# Several certificates on both sides: names, curves and order decide which one the other side sees.
from scenario import close_write, handshake, read, read_end, scenario, write

VERSIONS = ("1.2", "1.3")
DONE = ([handshake(), write(10), read(10), close_write(), read_end()],
        [handshake(), read(10), write(10), read_end(), close_write()])

# what, name asked for, the client's groups, the server's certificates, which one is shown
SERVERS = (
    ("the first", "localhost", [], ["server-rsa", "server"], "server-rsa"),
    ("the first, the other way round", "localhost", [], ["server", "server-rsa"], "server"),
    ("the one for the name", "any.wild.tlseam.test", [], ["server", "wildcard", "server-rsa"], "wildcard"),
)
# TLS 1.2: the certificate's curve has to be one of the client's.
BY_CURVE = ("the one on a curve of the client's", "localhost", ["x25519"], ["server", "server-rsa"], "server-rsa")

# the client's certificates, which one is shown
CLIENTS = (
    (["client", "client-rsa"], "client"),
    (["client-rsa", "client"], "client-rsa"),
)


def several(version, what, name, groups, servers, server, clients, client):
    return scenario(
        f"several: {what}, {client} of {len(clients)}", version, *DONE,
        {"groups": groups, "identities": clients, "identity": client},
        {"identities": servers, "identity": server, "client_auth": "required", "trust": "root"},
        {"server_name": name}, in_pieces=True)


def scenarios(pair):
    for version in VERSIONS:
        for row in SERVERS:
            for clients, client in CLIENTS:
                yield several(version, *row, clients, client)
        if version == "1.2":
            # Some servers want the curve of the client's certificate among the client's groups too.
            yield several(version, *BY_CURVE, *CLIENTS[1])
        if pair.both("signature_schemes", "ed25519"):
            yield several(version, "Ed25519", "localhost", [], ["server-ed25519", "server"], "server-ed25519",
                          ["client-ed25519", "client"], "client-ed25519")
