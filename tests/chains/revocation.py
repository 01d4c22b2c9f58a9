# SPDX-License-Identifier: Apache-2.0
# Revocation lists: who needs one, and which ones count.
import pki
from cases import OK
from pki import crl, moment

NONE = "revocation_unavailable"
IDP = pki.extension("2.5.29.28", pki.der.sequence(pki.der.context(1, b"\xff", constructed=False)), critical=True)
NUMBER = pki.extension("2.5.29.20", pki.der.integer(7))


def rows(w):
    stranger = pki.authority("stranger")
    of_root, of_ca = crl(w.root), crl(w.ca)
    revoked = crl(w.ca, [w.leaf])
    yield w.row("lists of both, nothing is listed", OK, crls=[of_root, of_ca])
    yield w.row("lists of both, in the other order", OK, crls=[of_ca, of_root])
    yield w.row("the leaf is listed", "revoked", crls=[of_root, revoked])
    yield w.row("the intermediate is listed", "revoked", crls=[crl(w.root, [w.ca]), of_ca])
    yield w.row("another one is listed", OK, crls=[of_root, crl(w.ca, [stranger])])
    yield w.row("many are listed, the leaf among them", "revoked",
                crls=[of_root, crl(w.ca, [pki.leaf(w.ca, serial=n) for n in range(2, 60)] + [w.leaf])])
    yield w.row("no list of the leaf's issuer", NONE, crls=[of_root])
    yield w.row("no list of the root", NONE, crls=[of_ca])
    yield w.row("only the leaf needs one", OK, crls=[of_ca], crl_scope="leaf")
    yield w.row("only the leaf needs one, and it is listed", "revoked", crls=[revoked], crl_scope="leaf")
    yield w.row("only the leaf needs one, the intermediate is listed", OK, crls=[of_ca, crl(w.root, [w.ca])],
                crl_scope="leaf")
    for what, list_of_ca in (
            ("has ended", crl(w.ca, ends=moment("2030-05-01"))),
            ("has not begun", crl(w.ca, begins=moment("2030-07-01"))),
            ("has no end", crl(w.ca, ends=None)),
            ("has a wrong signature", crl(w.ca, spoil=True)),
            ("was signed by another", crl(w.ca, signer=stranger)),
            ("was signed with SHA-1", crl(w.ca, algorithm="ecdsa-sha1")),
            ("is of another of that name", crl(pki.authority("ca", stranger, number="impostor"))),
            ("has a critical extension", crl(w.ca, extensions=[NUMBER, IDP])),
            ("has an entry with a critical extension", crl(
                w.ca, [stranger], entry_extensions=[pki.extension("2.5.29.29", pki.der.sequence(), critical=True)])),
    ):
        yield w.row(f"the list {what}", NONE, crls=[of_root, list_of_ca])
        yield w.row(f"the list {what}, another is good", OK, crls=[of_root, list_of_ca, of_ca])
    yield w.row("the list has ended, and lists the leaf", "revoked",
                crls=[of_root, crl(w.ca, [w.leaf], ends=moment("2030-05-01"))])
    yield w.row("an older list has it, the newer has not", "revoked", crls=[of_root, of_ca, revoked])
    yield w.row("the list that has it has a wrong signature", OK, crls=[of_root, of_ca, crl(w.ca, [w.leaf], spoil=True)])
    yield w.row("the last second of a list counts", OK, crls=[of_root, crl(w.ca, ends=pki.NOW)])
    yield w.row("a list of version 1", OK, crls=[of_root, crl(w.ca, version=1)])
    yield w.row("a list with a number", OK, crls=[of_root, crl(w.ca, extensions=[NUMBER])])
    yield w.row("both lists in one text", OK, crls=[of_root + of_ca])

    silent = pki.authority("silent", w.root, extensions=[pki.basic_constraints(True), pki.usage(pki.KEY_CERT_SIGN)])
    yield w.row("an issuer that may not sign lists", NONE, leaf=pki.leaf(silent), others=[silent],
                crls=[of_root, crl(silent)])
    for kind, algorithm in (("rsa2048", "rsa-sha256"), ("rsa2048", "pss-sha256"), ("p384", "ecdsa-sha384"),
                            ("ed25519", "ed25519")):
        ca = pki.authority("signer", w.root, key=pki.key(kind, "list"))
        leaf = pki.leaf(ca)
        yield w.row(f"a list signed with {algorithm}", OK, leaf=leaf, others=[ca],
                    crls=[of_root, crl(ca, algorithm=algorithm)])
        yield w.row(f"a list signed with {algorithm} that has it", "revoked", leaf=leaf, others=[ca],
                    crls=[of_root, crl(ca, [leaf], algorithm=algorithm)])
        yield w.row(f"a list signed with {algorithm}, wrongly", NONE, leaf=leaf, others=[ca],
                    crls=[of_root, crl(ca, algorithm=algorithm, spoil=True)])
    yield w.row("an anchor needs no list", OK, others=[], trust=[w.ca], crls=[of_ca])
