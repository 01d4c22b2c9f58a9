# SPDX-License-Identifier: Apache-2.0
# Handshakes that succeed: version x group x key of the server x ALPN x client certificate. Each carries a little data
# both ways and closes cleanly.
import itertools

import covering
from scenario import close_write, handshake, read, read_end, scenario, write

HYBRID = "X25519MLKEM768"

# name: client's groups, server's groups, the one agreed on, ClientHellos. No groups: the default.
CLASSIC = {
    "x25519": (["x25519"], ["x25519"], "x25519", 1),
    "secp256r1": (["secp256r1"], ["secp256r1"], "secp256r1", 1),
    "secp384r1": (["secp384r1"], ["secp384r1"], "secp384r1", 1),
}
CURVE = ["secp256r1"]
# TLS 1.2: the server's order decides, and its groups are for the key exchange alone. The client's are also the curves
# that certificates may be on (RFC 8422 5.1), and ours are on P-256.
ORDERED = {
    "x25519": (["x25519", *CURVE], ["x25519"], "x25519", 1),
    "secp256r1": (CURVE, CURVE, "secp256r1", 1),
    "secp384r1": (["x25519", *CURVE, "secp384r1"], ["secp384r1"], "secp384r1", 1),
    "the server's secp384r1": ([*CURVE, "x25519", "secp384r1"], ["secp384r1", "x25519", *CURVE], "secp384r1", 1),
    "the server's x25519": ([*CURVE, "x25519"], ["x25519", *CURVE], "x25519", 1),
}
# TLS 1.3: the client's first share is not acceptable to the server: HelloRetryRequest.
RETRIES = {
    "x25519, then secp384r1": (["x25519", "secp384r1"], ["secp384r1"], "secp384r1", 2),
    "secp256r1, then x25519": (["secp256r1", "x25519"], ["x25519"], "x25519", 2),
    "default, then secp256r1": ([], ["secp256r1"], "secp256r1", 2),
}
HYBRIDS = {
    "hybrid": ([HYBRID], [HYBRID], HYBRID, 1),
    "hybrid preferred": ([HYBRID, "x25519"], [HYBRID, "x25519"], HYBRID, 1),
    "x25519, then hybrid": (["x25519", HYBRID], [HYBRID], HYBRID, 2),
    "hybrid or secp384r1": ([HYBRID, "secp384r1"], ["secp384r1"], "secp384r1", 1),
}
ED25519 = "server-ed25519"
# key of the server: suite in TLS 1.2
IDENTITIES = {
    "server": "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "server-rsa": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    ED25519: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
}
# name: client's list, server's list, the one agreed on
ALPN = {
    "no ALPN": ([], [], ""),
    "ALPN": (["h2"], ["h2"], "h2"),
    "the server's ALPN": (["http/1.1", "h2"], ["h2", "http/1.1"], "h2"),
}
# name: what the server wants, whether the client has a certificate
CLIENTS = {
    "no client certificate": ("none", False),
    "an optional client certificate missing": ("optional", False),
    "an optional client certificate": ("optional", True),
    "a required client certificate": ("required", True),
}


def identities(pair):
    """Keys that both libraries have a signature scheme for."""
    return [name for name in IDENTITIES if name != ED25519 or pair.both("signature_schemes", "ed25519")]


def groups(pair, version):
    """By name, what may be configured and what comes of it."""
    with_hybrid = version == "1.3" and pair.both("groups", HYBRID)
    table = {"default groups": ([], [], HYBRID if with_hybrid else "x25519", 1)}
    table |= ORDERED if version == "1.2" else CLASSIC | RETRIES
    if version == "1.3":
        if HYBRID in pair.client.about["groups"]:
            # Offered and not there: the classic share beside it saves the second round.
            table["hybrid or x25519"] = ([HYBRID, "x25519"], ["x25519"], "x25519", 1)
        if with_hybrid:
            table |= HYBRIDS
    return table


def variant(pair, version, group, identity, alpn, client, in_pieces):
    client_groups, server_groups, agreed_group, hellos = groups(pair, version)[group]
    client_alpn, server_alpn, protocol = ALPN[alpn]
    mode, has_certificate = CLIENTS[client]
    client_settings = {"groups": client_groups, "alpn": client_alpn}
    server_settings = {"groups": server_groups, "alpn": server_alpn, "identity": identity, "client_auth": mode}
    if has_certificate:
        client_settings["identity"] = "client"
    if mode != "none":
        server_settings["trust"] = "root"
    return scenario(
        f"{identity}, {group}, {alpn}, {client}", version,
        [handshake(), write(100), read(200), close_write(), read_end()],
        [handshake(), read(100), write(200, seed=2), read_end(), close_write()],
        client_settings, server_settings,
        hellos=hellos,
        in_pieces=in_pieces,
        agreed={
            "version": f"TLS {version}",
            "group_name": agreed_group,
            "cipher_suite_name": "TLS_AES_128_GCM_SHA256" if version == "1.3" else IDENTITIES[identity],
            "alpn": protocol,
        })


def product(pair, version):
    return list(itertools.product([version], groups(pair, version), identities(pair), ALPN, CLIENTS))


def scenarios(pair, full):
    """The whole product. In pieces only as many of them as it takes for every two values to meet, for each version."""
    for version in ("1.2", "1.3"):
        combinations = product(pair, version)
        in_pieces = combinations if full else covering.pairwise(combinations)
        for combination in combinations:
            yield variant(pair, *combination, combination in in_pieces)
