#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints docs/errors.md: every errc and cert_errc, from the comments of include/tlseam/error.hpp, what is written here
about them, and what tests/conformance/faults/seen/*.txt says was behind each (run.py --record). --check: fails (TAP) when the
committed page is not what it prints."""
import collections
import re
import sys

from facts import ROOT, Malformed, check_page

PAGE = ROOT / "docs" / "errors.md"
HEADER = ROOT / "include" / "tlseam" / "error.hpp"
SEEN = ROOT / "tests" / "conformance" / "faults" / "seen"
NAMES = {"openssl": "OpenSSL", "wolfssl": "wolfSSL", "botan": "Botan"}

NOBODY, EITHER, PEER, NETWORK, FILES, PROGRAM, US = (
    "nobody", "the settings of either side", "the peer", "the transport", "the files", "the program",
    "tlseam or the machine")
# errc: (who is at fault, what to do)
ADVICE = {
    "want_read": (NOBODY, "wait until the transport is readable, call again"),
    "want_write": (NOBODY, "wait until the transport is writable, call again"),
    "want_context": (NOBODY, "answer_hello(), then call again"),
    "timed_out": (NOBODY, "call again, or give up; the stream is usable"),
    "cancelled": (NOBODY, "whatever the program cancelled it for"),
    "closed": (PROGRAM, "do not write to a closed half; read_exactly(): the message is incomplete"),
    "truncated": ("the peer, or somebody who cut the connection", "do not trust that the data is complete"),
    "alert_received": ("whoever the alert's number says", "look at error::alert(), and into the peer's log"),
    "certificate_refused": (PEER, "look at error::certificate(): the table below"),
    "certificate_required": (PEER, "give the client a certificate"),
    "no_shared_version": (EITHER, "compare min_version and max_version"),
    "no_shared_parameters": (EITHER, "compare groups, kinds of keys and cipher suites"),
    "no_application_protocol": (EITHER, "compare the lists of alpn"),
    "unrecognized_name": (EITHER, "compare server_name of the client with names and certificates of the server"),
    "psk_refused": (EITHER, "give both sides the same identity, key and hash; a client with a key takes no certificate"),
    "plaintext_http": (PEER, "use https, or the other port"),
    "not_tls": (PEER, "is it the right port?"),
    "bad_record_mac": (NETWORK + ", or an attacker", "connect anew; if it comes again, look for what changes bytes"),
    "protocol_error": (PEER, "the log has the library's words; report it to the maker of the peer"),
    "too_large": (PEER, "shorten its chain, or stop its flood"),
    "host_not_found": (NETWORK, "check the name"),
    "connection_refused": (NETWORK, "is the server running?"),
    "connection_reset": (NETWORK, "connect anew"),
    "unreachable": (NETWORK, "check the route"),
    "address_in_use": (NETWORK, "another program listens there"),
    "transport_error": (NETWORK, "look at error::system_code()"),
    "file_not_found": (FILES, "check the path"),
    "file_unreadable": (FILES, "check the permissions"),
    "no_certificate": (FILES, "is it the right file?"),
    "malformed_certificate": (FILES, "export it anew"),
    "no_private_key": (FILES, "is it the right file?"),
    "malformed_key": (FILES, "export it anew"),
    "unsupported_key": (FILES, "use RSA, ECDSA or Ed25519 in PKCS#8, PKCS#1 or SEC 1"),
    "weak_key": (FILES, "make a new key"),
    "weak_signature": (FILES, "let the authority sign it anew, or leave out certificates that nobody needs"),
    "key_mismatch": (FILES, "the files belong to different certificates"),
    "passphrase_required": (PROGRAM, "give the passphrase"),
    "wrong_passphrase": (PROGRAM, "give the right passphrase"),
    "no_crl": (FILES, "is it the right file?"),
    "malformed_crl": (FILES, "fetch it anew"),
    "malformed_session": (FILES, "throw it away: the next handshake is a full one"),
    "malformed_ocsp_response": (FILES, "fetch it anew"),
    "invalid_argument": (PROGRAM, "the sentence names the argument"),
    "unsupported": (PROGRAM, "ask backend().supports() first, or choose another backend"),
    "misuse": (PROGRAM, "see docs/states.md"),
    "callback_failed": (PROGRAM, "the callback threw, or refused"),
    "out_of_memory": (US, "less load, more memory"),
    "internal": (US, "please report it"),
}


def enumerators(kind):
    """(name, comment) of each enumerator, in order; the comment of a group when it has none of its own."""
    text = HEADER.read_text(encoding="utf-8")
    block = re.search(rf"enum class {kind} : std::uint8_t {{(.*?)\n}};", text, re.S)
    if not block:
        raise Malformed(f"{HEADER.name}: no enum class {kind}")
    # A comment may go on in the next line.
    for line in re.sub(r"\n +///< ", " ", block[1]).splitlines():
        found = re.match(r"    (\w+)(?: = \d+)?,\s*(?:///< (.*))?$", line)
        if found:
            yield found[1], found[2] or ""


def seen():
    """backend: (version, [(errc, cert_errc, alert, words)])."""
    out = {}
    for name in NAMES:
        path = SEEN / f"{name}.txt"
        rows = [[cell.strip() for cell in line.split(" | ")] for line in path.read_text(encoding="utf-8").splitlines()
                if not line.startswith("#")]
        if not rows or rows[0][0] != "version" or any(len(row) != 4 for row in rows[1:]):
            raise Malformed(f"{path.name}: expected version, then errc | cert_errc | alert | words")
        out[name] = rows[0][1], [tuple(row) for row in rows[1:]]
    return out


def alerts(found, column, value):
    numbers = {row[2] for _, rows in found.values() for row in rows if row[column] == value}
    return ", ".join(sorted(numbers - {"None"},
                            key=int)) + (" or none" if "None" in numbers and len(numbers) > 1 else "")


def cell(text):
    return text.replace("|", "\\|")


def page():
    found = seen()
    out = ["# Errors", "",
           "From the comments of [`error.hpp`](../include/tlseam/error.hpp) and a run of the catalogue of faults",
           "(`tests/conformance/faults`), by `scripts/errors.py`. The codes are the same on every backend; the alerts are",
           "those that the side with the error was seen to send, by number (RFC 8446 6).", "",
           "## errc", "", "| code | meaning | whose fault | what to do | alerts sent |", "|---|---|---|---|---|"]
    codes = list(enumerators("errc"))
    if [name for name, _ in codes] != list(ADVICE):
        raise Malformed("scripts/errors.py: ADVICE and enum class errc have other names, or another order")
    for name, comment in codes:
        fault, advice = ADVICE[name]
        out.append(f"| `{name}` | {cell(comment)} | {fault} | {cell(advice)} | {alerts(found, 0, name)} |")
    out += ["", "## cert_errc", "", "| code | meaning | alerts sent |", "|---|---|---|"]
    for name, comment in enumerators("cert_errc"):
        if name != "none":
            out.append(f"| `{name}` | {cell(comment)} | {alerts(found, 1, name)} |")
    out += ["", "## What the libraries say", "",
            "`error::detail()->native_text` behind each code, for searching logs. N stands for a number.", ""]
    for backend, (version, rows) in found.items():
        words = collections.defaultdict(set)
        for code, cert, _, text in rows:
            if text != "-":
                words[code if cert == "none" else f"{code}, {cert}"].add(text)
        out += [f"### {NAMES[backend]} {version}", "", "| code | words |", "|---|---|"]
        out += [f"| `{code}` | {cell('; '.join(sorted(texts)))} |" for code, texts in sorted(words.items())]
        out.append("")
    return "\n".join(out).rstrip() + "\n"


if sys.argv[1:] == ["--check"]:
    sys.exit(check_page(PAGE, page, "errors.py"))
print(page(), end="")
