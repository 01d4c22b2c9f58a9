# SPDX-License-Identifier: Apache-2.0
# Ways to an anchor, and chains that have none.
import pki
from cases import OK, Row


def rows(w):
    stranger = pki.authority("stranger")
    namesake = pki.authority("root", number="another key")
    cross = pki.authority("ca", stranger, number="ca")
    old_cross = pki.authority("ca", stranger, number="ca", begins=pki.moment("2020-01-01"), ends=pki.moment("2021-01-01"))
    yield w.row("a good chain", OK)
    yield w.row("the root is sent too", OK, others=[w.ca, w.root])
    yield w.row("in reverse order", OK, others=[w.root, w.ca])
    yield w.row("twice the same", OK, others=[w.ca, w.ca, w.ca])
    yield w.row("with strangers", OK, others=[stranger, namesake, w.ca])
    yield w.row("the leaf among the others", OK, others=[w.leaf, w.ca])
    yield w.row("the intermediate is missing", "unknown_ca", others=[])
    yield w.row("the intermediate is trusted", OK, others=[], trust=[w.ca])
    yield w.row("the leaf is trusted", OK, others=[], trust=[w.leaf])
    yield w.row("the root is not trusted", "unknown_ca", trust=[stranger])
    yield w.row("the root is sent, and not trusted", "unknown_ca", others=[w.ca, w.root], trust=[stranger])
    yield w.row("an anchor with the name of the root", "unknown_ca", trust=[namesake])
    yield w.row("both anchors with that name", OK, trust=[namesake, w.root])
    yield w.row("an anchor with the name and the key identifier of the root", "bad_signature",
                trust=[pki.authority("root", number="third", own_id=w.root.own_id)])

    alone = pki.leaf()
    yield Row("signed by itself", "self_signed", alone, trust=[w.root])
    yield Row("signed by itself, and trusted", OK, alone, trust=[alone])

    four = [w.root]
    for number in range(4):
        four.append(pki.authority(f"step {number}", four[-1]))
    yield Row("four intermediates", OK, pki.leaf(four[-1]), four[1:], [w.root])
    yield Row("four intermediates, one is missing", "unknown_ca", pki.leaf(four[-1]), four[1:2] + four[3:], [w.root])

    many = [w.root]
    for number in range(20):
        many.append(pki.authority(f"long {number}", many[-1], number="long"))
    yield Row("16 certificates with the anchor", OK, pki.leaf(many[14]), many[1:15], [w.root])
    yield Row("17 certificates with the anchor", "unknown_ca", pki.leaf(many[15]), many[1:16], [w.root])

    yield w.row("signed by two authorities, the way over the other", OK, others=[cross], trust=[stranger])
    yield w.row("signed by two authorities, both are sent", OK, others=[cross, w.ca])
    yield w.row("signed by two authorities, the first way has ended", OK, others=[old_cross, w.ca],
                trust=[stranger, w.root])
    yield w.row("signed by two authorities, the only way has ended", "expired", others=[old_cross], trust=[stranger])

    first, second = pki.authority("first"), pki.authority("second")
    circle = [pki.authority("first", second, number="first"), pki.authority("second", first, number="second")]
    yield Row("two that signed each other", "unknown_ca", pki.leaf(first), circle, [w.root])
    crowd = [pki.authority("crowd", pki.authority("crowd", number=f"crowd {n + 1}"), number=f"crowd {n}", ids=False)
             for n in range(24)]
    yield Row("many of one name", "unknown_ca", pki.leaf(crowd[0], ids=False), crowd, [w.root])

    yield w.row("key identifiers that do not fit", "unknown_ca",
                leaf=pki.leaf(w.ca, issuer_id=b"\x01" * 20))
    yield w.row("no key identifiers", OK, leaf=pki.leaf(w.ca, ids=False))
    yield w.row("an issuer without key identifiers", OK, others=[pki.authority("ca", w.root, ids=False)])
    yield w.row("the issuer's name in another kind of string", "unknown_ca",
                leaf=pki.leaf(w.ca, issuer_name=pki.name("ca", pki.der.printable)))
    yield w.row("the issuer's name in other letters", "unknown_ca", leaf=pki.leaf(w.ca, issuer_name=pki.name("CA")))
