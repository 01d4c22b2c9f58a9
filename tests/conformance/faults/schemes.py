# SPDX-License-Identifier: Apache-2.0
# Signatures that are good, by schemes that the settings exclude (RFC 8446 4.4.3, RFC 5246 7.4.3 and 7.4.8); and what a
# client shows whose key the server's schemes exclude.
import codec
import keys
from row import *  # noqa: F403

ILLEGAL = refuses(ILLEGAL_PARAMETER)
MUTUAL = {"client_auth": "required", "trust": "root"}
BOTH_KINDS = {"signature_schemes": ["ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256"]}
NAMES = {0x0401: "rsa_pkcs1_sha256", 0x0403: "ecdsa_secp256r1_sha256", 0x0503: "ecdsa_secp384r1_sha384",
         0x0804: "rsa_pss_rsae_sha256", 0x0805: "rsa_pss_rsae_sha384", 0x0806: "rsa_pss_rsae_sha512"}


def signing(name, scheme):
    made = keys.Identity(CERTS, name)
    made.scheme = scheme
    return made


def step(version, tested):
    return "ServerKeyExchange" if (version, tested) == ("1.2", "client") else "CertificateVerify"


def row(version, tested, words, scheme, outcome, settings):
    name = f"{step(version, tested)}: {words}: {NAMES[scheme]}"
    key = "" if scheme & 0xFF == 3 else "-rsa"
    peers_key = signing(("server" if tested == "client" else "client") + key, scheme)
    own = settings if tested == "client" else {**MUTUAL, **settings}
    return Row(name, version, tested, outcome, ends_with(says_hello), own, {"identity": peers_key})


def signed():
    for version in VERSIONS:
        for tested in ROLES:
            for scheme in (0x0403, 0x0804):
                yield row(version, tested, "one of ours", scheme, works(), BOTH_KINDS)
            excluded = (0x0401, 0x0805, 0x0806, 0x0503) if version == "1.2" else (0x0805, 0x0806)
            for scheme in excluded:
                yield row(version, tested, "a scheme that the settings exclude", scheme, ILLEGAL, BOTH_KINDS)
        # The server's own key must be of the other kind.
        for scheme, mine, taken in ((0x0804, "", "ecdsa_secp256r1_sha256"), (0x0403, "-rsa", "rsa_pss_rsae_sha256")):
            yield row(version, "server", "a kind of scheme that the settings exclude", scheme, ILLEGAL,
                      {"identity": "server" + mine, "signature_schemes": [taken], "neighbour": "client" + mine})
    yield row("1.3", "client", "a kind of scheme that the settings exclude", 0x0403, ILLEGAL,
              {"signature_schemes": ["rsa_pss_rsae_sha256"], "neighbour": "server-rsa"})


# ---- what clients show ----


def request(version, schemes):
    if version == "1.3":
        return edited(lambda request: request.replace(codec.SIGNATURES, codec.numbers(schemes)))
    return lambda _peer, _data: codec.message(codec.CERTIFICATE_REQUEST, b"\2\1\x40" + codec.numbers(schemes) + b"\0\0")


def asked(version, key, identity, schemes, *shown):
    """shown: what the client may sign with; None: it shows no certificate."""

    def check(peer):
        if peer.clients_scheme not in shown:
            raise AssertionError(f"the client has signed with {peer.clients_scheme}, and not with one of {shown}")
        says_hello(peer)

    words = ", ".join(NAMES[scheme] for scheme in schemes)
    hook = {"1.3": "edit CertificateRequest", "1.2": "CertificateRequest"}[version]
    return Row(f"a CertificateRequest for {words}; ours is {key}; the server's {identity}", version, "client", works(),
               {hook: request(version, schemes), "established": do(check)}, {"identity": key},
               {"asks": True, "identity": identity})


def clients():
    for version in VERSIONS:
        for server in ("server", "server-rsa"):
            # No key fits.
            yield asked(version, "client", server, [0x0804, 0x0401], None)
            yield asked(version, "client-rsa", server, [0x0403], None)
            # One kind only, whatever the server's own key is.
            yield asked(version, "client", server, [0x0403], 0x0403)
            # Both kinds.
            yield asked(version, "client", server, [0x0804, 0x0403], 0x0403)
    yield asked("1.3", "client-rsa", "server", [0x0804], 0x0804)
    yield asked("1.2", "client-rsa", "server", [0x0401], 0x0401)
    yield asked("1.2", "client-rsa", "server-rsa", [0x0401], 0x0401)
    yield asked("1.2", "client-rsa", "server-rsa", [0x0804], 0x0804)
    # feature signature_choice: some libraries go by the kind of key that the suite is for. Then there is no certificate,
    # and never a scheme that the server has not named.
    yield asked("1.2", "client-rsa", "server", [0x0804, 0x0403], 0x0804, None)
    yield asked("1.2", "client", "server-rsa", [0x0804, 0x0503], 0x0503, None)


def rows(full):
    yield from signed()
    yield from clients()
