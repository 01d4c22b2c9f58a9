# SPDX-License-Identifier: Apache-2.0
# A client and a server that answers what it was not asked, or not in the way it must.
import codec
from row import *  # noqa: F403

DECODE, ILLEGAL, MISSING, UNSUPPORTED, UNEXPECTED = (
    refuses(n) for n in (DECODE_ERROR, ILLEGAL_PARAMETER, MISSING_EXTENSION, UNSUPPORTED_EXTENSION, UNEXPECTED_MESSAGE))
NOBODY_SAYS = "RFC 8446 4.2 forbids it and names no alert"


def answer(name, version, change, outcome, step="ServerHello", settings=None):
    script = {f"edit {step}": edited(change), "established": do(says_hello)}
    return Row(name, version, "client", outcome, script, settings or {})


def setting(attribute, value):
    return lambda built: setattr(built, attribute, value)


def extension(kind, content):
    return lambda built: built.replace(kind, content)


def adds(kind, content=b""):
    return lambda built: built.add(kind, content)


def versions():
    for version in (0x0302, 0x0301, 0x0300, 0x0200):
        yield answer(f"the server chooses the version {version:04x}", "1.2", setting("version", version),
                     refuses(PROTOCOL_VERSION, "no_shared_version"))
    for version in (0x0304, 0x0305):
        yield answer(f"the server chooses the version {version:04x} by the old field", "1.2",
                     setting("version", version),
                     refuses(PROTOCOL_VERSION, "no_shared_version"))
    # RFC 8446 4.2.1
    for version in (0x0302, 0x0303, 0x0305, 0x7F1C):
        yield answer(f"supported_versions says {version:04x}", "1.3",
                     extension(codec.VERSIONS, codec.number(2, version)),
                     ILLEGAL)
    yield answer("supported_versions is a list", "1.3", extension(codec.VERSIONS, b"\2\3\4"), DECODE)
    yield answer("a TLS 1.3 answer with the old field 0x0302", "1.3", setting("version", 0x0302), ILLEGAL)
    yield answer("a TLS 1.2 server at a client of TLS 1.3 only", "1.2", lambda h: None,
                 refuses(PROTOCOL_VERSION, "no_shared_version"), settings={"min": "1.3"})
    yield answer("a TLS 1.3 server at a client of TLS 1.2 only", "1.2", adds(codec.VERSIONS, b"\3\4"),
                 refuses((UNSUPPORTED_EXTENSION, ILLEGAL_PARAMETER),
                         why="whether supported_versions was offered with TLS 1.2 in it"),
                 settings={"max": "1.2"})
    # RFC 8446 4.1.3
    for end in (codec.DOWNGRADE_TO_1_2, codec.DOWNGRADE_TO_1_1):
        yield answer(f"the random number says that TLS 1.3 was possible, {end[-1]}", "1.2",
                     lambda h, end=end: setattr(h, "random", h.random[:-8] + end), ILLEGAL)
    yield answer("the random number says what a client of TLS 1.2 need not mind", "1.2",
                 lambda h: setattr(h, "random", h.random[:-8] + codec.DOWNGRADE_TO_1_2), works(),
                 settings={"max": "1.2"})


def suites():
    for name, version, suite in (
            ("TLS_AES_128_CCM_SHA256", "1.3", 0x1304), ("one of TLS 1.2", "1.3", 0xC02B), ("GREASE", "1.3", 0x0A0A),
            ("CBC", "1.2", 0xC009), ("NULL", "1.2", 0xC006), ("RC4", "1.2", 0xC007), ("static RSA", "1.2", 0x009C),
            ("anonymous", "1.2", 0xC018), ("0000", "1.2", 0x0000), ("GREASE", "1.2", 0x0A0A),
            ("one of TLS 1.3", "1.2", 0x1301), ("a signal", "1.2", 0x00FF)):
        yield answer(f"the server chooses a suite that was not offered: {name}", version, setting("suite", suite),
                     ILLEGAL)


def form():
    for version in VERSIONS:
        yield answer("the server chooses compression", version, setting("compression", 1), ILLEGAL)
        yield answer("something behind the ServerHello", version, setting("trailing", b"\0"), DECODE)
        yield answer("an unknown extension in the ServerHello", version, adds(0x1234), UNSUPPORTED)
        yield answer("a session id of 33 bytes", version, setting("session_id", bytes(33)), DECODE)
        yield answer("GREASE that was not offered in the ServerHello", version, adds(0x0A0A), UNSUPPORTED)
    yield answer("another session id than the client's", "1.3", setting("session_id", bytes(32)), ILLEGAL)
    yield answer("an extension of the ServerHello twice", "1.3", lambda h: h.add(*h.extensions[0]),
                 refuses((ILLEGAL_PARAMETER, DECODE_ERROR), why=NOBODY_SAYS))
    yield answer("an extension of the ServerHello twice", "1.2", adds(codec.EXTENDED_MASTER_SECRET),
                 refuses((ILLEGAL_PARAMETER, DECODE_ERROR), why="RFC 5246 7.4.1.4 forbids it and names no alert"))
    yield answer("extended_master_secret with something in it", "1.2", extension(codec.EXTENDED_MASTER_SECRET, b"\0"),
                 DECODE)
    yield answer("no extended_master_secret", "1.2", lambda h: h.remove(codec.EXTENDED_MASTER_SECRET), works())
    # RFC 5746 3.4 and 4.1
    yield answer("renegotiation_info that is not empty", "1.2", extension(codec.RENEGOTIATION, b"\1x"),
                 refuses(HANDSHAKE_FAILURE))
    yield answer("no renegotiation_info", "1.2", lambda h: h.remove(codec.RENEGOTIATION), refuses(HANDSHAKE_FAILURE))
    yield answer("point formats without the one there is", "1.2", adds(codec.POINT_FORMATS, b"\1\1"), ILLEGAL)


def encrypted_extensions():
    def encrypted(name, change, outcome, **rest):
        return answer(f"EncryptedExtensions: {name}", "1.3", change, outcome, "EncryptedExtensions", **rest)

    yield encrypted("one that is unknown", adds(0x1234), UNSUPPORTED)
    yield encrypted("a key share", adds(codec.KEY_SHARE, b"\0\x1d\0\0"), ILLEGAL)
    yield encrypted("supported_versions", adds(codec.VERSIONS, b"\3\4"), ILLEGAL)
    yield encrypted("signature_algorithms", adds(codec.SIGNATURES, codec.numbers([0x0403])), ILLEGAL)
    yield encrypted("early_data, which was not asked for", adds(codec.EARLY_DATA), UNSUPPORTED)
    yield encrypted("server_name with something in it", adds(codec.SERVER_NAME, b"x"), DECODE)
    yield encrypted("one twice", lambda e: [e.add(codec.SERVER_NAME), e.add(codec.SERVER_NAME)],
                    refuses((ILLEGAL_PARAMETER, DECODE_ERROR), why=NOBODY_SAYS))
    yield encrypted("something behind them", setting("trailing", b"\0"), DECODE)
    yield encrypted("the server's groups", adds(codec.GROUPS, codec.numbers([codec.X25519])), works())


def application_protocols():
    def protocol(*names):
        return codec.vector(2, b"".join(codec.vector(1, name) for name in names))

    for version in VERSIONS:
        step = "EncryptedExtensions" if version == "1.3" else "ServerHello"
        for name, content, outcome in (
                ("one that was not offered", protocol(b"http/1.1"), ILLEGAL), ("two", protocol(b"h2", b"h2"), DECODE),
                ("none", b"\0\0", DECODE), ("an empty one", b"\0\1\0", DECODE), ("nothing", b"", DECODE)):
            yield answer(f"ALPN: the server chooses {name}", version, adds(codec.ALPN, content), outcome, step,
                         {"alpn": ["h2"]})
        yield answer("ALPN that was not asked for", version, adds(codec.ALPN, protocol(b"h2")), UNSUPPORTED, step)
        yield answer("ALPN: the server chooses what was offered", version, adds(codec.ALPN, protocol(b"h2")), works(),
                     step,
                     {"alpn": ["h2"]})


def key_shares():
    def share(content, group=codec.X25519):
        return extension(codec.KEY_SHARE, codec.number(2, group) + codec.vector(2, content))

    point = bytes([4]) + bytes(range(64))
    for name, change, outcome in (
            ("of a group that was not offered", share(bytes([4]) + bytes(96), codec.SECP384R1), ILLEGAL),
            ("of a group that does not exist", share(bytes(32), 0x0A0A), ILLEGAL),
            ("of a group that the client sent no share of", share(point, codec.SECP256R1), ILLEGAL),
            ("that is zero", share(bytes(32)), ILLEGAL), ("that is too short", share(bytes(31)), ILLEGAL),
            ("that is too long", share(bytes(33)), ILLEGAL), ("that is empty", share(b""), DECODE)):
        yield answer(f"a key share {name}", "1.3", change, outcome)
    yield answer("no key share", "1.3", lambda h: h.remove(codec.KEY_SHARE), MISSING)

    def exchange(change):
        return body(lambda content: change(content, 4 + content[3]))

    for name, change, outcome in (
            ("of a group that was not offered", lambda b, end: b[:1] + b"\0\x18" + b[3:], ILLEGAL),
            ("of a group that does not exist", lambda b, end: b[:1] + b"\x0a\x0a" + b[3:], ILLEGAL),
            ("with a curve of its own", lambda b, end: b"\1" + b[1:], ILLEGAL),
            ("that is zero", lambda b, end: b[:4] + bytes(32) + b[end:], ILLEGAL),
            ("that is too short", lambda b, end: b[:3] + b"\x1f" + b[5:], ILLEGAL),
            ("that ends early", lambda b, end: b[:20], DECODE),
            ("with something behind it", lambda b, end: b + b"\0", DECODE)):
        yield Row(f"a ServerKeyExchange {name}", "1.2", "client", outcome, {"ServerKeyExchange": exchange(change)})


def rows(full):
    for table in (versions, suites, form, encrypted_extensions, application_protocols, key_shares):
        yield from table()
