# SPDX-License-Identifier: Apache-2.0
# A TLS client whose every message a row can change, leave out or repeat.
import os

import codec
import keys
from connection import Connection
from hellos import CertificateMessage, ClientHello, ServerHello


class Client(Connection):
    """version: the only one it offers. identity: shown when the server asks. The steps it says: ClientHello (and
    SecondClientHello), Certificate, ClientKeyExchange, CertificateVerify, ChangeCipherSpec, Finished."""

    side, peers_side = "client", "server"

    def __init__(self, sock, version, identity=None, server_name="localhost", alpn=(), **rest):
        super().__init__(sock, **rest)
        self.wanted = version
        self._identity = identity
        self._server_name = server_name
        self._alpn = alpn
        self._share = keys.Share(codec.X25519)

    def first_hello(self):
        name = codec.vector(2, b"\0" + codec.vector(2, self._server_name.encode()))
        pairs = [
            (codec.SERVER_NAME, name),
            (codec.GROUPS, codec.numbers([codec.X25519, codec.SECP256R1])),
            (codec.SIGNATURES, codec.numbers([codec.ECDSA_P256, codec.RSA_PSS, codec.RSA_PKCS1])),
        ]
        if self._alpn:
            pairs.append((codec.ALPN, codec.vector(2, b"".join(codec.vector(1, a.encode()) for a in self._alpn))))
        if self.wanted == codec.TLS1_3:
            pairs += [
                (codec.VERSIONS, codec.numbers([codec.TLS1_3], 1)),
                (codec.KEY_SHARE, codec.vector(2, self.key_share_entry())),
            ]
            return ClientHello(pairs, [codec.AES_128_GCM_SHA256], os.urandom(32))
        pairs += [(codec.POINT_FORMATS, b"\1\0"), (codec.EXTENDED_MASTER_SECRET, b""), (codec.RENEGOTIATION, b"\0")]
        return ClientHello(pairs, [codec.ECDSA_AES_128_GCM, codec.RSA_AES_128_GCM])

    def key_share_entry(self):
        return codec.number(2, self._share.group) + codec.vector(2, self._share.public)

    def send(self, kind, content, version=None):
        # The first record of a client says TLS 1.0 (RFC 8446 5.1).
        super().send(kind, content, version or (codec.TLS1_2 if self.server_hello else 0x0301))

    def handshake(self):
        self.hello = self.first_hello()
        self.say("ClientHello", self.hello)
        self._expect_server_hello()
        if self.server_hello.random == codec.HELLO_RETRY:
            self._try_again()
        if self.server_hello.extension(codec.VERSIONS):
            self.version = codec.TLS1_3
            self._handshake_1_3()
        else:
            self._handshake_1_2()

    def _expect_server_hello(self):
        self.server_hello = ServerHello.decode(self.expect(codec.SERVER_HELLO))

    # ---- TLS 1.3 ----

    def _try_again(self):
        """A HelloRetryRequest: the first hello counts by its hash (RFC 8446 4.4.1)."""
        self.version = codec.TLS1_3
        first_size = len(self.transcript) - len(self.server_hello.encode())
        first, retry = self.transcript[:first_size], self.transcript[first_size:]
        self.transcript = codec.message(codec.MESSAGE_HASH, keys.digest(first)) + retry
        group = int.from_bytes(self.server_hello.extension(codec.KEY_SHARE), "big")
        self._share = keys.Share(group)
        self.hello.replace(codec.KEY_SHARE, codec.vector(2, self.key_share_entry()))
        cookie = self.server_hello.extension(codec.COOKIE)
        if cookie:
            self.hello.add(codec.COOKIE, cookie)
        self.say("SecondClientHello", self.hello)
        self._expect_server_hello()

    def _handshake_1_3(self):
        reader = codec.Reader(self.server_hello.extension(codec.KEY_SHARE))
        reader.number(2)
        schedule = keys.Schedule(self._share.exchange(reader.vector(2)), self.transcript)
        self.protect_input(keys.Protection13(schedule.server_handshake))
        self.expect(codec.ENCRYPTED_EXTENSIONS)
        asked = self.expect(codec.CERTIFICATE_REQUEST, codec.CERTIFICATE)[0] == codec.CERTIFICATE_REQUEST
        if asked:
            self.expect(codec.CERTIFICATE)
        self.expect(codec.CERTIFICATE_VERIFY)
        expected = keys.finished_1_3(schedule.server_handshake, self.transcript)
        if self.expect(codec.FINISHED)[4:] != expected:
            raise AssertionError("the server's Finished is wrong")
        client_data, server_data = schedule.application(self.transcript)
        self.change_cipher_spec()
        self.protect_output(keys.Protection13(schedule.client_handshake))
        # The server speaks under its keys of the application from now on, also about our last messages.
        self.protect_input(keys.Protection13(server_data))
        if asked:
            chain = self._identity.chain if self._identity else []
            self.say("Certificate", CertificateMessage(codec.TLS1_3, chain))
            if chain:
                self.say("CertificateVerify", self._certificate_verify(
                    keys.signed_in_1_3(self.side, self.transcript)))
        proof = keys.finished_1_3(schedule.client_handshake, self.transcript)
        self.say("Finished", codec.message(codec.FINISHED, proof))
        self.protect_output(keys.Protection13(client_data))

    def _certificate_verify(self, content):
        scheme = self._identity.scheme
        return codec.message(codec.CERTIFICATE_VERIFY,
                             codec.number(2, scheme) + codec.vector(2, self._identity.sign(content, scheme)))

    # ---- TLS 1.2 ----

    def _handshake_1_2(self):
        self.expect(codec.CERTIFICATE)
        reader = codec.Reader(self.expect(codec.SERVER_KEY_EXCHANGE)[4:])
        reader.take(1)
        share = keys.Share(reader.number(2))
        secret = share.exchange(reader.vector(1))
        asked = self.expect(codec.CERTIFICATE_REQUEST, codec.SERVER_HELLO_DONE)[0] == codec.CERTIFICATE_REQUEST
        if asked:
            self.expect(codec.SERVER_HELLO_DONE)
        chain = self._identity.chain if self._identity else []
        if asked:
            self.say("Certificate", CertificateMessage(codec.TLS1_2, chain))
        self.say("ClientKeyExchange", codec.message(codec.CLIENT_KEY_EXCHANGE, codec.vector(1, share.public)))
        master = self.master(secret)
        if asked and chain:
            self.say("CertificateVerify", self._certificate_verify(self.transcript))
        client, server = keys.protections_1_2(master, self.hello.random, self.server_hello.random)
        self.change_cipher_spec()
        self.protect_output(client)
        proof = keys.prf(master, b"client finished", keys.digest(self.transcript), 12)
        self.say("Finished", codec.message(codec.FINISHED, proof))
        self.expect_record(codec.CHANGE_CIPHER_SPEC)
        self.protect_input(server)
        expected = keys.prf(master, b"server finished", keys.digest(self.transcript), 12)
        if self.expect(codec.FINISHED)[4:] != expected:
            raise AssertionError("the server's Finished is wrong")
