# SPDX-License-Identifier: Apache-2.0
# Files with secrets: a warning when others can get at them, and no word of what is in them, whatever is wrong.
import json
import os
import pathlib
import re
import shutil
import signal

import sockets
import tap
from process import Process, finish
from tap import case, contains, equal
from tlseam import CERTS, COMMAND, ROOT, Connect, Serve

HERE = ("serve", "--listen", "127.0.0.1:0")
PSK = "device 17:" + "5a" * 32
PASSPHRASE = CERTS / "passphrases" / "long.txt"


def directory():
    return tap.cleanup.enter_context(sockets.temporary_directory())


def private_copy(place, *names):
    """Files of certs/ that only their owner can read, as they should be."""
    for name in names:
        file = place / name.rpartition("/")[2]
        shutil.copyfile(CERTS / name, file)
        file.chmod(0o600)


# ---- who else can read them ----


def everything():
    """By name: a file, what it is called, and options of serve that name it. Nothing is open to others yet."""
    place = directory()
    private_copy(place, "server.key", "server.crt", "server.p12", "passphrases/long.key", "passphrases/long.p12",
                 "passphrases/long.txt")
    (place / "both").write_bytes((place / "server.crt").read_bytes() + (place / "server.key").read_bytes())
    (place / "psk").write_text(PSK + "\n")
    (place / "ticket").write_bytes(os.urandom(32))
    for name in ("both", "psk", "ticket"):
        (place / name).chmod(0o600)
    identity = ("--cert", CERTS / "server.crt", "--key", place / "server.key")
    encrypted = ("--cert", CERTS / "server.crt", "--key", place / "long.key", "--passphrase-file", place / "long.txt")
    return place, {
        "server.key": ("private key file", identity),
        "both": ("private key file", ("--cert", place / "both")),
        "long.key": ("private key file", encrypted),
        "long.txt": ("passphrase file", encrypted),
        "long.p12": ("PKCS#12 file", ("--pkcs12", place / "long.p12", "--passphrase-file", place / "long.txt")),
        "psk": ("pre-shared key file", ("--psk-file", place / "psk")),
        "ticket": ("ticket key file", (*identity, "--ticket-key-file", place / "ticket")),
    }


def stopped(process):
    process.signal(signal.SIGTERM)
    equal(process.exit_code(), 0, "exit code")
    return process


def warnings_of(events):
    return [event for event in map(json.loads, events.splitlines()) if event["event"] == "warning"]


def check_warning(event, file, what, mode):
    equal(list(event), ["event", "backend", "code", "file", "mode", "detail"], "names")
    equal((event["code"], event["file"], event["mode"]), ("exposed_file", str(file), f"{mode:04o}"), "the event")
    for part in (f"the {what} '{file}'", f"mode {mode:04o}", "chmod 600"):
        contains(event["detail"], part, "the sentence")


@case("serve warns of each kind of file that others can get at, with its mode, and goes on")
def exposed_to_serve():
    place, kinds = everything()
    for name, (what, options) in kinds.items():
        file = place / name
        for mode in (0o644, 0o640, 0o620, 0o601):
            file.chmod(mode)
            server = Process(COMMAND, *HERE, "--json", *options)
            server.event("listening")
            check_warning(server.event("warning"), file, what, mode)
            equal(len(warnings_of(stopped(server).stdout)), 1, "warnings")
            equal(server.stderr, b"", "standard error")
        server = Process(COMMAND, *HERE, *options)
        server.match("^listening")
        server.match(f"^warning: the {what} '.*/{name}' is open to others than its owner \\(mode 0601\\): chmod 600 it$", "stderr")
        equal(stopped(server).stderr.count(b"\n"), 1, "sentences")
        file.chmod(0o600)


@case("serve does not warn of files that are their owner's, nor of pipes")
def not_exposed():
    place, kinds = everything()
    for mode in (0o600, 0o400):
        for name, (_, options) in kinds.items():
            (place / name).chmod(mode)
            server = Process(COMMAND, *HERE, "--json", *options)
            server.event("listening")
            equal(warnings_of(stopped(server).stdout), [], "warnings")
    key = place / "server.key"
    reader, writer = os.pipe()
    os.write(writer, key.read_bytes())
    os.close(writer)
    server = Process(COMMAND, *HERE, "--json", "--cert", CERTS / "server.crt", "--key", f"/dev/fd/{reader}", pass_fds=[reader])
    os.close(reader)
    server.event("listening")
    equal(warnings_of(stopped(server).stdout), [], "warnings of a pipe")


@case("a link to a file that others can get at is no better than the file")
def linked():
    place, _ = everything()
    (place / "server.key").chmod(0o644)
    (place / "link").symlink_to(place / "server.key")
    server = Process(COMMAND, *HERE, "--json", "--cert", CERTS / "server.crt", "--key", place / "link")
    check_warning(server.event("warning"), place / "link", "private key file", 0o644)
    stopped(server)


@case("connect warns of its key, pre-shared key and session, and goes on")
def exposed_to_connect():
    place = directory()
    private_copy(place, "client.key")
    server = Serve("--client-ca", ROOT)
    for mode, expected in ((0o600, 0), (0o644, 1)):
        (place / "client.key").chmod(mode)
        client = Connect(server.port, "--cert", CERTS / "client.crt", "--key", place / "client.key", "--session", place / "session")
        client.event("handshake", "stderr")
        client.close_stdin()
        equal(client.exit_code(), 0, "exit code")
        found = warnings_of(client.stderr)
        equal(len(found), expected, "warnings")
    check_warning(found[0], place / "client.key", "private key file", 0o644)

    (place / "session").write_bytes(b"none")
    (place / "session").chmod(0o644)
    client = Connect(server.port, "--session", place / "session")
    client.failure()
    check_warning(client.event("warning", "stderr"), place / "session", "session file", 0o644)

    (place / "psk").write_text(PSK)
    (place / "psk").chmod(0o640)
    server = Process(COMMAND, *HERE, "--json", "--psk-file", place / "psk")
    client = finish(COMMAND, "connect", f"127.0.0.1:{server.event('listening')['port']}", "--psk-file", place / "psk")
    equal(client.exit_code(), 0, "exit code")
    lines = client.stderr.decode().splitlines()
    contains(lines[0], f"warning: the pre-shared key file '{place}/psk'", "the first line")
    contains(lines[1], "handshake with", "the second line")


# ---- what is left of them in memory ----


def in_memory(process, *needles):
    """Which of them are in memory that the process may write to."""
    found = set()
    with open(f"/proc/{process.pid}/maps", encoding="ascii") as maps, open(f"/proc/{process.pid}/mem", "rb", 0) as memory:
        for first, last, rights in re.findall(r"^([0-9a-f]+)-([0-9a-f]+) (\S+)", maps.read(), re.MULTILINE):
            if rights != "rw-p":
                continue
            memory.seek(int(first, 16))
            content = memory.read(int(last, 16) - int(first, 16))
            found |= {needle for needle in needles if needle in content}
    return found


def not_held():
    place, kinds = everything()
    key = (place / "server.key").read_bytes().splitlines()[1][48:]  # before that is what every such key begins with
    # Their ends: the C library writes over the beginning of what is freed.
    psk, passphrase = PSK.encode()[-32:], PASSPHRASE.read_bytes()[-12:]
    ticket = (place / "ticket").read_bytes()
    server = Process(COMMAND, *HERE, "--json", *kinds["ticket"][1], *kinds["psk"][1])
    port = server.event("listening")["port"]
    equal(in_memory(server, key, psk), set(), "found in the server")
    equal(in_memory(server, ticket), {ticket}, "the secret that it needs")
    for name in "long.key", "long.p12":
        other = Process(COMMAND, *HERE, "--json", *kinds[name][1])
        other.event("listening")
        equal(in_memory(other, passphrase), set(), f"found in the server of {name}")
    client = Connect(port, "--cert", CERTS / "server.crt", "--key", place / "long.key", "--passphrase-file", place / "long.txt")
    client.event("handshake", "stderr")
    equal(in_memory(client, key, passphrase), set(), "found in the client")
    client.close_stdin()
    client.exit_code()
    client = Process(COMMAND, "connect", f"127.0.0.1:{port}", "--json", "--psk-file", place / "psk")
    client.event("handshake", "stderr")
    equal(in_memory(client, psk), set(), "found in the client with a pre-shared key")


# A sanitizer keeps what is freed for a while as it was, the library's blocks too.
if b"__asan_init" not in pathlib.Path(COMMAND).read_bytes():
    case("serve and connect hold nothing of what they read from files with secrets once it is loaded")(not_held)


# ---- what is said of them ----

PART = 8


class Secret:
    """No part of it may show: as it is, or in hexadecimal."""

    def __init__(self, *secrets):
        self._parts = set()
        for secret in secrets:
            pieces = (secret[i:i + PART] for i in range(len(secret) - PART + 1))
            for piece in pieces:
                self._parts |= {piece, piece.hex().encode(), piece.hex().upper().encode()}

    def check(self, output):
        for size in (PART, 2 * PART):
            for i in range(len(output) - size + 1):
                assert output[i:i + size] not in self._parts, f"a part of the secret is in {output!r}"

    def refused(self, *options):
        """Both ways of reporting."""
        for more in ((), ("--json",)):
            run = finish(COMMAND, *options, *more)
            equal(run.exit_code(), 2, f"exit code of {options} ({run.stdout + run.stderr})")
            self.check(run.stdout + run.stderr)


def defects(good):
    """Cut off or changed in some places."""
    step = len(good) // 3 + 1
    for at in range(0, len(good), step):
        yield good[:at]
        for byte in b"!", b"\n", b"\0", b"\xff":
            yield good[:at] + byte + good[at + 1:]


def put(place, content):
    file = place / "file"
    file.write_bytes(content)
    return file


@case("nothing of a broken private key is shown")
def broken_keys():
    place = directory()
    for name in ("server.key", "server-encrypted.key", "server.key.der"):
        good = (CERTS / name).read_bytes()
        text = b"".join(good.splitlines()[1:-1]) if good.startswith(b"-----") else good
        secret = Secret(good.partition(b"-----\n")[2].rpartition(b"-----END")[0] or good, text)
        in_label = b"-----BEGIN " + text + b"-----\n" + good
        for bad in (*defects(good), in_label, good + good, text, good.replace(b"\n", b"")):
            # One letter of base64 may be another, and the key still one: not this certificate's then.
            secret.refused(*HERE, "--cert", CERTS / "client.crt", "--key", put(place, bad))
        secret.refused(*HERE, "--cert", CERTS / name, "--key", CERTS / name)
        secret.refused("connect", "127.0.0.1:1", "--ca", CERTS / name)
        secret.refused(*HERE, "--pkcs12", CERTS / name)
        secret.refused(*HERE, "--psk-file", CERTS / name)
        secret.refused(*HERE, "--cert", CERTS / "server.crt", "--key", CERTS / "server.key", "--ticket-key-file", CERTS / name)
        secret.refused("connect", "127.0.0.1:1", "--ca", ROOT, "--session", CERTS / name)


@case("nothing of a wrong passphrase is shown")
def wrong_passphrases():
    place = directory()
    for passphrase in (PASSPHRASE.read_bytes(), b"correct horse battery staple\nand a second line\n", b"\xff\xfe" * 20, b"x" * 2000,
                       (CERTS / "server.key").read_bytes()):
        secret = Secret(passphrase)
        file = put(place, passphrase)
        secret.refused(*HERE, "--cert", CERTS / "server.crt", "--key", CERTS / "server-encrypted.key", "--passphrase-file", file)
        secret.refused(*HERE, "--pkcs12", CERTS / "server.p12", "--passphrase-file", file)
        secret.refused("connect", "127.0.0.1:1", "--ca", ROOT, "--cert", CERTS / "client.crt", "--key",
                       CERTS / "server-encrypted.key", "--passphrase-file", file)


@case("nothing of a broken line with a pre-shared key is shown")
def broken_psks():
    place = directory()
    key = os.urandom(64).hex()
    secret = Secret(key.encode(), bytes.fromhex(key), key.upper().encode())
    for line in (key, f"a:{key}0", f"a:{key}:sha512", f"a:x{key}", f"a:{key} ", f"a: {key}", f"a:{key}:", f":{key}", f"{key}:a",
                 f"a:{key}{key}", f"a:{key[:30]}", f"a:{key[:64]}\na:{key[:64]}", f"a:{key[:64]}\na:{key[:64]}:sha384\nb", f"#{key}",
                 f"a:{key[:64]}\nb:{key[:64]}:tls1.2", f"\"a\":\"{key}\"", f"a={key}", f"a:0x{key[:64]}"):
        secret.refused(*HERE, "--psk-file", put(place, line.encode()))
        secret.refused("connect", "127.0.0.1:1", "--psk-file", put(place, line.encode()), "--psk-identity", "c")


@case("nothing of a ticket key of a wrong size, or given twice, is shown")
def broken_ticket_keys():
    place = directory()
    server = (*HERE, "--cert", CERTS / "server.crt", "--key", CERTS / "server.key")
    for key in (os.urandom(31), os.urandom(33), os.urandom(32).hex().encode()):
        Secret(key).refused(*server, "--ticket-key-file", put(place, key))
    key = os.urandom(32)
    Secret(key).refused(*server, *("--ticket-key-file", put(place, key)) * 2)


@case("nothing of a broken session is shown")
def broken_sessions():
    place = directory()
    server = Serve()
    client = Connect(server.port, "--session", place / "session")
    client.write(b"hello")
    client.match("^hello")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code")
    good = (place / "session").read_bytes()
    secret = Secret(good[64:])  # before that are the names of library and version, which are said
    for bad in defects(good):
        secret.refused("connect", "127.0.0.1:1", "--ca", ROOT, "--session", put(place, bad))


@case("a handshake with another pre-shared key fails without a word of either")
def other_psk():
    place = directory()
    ours, others = os.urandom(32).hex(), os.urandom(32).hex()
    secret = Secret(*(key.encode() for key in (ours, others)), *(bytes.fromhex(key) for key in (ours, others)))
    for version in ("", ":tls1.2"):
        (place / "ours").write_text(f"a:{ours}{version}")
        (place / "others").write_text(f"a:{others}{version}")
        server = Process(COMMAND, *HERE, "--json", "--once", "--psk-file", place / "ours")
        client = finish(COMMAND, "connect", f"127.0.0.1:{server.event('listening')['port']}", "--json", "--psk-file", place / "others")
        equal((client.exit_code(), server.exit_code()), (1, 1), "exit codes")
        for output in (client.stdout, client.stderr, server.stdout, server.stderr):
            secret.check(output)


tap.run()
