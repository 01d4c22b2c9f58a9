# SPDX-License-Identifier: Apache-2.0
# Certificates after the handshake (RFC 8446 4.6.2): answers that no server may take for one, and requests that no client
# may answer. Where the library has none of it, what is left is that a client refuses every request.
import codec
import keys
from hellos import CertificateMessage, CertificateRequest
from row import *  # noqa: F403

FEATURE = "post_handshake_auth"
AUTHORITIES, OFFER = 47, 49
CONTEXT = b"\x2a"
H2 = codec.vector(2, codec.vector(1, b"h2"))
ASKS = {"client_auth": "on_request", "trust": "root"}
ANSWERS = {"identity": "client", "post_handshake_auth": True}

DECODE, ILLEGAL, UNEXPECTED, WRONG, MISSING = (refuses(n, at="read") for n in (
    DECODE_ERROR, ILLEGAL_PARAMETER, UNEXPECTED_MESSAGE, DECRYPT_ERROR, MISSING_EXTENSION))
STRANGE = refuses(ANY, at="read", why="no RFC names an alert")


# ---- a server asks ----


class Answer:
    """What a client says to a request: messages that a row may change or leave out, each of them in the transcript."""

    def __init__(self, peer):
        self.peer = peer
        request = peer.expect(codec.CERTIFICATE_REQUEST)
        self.context = request[5:5 + request[4]]
        assert self.context, "a request without a context"

    def say(self, message):
        self.peer.transcript += message
        self.peer.send(codec.HANDSHAKE, message)

    def certificate(self, context=None, chain=None):
        message = CertificateMessage(codec.TLS1_3, identity("client").chain if chain is None else chain)
        message.context = self.context if context is None else context
        self.say(message.encode())

    def verify(self, side="client", scheme=codec.ECDSA_P256, spoil=0):
        signature = identity("client").sign(keys.signed_in_1_3(side, self.peer.transcript))
        signature = signature[:-1] + bytes([signature[-1] ^ spoil])
        self.say(codec.message(codec.CERTIFICATE_VERIFY, codec.number(2, scheme) + codec.vector(2, signature)))

    def finished(self, spoil=0):
        proof = keys.finished_1_3(self.peer.outgoing._secret, self.peer.transcript)
        self.say(codec.message(codec.FINISHED, proof[:-1] + bytes([proof[-1] ^ spoil])))


def answered(name, how, outcome):
    """how(answer): what the client says. The server asks, and reads."""
    def hook(peer):
        how(Answer(peer))
        says_hello(peer)

    return Row(f"a later certificate: {name}", "1.3", "server", outcome,
               {"edit ClientHello": lambda _peer, hello: hello.add(OFFER), "established": hook}, ASKS,
               {"identity": "client"}, needs=FEATURE,
               steps=({"do": "handshake"}, {"do": "request_certificate", "how": "required"}, {"do": "read", "size": 5}))


def whole(answer):
    answer.certificate()
    answer.verify()
    answer.finished()


def steps(*each):
    """By name, each with the words it takes: ("verify", {"spoil": 1})."""
    def how(answer):
        for name, words in each:
            getattr(answer, name)(**words)

    return how


def of_clients():
    yield answered("as it should be", whole, works())
    for name, context in (("another context", b"\xff\xff"), ("no context", b""), ("a longer context", bytes(255))):
        yield answered(name, steps(("certificate", {"context": context}), ("verify", {}), ("finished", {})), STRANGE)
    yield answered("no CertificateVerify", steps(("certificate", {}), ("finished", {})), UNEXPECTED)
    yield answered("nothing but a CertificateVerify", steps(("verify", {}), ("finished", {})), UNEXPECTED)
    yield answered("nothing but a Finished", steps(("finished", {})), UNEXPECTED)
    yield answered("a signature with one bit changed",
                   steps(("certificate", {}), ("verify", {"spoil": 1}), ("finished", {})), WRONG)
    yield answered("a server's signature", steps(("certificate", {}), ("verify", {"side": "server"}), ("finished", {})),
                   WRONG)
    yield answered("a scheme that was not offered",
                   steps(("certificate", {}), ("verify", {"scheme": 0x0A0A}), ("finished", {})), ILLEGAL)
    yield answered("a Finished with one bit changed",
                   steps(("certificate", {}), ("verify", {}), ("finished", {"spoil": 1})), WRONG)
    yield answered("the same again", lambda answer: (whole(answer), whole(answer)), STRANGE)
    yield answered("none", steps(("certificate", {"chain": []}), ("finished", {})),
                   refuses(CERTIFICATE_REQUIRED, "certificate_required", at="read"))


# ---- a client is asked ----


def request(extensions=None):
    offered = [(codec.SIGNATURES, codec.numbers([codec.ECDSA_P256]))]
    message = CertificateRequest(offered if extensions is None else extensions)
    message.context = CONTEXT
    return message.encode()


def asked(name, outcome, hook, settings=ANSWERS, needs=FEATURE, **script):
    return Row(f"a later request: {name}", "1.3", "client", outcome, {"established": hook, **script}, settings,
               needs=needs)


def takes_answer(peer):
    """All of it, down to the Finished."""
    assert peer.hello.extension(OFFER) == b"", "the client has not offered it"
    ask = request()
    peer.transcript += ask
    peer.send(codec.HANDSHAKE, ask)
    certificate = peer.expect(codec.CERTIFICATE)
    assert certificate[4:6] == codec.vector(1, CONTEXT), "another context"
    peer.take_certificate_verify()
    expected = keys.finished_1_3(peer.incoming._secret, peer.transcript)
    equal(peer.expect(codec.FINISHED)[4:], expected, "the client's Finished")
    says_hello(peer)


def sends(message):
    def hook(peer):
        peer.send(codec.HANDSHAKE, message)
        says_hello(peer)

    return hook


def not_offered(peer):
    assert peer.hello.extension(OFFER) is None, "the client has offered it"
    sends(request())(peer)


def of_servers():
    yield asked("as it should be", works(), takes_answer)
    yield asked("no signature_algorithms", MISSING, sends(request(extensions=[(AUTHORITIES, codec.vector(2, b""))])))
    # RFC 8740. What the library has answered by then stays here, and no library lets us send an alert.
    yield asked("in HTTP/2", refuses(None, at="read"), sends(request()), ANSWERS | {"alpn": ["h2"]},
                **{"edit EncryptedExtensions": lambda _peer, message: message.add(codec.ALPN, H2)})
    for name, settings in (("not offered", {}), ("not offered, with a certificate", {"identity": "client"})):
        yield asked(name, UNEXPECTED, not_offered, settings, needs="")


def rows(_full):
    yield from of_clients()
    yield from of_servers()
