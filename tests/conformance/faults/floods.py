# SPDX-License-Identifier: Apache-2.0
# Floods in the handshake, where there is no data to measure them by, and floods that a record of data ends: whether it
# came along with them or later makes no difference. Also handshakes in pieces, which are none.
import codec
from key_updates import update
from post_handshake import ticket
from row import *  # noqa: F403

FLOOD = refuses(ANY, "too_large", why="no alert says so")
LATE_FLOOD = refuses(ANY, "too_large", at="read", why="no alert says so")
MANY = 9000  # above the records of a handshake
ENOUGH = 200  # above the records without data

# The last message of the peer's first flight in the clear.
CLEAR = {("1.2", "client"): "Certificate", ("1.2", "server"): "ClientKeyExchange"}
# Messages under the keys of the handshake.
SEALED = {"client": "Certificate", "server": "Finished"}


def at_once(count, data):
    """The same record so many times, in one piece."""
    return lambda peer: peer.send_raw(data * count)


def in_the_clear():
    compatible = codec.record(codec.CHANGE_CIPHER_SPEC, b"\1")
    for tested, step in (("client", "EncryptedExtensions"), ("server", "Finished")):
        yield Row("a ChangeCipherSpec twice in the handshake", "1.3", tested, works(),
                  {f"before {step}": at_once(2, compatible), "established": do(says_hello)})
        yield Row("ChangeCipherSpec again and again in the handshake", "1.3", tested, FLOOD,
                  {f"before {step}": at_once(MANY, compatible)})
    for (version, tested), step in CLEAR.items():
        yield Row("empty records again and again in the handshake, in the clear", version, tested, FLOOD,
                  {f"before {step}": at_once(MANY, codec.record(codec.HANDSHAKE, b""))})
        yield Row("warnings again and again in the handshake", version, tested, FLOOD,
                  {f"before {step}": at_once(ENOUGH, codec.record(codec.ALERT, bytes([codec.WARNING, USER_CANCELED])))})
    hello_request = codec.record(codec.HANDSHAKE, codec.message(codec.HELLO_REQUEST, b""))
    yield Row("HelloRequests again and again in the handshake", "1.2", "client", FLOOD,
              {"before Certificate": at_once(MANY, hello_request)})


def under_keys():
    for tested, step in SEALED.items():
        yield Row("user_canceled again and again in the handshake", "1.3", tested, FLOOD,
                  {f"before {step}": times(ENOUGH, alert(codec.WARNING, USER_CANCELED))})


def before_data():
    for tested in ROLES:
        for request in (0, 1):
            asking = ", each asks for one" if request else ""
            yield Row(f"200 KeyUpdates{asking}, and data", "1.3", tested, LATE_FLOOD,
                      ends_with(gathered(*[update(request)] * ENOUGH, says_hello)))
        for version in VERSIONS:
            yield Row("200 empty records of data, and data", version, tested, LATE_FLOOD,
                      ends_with(gathered(*[sealed(codec.DATA, b"")] * ENOUGH, says_hello)))
    yield Row("200 tickets, and data", "1.3", "client", LATE_FLOOD, ends_with(gathered(*[ticket()] * ENOUGH, says_hello)))


def gathered(*actions):
    """What these send, in one piece."""

    def action(peer):
        pieces = []
        send_raw, peer.send_raw = peer.send_raw, pieces.append
        for each in actions:
            each(peer)
        peer.send_raw = send_raw
        send_raw(b"".join(pieces))

    return action


def in_pieces():
    def byte_by_byte(first):
        """So many bytes in the first record, and one in each that follows."""
        def hook(peer, data):
            peer.transcript += data
            peer.send(codec.HANDSHAKE, data[:first])
            for at in range(first, len(data)):
                peer.send(codec.HANDSHAKE, data[at:at + 1])

        return hook

    for version in VERSIONS:
        for tested in ROLES:
            mutual = {} if tested == "client" else {"client_auth": "required", "trust": "root"}
            for name, first in (("a Certificate with a byte in each record", 1),
                                ("a Certificate with a byte in each record but the first", 5)):
                yield Row(name, version, tested, works(),
                          {"Certificate": byte_by_byte(first), "established": do(says_hello)}, mutual,
                          {"identity": "client"} if tested == "server" else {})


def late_messages():
    """After the handshake, a message that says it is 16 MiB long: nobody waits for the rest."""
    for version in VERSIONS:
        for tested in ROLES:
            for kind in (codec.KEY_UPDATE, codec.NEW_SESSION_TICKET, codec.CERTIFICATE):
                yield Row(f"a message that says it is 16 MiB long, after the handshake #{kind}", version, tested,
                          Outcome("read", "protocol_error", ANY, why="unexpected_message or decode_error: both are true"),
                          ends_with(times(130, send(codec.HANDSHAKE, bytes([kind]) + b"\xff\xff\xff" + bytes(16000)))))


def rows(full):
    for table in (in_the_clear, under_keys, before_data, in_pieces, late_messages):
        yield from table()
