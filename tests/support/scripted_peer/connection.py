# SPDX-License-Identifier: Apache-2.0
# One side of a connection: records over a socket, messages, alerts. The script of a row can reach into each step.
import socket
import time

import codec
import keys

PATIENCE_S = 15


class Told(Exception):
    """The other side sent a fatal alert."""


class Ended(Exception):
    """The other side hung up."""


class Stop(Exception):
    """The row has nothing more to say."""


class Connection:
    """script: functions by the name of a step, called when it comes.

        "edit STEP"     f(peer, object): changes a message before it is encoded (those of hellos.py)
        "STEP"          f(peer, data): the whole message; returns what to send instead, or None for nothing
        "before STEP", "after STEP"     f(peer)
        "established"   f(peer): once the handshake is complete

    Any of them may raise Stop. Steps are named as in the RFCs, in camel case."""

    side = peers_side = ""

    def __init__(self, sock, script=None, cut_at=None):
        self._socket = sock
        self._script = script or {}
        self._cut_at = cut_at
        self.sent = 0
        self._arrived = b""
        self._messages = b""
        self.version = codec.TLS1_2
        self.transcript = b""
        self.hello = self.server_hello = None
        self.outgoing = self.incoming = None  # protections
        self._known = []  # earlier protections of what comes: an alert may still be under one of them
        self.alert = None  # the last fatal one that came
        self.closed = False  # close_notify came
        self.data = b""
        self.boundaries = []  # how many bytes were sent when each record began
        sock.settimeout(PATIENCE_S)
        self._deadline = time.monotonic() + PATIENCE_S

    # ---- the script ----

    def call(self, name, *arguments):
        found = self._script.get(name)
        return found(self, *arguments) if found else None

    def say(self, step, built):
        """Sends a message: an object of hellos.py or bytes."""
        self.call(f"before {step}")
        if not isinstance(built, bytes):
            self.call(f"edit {step}", built)
            built = built.encode()
        if step in self._script:
            built = self._script[step](self, built)
        if built:
            self.transcript += built
            self.send(codec.HANDSHAKE, built)
        self.call(f"after {step}")

    def change_cipher_spec(self):
        content = b"\1"
        self.call("before ChangeCipherSpec")
        if "ChangeCipherSpec" in self._script:
            content = self._script["ChangeCipherSpec"](self, content)
        if content:
            self.send(codec.CHANGE_CIPHER_SPEC, content)
        self.call("after ChangeCipherSpec")

    def master(self, secret):
        """The master secret of TLS 1.2; the transcript: up to the ClientKeyExchange."""
        if self.server_hello.extension(codec.EXTENDED_MASTER_SECRET) is not None:
            return keys.prf(secret, b"extended master secret", keys.digest(self.transcript), 48)
        return keys.prf(secret, b"master secret", self.hello.random + self.server_hello.random, 48)

    # ---- sending ----

    def send(self, kind, content, version=codec.TLS1_2):
        """In as many records as it takes, protected when it is time for that."""
        largest = 16384
        for at in range(0, max(len(content), 1), largest):
            part = content[at:at + largest]
            self.send_raw(self.seal(kind, part) if self.outgoing else codec.record(kind, part, version))

    def seal(self, kind, fragment, **words):
        return self.outgoing.seal(kind, fragment, **words)

    def send_raw(self, data):
        self.boundaries.append(self.sent)
        if self._cut_at is not None:
            data = data[:max(self._cut_at - self.sent, 0)]
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            raise Ended from None
        self.sent += len(data)
        if self._cut_at is not None and self.sent >= self._cut_at:
            raise Stop

    def send_alert(self, level, code):
        self.send(codec.ALERT, bytes([level, code]))

    def close(self):
        self.send_alert(codec.WARNING, 0)

    def protect_output(self, protection):
        self.outgoing = protection

    def protect_input(self, protection):
        if self.incoming:
            self._known.append(self.incoming)
        self.incoming = protection

    def update_keys(self, request=0):
        """Our KeyUpdate (RFC 8446 4.6.3)."""
        self.send(codec.HANDSHAKE, codec.message(codec.KEY_UPDATE, bytes([request])))
        self.outgoing = self.outgoing.next()

    # ---- receiving ----

    def _fill(self, size):
        while len(self._arrived) < size:
            if time.monotonic() > self._deadline:
                raise TimeoutError("the other side neither answers nor hangs up")
            try:
                part = self._socket.recv(65536)
            except ConnectionResetError:
                part = b""
            if not part:
                raise Ended
            self._arrived += part

    def receive(self):
        """The next record's type and content, in the clear."""
        self._fill(5)
        header = self._arrived[:5]
        size = int.from_bytes(header[3:], "big")
        self._fill(5 + size)
        body, self._arrived = self._arrived[5:5 + size], self._arrived[5 + size:]
        kind = header[0]
        in_clear = not self.incoming or (
            self.version == codec.TLS1_3 and (kind == codec.CHANGE_CIPHER_SPEC or (kind == codec.ALERT and size == 2)))
        if in_clear:
            return kind, body
        problem = None
        for protection in [self.incoming, *reversed(self._known)]:
            try:
                return protection.open(header, body)
            except Exception as e:  # not under these keys
                problem = problem or e
        if kind == codec.ALERT and size == 2:  # TLS 1.2, whose other side never came to its keys
            return kind, body
        raise problem

    def expect_record(self, *kinds):
        """The next record of one of these types. An alert raises; key updates and tickets are taken in."""
        while True:
            kind, content = self.receive()
            if kind == codec.ALERT:
                self._take_alert(content)
            if kind in kinds:
                return kind, content
            if kind == codec.CHANGE_CIPHER_SPEC and self.version == codec.TLS1_3:
                continue
            raise AssertionError(f"a record of type {kind} instead of {kinds}")

    def _take_alert(self, content):
        level, code = content
        if code == 0:
            self.closed = True
            raise Ended
        if level == codec.FATAL or self.version == codec.TLS1_3:
            self.alert = code
            raise Told

    def expect(self, *kinds):
        """The next handshake message, whole; it is part of the transcript from now on."""
        while True:
            if len(self._messages) >= 4:
                size = 4 + int.from_bytes(self._messages[1:4], "big")
                if len(self._messages) >= size:
                    found, self._messages = self._messages[:size], self._messages[size:]
                    if found[0] not in kinds:
                        raise AssertionError(f"a message of type {found[0]} instead of {kinds}")
                    self.transcript += found
                    return found
            self._messages += self.expect_record(codec.HANDSHAKE)[1]

    def read(self, size):
        """So many bytes of data; what the other side says about keys and tickets is obeyed."""
        while len(self.data) < size:
            kind, content = self.receive()
            if kind == codec.DATA:
                self.data += content
            elif kind == codec.ALERT:
                self._take_alert(content)
            elif kind == codec.HANDSHAKE and content[0] == codec.KEY_UPDATE:
                self.protect_input(self.incoming.next())
        out, self.data = self.data[:size], self.data[size:]
        return out

    # ---- from beginning to end ----

    def handshake(self):
        raise NotImplementedError

    def play(self):
        """The handshake, what the row wants after it, and the end: hangs up, and reads what is still said."""
        try:
            self.handshake()
            self.call("established")
        except (Told, Ended, Stop):
            pass
        except Exception as problem:
            # What the other side did about it is worth more than our complaint.
            self._hang_up()
            self._listen()
            raise AssertionError(f"the scripted peer: {problem!r}, alert {self.alert}") from problem
        self._hang_up()
        self._listen()

    def _hang_up(self):
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _listen(self):
        try:
            while True:
                kind, content = self.receive()
                if kind == codec.ALERT and len(content) == 2:
                    self._take_alert(content)
                elif kind == codec.HANDSHAKE and content[:1] == bytes([codec.KEY_UPDATE]) and self.incoming:
                    self.protect_input(self.incoming.next())
        except (Told, Ended):
            pass
        except TimeoutError:
            raise
        except Exception:  # records under keys that a broken handshake never came to
            pass
        self._drain()

    def _drain(self):
        try:
            while time.monotonic() < self._deadline and self._socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
