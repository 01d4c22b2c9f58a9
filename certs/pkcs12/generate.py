#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the PKCS#12 files of this directory from the chains of ../ . Needs OpenSSL 3 with its legacy provider.

Run it after ../generate.sh. Every passphrase is "tlseam" unless the README says otherwise.
"""
import hashlib
import hmac
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CERTS = HERE.parent
UTF8 = "pä$$wörd €😀"


def run(*argv):
    subprocess.run([str(word) for word in argv], check=True, capture_output=True)


def export(name, *options, chain="server", passphrase="tlseam", **more):
    run("openssl", "pkcs12", "-export", "-in", more.get("cert", CERTS / f"{chain}.crt"), "-inkey",
        more.get("key", CERTS / f"{chain}.key"), "-passout", f"pass:{passphrase}", "-out", HERE / f"{name}.p12", *options)


# ---- DER, for what the command does not make ----

def tlv(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + body


def read(data):
    """Tag, content, whole and rest of the first element."""
    size, header = data[1], 2
    if size >= 0x80:
        header += size & 0x7F
        size = int.from_bytes(data[2:header], "big")
    return data[0], data[header:header + size], data[:header + size], data[header + size:]


def elements(content):
    out = []
    while content:
        _, _, whole, content = read(content)
        out.append(whole)
    return out


def number(value):
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


OCTETS, SEQUENCE, NULL = 4, 0x30, b"\x05\x00"
PBKDF2 = bytes.fromhex("06092a864886f70d01050c")
PBMAC1 = bytes.fromhex("06092a864886f70d01050e")
DATA = bytes.fromhex("06092a864886f70d010701")
HMAC = {"sha256": bytes.fromhex("06082a864886f70d0209"), "sha512": bytes.fromhex("06082a864886f70d020b")}


def parts_of(name):
    return elements(read((HERE / f"{name}.p12").read_bytes())[1])


def contents_of(name):
    """What the MAC is over."""
    safe = parts_of(name)[1]
    wrapped = read(elements(read(safe)[1])[1])[1]
    return read(wrapped)[1]


def write(name, *parts):
    (HERE / f"{name}.p12").write_bytes(tlv(SEQUENCE, *parts))


def pbmac1(name, source, hash_, passphrase="tlseam"):
    """RFC 9579."""
    version, safe = parts_of(source)[:2]
    salt, rounds, size = bytes(range(16)), 2048, hashlib.new(hash_).digest_size
    key = hashlib.pbkdf2_hmac(hash_, passphrase.encode(), salt, rounds, size)
    function = tlv(SEQUENCE, HMAC[hash_], NULL)
    derivation = tlv(SEQUENCE, PBKDF2, tlv(SEQUENCE, tlv(OCTETS, salt), number(rounds), number(size), function))
    algorithm = tlv(SEQUENCE, PBMAC1, tlv(SEQUENCE, derivation, function))
    value = hmac.digest(key, contents_of(source), hash_)
    mac = tlv(SEQUENCE, tlv(SEQUENCE, algorithm, tlv(OCTETS, value)), tlv(OCTETS, b"ignored!"), number(1))
    write(name, version, safe, mac)


def joined(name, *sources):
    """The contents of several files without MAC in one."""
    all_infos = [info for source in sources for info in elements(read(contents_of(source))[1])]
    contents = tlv(OCTETS, tlv(SEQUENCE, *all_infos))
    write(name, number(3), tlv(SEQUENCE, DATA, tlv(0xA0, contents)))


def main():
    clear = ("-keypbe", "NONE", "-certpbe", "NONE")
    export("rsa", chain="server-rsa")
    export("ed25519", chain="server-ed25519")
    export("clear", *clear, "-nomac")
    export("clear-mac", *clear)
    export("no-mac", "-nomac")
    export("iterations", "-iter", "10000")
    for hash_ in ("sha1", "sha224", "sha384", "sha512"):
        export(f"mac-{hash_}", "-macalg", hash_)
    for bits in (128, 192):
        export(f"aes{bits}", "-keypbe", f"AES-{bits}-CBC", "-certpbe", f"AES-{bits}-CBC")
    export("utf8", passphrase=UTF8)
    export("empty-passphrase", passphrase="")
    export("3des", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1")
    export("legacy", "-legacy", "-macalg", "sha1")
    pbmac1("pbmac1-sha256", "no-mac", "sha256")
    pbmac1("pbmac1-sha512", "no-mac", "sha512")
    with tempfile.TemporaryDirectory() as scratch:
        mixed = pathlib.Path(scratch) / "mixed.pem"
        mixed.write_text("".join((CERTS / f"{name}.crt").read_text() for name in ("root", "other-root", "server")))
        export("mixed", cert=mixed)
    # Parts of files.
    for name, chain in (("one", "server"), ("two", "server-rsa")):
        export(f"part-{name}", *clear, "-nomac", chain=chain)
        export(f"key-{name}", *clear, "-nomac", "-nocerts", chain=chain)
        export(f"certs-{name}", *clear, "-nomac", "-nokeys", chain=chain)
    joined("two-keys", "part-one", "part-two")
    joined("mismatch", "key-one", "certs-two")
    joined("no-key", "certs-one")
    joined("no-certificate", "key-one")
    joined("key-last", "certs-two", "certs-one", "key-one")
    for part in HERE.glob("*-one.p12"):
        part.unlink()
    for part in HERE.glob("*-two.p12"):
        part.unlink()


if __name__ == "__main__":
    main()
