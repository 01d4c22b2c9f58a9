# SPDX-License-Identifier: Apache-2.0
# One row per chain: what is sent, who is trusted, and the one answer that every backend gives. The reasons are those of
# RFC 5280 and of include/tlseam/verification.hpp, where the RFC leaves a choice.
import pki


class Row:
    def __init__(self, title, expected, leaf, others=(), trust=(), crls=(), **request):
        self.name = title
        self.expected = expected
        self.request = {
            "id": title,
            "leaf": leaf.pem(),
            "untrusted": [each.pem() for each in others],
            "trust": [each.pem() for each in trust],
            "crl": list(crls),
            "time": pki.NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
            **request,
        }


class World:
    """A root, an intermediate and a leaf that are good, to start from."""

    def __init__(self):
        self.root = pki.authority("root")
        self.ca = pki.authority("ca", self.root)
        self.leaf = pki.leaf(self.ca)

    def row(self, title, expected, leaf=None, others=None, trust=None, **more):
        return Row(title, expected, leaf or self.leaf, [self.ca] if others is None else others,
                   [self.root] if trust is None else trust, **more)


OK = None
