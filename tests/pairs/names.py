# SPDX-License-Identifier: Apache-2.0
# Names and trust: whom a client accepts, and what the server hears of it.
from scenario import close_write, handshake, read, read_end, scenario, write

VERSIONS = ("1.2", "1.3")
DONE = ([handshake(), write(10), read(10), close_write(), read_end()],
        [handshake(), read(10), write(10), read_end(), close_write()])

ACCEPTED = (
    # what, names, settings of the client, of the server
    ("a name that is not sent", {"server_name": "", "verified_name": "localhost"}, {}, {}),
    ("another name than the one that is checked",
     {"server_name": "nobody.example", "verified_name": "localhost"}, {}, {}),
    ("the second name of a certificate", {"server_name": "server.tlseam.test"}, {}, {}),
    ("a wildcard", {"server_name": "any.wild.tlseam.test"}, {}, {"identity": "wildcard"}),
    ("an IPv4 address", {"server_name": "", "verified_name": "127.0.0.1"}, {}, {"identity": "ip"}),
    ("an IPv6 address", {"server_name": "", "verified_name": "::1"}, {}, {"identity": "ip"}),
    ("an intermediate as anchor", {"server_name": "localhost"}, {"trust": "intermediate"},
     {"identity": "missing-intermediate"}),
    ("the server's own certificate as anchor", {"server_name": "localhost"}, {"trust": "server"}, {}),
    ("revocation that nobody asked for", {"server_name": "localhost"}, {}, {"identity": "revoked"}),
    ("an expired server, unverified", {"server_name": "localhost"}, {"insecure": True}, {"identity": "expired"}),
    ("another's server, unverified", {"server_name": "localhost"}, {"insecure": True, "trust": "nobody"},
     {"identity": "wrong-name"}),
)


def scenarios(pair):
    for version in VERSIONS:
        for what, names, client, server in ACCEPTED:
            yield scenario(f"accepted: {what}", version, *DONE, client, server, names)
