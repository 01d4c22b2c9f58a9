# SPDX-License-Identifier: Apache-2.0
# The messages that rows like to change, as objects: a ClientHello, a ServerHello and whatever else has extensions.
import os

import codec


class WithExtensions:
    """extensions: a list of (type, content), in order, which may say anything."""

    def __init__(self, extensions):
        self.extensions = list(extensions)

    def extension(self, kind):
        return dict(self.extensions).get(kind)

    def add(self, kind, content=b""):
        self.extensions.append((kind, content))

    def remove(self, kind):
        self.extensions = [pair for pair in self.extensions if pair[0] != kind]

    def replace(self, kind, content):
        """In its place; added when it is not there."""
        if self.extension(kind) is None:
            self.add(kind, content)
        self.extensions = [(k, content if k == kind else c) for k, c in self.extensions]

    def encode_extensions(self):
        return codec.extensions(self.extensions)


class ClientHello(WithExtensions):
    def __init__(self, extensions, suites, session_id=b"", random=None):
        super().__init__(extensions)
        self.version = codec.TLS1_2
        self.random = random or os.urandom(32)
        self.session_id = session_id
        self.suites = list(suites)
        self.compression = b"\0"
        self.trailing = b""

    def encode(self):
        return codec.message(
            codec.CLIENT_HELLO,
            codec.number(2, self.version) + self.random + codec.vector(1, self.session_id) + codec.numbers(self.suites)
            + codec.vector(1, self.compression) + (self.encode_extensions() if self.extensions else b"")
            + self.trailing)

    @classmethod
    def decode(cls, data):
        """data: a whole message."""
        reader = codec.Reader(data[4:])
        version, random, session_id = reader.number(2), reader.take(32), reader.vector(1)
        suites, compression = reader.numbers(), reader.vector(1)
        hello = cls(reader.extensions(), suites, session_id, random)
        hello.version, hello.compression = version, compression
        return hello

    def shares(self):
        """The key shares: group to bytes."""
        reader = codec.Reader(codec.Reader(self.extension(codec.KEY_SHARE)).vector(2))
        found = {}
        while reader.rest:
            group = reader.number(2)
            found[group] = reader.vector(2)
        return found


class ServerHello(WithExtensions):
    """A HelloRetryRequest too: its random says so."""

    def __init__(self, extensions, suite, session_id=b"", random=None):
        super().__init__(extensions)
        self.version = codec.TLS1_2
        self.random = random or os.urandom(32)
        self.session_id = session_id
        self.suite = suite
        self.compression = 0
        self.trailing = b""

    def encode(self):
        return codec.message(
            codec.SERVER_HELLO,
            codec.number(2, self.version) + self.random + codec.vector(1, self.session_id) + codec.number(2, self.suite)
            + codec.number(1, self.compression) + (self.encode_extensions() if self.extensions else b"")
            + self.trailing)

    @classmethod
    def decode(cls, data):
        reader = codec.Reader(data[4:])
        version, random, session_id = reader.number(2), reader.take(32), reader.vector(1)
        suite, compression = reader.number(2), reader.number(1)
        hello = cls(reader.extensions(), suite, session_id, random)
        hello.version, hello.compression = version, compression
        return hello


class EncryptedExtensions(WithExtensions):
    trailing = b""

    def encode(self):
        return codec.message(codec.ENCRYPTED_EXTENSIONS, self.encode_extensions() + self.trailing)


class CertificateRequest(WithExtensions):
    """TLS 1.3."""

    context = b""

    def encode(self):
        return codec.message(codec.CERTIFICATE_REQUEST, codec.vector(1, self.context) + self.encode_extensions())


class CertificateMessage:
    """chain: DER certificates. In TLS 1.3 each may have extensions: extras, by number."""

    def __init__(self, version, chain):
        self.version = version
        self.chain = list(chain)
        self.context = b""
        self.extras = {}
        self.trailing = b""

    def encode(self):
        entries = b""
        for at, der in enumerate(self.chain):
            entries += codec.vector(3, der)
            if self.version == codec.TLS1_3:
                entries += codec.extensions(self.extras.get(at, []))
        context = codec.vector(1, self.context) if self.version == codec.TLS1_3 else b""
        return codec.message(codec.CERTIFICATE, context + codec.vector(3, entries) + self.trailing)
