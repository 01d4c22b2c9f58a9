#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes files/ and expected.txt: what credentials and trust stores are loaded from, and what must come of it.

    tests/conformance/loaders/generate.py

Needs python3-cryptography. The same bytes every time, but for rsa-SIZE.key when it is not there. Tests only read what it
wrote. A row is made where its file is made, so that both are seen together."""

import pathlib
import shutil

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, x25519

import keys
import sealed
from der import (CA_TRUE, SERVER_AUTH, bits, certificate, extension, integer, name, null, octets, oid, pem, seq, tlv)

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files"
rows = []


def write(file, content):
    (FILES / file).write_bytes(content if isinstance(content, bytes) else content.encode())


def row(loader, file, partner, expected, passphrase=None):
    given = "-" if passphrase is None else f'"{passphrase}"'
    rows.append(" | ".join([loader, file, partner, given, expected]))


def chain(file, content, expected, key="p256.key"):
    write(file, content)
    row("chain", file, key, expected)


def key(file, content, expected, passphrase=None, certificate="p256.crt"):
    write(file, content)
    row("key", file, certificate, expected, passphrase)


def trust(file, content, expected):
    write(file, content)
    row("trust", file, "-", expected)


ISSUER = name("tlseam loaders CA")
SIGNER = ec.derive_private_key(0x5EA1, ec.SECP256R1())
CA = certificate(ISSUER, keys.ec_key(scalar=0x5EA1)[1], SIGNER, ISSUER, [CA_TRUE])


def leaf(spki, subject="server", extensions=(SERVER_AUTH,)):
    return certificate(name(subject), spki, SIGNER, ISSUER, list(extensions))


P256, P256_SPKI, POINT = keys.ec_key()
LEAF = leaf(P256_SPKI)
CRT, KEY, CA_CRT = pem("CERTIFICATE", LEAF), pem("PRIVATE KEY", P256), pem("CERTIFICATE", CA)
OTHER = keys.ec_key(scalar=keys.SCALAR + 1)
P256_ALGORITHM = seq(oid(keys.EC), oid(keys.CURVES["p256"]))
SEC1 = keys.sec1(keys.scalar_bytes(keys.SCALAR), oid(keys.CURVES["p256"]), POINT)
REQUEST = pem("CERTIFICATE REQUEST", seq(seq(integer(0)), seq(oid("1.2.840.10045.4.3.2")), bits(bytes(70))))
PARAMETERS = pem("EC PARAMETERS", oid(keys.CURVES["p256"]))
PKCS7 = pem("PKCS7", seq(oid("1.2.840.113549.1.7.2"), tlv(0xA0, seq(integer(1)))))
PUBLIC = pem("PUBLIC KEY", P256_SPKI)
DH = pem("DH PARAMETERS", seq(integer(2**2047 + 1), integer(2)))
CRL = pem("X509 CRL", seq(seq(integer(1)), seq(oid("1.2.840.10045.4.3.2")), bits(bytes(70))))
P12 = seq(integer(3), seq(oid("1.2.840.113549.1.7.1"), tlv(0xA0, octets(seq()))))


def same_in_both(stem, text_of, crt_expected, key_expected):
    """What an editor or a transfer does to a text, for a chain and for a key; trust stores read as chains do."""
    changed = text_of(CRT)
    chain(f"{stem}.crt", changed, crt_expected)
    row("trust", f"{stem}.crt", "-", crt_expected)
    key(f"{stem}.key", text_of(KEY), key_expected)


def wrapped(text, change):
    """Changes what stands between BEGIN and END."""
    first, *body, last = text.strip().split("\n")
    return "\n".join([first, *change(body), last, ""])


def spoil(at, character):
    return lambda t: wrapped(t, lambda b: [b[0][:at] + character + b[0][at + 1:], *b[1:]])


def text_forms():
    bad = ("malformed_certificate", "malformed_key")
    none = ("no_certificate", "no_private_key")
    good = ("ok", "ok")
    for stem, change, expected in [
        ("plain", lambda t: t, good),
        ("empty", lambda t: "", none),
        ("blank", lambda t: " \t\n\n  \r\n", none),
        ("crlf", lambda t: t.replace("\n", "\r\n"), good),
        ("lone-cr", lambda t: t.replace("\n", "\r"), good),
        ("mixed-line-ends", lambda t: t.replace("\n", "\r\n", 1).replace("-\n", "-\r"), good),
        ("bom", lambda t: "\ufeff" + t, good),
        ("utf16-le", lambda t: t.encode("utf-16"), none),
        ("utf16-be", lambda t: b"\xfe\xff" + t.encode("utf-16-be"), none),
        ("text-around", lambda t: "Bag Attributes\n    friendlyName: x\n" + t + "the end\n", good),
        ("nul-before", lambda t: "\0\0\n" + t, good),
        ("nul-behind", lambda t: t + "\0", good),
        ("nul-in-base64", spoil(10, "\0"), bad),
        ("blank-lines", lambda t: t.replace("\n", "\n\n"), good),
        ("trailing-blanks", lambda t: t.replace("\n", " \t \n"), good),
        ("leading-blanks", lambda t: wrapped(t, lambda b: [" " + line for line in b]), bad),
        ("indented", lambda t: "  " + t.replace("\n", "\n  "), none),
        ("one-line", lambda t: wrapped(t, lambda b: ["".join(b)]), good),
        ("short-lines", lambda t: wrapped(t, lambda b: list("".join(b))), good),
        ("long-text-line", lambda t: "x" * 20000 + "\n" + t, good),
        ("header", lambda t: wrapped(t, lambda b: ["Comment: mine", "", *b]), good),
        ("header-no-blank", lambda t: wrapped(t, lambda b: ["Comment: mine", *b]), bad),
        ("no-end", lambda t: t[:t.index("-----END")], bad),
        ("half-end", lambda t: t[:t.index("-----END") + 12], bad),
        ("no-begin", lambda t: t[t.index("\n") + 1:], none),  # no line begins a block: not taken for PEM at all
        ("four-dashes", lambda t: t.replace("-----\n", "----\n", 1), bad),
        ("lower-case", lambda t: wrapped(t, lambda b: b).replace("BEGIN", "begin").replace("END", "end"), none),
        ("other-end", lambda t: t.replace("END ", "END X"), bad),
        ("no-body", lambda t: wrapped(t, lambda b: []), bad),
        ("bad-character", spoil(10, "!"), bad),
        ("url-base64", spoil(10, "_"), bad),
        ("non-ascii", spoil(10, "\u00e9"), bad),
        ("padding-inside", spoil(10, "="), bad),
        ("padding-missing", lambda t: wrapped(t, lambda b: [*b[:-1], b[-1][:-1]]), bad),
        ("padding-three", lambda t: wrapped(t, lambda b: [*b, "==="]), bad),
        ("checksum", lambda t: wrapped(t, lambda b: [*b, "=AAAA"]), bad),
        ("line-lost", lambda t: wrapped(t, lambda b: [*b[:1], *b[2:]]), bad),
        ("line-twice", lambda t: wrapped(t, lambda b: [b[0], *b]), bad),
        ("inside-another", lambda t: t.split("\n")[0] + "\n" + t, bad),
        ("html", lambda t: "<html><body>404 not found</body></html>\n", none),
    ]:
        same_in_both(stem, change, *expected)


def other_blocks():
    """Blocks that are not asked for are passed over, wherever they stand."""
    others = {"request": REQUEST, "crl": CRL, "public-key": PUBLIC, "dh-parameters": DH, "ec-parameters": PARAMETERS,
              "pkcs7": PKCS7, "pkcs12-in-pem": pem("PKCS12", P12)}
    for stem, other in others.items():
        chain(f"only-{stem}.pem", other, "no_certificate")
        row("trust", f"only-{stem}.pem", "-", "no_certificate")
        row("key", f"only-{stem}.pem", "p256.crt", "no_private_key")
        key(f"{stem}-before.key", other + KEY, "ok")
        chain(f"{stem}-before.crt", other + CRT, "ok")
        row("trust", f"{stem}-before.crt", "-", "ok")
    trusted = pem("TRUSTED CERTIFICATE", LEAF + seq())
    chain("trusted.crt", trusted, "no_certificate")
    row("trust", "trusted.crt", "-", "no_certificate")
    chain("x509.crt", pem("X509 CERTIFICATE", LEAF), "ok")
    chain("labelled-key.crt", pem("PRIVATE KEY", LEAF), "no_certificate")
    chain("labelled-nothing.crt", pem("", LEAF), "no_certificate")
    chain("key-as-certificate.crt", pem("CERTIFICATE", P256), "malformed_certificate")
    chain("request-as-certificate.crt", pem("CERTIFICATE", seq(seq(integer(0)), seq(), bits(b""))),
          "malformed_certificate")
    chain("pkcs12.p12", P12, "malformed_certificate")
    row("trust", "pkcs12.p12", "-", "malformed_certificate")
    row("key", "pkcs12.p12", "p256.crt", "malformed_key")
    key("certificate-as-key.key", pem("PRIVATE KEY", LEAF), "malformed_key")
    key("certificate.der.key", LEAF, "malformed_key")
    key("openssh.key", pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\0"), "unsupported_key")
    key("dsa-label.key", pem("DSA PRIVATE KEY", seq(*(integer(i) for i in range(6)))), "unsupported_key")
    key("any.key", pem("ANY PRIVATE KEY", P256), "unsupported_key")
    key("sec1-as-rsa.key", pem("RSA PRIVATE KEY", SEC1), "malformed_key")
    key("pkcs8-as-sec1.key", pem("EC PRIVATE KEY", P256), "malformed_key")
    key("sec1-as-pkcs8.key", pem("PRIVATE KEY", SEC1), "malformed_key")
    key("plain-as-encrypted.key", pem("ENCRYPTED PRIVATE KEY", P256), "malformed_key", "tlseam")
    key("encrypted-as-plain.key", pem("PRIVATE KEY", sealed.seal(P256)), "malformed_key", "tlseam")


def sets_of_blocks():
    other = pem("PRIVATE KEY", OTHER[0])
    chain("with-ca.crt", CRT + CA_CRT, "ok")
    chain("ca-first.crt", CA_CRT + CRT, "key_mismatch")
    chain("leaf-twice.crt", CRT + CRT, "ok")
    chain("ca-twice.crt", CRT + CA_CRT + CA_CRT, "ok")
    chain("unrelated.crt", CRT + pem("CERTIFICATE", leaf(OTHER[1], "other")), "ok")
    chain("key-between.crt", CRT + KEY + CA_CRT, "ok", "key-between.crt")
    chain("key-before.crt", KEY + CRT, "ok", "key-before.crt")
    chain("key-behind.crt", CRT + KEY, "ok", "key-behind.crt")
    chain("broken-second.crt", CRT + pem("CERTIFICATE", b"\x30\x00"), "malformed_certificate")
    chain("broken-first.crt", pem("CERTIFICATE", b"\x30\x00") + CRT, "malformed_certificate")
    chain("broken-other-block.crt", CRT + "-----BEGIN X-----\n???\n-----END X-----\n", "malformed_certificate")
    chain("end-too-many.crt", CRT + "-----END CERTIFICATE-----\n", "malformed_certificate")
    chain("two.der", LEAF + CA, "ok")
    chain("many.crt", CRT + CA_CRT * 30, "ok")
    trust("bundle.crt", CRT + CA_CRT, "ok")
    trust("bundle-broken.crt", CA_CRT + pem("CERTIFICATE", LEAF[:-1]), "malformed_certificate")
    trust("bundle-twice.crt", CA_CRT + CA_CRT, "ok")
    trust("bundle-with-key.crt", KEY + CA_CRT, "ok")
    key("same-key-twice.key", KEY + KEY, "malformed_key")
    key("two-keys.key", KEY + other, "malformed_key")
    key("two-keys-one-encrypted.key", KEY + pem("ENCRYPTED PRIVATE KEY", sealed.seal(P256)), "malformed_key")
    key("other.key", other, "key_mismatch")
    key("key-and-broken-block.key", KEY + "-----BEGIN X-----\n???\n-----END X-----\n", "malformed_key")


def relength(der, encode):
    """The outermost element with another spelling of its length."""
    header = 2 if der[1] < 0x80 else 2 + (der[1] & 0x7F)
    return der[:1] + encode(len(der) - header) + der[header:]


def der_forms():
    for stem, change, good in [
        ("plain", lambda d: d, True),
        ("trailing-zero", lambda d: d + b"\0", False),
        ("trailing-newline", lambda d: d + b"\n", False),
        ("trailing-element", lambda d: d + null(), False),
        ("long-length", lambda d: relength(d, lambda n: b"\x84" + n.to_bytes(4, "big")), False),
        ("five-byte-length", lambda d: relength(d, lambda n: b"\x85" + n.to_bytes(5, "big")), False),
        ("huge-length", lambda d: relength(d, lambda n: b"\x84\xff\xff\xff\xff"), False),
        ("huge-length-8", lambda d: relength(d, lambda n: b"\x88" + b"\xff" * 8), False),
        ("reserved-length", lambda d: relength(d, lambda n: b"\xff"), False),
        ("indefinite", lambda d: relength(d, lambda n: b"\x80") + b"\0\0", False),
        ("too-short", lambda d: relength(d, lambda n: b"\x82" + (n - 1).to_bytes(2, "big")), False),
        ("too-long", lambda d: relength(d, lambda n: b"\x82" + (n + 1).to_bytes(2, "big")), False),
        ("empty-sequence", lambda d: b"\x30\x00", False),
        ("only-tag", lambda d: b"\x30", False),
        ("nested", lambda d: b"\x30\x80" * 5000, False),
        ("in-octets", lambda d: octets(d), None),  # does not begin as a sequence does: nothing is found
        ("set", lambda d: b"\x31" + d[1:], None),
    ]:
        crt = "ok" if good else "no_certificate" if good is None else "malformed_certificate"
        chain(f"{stem}.der", change(LEAF), crt)
        row("trust", f"{stem}.der", "-", crt)
        key_expected = "ok" if good else "no_private_key" if good is None else "malformed_key"
        key(f"{stem}.key.der", change(P256), key_expected)
        if good is not None:
            chain(f"{stem}-in-pem.crt", pem("CERTIFICATE", change(LEAF)), crt)
            key(f"{stem}-in-pem.key", pem("PRIVATE KEY", change(P256)), key_expected)
            key(f"{stem}-sec1.key", pem("EC PRIVATE KEY", change(SEC1)), key_expected)


def encryption():
    def sealed_key(stem, der, expected, passphrase="tlseam"):
        key(f"sealed-{stem}.key", pem("ENCRYPTED PRIVATE KEY", der), expected, passphrase)

    for hash_name in sealed.PRFS:
        for key_bits in sealed.AES_CBC:
            stem = f"{hash_name}-aes{key_bits}"
            sealed_key(stem, sealed.seal(P256, hash_name=hash_name, key_bits=key_bits), "ok")
            row("key", f"sealed-{stem}.key", "p256.crt", "wrong_passphrase", "tlsean")
    row("key", "sealed-sha256-aes256.key", "p256.crt", "passphrase_required")
    row("key", "sealed-sha256-aes256.key", "p256.crt", "wrong_passphrase", "")
    row("key", "sealed-sha256-aes256.key", "p256.crt", "wrong_passphrase", "x" * 2000)
    key("sealed.der", sealed.seal(P256), "ok", "tlseam")
    sealed_key("empty-passphrase", sealed.seal(P256, b""), "ok", "")
    row("key", "sealed-empty-passphrase.key", "p256.crt", "wrong_passphrase", "x")
    row("key", "sealed-empty-passphrase.key", "p256.crt", "passphrase_required")
    sealed_key("long-passphrase", sealed.seal(P256, b"long" * 300), "ok", "long" * 300)
    sealed_key("utf8-passphrase", sealed.seal(P256, "schl\u00fcssel".encode()), "ok", "schl\u00fcssel")
    row("key", "plain.key", "p256.crt", "ok", "not needed")
    row("key", "plain.key", "p256.crt", "ok", "")

    pbkdf2, aes256 = sealed.pbkdf2(2048), seq(oid(sealed.aes(256)), octets(sealed.IV))
    some = bytes(144)
    sealed_key("key-length", sealed.seal(P256, key_length=32), "ok")
    sealed_key("wrong-key-length", sealed.seal(P256, key_length=16), "malformed_key")
    sealed_key("one-iteration", sealed.seal(P256, iterations=1), "ok")
    sealed_key("no-iteration", sealed.envelope(sealed.pbkdf2(0), aes256, some), "malformed_key")
    sealed_key("negative-iterations", sealed.envelope(sealed.pbkdf2(-1), aes256, some), "malformed_key")
    for exponent in [24, 31, 32, 63, 64, 1000]:
        sealed_key(f"iterations-2-{exponent}", sealed.envelope(sealed.pbkdf2(2**exponent), aes256, some),
                   "unsupported_key")
    sealed_key("one-byte-salt", sealed.seal(P256, salt=b"s"), "ok")
    sealed_key("long-salt", sealed.seal(P256, salt=b"salt" * 32), "ok")
    sealed_key("empty-salt", sealed.envelope(sealed.pbkdf2(2048, salt=octets(b"")), aes256, some), "malformed_key")
    sealed_key("absurd-salt", sealed.envelope(sealed.pbkdf2(2048, salt=octets(bytes(5000))), aes256, some),
               "unsupported_key")
    sealed_key("salt-source", sealed.envelope(sealed.pbkdf2(2048, salt=seq(oid("1.2.3"))), aes256, some),
               "unsupported_key")
    sealed_key("prf-no-null", sealed.seal(P256, function=seq(oid("1.2.840.113549.2.9"))), "ok")
    sealed_key("prf-default-written", sealed.seal(P256, hash_name="sha1", function=sealed.prf("sha1")), "ok")
    for stem, function in [("md5", "1.2.840.113549.2.6"), ("sha512-256", "1.2.840.113549.2.13"),
                           ("unknown", "1.2.3.4")]:
        sealed_key(f"prf-{stem}", sealed.envelope(sealed.pbkdf2(2048, function=seq(oid(function), null())), aes256, some),
                   "unsupported_key")
    for stem, cipher in [("gcm", seq(oid(sealed.aes(256, 4)), seq(octets(bytes(12)), integer(16)))),
                         ("ecb", seq(oid(sealed.aes(256, -1)))),
                         ("3des", seq(oid("1.2.840.113549.3.7"), octets(bytes(8)))),
                         ("des", seq(oid("1.3.14.3.2.7"), octets(bytes(8)))),
                         ("rc2", seq(oid("1.2.840.113549.3.2"), seq(integer(58), octets(bytes(8)))))]:
        sealed_key(stem, sealed.envelope(pbkdf2, cipher, some), "unsupported_key")
    for stem, numbers in [("scrypt", (16384, 8, 1)), ("scrypt-absurd", (2**40, 2**20, 2**20)),
                          ("scrypt-zero", (0, 0, 0))]:
        sealed_key(stem, sealed.envelope(sealed.scrypt(*numbers), aes256, some), "unsupported_key")
    for stem, identifier in [("pbes1-md5-des", "1.2.840.113549.1.5.3"), ("pbes1-sha1-rc2", "1.2.840.113549.1.5.11"),
                             ("pkcs12-3des", "1.2.840.113549.1.12.1.3"), ("pkcs12-rc2", "1.2.840.113549.1.12.1.6"),
                             ("unknown-scheme", "1.2.3.4")]:
        sealed_key(stem, sealed.pbes1(identifier), "unsupported_key")
        row("key", f"sealed-{stem}.key", "p256.crt", "passphrase_required")
    short_iv = seq(oid(sealed.aes(256)), octets(bytes(8)))
    sealed_key("short-iv", sealed.envelope(pbkdf2, short_iv, some), "malformed_key")
    sealed_key("no-iv", sealed.envelope(pbkdf2, seq(oid(sealed.aes(256))), some), "malformed_key")
    sealed_key("no-ciphertext", sealed.envelope(pbkdf2, aes256, b""), "malformed_key")
    sealed_key("part-of-a-block", sealed.envelope(pbkdf2, aes256, bytes(15)), "malformed_key")
    sealed_key("garbage", sealed.envelope(pbkdf2, aes256, some), "wrong_passphrase")
    sealed_key("no-parameters", seq(seq(oid(sealed.PBES2)), octets(some)), "malformed_key")
    sealed_key("other-key", sealed.seal(OTHER[0]), "key_mismatch")
    sealed_key("weak-key", sealed.seal(keys.ec_key("p224")[0]), "weak_key")
    sealed_key("dsa-key", sealed.seal(keys.dsa_key()[0]), "unsupported_key")
    sealed_key("zero-key", sealed.seal(keys.pkcs8(P256_ALGORITHM, keys.sec1(bytes(32)))), "malformed_key")
    sealed_key("sec1-inside", sealed.seal(SEC1), "malformed_key")
    sealed_key("text-inside", sealed.seal(b"no key at all"), "wrong_passphrase")
    sealed_key("sealed-inside", sealed.seal(sealed.seal(P256)), "malformed_key")
    legacy = wrapped(pem("EC PRIVATE KEY", SEC1),
                     lambda b: ["Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-256-CBC," + "00" * 16, "", *b])
    key("legacy.key", legacy, "unsupported_key", "tlseam")
    row("key", "legacy.key", "p256.crt", "unsupported_key")


def kinds_of_keys():
    def kind(stem, pair, expected, crt_expected=None):
        """A key with its own certificate, and with one that is not its."""
        private, spki = pair[:2]
        write(f"{stem}.crt", pem("CERTIFICATE", leaf(spki)))
        key(f"{stem}.key", pem("PRIVATE KEY", private), crt_expected or expected, certificate=f"{stem}.crt")
        if stem != "p256":
            row("key", f"{stem}.key", "p256.crt", "key_mismatch" if expected == "ok" else expected)
            row("chain", f"{stem}.crt", "p256.key", "key_mismatch" if expected == "ok" else crt_expected or expected)

    for curve in ["p256", "p384", "p521"]:
        kind(curve, keys.ec_key(curve), "ok")
    kind("p224", keys.ec_key("p224"), "weak_key")
    kind("secp256k1", keys.ec_key("secp256k1"), "unsupported_key")
    kind("brainpool256", keys.ec_key("brainpool256"), "unsupported_key")
    explicit = seq(oid(keys.EC), keys.explicit_parameters())
    kind("explicit", (keys.pkcs8(explicit, keys.sec1(keys.scalar_bytes(keys.SCALAR), public=POINT)),
                      seq(explicit, bits(POINT))), "unsupported_key")
    kind("ed25519", keys.curve_key(ed25519.Ed25519PrivateKey, 32), "ok")
    kind("ed448", keys.curve_key(ed448.Ed448PrivateKey, 57), "unsupported_key")  # no signature scheme of it in core
    kind("x25519", keys.curve_key(x25519.X25519PrivateKey, 32), "unsupported_key")
    kind("dsa", keys.dsa_key(), "unsupported_key")
    kind("dh", keys.dh_key(), "unsupported_key")
    for size, expected in [(1024, "weak_key"), (2048, "ok"), (3072, "ok"), (4096, "ok")]:
        numbers = keys.rsa_numbers(size)
        made = keys.rsa_key(numbers)
        kind(f"rsa{size}", made, expected)
        key(f"rsa{size}-pkcs1.key", pem("RSA PRIVATE KEY", made[2]), expected, certificate=f"rsa{size}.crt")
    numbers = keys.rsa_numbers(2048)
    pss = seq(oid("1.2.840.113549.1.1.10"))
    kind("rsa-pss", keys.rsa_key(numbers, algorithm=pss), "unsupported_key")
    kind("rsa-e1", keys.rsa_key(numbers, e=1), "malformed_key", "malformed_certificate")
    kind("rsa-e-even", keys.rsa_key(numbers, e=65538), "malformed_key", "malformed_certificate")
    kind("rsa-e0", keys.rsa_key(numbers, e=0), "malformed_key", "malformed_certificate")
    kind("rsa-e-negative", keys.rsa_key(numbers, e=-3), "malformed_key", "malformed_certificate")
    kind("rsa-e-huge", keys.rsa_key(numbers, e=2**512 + 1), "unsupported_key")
    kind("rsa-n-even", keys.rsa_key(numbers, n=numbers.public_numbers.n + 1), "malformed_key", "malformed_certificate")
    kind("rsa16384", keys.rsa_key(numbers, n=2**16383 + 1), "unsupported_key")
    kind("rsa8192", keys.rsa_key(numbers, n=2**8191 + 1), "unsupported_key")

    def p256(stem, private, expected):
        key(f"{stem}.key", pem("PRIVATE KEY", private), expected)

    def inner(**options):
        return keys.pkcs8(P256_ALGORITHM, keys.sec1(keys.scalar_bytes(keys.SCALAR), **options))

    named = oid(keys.CURVES["p256"])
    p256("ec-no-public", inner(), "ok")
    p256("ec-curve-inside", inner(parameters=named, public=POINT), "ok")
    p256("ec-other-curve-inside", inner(parameters=oid(keys.CURVES["p384"]), public=POINT), "malformed_key")
    p256("ec-wrong-public", inner(public=OTHER[2]), "key_mismatch")
    p256("ec-public-off-curve", inner(public=POINT[:-1] + bytes([POINT[-1] ^ 1])), "key_mismatch")
    p256("ec-right-public-wrong-scalar",
         keys.pkcs8(P256_ALGORITHM, keys.sec1(keys.scalar_bytes(keys.SCALAR + 1), public=POINT)), "key_mismatch")
    order = keys.P256_ORDER
    for stem, scalar in [("zero", 0), ("order", order), ("above-order", order + keys.SCALAR), ("all-ones", 2**256 - 1)]:
        p256(f"ec-{stem}", keys.pkcs8(P256_ALGORITHM, keys.sec1(keys.scalar_bytes(scalar))), "malformed_key")
    p256("ec-one", keys.pkcs8(P256_ALGORITHM, keys.sec1(keys.scalar_bytes(1))), "key_mismatch")
    p256("ec-order-minus-one", keys.pkcs8(P256_ALGORITHM, keys.sec1(keys.scalar_bytes(order - 1))), "key_mismatch")
    scalar = keys.scalar_bytes(keys.SCALAR)
    p256("ec-short-scalar", keys.pkcs8(P256_ALGORITHM, keys.sec1(scalar.lstrip(b"\0"))), "ok")
    p256("ec-long-scalar", keys.pkcs8(P256_ALGORITHM, keys.sec1(b"\0" + scalar)), "ok")  # as GnuTLS has it
    p256("ec-longer-scalar", keys.pkcs8(P256_ALGORITHM, keys.sec1(b"\0\0" + scalar)), "malformed_key")
    p256("ec-long-nonzero-scalar", keys.pkcs8(P256_ALGORITHM, keys.sec1(b"\1" + scalar)), "malformed_key")
    p256("ec-empty-scalar", keys.pkcs8(P256_ALGORITHM, keys.sec1(b"")), "malformed_key")
    p256("ec-version-2", keys.pkcs8(P256_ALGORITHM, keys.sec1(scalar, version=2)), "malformed_key")
    p256("ec-no-curve", keys.pkcs8(seq(oid(keys.EC)), keys.sec1(scalar)), "malformed_key")
    p256("ec-null-curve", keys.pkcs8(seq(oid(keys.EC), null()), keys.sec1(scalar)), "unsupported_key")
    p256("ec-trailing-inside", keys.pkcs8(P256_ALGORITHM, keys.sec1(scalar) + b"\0"), "malformed_key")
    p256("ec-attributes", keys.pkcs8(P256_ALGORITHM, keys.sec1(scalar), tlv(0xA0)), "ok")
    p256("ec-version-1-public", keys.pkcs8(P256_ALGORITHM, keys.sec1(scalar), b"\x81" + bits(POINT)[1:], version=1), "ok")
    p256("pkcs8-version-2", keys.pkcs8(P256_ALGORITHM, keys.sec1(scalar), version=2), "malformed_key")
    p256("rsa-inside-ec", keys.pkcs8(P256_ALGORITHM, keys.rsa_key(numbers)[2]), "malformed_key")
    p256("ec-inside-rsa", keys.pkcs8(seq(oid(keys.RSA), null()), keys.sec1(scalar)), "malformed_key")
    p256("rsa-no-parameters", keys.rsa_key(numbers, algorithm=seq(oid(keys.RSA)))[0], "key_mismatch")
    p256("ed25519-short", keys.pkcs8(seq(oid("1.3.101.112")), octets(bytes(31))), "malformed_key")
    p256("ed25519-long", keys.pkcs8(seq(oid("1.3.101.112")), octets(bytes(64))), "malformed_key")
    p256("ed25519-bare", keys.pkcs8(seq(oid("1.3.101.112")), bytes(range(32))), "malformed_key")
    p256("ed25519-parameters", keys.pkcs8(seq(oid("1.3.101.112"), null()), octets(bytes(range(1, 33)))), "malformed_key")
    p256("unknown-algorithm", keys.pkcs8(seq(oid("1.2.3.4")), b"\0"), "unsupported_key")
    key("sec1.key", pem("EC PRIVATE KEY", SEC1), "ok")
    key("sec1-no-public.key", pem("EC PRIVATE KEY", keys.sec1(scalar, named)), "ok")
    key("sec1-no-curve.key", pem("EC PRIVATE KEY", keys.sec1(scalar, public=POINT)), "malformed_key")
    key("sec1-explicit.key", pem("EC PRIVATE KEY", keys.sec1(scalar, keys.explicit_parameters(), POINT)),
        "unsupported_key")
    key("sec1-behind-parameters.key", PARAMETERS + pem("EC PRIVATE KEY", SEC1), "ok")
    key("sec1.key.der", SEC1, "ok")
    key("rsa-three-primes.key", pem("RSA PRIVATE KEY", seq(integer(1), *(integer(v) for v in [15, 3, 3, 5, 3, 1, 1, 2]),
                                                           seq(seq(integer(7), integer(3), integer(1))))),
        "unsupported_key")


def main():
    shutil.rmtree(FILES, ignore_errors=True)
    FILES.mkdir()
    text_forms()
    other_blocks()
    sets_of_blocks()
    der_forms()
    encryption()
    kinds_of_keys()
    head = ("# SPDX-License-Identifier: Apache-2.0\n"
            "# Written by generate.py. Of each file in files/, and each loader:\n"
            "# loader | file | key or certificate that it is loaded with | passphrase, - when none is given | errc, or ok\n")
    (HERE / "expected.txt").write_text(head + "\n".join(rows) + "\n")
    twice = {r for r in rows if rows.count(r) > 1}
    print(f"{len(list(FILES.iterdir()))} files, {len(rows)} rows", *twice, sep="\n")


main()
