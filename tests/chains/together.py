# SPDX-License-Identifier: Apache-2.0
# Names, pins, and several defects at once: the gravest is named, in the order of cert_errc.
import itertools

import pki
from cases import OK
from pki import moment

OTHER = "other.test"


def names_and_pins(w):
    yield w.row("the name fits", OK, name="leaf.test")
    yield w.row("another name", "name_mismatch", name=OTHER)
    yield w.row("an address where a name is", "name_mismatch", ip="192.0.2.1")
    yield w.row("an address that fits", OK, ip="192.0.2.1", leaf=pki.leaf(w.ca, extensions=[
        pki.basic_constraints(False), pki.names(pki.ip(192, 0, 2, 1))]))
    yield w.row("the leaf is pinned", OK, pin=w.leaf.pin())
    yield w.row("the intermediate is pinned", OK, pin=[w.ca.pin()])
    yield w.row("the root is pinned", OK, pin=[w.root.pin()])
    yield w.row("one of two is pinned", OK, pin=[pki.authority("x").pin(), w.leaf.pin()])
    yield w.row("another is pinned", "pin_mismatch", pin=[pki.authority("x").pin()])
    yield w.row("one that is sent and not needed is pinned", "pin_mismatch", others=[w.ca, pki.authority("x")],
                pin=[pki.authority("x").pin()])


#: cert_errc in its order, and what to change in a leaf (fields), in its extensions, or around it for that defect.
LEAF_DEFECTS = {
    "bad_signature": {"spoil": True},
    "unknown_ca": {"trust": True},
    "wrong_purpose": {"purposes": [pki.purposes(pki.CLIENT)]},
    "unknown_critical_extension": {"more": [pki.extension("1.3.6.1.4.1.99999.7", pki.der.octets(b"?"), True)]},
    "weak_key": {"key": pki.key("p224")},
    "weak_signature": {"algorithm": "ecdsa-sha1"},
    "expired": {"ends": moment("2030-05-01")},
    "name_mismatch": {"name": OTHER},
    "pin_mismatch": {"pin": True},
}
ORDER = ("bad_signature", "unknown_ca", "unknown_critical_extension", "wrong_purpose", "weak_key", "weak_signature",
         "expired", "name_mismatch", "pin_mismatch")


def pairs(w):
    stranger = pki.authority("stranger")
    for graver, milder in itertools.combinations(ORDER, 2):
        change = {**LEAF_DEFECTS[graver], **LEAF_DEFECTS[milder]}
        extensions = [pki.basic_constraints(False), *change.pop("purposes", [pki.purposes(pki.SERVER)]),
                      pki.names(pki.dns("leaf.test")), *change.pop("more", [])]
        trust = [stranger] if change.pop("trust", False) else None
        request = {"name": change.pop("name", "leaf.test")}
        if change.pop("pin", False):
            request["pin"] = stranger.pin()
        # One that is refused for its algorithm is not looked at.
        expected = milder if (graver, milder) == ("bad_signature", "weak_signature") else graver
        yield w.row(f"{graver} and {milder}", expected, leaf=pki.leaf(w.ca, extensions=extensions, **change), trust=trust,
                    **request)


def rows(w):
    yield from names_and_pins(w)
    yield from pairs(w)
    yield w.row("an expired leaf of an expired intermediate of an expired root", "expired",
                leaf=pki.leaf(w.ca, ends=moment("2030-05-01")),
                others=[pki.authority("ca", w.root, ends=moment("2030-05-01"))],
                trust=[pki.authority("root", ends=moment("2030-05-01"))])
    yield w.row("revoked and expired", "revoked", leaf=(late := pki.leaf(w.ca, ends=moment("2030-05-01"))),
                crls=[pki.crl(w.root), pki.crl(w.ca, [late])])
    yield w.row("no list and another name", "revocation_unavailable", name=OTHER, crls=[pki.crl(w.root)])
