# SPDX-License-Identifier: Apache-2.0
# A server and the first ClientHello: no version, suite, group, scheme or protocol in common, and hellos that are wrong.
import codec
from row import *  # noqa: F403

VERSION_REFUSED = refuses(PROTOCOL_VERSION, "no_shared_version")
NOTHING_SHARED = refuses(HANDSHAKE_FAILURE, "no_shared_parameters")
DECODE, ILLEGAL, MISSING, UNEXPECTED = (
    refuses(n) for n in (DECODE_ERROR, ILLEGAL_PARAMETER, MISSING_EXTENSION, UNEXPECTED_MESSAGE))


def hello(name, version, change, outcome, settings=None, **peer):
    script = {"edit ClientHello": edited(change), "established": do(says_hello)}
    return Row(name, version, "server", outcome, script, settings or {}, peer)


def setting(attribute, value):
    return lambda built: setattr(built, attribute, value)


def extension(kind, content):
    return lambda built: built.replace(kind, content)


def without(*kinds):
    return lambda built: [built.remove(kind) for kind in kinds]


def all_of(*changes):
    return lambda built: [change(built) for change in changes]


def versions():
    for name, list_ in (("none that exists", [0x0305, 0x7F1C]), ("TLS 1.0 and 1.1", [0x0302, 0x0301]),
                        ("GREASE only", [0x0A0A])):
        yield hello(f"versions offered: {name}", "1.3", extension(codec.VERSIONS, codec.numbers(list_, 1)),
                    VERSION_REFUSED)
    for legacy in (0x0302, 0x0301, 0x0300, 0x0200, 0x0000):
        yield hello(f"a hello of version {legacy:04x}", "1.2", setting("version", legacy), VERSION_REFUSED)
    yield hello("a client of TLS 1.3 only at a server of TLS 1.2 only", "1.3", lambda h: None, VERSION_REFUSED,
                {"max": "1.2"})
    yield hello("a client of TLS 1.2 only at a server of TLS 1.3 only", "1.2", lambda h: None, VERSION_REFUSED,
                {"min": "1.3"})
    for name, content in (("empty", b"\0"), ("of odd length", b"\3\3\4\3"), ("with something behind it", b"\2\3\4\0"),
                          ("that ends early", b"\4\3\4"), ("without content", b"")):
        yield hello(f"a list of versions {name}", "1.3", extension(codec.VERSIONS, content), DECODE)
    fallback = lambda h: h.suites.append(0x5600)  # noqa: E731
    yield hello("TLS_FALLBACK_SCSV at a server that has TLS 1.3", "1.2", fallback,
                refuses(INAPPROPRIATE_FALLBACK, "no_shared_version"))
    yield hello("TLS_FALLBACK_SCSV at a server of TLS 1.2 only", "1.2", fallback, works(), {"max": "1.2"})
    yield hello("a version that does not exist yet in front", "1.3",
                extension(codec.VERSIONS, codec.numbers([0x0305, 0x0304], 1)), works())
    yield hello("a legacy_version above TLS 1.2", "1.2", setting("version", 0x0399), works())


def suites():
    for name, list_ in (("CBC", [0xC009, 0xC013, 0xC023, 0xC027]), ("NULL", [0xC006, 0xC010, 0x003B, 0x0000]),
                        ("RC4", [0xC007, 0xC011, 0x0005]), ("static RSA", [0x009C, 0x009D, 0x002F]),
                        ("anonymous", [0xC018, 0x00A6, 0x0034]), ("static ECDH", [0xC02D, 0xC031]),
                        ("DHE", [0x009E, 0x00A2]), ("PSK", [0x00A8, 0xD001]), ("3DES", [0xC008, 0xC012, 0x000A]),
                        ("export", [0x0003, 0x0062]), ("no suite but a signal", [0x00FF]), ("GREASE", [0x0A0A, 0xFAFA]),
                        ("TLS 1.3", [0x1301])):
        yield hello(f"suites offered: {name} only", "1.2", setting("suites", list_), NOTHING_SHARED)
    for name, list_ in (("TLS 1.2", [0xC02B, 0xC02F]), ("CCM", [0x1304, 0x1305]), ("GREASE", [0x0A0A])):
        yield hello(f"suites offered: {name} only", "1.3", setting("suites", list_), NOTHING_SHARED)
    yield hello("suites offered: for another kind of key only", "1.2", setting("suites", [codec.RSA_AES_128_GCM]),
                NOTHING_SHARED)
    for version in VERSIONS:
        yield hello("no suites at all", version, setting("suites", []), DECODE)
        yield hello("GREASE among the suites", version, lambda h: h.suites.insert(0, 0x0A0A), works())


def groups():
    for version in VERSIONS:
        for name, list_ in (("GREASE", [0x0A0A]), ("finite fields", [0x0100, 0x0101]),
                            ("weak curves", [0x0013, 0x0015])):
            change = extension(codec.GROUPS, codec.numbers(list_))
            if version == "1.3":
                change = all_of(change, extension(codec.KEY_SHARE, b"\0\0"))
            yield hello(f"groups offered: {name} only", version, change, NOTHING_SHARED)
        for name, content in (("empty", b"\0\0"), ("of odd length", b"\0\3\0\x1d\0"),
                              ("that ends early", b"\0\4\0\x1d")):
            yield hello(f"a list of groups {name}", version, extension(codec.GROUPS, content), DECODE)
    yield hello("no groups, but a key share", "1.3", without(codec.GROUPS), MISSING)
    yield hello("groups, but no key share", "1.3", without(codec.KEY_SHARE), MISSING)


def key_shares():
    def share(content, group=codec.X25519):
        return codec.number(2, group) + codec.vector(2, content)

    def shares(*entries):
        return extension(codec.KEY_SHARE, codec.vector(2, b"".join(entries)))

    good = bytes([9]) + bytes(31)
    point = bytes([4]) + bytes(range(64))
    for name, change, outcome in (
            ("of x25519 is zero", shares(share(bytes(32))), ILLEGAL),
            ("of x25519 is too short", shares(share(bytes(31))), ILLEGAL),
            ("of x25519 is too long", shares(share(bytes(33))), ILLEGAL),
            ("of P-256 is not on the curve", shares(share(point, codec.SECP256R1)), ILLEGAL),
            ("of P-256 is too short", shares(share(point[:-1], codec.SECP256R1)), ILLEGAL),
            ("of P-256 is compressed", shares(share(b"\2" + point[1:33], codec.SECP256R1)), ILLEGAL),
            ("comes twice", shares(share(good), share(good)), ILLEGAL),
            ("is of a group that was not named", shares(share(good), share(bytes([4]) + bytes(96), codec.SECP384R1)),
             ILLEGAL),
            ("is empty", shares(share(b"")), DECODE),
            ("ends early", shares(share(good)[:-1]), DECODE)):
        yield hello(f"a key share {name}", "1.3", change, outcome)
    def extra_shares(count):
        """Of groups that nobody has, in front of the one that counts."""
        unknown = [0x7000 + i for i in range(count - 1)]

        def change(h):
            h.replace(codec.GROUPS, codec.numbers([*unknown, codec.X25519]))
            shares = codec.Reader(h.extension(codec.KEY_SHARE)).vector(2)
            h.replace(codec.KEY_SHARE, codec.vector(2, b"".join(share(b"x", group) for group in unknown) + shares))

        return change

    yield hello("20 key shares", "1.3", extra_shares(20), works())
    for count in (65, 6000):
        yield hello(f"too many key shares #{count}", "1.3", extra_shares(count), refuses(ILLEGAL_PARAMETER, "too_large"))
    yield hello("something behind the key shares", "1.3",
                lambda h: h.replace(codec.KEY_SHARE, h.extension(codec.KEY_SHARE) + b"\0"), DECODE)


def schemes():
    for version in VERSIONS:
        for name, list_ in (("SHA-1", [0x0203, 0x0201]), ("GREASE", [0x0A0A]), ("for other keys", [0x0804, 0x0401])):
            yield hello(f"signature schemes offered: {name} only", version,
                        extension(codec.SIGNATURES, codec.numbers(list_)), NOTHING_SHARED)
        for name, content in (("empty", b"\0\0"), ("of odd length", b"\0\3\4\3\4"), ("that ends early", b"\0\4\4\3")):
            yield hello(f"a list of schemes {name}", version, extension(codec.SIGNATURES, content), DECODE)
    yield hello("no signature schemes: that means SHA-1", "1.2", without(codec.SIGNATURES), NOTHING_SHARED)
    yield hello("no signature schemes", "1.3", without(codec.SIGNATURES), MISSING)
    yield hello("RSA PKCS#1 only, at a server with an RSA key", "1.3",
                extension(codec.SIGNATURES, codec.numbers([codec.RSA_PKCS1])), NOTHING_SHARED,
                {"identity": "server-rsa"})


def application_protocols():
    wants_h2 = {"alpn": ["h2"]}
    for version in VERSIONS:
        yield hello("ALPN without overlap", version, lambda h: None,
                    refuses(NO_APPLICATION_PROTOCOL, "no_application_protocol"), wants_h2, alpn=("http/1.1",))
        for name, content in (("an empty list", b"\0\0"), ("an empty name", b"\0\1\0"), ("nothing", b""),
                              ("a name that ends early", b"\0\3\5h2"), ("something behind the list", b"\0\3\2h2x")):
            yield hello(f"ALPN: {name}", version, extension(codec.ALPN, content), DECODE, wants_h2)


def server_names():
    def name(text, kind=0):
        return extension(codec.SERVER_NAME, codec.vector(2, bytes([kind]) + codec.vector(2, text)))

    for version in VERSIONS:
        for what, change, outcome in (
                ("an empty name", name(b""), DECODE), ("another type", name(b"localhost", 1), DECODE),
                ("an address", name(b"127.0.0.1"), works()), ("an address of IPv6", name(b"::1"), works()),
                ("an address with a dot behind it", name(b"127.0.0.1."), ILLEGAL), ("a zero byte", name(b"local\0host"), ILLEGAL),
                ("an empty list", extension(codec.SERVER_NAME, b"\0\0"), DECODE)):
            yield hello(f"server_name: {what}", version, change, outcome)


def form():
    for version in VERSIONS:
        yield hello("an extension twice", version, lambda h: h.add(codec.GROUPS, h.extension(codec.GROUPS)), ILLEGAL)
        yield hello("an unknown extension twice", version, all_of(*[lambda h: h.add(0x1234)] * 2), ILLEGAL)
        yield hello("something behind the extensions", version, setting("trailing", b"\0"), DECODE)
        yield hello("a session id of 33 bytes", version, setting("session_id", bytes(33)), DECODE)
        yield hello("no compression methods", version, setting("compression", b""), DECODE)
        yield hello("compression offered, and no compression not", version, setting("compression", b"\1"), ILLEGAL)
        yield hello("GREASE extensions", version, lambda h: h.add(0x0A0A), works())
        yield hello("a hello of 60,000 bytes", version, lambda h: h.add(21, bytes(60_000)), works())
        yield hello("a hello above 64 KiB", version,
                    all_of(lambda h: h.add(21, bytes(65_000)), lambda h: setattr(h, "trailing", bytes(600))),
                    refuses(ILLEGAL_PARAMETER, "too_large"))
    yield hello("compression offered beside none", "1.2", setting("compression", b"\1\0"), works())
    yield hello("compression offered beside none", "1.3", setting("compression", b"\1\0"), ILLEGAL)
    yield hello("no extensions at all", "1.2", setting("extensions", []), NOTHING_SHARED)
    psk = codec.vector(2, codec.vector(2, b"ticket") + bytes(4)) + codec.vector(2, codec.vector(1, bytes(32)))
    modes = lambda h: h.add(45, b"\1\1")  # noqa: E731
    yield hello("pre_shared_key without psk_key_exchange_modes", "1.3", lambda h: h.add(codec.PRE_SHARED_KEY, psk),
                MISSING)
    yield hello("pre_shared_key is not the last extension", "1.3",
                all_of(lambda h: h.add(codec.PRE_SHARED_KEY, psk), modes), ILLEGAL)
    yield hello("an unknown ticket", "1.3", all_of(modes, lambda h: h.add(codec.PRE_SHARED_KEY, psk)), works())


def first_messages():
    for version in VERSIONS:
        for kind in (0, 2, 4, 11, 12, 14, 15, 16, 20, 24, 254):
            yield Row(f"another message than a ClientHello comes first #{kind}", version, "server", UNEXPECTED,
                      {"before ClientHello": stop(message(kind, bytes(4)))})
        yield Row("a second ClientHello at once", version, "server", UNEXPECTED,
                  {"after ClientHello": stop(lambda peer: peer.send(codec.HANDSHAKE, peer.hello.encode(),
                                                                    codec.TLS1_2))}, deaf=True)


def rows(full):
    for table in (versions, suites, groups, key_shares, schemes, application_protocols, server_names, form,
                  first_messages):
        yield from table()
