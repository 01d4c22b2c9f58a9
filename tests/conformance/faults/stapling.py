# SPDX-License-Identifier: Apache-2.0
# OCSP responses that nobody asked for, that are malformed, or that come in the wrong place (RFC 6066 8, RFC 8446 4.4.2.1).
# What is wrong inside of one: tests/conformance/ocsp.cpp.
import codec
from row import *  # noqa: F403

CERTIFICATE_STATUS, STATUS_REQUEST, OCSP = 22, 5, 1
WHY = "the RFCs name no alert for it, or libraries differ in what they call it"
REFUSED = refuses(ANY, why=WHY)
ASKS = {"ocsp": "if_present"}
GOOD = (CERTS / "ocsp" / "good.der").read_bytes()


def status(response=GOOD, kind=OCSP):
    return codec.number(1, kind) + codec.vector(3, response)


def says_status(content):
    return lambda peer: peer.say("CertificateStatus", codec.message(CERTIFICATE_STATUS, content))


MALFORMED = (("of another kind", status(kind=2)), ("that ends early", status()[:-1]), ("with a byte behind it", status() + b"\0"),
             ("without a length", b"\1"), ("with nothing in it", b""))


def in_1_2(name, outcome, settings=None, acknowledged=True, statuses=()):
    script = {"before ServerKeyExchange": do(*(says_status(content) for content in statuses)),
              "established": do(says_hello)}
    if acknowledged:
        script["edit ServerHello"] = edited(lambda hello: hello.add(STATUS_REQUEST))
    return Row(f"stapling: {name}", "1.2", "client", outcome, script, ASKS if settings is None else settings)


def in_1_3(name, outcome, settings=None, of_leaf=None, of_issuer=None):
    def change(certificate):
        for place, content in ((0, of_leaf), (1, of_issuer)):
            if content is not None:
                certificate.extras[place] = [(STATUS_REQUEST, content)]
    return Row(f"stapling: {name}", "1.3", "client", outcome,
               {"edit Certificate": edited(change), "established": do(says_hello)}, ASKS if settings is None else settings)


def rows(full):
    yield in_1_2("a good response", works(), statuses=(status(),))
    yield in_1_2("promised, and none comes", works())
    yield in_1_2("not promised, and none comes", works(), acknowledged=False)
    yield in_1_2("a response that was not promised", REFUSED, acknowledged=False, statuses=(status(),))
    yield in_1_2("a response that was not asked for", REFUSED, {}, acknowledged=False, statuses=(status(),))
    yield in_1_2("promised, and it was not asked for", refuses(UNSUPPORTED_EXTENSION), {})
    yield in_1_2("two responses", REFUSED, statuses=(status(), status()))
    for name, content in MALFORMED:
        yield in_1_2(f"a response {name}", REFUSED, statuses=(content,))
        yield in_1_3(f"a response {name}", REFUSED, of_leaf=content)
    yield in_1_3("a good response", works(), of_leaf=status())
    yield in_1_3("a good response and one for the issuer", works(), of_leaf=status(), of_issuer=status(b"garbage"))
    yield in_1_3("a response for the issuer only", works(), of_issuer=status())
    yield in_1_3("a response that was not asked for",
                 refuses((UNSUPPORTED_EXTENSION, ILLEGAL_PARAMETER), why=WHY), {}, of_leaf=status())
