# SPDX-License-Identifier: Apache-2.0
# A TLS server whose every message a row can change, leave out or repeat.
import codec
import keys
from connection import Connection
from hellos import CertificateMessage, CertificateRequest, ClientHello, EncryptedExtensions, ServerHello


class Server(Connection):
    """version: the one it chooses. asks: for a certificate of the client. retry: the group that a HelloRetryRequest
    wants. The steps it says: HelloRetryRequest, ServerHello, ChangeCipherSpec, EncryptedExtensions, CertificateRequest,
    Certificate, CertificateVerify, ServerKeyExchange, ServerHelloDone, Finished."""

    side, peers_side = "server", "client"

    def __init__(self, sock, version, identity, asks=False, retry=None, **rest):
        super().__init__(sock, **rest)
        self.chosen = version
        self._identity = identity
        self._asks = asks
        self._retry = retry
        self.clients_scheme = None  # what the client signed with

    def take_certificate_verify(self):
        """The signature is not looked at."""
        self.clients_scheme = int.from_bytes(self.expect(codec.CERTIFICATE_VERIFY)[4:6], "big")

    def handshake(self):
        self.call("before hello")
        self.hello = ClientHello.decode(self.expect(codec.CLIENT_HELLO))
        if self.chosen == codec.TLS1_3:
            self._handshake_1_3()
        else:
            self._handshake_1_2()

    # ---- TLS 1.3 ----

    def ask_again(self, group, step="HelloRetryRequest"):
        """The first hello counts by its hash from then on (RFC 8446 4.4.1)."""
        retry = ServerHello(
            [(codec.VERSIONS, codec.number(2, codec.TLS1_3)), (codec.KEY_SHARE, codec.number(2, group))],
            codec.AES_128_GCM_SHA256, self.hello.session_id, codec.HELLO_RETRY)
        self.version = codec.TLS1_3
        self.transcript = codec.message(codec.MESSAGE_HASH, keys.digest(self.transcript))
        self.say(step, retry)
        self.hello = ClientHello.decode(self.expect(codec.CLIENT_HELLO))

    def _handshake_1_3(self):
        if self._retry:
            self.ask_again(self._retry)
        shares = self.hello.shares()
        group = next((g for g in (codec.X25519, codec.SECP256R1, codec.SECP384R1) if g in shares), None)
        if group is None:
            raise AssertionError(f"no share that this server knows: {list(shares)}")
        share = keys.Share(group)
        self.version = codec.TLS1_3
        self.server_hello = ServerHello(
            [(codec.VERSIONS, codec.number(2, codec.TLS1_3)),
             (codec.KEY_SHARE, codec.number(2, group) + codec.vector(2, share.public))],
            codec.AES_128_GCM_SHA256, self.hello.session_id)
        self.say("ServerHello", self.server_hello)
        schedule = keys.Schedule(share.exchange(shares[group]), self.transcript)
        self.change_cipher_spec()
        self.protect_output(keys.Protection13(schedule.server_handshake))
        self.protect_input(keys.Protection13(schedule.client_handshake))
        self.say("EncryptedExtensions", EncryptedExtensions([]))
        if self._asks:
            self.say("CertificateRequest", CertificateRequest([(codec.SIGNATURES, codec.numbers([codec.ECDSA_P256]))]))
        self.say("Certificate", CertificateMessage(codec.TLS1_3, self._identity.chain))
        content = keys.signed_in_1_3(self.side, self.transcript)
        self.say("CertificateVerify", codec.message(
            codec.CERTIFICATE_VERIFY,
            codec.number(2, self._identity.scheme) + codec.vector(2, self._identity.sign(content))))
        proof = keys.finished_1_3(schedule.server_handshake, self.transcript)
        self.say("Finished", codec.message(codec.FINISHED, proof))
        client_data, server_data = schedule.application(self.transcript)
        self.protect_output(keys.Protection13(server_data))
        self.call("before the client's Finished")
        if self._asks and self.expect(codec.CERTIFICATE)[4:] != b"\0\0\0\0":
            self.take_certificate_verify()
        expected = keys.finished_1_3(schedule.client_handshake, self.transcript)
        if self.expect(codec.FINISHED)[4:] != expected:
            raise AssertionError("the client's Finished is wrong")
        self.protect_input(keys.Protection13(client_data))

    # ---- TLS 1.2 ----

    def _handshake_1_2(self):
        pairs = []
        if self.hello.extension(codec.EXTENDED_MASTER_SECRET) is not None:
            pairs.append((codec.EXTENDED_MASTER_SECRET, b""))
        if self.hello.extension(codec.RENEGOTIATION) is not None or 0x00FF in self.hello.suites:
            pairs.append((codec.RENEGOTIATION, b"\0"))
        suite = codec.RSA_AES_128_GCM if self._identity.is_rsa else codec.ECDSA_AES_128_GCM
        self.server_hello = ServerHello(pairs, suite)
        self.say("ServerHello", self.server_hello)
        self.say("Certificate", CertificateMessage(codec.TLS1_2, self._identity.chain))
        share = keys.Share(codec.X25519)
        params = b"\x03" + codec.number(2, share.group) + codec.vector(1, share.public)
        scheme = self._identity.scheme
        signature = self._identity.sign(self.hello.random + self.server_hello.random + params)
        self.say("ServerKeyExchange", codec.message(
            codec.SERVER_KEY_EXCHANGE, params + codec.number(2, scheme) + codec.vector(2, signature)))
        if self._asks:
            self.say("CertificateRequest", codec.message(
                codec.CERTIFICATE_REQUEST, b"\1\x40" + codec.numbers([codec.ECDSA_P256]) + b"\0\0"))
        self.say("ServerHelloDone", codec.message(codec.SERVER_HELLO_DONE, b""))
        shown = self._asks and self.expect(codec.CERTIFICATE)[4:] != b"\0\0\0"
        secret = share.exchange(self.expect(codec.CLIENT_KEY_EXCHANGE)[5:])
        master = self.master(secret)
        if shown:
            self.take_certificate_verify()
        client, server = keys.protections_1_2(master, self.hello.random, self.server_hello.random)
        self.expect_record(codec.CHANGE_CIPHER_SPEC)
        self.protect_input(client)
        expected = keys.prf(master, b"client finished", keys.digest(self.transcript), 12)
        if self.expect(codec.FINISHED)[4:] != expected:
            raise AssertionError("the client's Finished is wrong")
        self.change_cipher_spec()
        self.protect_output(server)
        proof = keys.prf(master, b"server finished", keys.digest(self.transcript), 12)
        self.say("Finished", codec.message(codec.FINISHED, proof))
