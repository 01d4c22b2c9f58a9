# SPDX-License-Identifier: Apache-2.0
# A row of the catalogue: what a scripted peer does, and what the side under test must make of it. Whichever library it
# has: the same call, errc and cert_errc, and the same alert unless the row says why not.
import dataclasses
import pathlib
import socket
import sys

tests = pathlib.Path(__file__).resolve().parents[2]
sys.path += [str(tests / "interop"), str(tests / "support" / "scripted_peer"), str(tests / "pairs")]

import codec  # noqa: E402
import keys  # noqa: E402
from client import Client  # noqa: E402
from connection import Stop  # noqa: E402
from server import Server  # noqa: E402
from tap import equal  # noqa: E402

CERTS = tests.parent / "certs"
VERSIONS = ("1.2", "1.3")
ROLES = ("client", "server")
NUMBERS = {"1.2": codec.TLS1_2, "1.3": codec.TLS1_3}

# RFC 8446 6, by name.
UNEXPECTED_MESSAGE, BAD_RECORD_MAC, RECORD_OVERFLOW, HANDSHAKE_FAILURE = 10, 20, 22, 40
BAD_CERTIFICATE, UNSUPPORTED_CERTIFICATE, ILLEGAL_PARAMETER, UNKNOWN_CA = 42, 43, 47, 48
DECODE_ERROR, DECRYPT_ERROR, PROTOCOL_VERSION, INAPPROPRIATE_FALLBACK = 50, 51, 70, 86
USER_CANCELED, NO_RENEGOTIATION = 90, 100
MISSING_EXTENSION, UNSUPPORTED_EXTENSION, CERTIFICATE_REQUIRED, NO_APPLICATION_PROTOCOL = 109, 110, 116, 120
ANY = "any"


@dataclasses.dataclass
class Outcome:
    """at: the call that reports it. alert: its number; None: there is none; several: the RFC allows them and libraries
    differ; ANY: it differs and no RFC names one. why: the reason for either."""

    at: str
    code: str = "protocol_error"
    alert: object = None
    cert: str = "none"
    origin: str = "local"
    why: str = ""


def refuses(alert, code="protocol_error", at="handshake", cert="none", why=""):
    """The side under test decides, and tells the peer by an alert."""
    assert isinstance(alert, (int, type(None))) or why, "several alerts need a reason"
    return Outcome(at, code, alert, cert, why=why)


def is_told(alert, at="handshake"):
    """The peer decided."""
    return Outcome(at, "alert_received", alert, origin="peer")


def is_cut_off(at="handshake"):
    return Outcome(at, "truncated", origin="peer")


def works(at="read"):
    """Nothing is wrong; five bytes come after it. at read_end: nothing but the peer's close_notify does."""
    return Outcome(at, "")


@dataclasses.dataclass
class Row:
    name: str
    version: str
    tested: str
    outcome: Outcome
    # Functions by the name of a step of the scripted peer: connection.py.
    script: dict = dataclasses.field(default_factory=dict)
    settings: dict = dataclasses.field(default_factory=dict)
    # Arguments of the scripted peer; an identity by its name in certs/.
    peer: dict = dataclasses.field(default_factory=dict)
    # It stops before it has the keys under which an alert would come: what is on the wire is not compared.
    deaf: bool = False
    # An alert that is sent before the one that is reported: differs.py.
    on_the_wire: object = None
    # The side under test is fed so many bytes at a time.
    chunk: int = 0
    # The error that was seen.
    seen: object = None
    # What the side under test does, when it is not the handshake and the call of the outcome.
    steps: tuple = ()
    # A feature without which the row says nothing.
    needs: str = ""

    @property
    def sentence(self):
        return f"{self.tested}, TLS {self.version}: {self.name}"

    def request(self):
        settings = {"role": self.tested, "groups": ["x25519", "secp256r1"]}
        if self.tested == "client":
            settings["trust"] = "root"
        else:
            settings["identity"] = "server"
        settings.update(self.settings)
        return {"settings": settings, "steps": [dict(step) for step in self.all_steps()], "neighbour": True,
                "names": {"server_name": "localhost"} if self.tested == "client" else {}}

    def all_steps(self):
        at = self.outcome.at
        last = {"handshake": (), "read": ({"do": "read", "size": 5},)}.get(at, ({"do": at},))
        return self.steps or ({"do": "handshake"}, *last)

    def scripted(self, sock):
        words = dict(self.peer)
        if isinstance(words.get("identity"), str):
            words["identity"] = identity(words["identity"])
        if self.tested == "client":
            words.setdefault("identity", identity("server"))
            return Server(sock, NUMBERS[self.version], script=self.script, **words)
        return Client(sock, NUMBERS[self.version], script=self.script, **words)

    def run(self, program):
        """program: a peers.Peer."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            pieces = {"chunk": self.chunk} if self.chunk else {}
            program.ask({**self.request(), **pieces, "patience_ms": 15_000}, theirs)
            theirs.close()
            peer = self.scripted(ours)
            complaint = None
            try:
                peer.play()
            except (AssertionError, TimeoutError) as problem:
                complaint = problem
            ours.close()
            seen = program.answer()
        if "broken" in seen:
            raise AssertionError(f"{self.sentence}: {seen['broken']}")
        self.check(seen, peer)
        # A peer that is left without an alert cannot know what went wrong.
        if complaint is not None and (not self.outcome.code or self.outcome.alert is not None):
            raise complaint

    def check(self, seen, peer):
        story = "; ".join(brief(step) for step in seen["steps"])
        where = f"{self.sentence}: {story}; the alert that came: {peer.alert}"
        failed = [step for step in seen["steps"] if "error" in step]
        self.seen = failed[0]["error"] if failed else None
        if not self.outcome.code:
            equal([step["do"] for step in seen["steps"]], [step["do"] for step in self.all_steps()], f"{where}\ncalls")
            equal(failed, [], f"{where}\nfailed calls")
            return
        if not failed:
            raise AssertionError(f"{where}\nno call failed, {self.outcome} was expected")
        error = failed[0]["error"]
        equal((failed[0]["do"], error["code"], error["cert"], error["origin"]),
              (self.outcome.at, self.outcome.code, self.outcome.cert, self.outcome.origin), f"{where}\noutcome")
        allowed = self.outcome.alert
        if allowed != ANY and error["alert"] not in (allowed if isinstance(allowed, tuple) else (allowed,)):
            raise AssertionError(f"{where}\nalert: expected {allowed}, got {error['alert']}")
        if self.outcome.origin == "local" and not self.deaf:
            equal(peer.alert, self.on_the_wire or error["alert"],
                  f"{where}\nthe alert on the wire, against the one that is reported")


_identities = {}


def identity(name):
    if name not in _identities:
        _identities[name] = keys.Identity(CERTS, name)
    return _identities[name]


def brief(step):
    error = step.get("error")
    if error is None:
        return f"{step['do']} ok"
    return "{do}: {code} {cert} alert={alert} origin={origin}: {message} [{native_code}]".format(do=step["do"], **error)


# ---- scripts ----


def stop(*actions):
    """A hook that does this and ends the script."""

    def hook(peer, *_):
        for action in actions:
            action(peer)
        raise Stop

    return hook


def do(*actions):
    """A hook that does this and goes on."""

    def hook(peer, *_):
        for action in actions:
            action(peer)

    return hook


def instead(*actions):
    """In place of a step."""
    return stop(*actions)


def says_hello(peer):
    """Data, as a row expects it that nothing stops."""
    peer.send(codec.DATA, b"hello")


def send(kind, content, **words):
    return lambda peer: peer.send(kind, content, **words)


def raw(data):
    return lambda peer: peer.send_raw(data)


def alert(level, code):
    return lambda peer: peer.send_alert(level, code)


def message(kind, body=b""):
    return send(codec.HANDSHAKE, codec.message(kind, body))


def sealed(kind, fragment, **words):
    """A record of its own under the keys of the moment; words: keys.py."""
    return lambda peer: peer.send_raw(peer.seal(kind, fragment, **words))


def times(count, action):
    def repeat(peer):
        for _ in range(count):
            action(peer)

    return repeat


def omit(_peer, _data):
    return None


def flip_last(_peer, data):
    return data[:-1] + bytes([data[-1] ^ 1])


def edited(change):
    """A hook for "edit STEP"."""
    return lambda _peer, built: change(built)


def body(change):
    """A hook for a step: changes the message's body, and its length with it."""
    return lambda _peer, data: codec.message(data[0], change(data[4:]))


def ends_with(*more):
    """The script after the handshake."""
    return {"established": do(*more)}
