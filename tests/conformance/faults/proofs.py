# SPDX-License-Identifier: Apache-2.0
# Signatures and Finished messages that are wrong.
import codec
from row import *  # noqa: F403

DECODE, ILLEGAL, UNEXPECTED, WRONG = (
    refuses(n) for n in (DECODE_ERROR, ILLEGAL_PARAMETER, UNEXPECTED_MESSAGE, DECRYPT_ERROR))
MUTUAL = {"client_auth": "required", "trust": "root"}


def scheme(number):
    """Of a CertificateVerify."""
    return body(lambda content: codec.number(2, number) + content[2:])


def certificate_verify(version, tested, step, signed_part):
    """signed_part: f(content) -> (what is before the scheme, scheme, signature)."""
    peer = {} if tested == "client" else {"identity": "client"}
    settings = {} if tested == "client" else MUTUAL

    def row(name, change, outcome):
        def hook(_peer, data):
            before, number, signature = signed_part(data[4:])
            return codec.message(data[0], before + change(number, signature))
        return Row(f"{step}: {name}", version, tested, outcome, {step: hook}, settings, dict(peer))

    def signed(number, signature):
        return codec.number(2, number) + codec.vector(2, signature)

    yield row("one bit changed", lambda n, s: signed(n, s[:-1] + bytes([s[-1] ^ 1])), WRONG)
    yield row("an empty signature", lambda n, s: signed(n, b""),
              refuses((DECRYPT_ERROR, DECODE_ERROR), why="the grammar allows it, no scheme does"))
    yield row("the scheme of another kind of key", lambda n, s: signed(codec.RSA_PSS, s), ILLEGAL)
    yield row("a scheme with SHA-1", lambda n, s: signed(0x0203, s), ILLEGAL)
    yield row("a scheme that was not offered", lambda n, s: signed(0x0A0A, s), ILLEGAL)
    yield row("ends early", lambda n, s: signed(n, s)[:-1], DECODE)
    yield row("something behind it", lambda n, s: signed(n, s) + b"\0", DECODE)
    if version == "1.3":
        yield row("RSA PKCS#1", lambda n, s: signed(codec.RSA_PKCS1, s), ILLEGAL)


def plain(content):
    return b"", int.from_bytes(content[:2], "big"), content[4:]


def after_the_share(content):
    end = 4 + content[3]
    return content[:end], int.from_bytes(content[end:end + 2], "big"), content[end + 4:]


def signatures():
    yield from certificate_verify("1.3", "client", "CertificateVerify", plain)
    yield from certificate_verify("1.2", "client", "ServerKeyExchange", after_the_share)
    for version in VERSIONS:
        yield from certificate_verify(version, "server", "CertificateVerify", plain)


def finished():
    for version in VERSIONS:
        for tested in ROLES:
            for name, change, outcome in (("one bit changed", lambda c: c[:-1] + bytes([c[-1] ^ 1]), WRONG),
                                          ("all zero", lambda c: bytes(len(c)), WRONG),
                                          ("too short", lambda c: c[:-1], DECODE),
                                          ("too long", lambda c: c + b"\0", DECODE),
                                          ("empty", lambda c: b"", DECODE)):
                yield Row(f"Finished: {name}", version, tested, outcome, {"Finished": body(change)})


def rows(full):
    yield from signatures()
    yield from finished()
