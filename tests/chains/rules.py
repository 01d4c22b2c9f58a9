# SPDX-License-Identifier: Apache-2.0
# What one certificate may be and do: dates, authorities, purposes, keys, signatures, extensions.
import pki
from cases import OK, Row
from pki import moment

DAY = moment("2030-06-01T12:00:00")


def dates(w):
    ends, begins = pki.leaf(w.ca, ends=DAY), pki.leaf(w.ca, begins=DAY)
    yield w.row("the last second counts", OK, leaf=ends)
    yield w.row("a second later", "expired", leaf=ends, time="2030-06-01T12:00:01Z")
    yield w.row("the first second counts", OK, leaf=begins)
    yield w.row("a second earlier", "not_yet_valid", leaf=begins, time="2030-06-01T11:59:59Z")
    yield w.row("an hour earlier in another zone", OK, leaf=begins, time="2030-06-01T13:00:00+01:00")
    for who, certificate in (("intermediate", "ca"), ("root", "root")):
        for what, code, fields in (("has ended", "expired", {"ends": moment("2030-05-01")}),
                                   ("has not begun", "not_yet_valid", {"begins": moment("2030-07-01")})):
            if who == "root":
                root = pki.authority("root", **fields)
                yield w.row(f"the root {what}", code, trust=[root])
            else:
                yield w.row(f"the intermediate {what}", code, others=[pki.authority("ca", w.root, **fields)])
    yield w.row("until 9999", OK, leaf=pki.leaf(w.ca, ends=moment("9999-12-31T23:59:59")))
    yield w.row("until 2060, looked at in 2055", "expired", leaf=pki.leaf(w.ca, ends=moment("2060-01-01")),
                time="2055-01-01T00:00:00Z")
    yield w.row("since 1960", OK, leaf=pki.leaf(w.ca, begins=moment("1960-01-01")))


def authorities(w):
    def issued_by(name, expected, *extensions, **fields):
        ca = pki.authority("other ca", w.root, extensions=list(extensions), **fields)
        return Row(name, expected, pki.leaf(ca), [ca], [w.root])

    both = pki.usage(pki.KEY_CERT_SIGN, pki.CRL_SIGN)
    yield issued_by("an issuer without basicConstraints", "invalid_ca", pki.usage(pki.CRL_SIGN))
    yield issued_by("an issuer that signs certificates and is no authority", "malformed", both)
    yield issued_by("an issuer without any extension", "invalid_ca")
    yield issued_by("an issuer that is no authority", "invalid_ca", pki.basic_constraints(False))
    yield issued_by("an issuer without keyUsage", OK, pki.basic_constraints(True))
    yield issued_by("an issuer that may not sign certificates", "invalid_ca", pki.basic_constraints(True),
                    pki.usage(pki.SIGNATURE, pki.CRL_SIGN))
    yield issued_by("an issuer of version 1", "invalid_ca", version=1)
    yield issued_by("basicConstraints that are not critical", OK, pki.basic_constraints(True, critical=False), both)

    root = pki.authority("old root", extensions=[], version=1)
    yield Row("an anchor of version 1", "invalid_ca", pki.leaf(root), trust=[root])
    root = pki.authority("weak root", extensions=[pki.basic_constraints(True), pki.usage(pki.SIGNATURE)])
    yield Row("an anchor that may not sign certificates", "invalid_ca", pki.leaf(root), trust=[root])
    leaf_issuer = pki.leaf(w.ca, common_name="issuer")
    yield Row("a server that issues", "invalid_ca", pki.leaf(leaf_issuer), [leaf_issuer, w.ca], [w.root])

    def over(name, expected, *lengths, self_issued=False):
        chain = [w.root]
        for number, length in enumerate(lengths):
            title = "renewed" if self_issued else f"{name} {number}"
            chain.append(pki.authority(title, chain[-1], path_length=length, number=f"{title} {number}"))
        return Row(name, expected, pki.leaf(chain[-1]), chain[1:], [w.root])

    yield over("path length 0 below it nothing", OK, 0)
    yield over("path length 0, one below", "path_length", 0, None)
    yield over("path length 1, one below", OK, 1, 0)
    yield over("path length 1, two below", "path_length", 1, None, None)
    yield over("path length 5, then 0, then one", "path_length", 5, 0, None)
    limited = pki.authority("limited root", path_length=0)
    below = pki.authority("below", limited)
    yield Row("the root's path length counts", "path_length", pki.leaf(below), [below], [limited])
    again = pki.authority("limited", w.root, path_length=0, number="old key")
    renewed = pki.authority("limited", again, path_length=0, number="new key")
    yield Row("who issued itself does not count", OK, pki.leaf(renewed), [renewed, again], [w.root])


def purposes(w):
    for peer, good, bad in (("server", pki.SERVER, pki.CLIENT), ("client", pki.CLIENT, pki.SERVER)):
        def leaf(*extensions):
            return pki.leaf(w.ca, extensions=[pki.basic_constraints(False), pki.names(pki.dns("leaf.test")), *extensions])

        for name, expected, extensions in (
                ("without purposes", OK, []),
                ("for this", OK, [pki.purposes(good)]),
                ("for this, critical", OK, [pki.purposes(good, critical=True)]),
                ("for both", OK, [pki.purposes(bad, good)]),
                ("for the other", "wrong_purpose", [pki.purposes(bad)]),
                ("for any", "wrong_purpose", [pki.purposes(pki.ANY)]),
                ("for code", "wrong_purpose", [pki.purposes(pki.CODE)]),
                ("for nothing", "wrong_purpose", [pki.purposes()]),
                ("may sign", OK, [pki.usage(pki.SIGNATURE)]),
                ("may only encipher", "wrong_purpose", [pki.usage(pki.ENCIPHERMENT)]),
                ("signs certificates and is no authority", "malformed", [pki.usage(pki.KEY_CERT_SIGN)]),
        ):
            yield w.row(f"a {peer}'s certificate: {name}", expected, leaf=leaf(*extensions), purpose=peer)
        for name, expected, given in (("this", OK, good), ("the other", "wrong_purpose", bad),
                                      ("any", "wrong_purpose", pki.ANY)):
            ca = pki.authority("narrow", w.root, pki.purposes(given))
            yield Row(f"a {peer}'s issuer is for {name}", expected, pki.leaf(ca, pki_purpose(good), extensions=[
                pki.basic_constraints(False), pki_purpose(good), pki.names(pki.dns("leaf.test"))]), [ca], [w.root], purpose=peer)
            root = pki.authority("narrow root", None, pki.purposes(given))
            yield Row(f"a {peer}'s anchor is for {name}", expected, pki.leaf(root, extensions=[
                pki.basic_constraints(False), pki_purpose(good)]), trust=[root], purpose=peer)
    yield w.row("an authority as a server", OK, leaf=pki.leaf(w.ca, extensions=[
        pki.basic_constraints(True), pki.usage(pki.SIGNATURE, pki.KEY_CERT_SIGN), pki.purposes(pki.SERVER)]))


def pki_purpose(purpose):
    return pki.purposes(purpose)


def keys(w):
    for kind, expected in (("rsa1024", "weak_key"), ("rsa2048", OK), ("rsa3072", OK), ("p224", "weak_key"), ("p256", OK),
                           ("p384", OK), ("p521", OK), ("ed25519", OK), ("dsa", "weak_key")):
        yield w.row(f"a leaf with a key of {kind}", expected, leaf=pki.leaf(w.ca, key=pki.key(kind)))
    for kind, expected in (("rsa1024", "weak_key"), ("rsa2048", OK), ("p384", OK), ("p521", OK), ("ed25519", OK)):
        root = pki.authority("root", key=pki.key(kind))
        ca = pki.authority("ca", root, key=pki.key(kind, "ca"))
        yield Row(f"issuers with keys of {kind}", expected, pki.leaf(ca), [ca], [root])


def signatures(w):
    rsa = pki.authority("rsa ca", w.root, key=pki.key("rsa2048", "ca"))
    for issuer, kinds in ((w.ca, ("ecdsa-sha1", "ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512")),
                          (rsa, ("rsa-sha1", "rsa-sha256", "rsa-sha384", "rsa-sha512", "pss-sha256"))):
        for kind in kinds:
            expected = "weak_signature" if kind.endswith("sha1") else OK
            yield Row(f"a leaf signed with {kind}", expected, pki.leaf(issuer, algorithm=kind), [issuer], [w.root])
    yield w.row("an intermediate signed with ecdsa-sha1", "weak_signature",
                others=[pki.authority("ca", w.root, algorithm="ecdsa-sha1")])
    yield w.row("a root signed with ecdsa-sha1", OK, trust=[pki.authority("root", algorithm="ecdsa-sha1")])
    yield w.row("a leaf whose signature is wrong", "bad_signature", leaf=pki.leaf(w.ca, spoil=True))
    yield w.row("an intermediate whose signature is wrong", "bad_signature",
                others=[pki.authority("ca", w.root, spoil=True)])
    yield w.row("an anchor whose signature is wrong", OK, trust=[pki.authority("root", spoil=True)])
    yield w.row("two places that disagree on the algorithm", "malformed",
                leaf=pki.leaf(w.ca, algorithm="ecdsa-sha256", inner_algorithm="ecdsa-sha384"))


def extensions(w):
    unknown = "1.3.6.1.4.1.99999.7"
    for critical, expected in ((False, OK), (True, "unknown_critical_extension")):
        strange = pki.extension(unknown, pki.der.octets(b"?"), critical)
        word = "critical" if critical else "not critical"
        yield w.row(f"an unknown extension of the leaf, {word}", expected, leaf=pki.leaf(w.ca, strange))
        yield w.row(f"an unknown extension of the intermediate, {word}", expected,
                    others=[pki.authority("ca", w.root, strange)])
        yield w.row(f"an unknown extension of the anchor, {word}", expected, trust=[pki.authority("root", None, strange)])
    policies = pki.der.sequence(pki.der.sequence(pki.der.oid("2.5.29.32.0")))
    yield w.row("critical policies", "unknown_critical_extension", leaf=pki.leaf(w.ca, pki.extension("2.5.29.32", policies, True)))
    yield w.row("an extension that comes twice", "malformed",
                leaf=pki.leaf(w.ca, pki.names(pki.dns("leaf.test"))))
    yield w.row("extensions in version 1", "malformed", leaf=pki.leaf(w.ca, version=1))
    yield w.row("critical names", OK, leaf=pki.leaf(w.ca, subject=pki.name(None), extensions=[
        pki.basic_constraints(False), pki.usage(pki.SIGNATURE), pki.names(pki.dns("leaf.test"), critical=True)]))
    yield w.row("a serial number of 20 bytes", OK, leaf=pki.leaf(w.ca, serial=(1 << 159) - 1))
    yield w.row("a serial number of 0", OK, leaf=pki.leaf(w.ca, serial=0))
    yield w.row("a serial number of 30 bytes", "malformed", leaf=pki.leaf(w.ca, serial=(1 << 239) - 1))


def rows(w):
    for topic in (dates, authorities, purposes, keys, signatures, extensions):
        yield from topic(w)
