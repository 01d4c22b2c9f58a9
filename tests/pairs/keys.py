# SPDX-License-Identifier: Apache-2.0
# Pre-shared keys (RFC 8446 2.2; in TLS 1.2 RFC 5489): with the same key at both ends, without certificates or beside them; and refused.
from scenario import close_write, handshake, key_update, read, read_end, scenario, write

HANDSHAKE_FAILURE, DECRYPT_ERROR = 40, 51
SUITES = {"SHA-256": ("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"), "SHA-384": ("TLS_AES_256_GCM_SHA384",)}
CHACHA20 = "TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256"


def key(hash_name, identity="device", digits="5a", size=32):
    return {"identity": identity, "key": digits * size, "hash": hash_name}


def connection(name, client, server, hellos=None):
    """One hello, unless a client whose library sends one share with a key sends that of a group the server lacks."""

    def look(seen_client, _):
        suite = seen_client["info"]["cipher_suite_name"]
        assert suite in SUITES[client["psk"]["hash"]], suite

    return scenario(
        name, "1.3",
        [handshake(), write(100), read(200), key_update(True), write(300), close_write(), read_end()],
        [handshake(), read(100), write(200, seed=2), read(300), read_end(), close_write()],
        client, {"identity": None, **server}, hellos=hellos, look=look, in_pieces=True)


def refused(name, client, server):
    return scenario(name, "1.3", [handshake().is_told(DECRYPT_ERROR)],
                    [handshake().refuses("psk_refused", DECRYPT_ERROR)], client, server, in_pieces=True)


def scenarios():
    for hash_name in SUITES:
        mine, other = key(hash_name), key("SHA-256", "another", "01")
        yield connection(f"a key for {hash_name}", {"psk": mine}, {"psks": [mine]})
        yield connection(f"one of several keys, {hash_name}", {"psk": mine, "alpn": ["h2"]},
                         {"psks": [other, mine], "alpn": ["h2"]})
        yield connection(f"a key beside certificates, {hash_name}", {"psk": mine}, {"psks": [mine], "identity": "server"})
        yield connection(f"a key and a second hello, {hash_name}", {"psk": mine},
                         {"psks": [mine], "groups": ["secp384r1"]}, hellos=2)
        for size in (16, 64):
            sized = key(hash_name, "i" * 128, size=size)
            yield connection(f"a key of {size} bytes for {hash_name}", {"psk": sized}, {"psks": [sized]})
        yield refused(f"another key, {hash_name}", {"psk": mine}, {"psks": [key(hash_name, digits="5b")], "identity": None})
        yield refused(f"another key beside certificates, {hash_name}", {"psk": mine}, {"psks": [key(hash_name, digits="5b")]})
        yield refused(f"an unknown identity, {hash_name}", {"psk": mine}, {"psks": [other], "identity": None})
        yield scenario(
            f"a certificate instead of a key, {hash_name}", "1.3",
            [handshake().refuses("psk_refused", HANDSHAKE_FAILURE)], [handshake().is_told(HANDSHAKE_FAILURE)],
            {"psk": mine}, {"psks": [other]}, hellos=None)
    yield refused("no key at all", {}, {"psks": [key("SHA-256")], "identity": None})
    yield from scenarios_1_2()


def connection_1_2(name, client, server, suite=None):
    """One suite is everywhere; each pair agrees on the first of the server's that both have."""

    def look(seen_client, _):
        agreed = seen_client["info"]["cipher_suite_name"]
        assert agreed.startswith("TLS_ECDHE_PSK_WITH_") and suite in (None, agreed), agreed

    return scenario(
        name, "1.2",
        [handshake(), write(100), read(200), write(300), close_write(), read_end()],
        [handshake(), read(100), write(200, seed=2), read(300), read_end(), close_write()],
        client, {"identity": None, **server}, look=look, in_pieces=True)


def refused_1_2(name, client, server):
    return scenario(name, "1.2", [handshake().is_told(DECRYPT_ERROR)],
                    [handshake().refuses("psk_refused", DECRYPT_ERROR)], client, server, in_pieces=True)


def scenarios_1_2():
    mine, other = key("TLS 1.2"), key("TLS 1.2", "another", "01")
    newer = key("SHA-256", digits="02")
    yield connection_1_2("a key", {"psk": mine}, {"psks": [mine]})
    yield connection_1_2("a key and the suite that all have", {"psk": mine, "cipher_suites": [CHACHA20]},
                         {"psks": [mine], "cipher_suites": [CHACHA20]}, CHACHA20)
    yield connection_1_2("one of several keys", {"psk": mine, "alpn": ["h2"]}, {"psks": [other, mine], "alpn": ["h2"]})
    yield connection_1_2("a key beside certificates", {"psk": mine}, {"psks": [mine], "identity": "server"})
    yield connection_1_2("a key beside one of TLS 1.3", {"psk": mine},
                         {"psks": [newer, mine], "identity": "server", "max": "1.3"})
    yield connection_1_2("a key and one group", {"psk": mine}, {"psks": [mine], "groups": ["secp384r1"]})
    for size in (16, 64):
        sized = key("TLS 1.2", "i" * 128, size=size)
        yield connection_1_2(f"a key of {size} bytes", {"psk": sized}, {"psks": [sized]})
    yield refused_1_2("another key", {"psk": mine}, {"psks": [key("TLS 1.2", digits="5b")], "identity": None})
    yield refused_1_2("another key beside certificates", {"psk": mine}, {"psks": [key("TLS 1.2", digits="5b")]})
    yield refused_1_2("an unknown identity", {"psk": mine}, {"psks": [other], "identity": None})
    yield refused_1_2("a key of another version", {"psk": mine},
                      {"psks": [newer, other], "max": "1.3", "identity": None})
    yield refused_1_2("no key at all", {}, {"psks": [mine], "identity": None})
    yield scenario("a key, and a server without any", "1.2", [handshake().is_told(HANDSHAKE_FAILURE)],
                   [handshake().refuses("no_shared_parameters", HANDSHAKE_FAILURE)], {"psk": mine})
