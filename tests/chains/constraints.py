# SPDX-License-Identifier: Apache-2.0
# Which names an authority may give (RFC 5280 4.2.1.10). In every chain the leaf is what differs, or the constraint.
import pki
from cases import OK, Row
from pki import directory, dns, email, ip, uri

BAD = "name_constraint"


def chain(w, name, expected, constraint, *names, subject=None, **request):
    ca = pki.authority("constrained", w.root, constraint)
    leaf = pki.leaf(ca, extensions=[pki.basic_constraints(False), pki.usage(pki.SIGNATURE), pki.purposes(pki.SERVER),
                                    *([pki.names(*names)] if names else [])], subject=subject)
    return Row(name, expected, leaf, [ca], [w.root], **request)


def permits(*trees):
    return pki.constraints(permitted=trees)


def excludes(*trees):
    return pki.constraints(excluded=trees)


HOSTS = (
    # permitted, name, expected
    ("example.test", "example.test", OK),
    ("example.test", "www.example.test", OK),
    ("example.test", "a.b.example.test", OK),
    ("example.test", "WWW.Example.TEST", OK),
    ("Example.Test", "www.example.test", OK),
    ("example.test", "badexample.test", BAD),
    ("example.test", "example.test.evil", BAD),
    ("example.test", "test", BAD),
    ("example.test", "*.example.test", OK),
    ("example.test", "*.test", BAD),
    ("www.example.test", "*.example.test", BAD),
    ("test", "www.example.test", OK),
)
EXCLUDED_HOSTS = (
    ("example.test", "example.test", BAD),
    ("example.test", "www.example.test", BAD),
    ("example.test", "badexample.test", OK),
    ("example.test", "other.test", OK),
    ("example.test", "*.example.test", BAD),
    ("www.example.test", "*.example.test", BAD),  # it stands for that one too
    ("www.example.test", "ftp.example.test", OK),
    ("EXAMPLE.test", "www.example.test", BAD),
)
ADDRESSES = (
    # permitted address and mask, name, expected
    ((192, 0, 2, 0, 255, 255, 255, 0), (192, 0, 2, 1), OK),
    ((192, 0, 2, 0, 255, 255, 255, 0), (192, 0, 3, 1), BAD),
    ((192, 0, 2, 0, 255, 255, 255, 0), (0x20, 1, 0xd, 0xb8) + (0,) * 12, BAD),
    ((0x20, 1, 0xd, 0xb8) + (0,) * 12 + (255,) * 4 + (0,) * 12, (0x20, 1, 0xd, 0xb8) + (0,) * 11 + (1,), OK),
    ((0x20, 1, 0xd, 0xb8) + (0,) * 12 + (255,) * 4 + (0,) * 12, (0x20, 1, 0xd, 0xb9) + (0,) * 12, BAD),
    ((0,) * 8, (198, 51, 100, 7), OK),
)
MAILS = (
    ("example.test", "me@example.test", OK),
    ("example.test", "me@www.example.test", BAD),
    (".example.test", "me@www.example.test", OK),
    (".example.test", "me@example.test", BAD),
    ("me@example.test", "me@example.test", OK),
    ("me@example.test", "you@example.test", BAD),
)
URIS = (
    ("www.example.test", "https://www.example.test/x", OK),
    ("www.example.test", "https://www.example.test:8443/x", OK),
    ("www.example.test", "https://me@www.example.test/x", BAD),  # readers disagree on where the host begins
    ("www.example.test", "https://ftp.example.test/", BAD),
    (".example.test", "https://www.example.test/", OK),
    (".example.test", "https://example.test/", BAD),
    ("www.example.test", "urn:x", BAD),
)


def company(*values):
    """O=..., CN=..."""
    kinds = ("2.5.4.10", "2.5.4.3")
    steps = (pki.der.set_of(pki.der.sequence(pki.der.oid(kind), pki.der.utf8(value))) for kind, value in zip(kinds, values))
    return pki.der.sequence(*steps)


def rows(w):
    for base, name, expected in HOSTS:
        yield chain(w, f"{base} is permitted, {name}", expected, permits(dns(base)), dns(name))
    for base, name, expected in EXCLUDED_HOSTS:
        yield chain(w, f"{base} is excluded, {name}", expected, excludes(dns(base)), dns(name))
    for base, name, expected in ADDRESSES:
        yield chain(w, f"{base} is permitted, {name}", expected, permits(ip(*base)), ip(*name))
    yield chain(w, "192.0.2.0/24 is excluded, in it", BAD, excludes(ip(192, 0, 2, 0, 255, 255, 255, 0)), ip(192, 0, 2, 9))
    yield chain(w, "192.0.2.0/24 is excluded, beside it", OK, excludes(ip(192, 0, 2, 0, 255, 255, 255, 0)), ip(192, 0, 3, 9))
    for base, name, expected in MAILS:
        yield chain(w, f"{base} is permitted, {name}", expected, permits(email(base)), email(name), dns("leaf.test"))
    for base, name, expected in URIS:
        yield chain(w, f"{base} is permitted, {name}", expected, permits(uri(base)), uri(name), dns("leaf.test"))

    ours = company("Ours")
    yield chain(w, "an organisation is permitted, and it is", OK, permits(directory(ours)), dns("leaf.test"),
                subject=company("Ours", "leaf"))
    yield chain(w, "an organisation is permitted, in other letters", BAD, permits(directory(company("OURS"))),
                dns("leaf.test"), subject=company("Ours", "leaf"))
    yield chain(w, "an organisation is permitted, another", BAD, permits(directory(ours)), dns("leaf.test"),
                subject=company("Theirs", "leaf"))
    yield chain(w, "an organisation is excluded, and it is", BAD, excludes(directory(ours)), dns("leaf.test"),
                subject=company("Ours", "leaf"))
    yield chain(w, "an organisation is excluded, in other letters", BAD, excludes(directory(company("OURS"))),
                dns("leaf.test"), subject=company("Ours", "leaf"))
    yield chain(w, "an organisation is excluded, another", OK, excludes(directory(ours)), dns("leaf.test"),
                subject=company("Theirs", "leaf"))

    yield chain(w, "names of another kind are free", OK, permits(email("example.test")), dns("leaf.test"))
    yield chain(w, "two are permitted, the second fits", OK, permits(dns("a.test"), dns("b.test")), dns("www.b.test"))
    yield chain(w, "permitted and excluded, excluded wins", BAD,
                pki.constraints([dns("example.test")], [dns("www.example.test")]), dns("www.example.test"))
    yield chain(w, "permitted and excluded, beside it", OK,
                pki.constraints([dns("example.test")], [dns("www.example.test")]), dns("ftp.example.test"))
    yield chain(w, "one name of two is not permitted", BAD, permits(dns("a.test")), dns("a.test"), dns("b.test"))
    yield chain(w, "a common name is no host name", OK, permits(dns("a.test")))
    yield chain(w, "an unknown kind of name is constrained, none is there", OK, permits(pki.other_name()), dns("leaf.test"))
    yield chain(w, "a mask of the wrong length", BAD, permits(ip(192, 0, 2, 0, 255)), ip(192, 0, 2, 1))

    root = pki.authority("root with constraints", None, permits(dns("a.test")))
    ca = pki.authority("below it", root)
    for name, expected in (("a.test", OK), ("b.test", BAD)):
        leaf = pki.leaf(ca, extensions=[pki.basic_constraints(False), pki.names(dns(name))])
        yield Row(f"the anchor permits a.test, {name}", expected, leaf, [ca], [root])
    outer = pki.authority("outer", w.root, permits(dns("a.test")))
    inner = pki.authority("inner", outer, permits(dns("b.test")))
    for name, expected in (("a.test", BAD), ("b.test", BAD)):
        leaf = pki.leaf(inner, extensions=[pki.basic_constraints(False), pki.names(dns(name))])
        yield Row(f"a.test within b.test leaves nothing, {name}", expected, leaf, [inner, outer], [w.root])
    many = pki.constraints([dns("test")] + [dns(f"a{n}.other") for n in range(300)])
    few, more = ([dns(f"b{n}.test") for n in range(size)] for size in (100, 300))
    yield chain(w, "100 names and 301 constraints", OK, many, *few)
    yield chain(w, "300 names and 301 constraints: too many to compare", BAD, many, *more)
