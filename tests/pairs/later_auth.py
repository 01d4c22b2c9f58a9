# SPDX-License-Identifier: Apache-2.0
# Client certificates after the handshake (RFC 8446 4.6.2), between libraries that both have them.
from failures import alert_for
from scenario import Step, close_write, handshake, key_update, read, read_end, scenario, write

CERTIFICATE_REQUIRED = 116


def request(how="required"):
    return Step("request_certificate", how=how)


def has(peer, feature):
    return feature in peer.about["features"]


def client_of(**more):
    return {"post_handshake_auth": True, **more}


def server_of(**more):
    return {"client_auth": "on_request", "trust": "root", **more}


# What comes behind the request, and behind the answer.
ASKED = [read(10), write(20), read(30), close_write(), read_end()]
ASKS = [write(10, seed=2), read(20), write(30, seed=3), read_end(), close_write()]


def verified(name, client, server=None, how="required", before=((), ())):
    return scenario(f"later certificate: {name}", "1.3", [handshake(), *before[0], *ASKED],
                    [handshake(), *before[1], request(how), *ASKS], client_of(**client), server_of(**(server or {})),
                    in_pieces=True)


def refused(name, verdict, client, server=None, how="required"):
    """The server learns of it as it reads, and so does the client."""
    return scenario(f"later certificate: {name}", "1.3",
                    [handshake(), read(1).is_told(verdict.error["alert"])], [handshake(), request(how), verdict],
                    client_of(**client), server_of(**(server or {})), let_in_later=False, in_pieces=True)


def usable(pair, identity):
    return identity != "client-ed25519" or all(
        "ed25519" in peer.about["signature_schemes"] for peer in (pair.client, pair.server))


def good(pair):
    for identity in ("client", "client-rsa", "client-ed25519"):
        if usable(pair, identity):
            yield verified(identity, {"identity": identity})
    for server in ("server-rsa", "server"):
        yield verified(f"of two, {server}", {"identities": ["client", "client-rsa"], "identity": "client"},
                       {"identity": server})
    yield verified("behind data", {"identity": "client"}, before=([write(20_000), read(300)], [read(20_000), write(300)]))
    yield verified("behind key updates", {"identity": "client"},
                   before=([key_update(True), write(10), read(10), write(10)],
                           [read(10), key_update(True), write(10), read(10)]))
    yield verified("none, and none is needed", {}, how="optional")
    if all(has(peer, "post_handshake_auth_unrestricted") for peer in (pair.client, pair.server)):
        yield verified("twice", {"identity": "client"},
                       before=([read(5), write(6)], [request(), write(5), read(6)]))


def bad(pair):
    for identity, reason in (("client-expired", "expired"), ("client-unknown-ca", "unknown_ca"),
                             ("client-wrong-purpose", "wrong_purpose")):
        for how in ("optional", "required"):
            verdict = read(1).refuses("certificate_refused", alert_for(pair.server, reason), reason)
            yield refused(f"{identity}, {how}", verdict, {"identity": identity}, how=how)
    yield refused("none", read(1).refuses("certificate_required", CERTIFICATE_REQUIRED), {})


def not_asked():
    """Of a client that has not offered it, the server has no certificate; nothing else changes."""
    yield scenario("later certificate: not offered", "1.3", [handshake(), *ASKED],
                   [handshake(), request().fails("unsupported"), *ASKS], {"identity": "client"}, server_of(),
                   let_in_later=False)
    yield scenario("later certificate", "1.2", [handshake(), read(10), write(20), close_write(), read_end()],
                   [handshake(), request().fails("unsupported"), write(10, seed=2), read(20), read_end(), close_write()],
                   {"identity": "client"}, server_of(max="1.3"), let_in_later=False)


def scenarios(pair):
    if has(pair.server, "post_handshake_auth"):
        yield from not_asked()
    if has(pair.server, "post_handshake_auth") and has(pair.client, "post_handshake_auth"):
        yield from good(pair)
        yield from bad(pair)
