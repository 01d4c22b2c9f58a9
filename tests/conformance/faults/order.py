# SPDX-License-Identifier: Apache-2.0
# Messages that are missing, come twice, or at the wrong time. RFC 8446 4 and RFC 5246 7.4: unexpected_message.
import codec
from row import *  # noqa: F403

UNEXPECTED = refuses(UNEXPECTED_MESSAGE)
MUTUAL = {"client_auth": "required", "trust": "root"}

# The steps of a peer, in order, by version and by the side that is under test.
STEPS = {
    ("1.3", "client"): ("EncryptedExtensions", "Certificate", "CertificateVerify", "Finished"),
    ("1.2", "client"): ("ServerHello", "Certificate", "ServerKeyExchange", "ServerHelloDone", "Finished"),
    ("1.3", "server"): ("Certificate", "CertificateVerify", "Finished"),
    ("1.2", "server"): ("Certificate", "ClientKeyExchange", "CertificateVerify", "Finished"),
}
# Without the last one of a flight, nothing comes that could be wrong.
MISSABLE = {
    ("1.3", "client"): ("EncryptedExtensions", "Certificate", "CertificateVerify"),
    ("1.2", "client"): ("ServerHello", "Certificate", "ServerKeyExchange"),
    ("1.3", "server"): ("Certificate", "CertificateVerify"),
    ("1.2", "server"): ("Certificate", "ClientKeyExchange", "CertificateVerify"),
}
KINDS = {"ServerHello": 2, "EncryptedExtensions": 8, "Certificate": 11, "ServerKeyExchange": 12, "ServerHelloDone": 14,
         "CertificateVerify": 15, "ClientKeyExchange": 16, "Finished": 20}
# What may stand where a step is expected, beside the step itself.
ALLOWED = {
    ("1.3", "client", "Certificate"): {13, 25}, ("1.2", "client", "ServerKeyExchange"): {22},
    ("1.2", "client", "ServerHelloDone"): {13}, ("1.2", "client", "Finished"): {4, 22},
}
ALL_KINDS = (0, 1, 2, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 67, 99, 254)


def sides():
    for (version, tested), steps in STEPS.items():
        peer = {"identity": "client"} if tested == "server" else {}
        yield version, tested, steps, MUTUAL if tested == "server" else {}, peer


def missing_and_repeated():
    for version, tested, steps, settings, peer in sides():
        for step in steps:
            def twice(p, data):
                p.send(codec.HANDSHAKE, data)
                return data

            if step in MISSABLE[version, tested]:
                yield Row(f"{step} is missing", version, tested, UNEXPECTED, {step: omit}, settings, dict(peer))
            if step != "Finished":
                yield Row(f"{step} twice", version, tested, UNEXPECTED, {step: twice}, settings, dict(peer))


def wrong_ones():
    for version, tested, steps, settings, peer in sides():
        for step in steps:
            if step == "ServerHello" or (step == "Finished" and version == "1.2"):
                continue  # answers.py and change_cipher_specs()
            allowed = ALLOWED.get((version, tested, step), set()) | {KINDS[step]}
            if version == "1.2" and tested == "client":
                allowed.add(0)  # a HelloRequest is ignored in the handshake (RFC 5246 7.4.1.1)
            for kind in ALL_KINDS:
                if kind not in allowed:
                    yield Row(f"another message in the place of {step} #{kind}", version, tested, UNEXPECTED,
                              {step: instead(message(kind, bytes(4)))}, settings, dict(peer))
    for version in VERSIONS:
        for kind in ALL_KINDS:
            if kind not in (0, 2):
                yield Row(f"another message in the place of ServerHello #{kind}", version, "client", UNEXPECTED,
                          {"before ServerHello": stop(message(kind, bytes(4)))})
    yield Row("a HelloRequest in the handshake is ignored", "1.2", "client", works(),
              {"before Certificate": message(codec.HELLO_REQUEST), "established": do(says_hello)})


def change_cipher_specs():
    ccs = send(codec.CHANGE_CIPHER_SPEC, b"\1")
    for version in VERSIONS:
        yield Row("ChangeCipherSpec comes first", version, "server", refuses(None, "not_tls"),
                  {"before ClientHello": stop(ccs)})
        yield Row("ChangeCipherSpec comes first", version, "client", refuses(None, "not_tls"),
                  {"before ServerHello": stop(ccs)})
    for tested, steps in (("client", ("Certificate", "ServerKeyExchange", "ServerHelloDone")),
                          ("server", ("ClientKeyExchange",))):
        for step in steps:
            yield Row(f"ChangeCipherSpec before {step}", "1.2", tested, UNEXPECTED, {f"before {step}": stop(ccs)})
    for tested in ROLES:
        # The second one is in the clear where a protected record is due.
        yield Row("ChangeCipherSpec twice", "1.2", tested,
                  refuses((BAD_RECORD_MAC, DECODE_ERROR), "bad_record_mac", why="it is too short to be checked"),
                  {"after ChangeCipherSpec": lambda p: p.send(codec.CHANGE_CIPHER_SPEC, b"\1")})
        yield Row("no ChangeCipherSpec", "1.2", tested, UNEXPECTED, {"ChangeCipherSpec": omit})
        yield Row("no ChangeCipherSpec: it need not come", "1.3", tested, works(),
                  {"ChangeCipherSpec": omit, "established": do(says_hello)})
        for name, content in (("with another content", b"\2"), ("of two bytes", b"\1\1")):
            for version in VERSIONS:
                yield Row(f"ChangeCipherSpec {name}", version, tested,
                          UNEXPECTED if version == "1.3" else refuses(
                              (UNEXPECTED_MESSAGE, DECODE_ERROR, ILLEGAL_PARAMETER), why="RFC 5246 7.1 names no alert"),
                          {"ChangeCipherSpec": lambda p, _, c=content: c})
        for version in VERSIONS:
            yield Row("ChangeCipherSpec after the handshake, under its keys", version, tested,
                      refuses(UNEXPECTED_MESSAGE, at="read"), ends_with(sealed(codec.CHANGE_CIPHER_SPEC, b"\1")))
        yield Row("ChangeCipherSpec after the handshake, in the clear", "1.3", tested,
                  refuses(UNEXPECTED_MESSAGE, at="read"), ends_with(raw(codec.record(codec.CHANGE_CIPHER_SPEC, b"\1"))))
        yield Row("ChangeCipherSpec in the handshake, encrypted", "1.3", tested, UNEXPECTED,
                  {"before Finished": stop(sealed(codec.CHANGE_CIPHER_SPEC, b"\1"))})


def interleaved():
    """Something else between the pieces of one message."""
    for version, tested, steps, settings, peer in sides():
        step = "Certificate"

        def torn(p, data, kind=codec.DATA):
            p.send(codec.HANDSHAKE, data[:20])
            p.send(kind, b"hello")
            p.send(codec.HANDSHAKE, data[20:])
            raise Stop

        yield Row("data between the pieces of a message", version, tested, UNEXPECTED, {step: torn}, settings,
                  dict(peer))
        yield Row("data in the handshake", version, tested, UNEXPECTED, {f"before {step}": stop(says_hello)}, settings,
                  dict(peer))


def boundaries():
    """In TLS 1.3 no message may span a change of keys (RFC 8446 5.1)."""
    def with_more(p, data):
        return data + codec.message(codec.ENCRYPTED_EXTENSIONS, b"\0\0")

    yield Row("the ServerHello and another message in one record", "1.3", "client", UNEXPECTED,
              {"ServerHello": with_more},
              deaf=True)
    yield Row("Finished and another message in one record", "1.3", "client", UNEXPECTED,
              {"Finished": lambda p, data: data + codec.message(codec.NEW_SESSION_TICKET, bytes(20))})
    yield Row("Finished and another message in one record", "1.3", "server", UNEXPECTED,
              {"Finished": lambda p, data: data + codec.message(codec.KEY_UPDATE, b"\0")})
    for version, tested, steps, settings, peer in sides():
        yield Row("a message that says it is 16 MiB long", version, tested,
                  refuses(ANY, "too_large", why="no alert says so"),
                  {"Certificate": instead(send(codec.HANDSHAKE, b"\x0b\xff\xff\xff" + bytes(2000)))}, settings,
                  dict(peer))


def rows(full):
    for table in (missing_and_repeated, wrong_ones, change_cipher_specs, interleaved, boundaries):
        yield from table()
