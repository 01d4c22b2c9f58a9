# SPDX-License-Identifier: Apache-2.0
# OCSP responses between every client and every server: certs/ocsp/README.md says what each is.
from failures import VERSIONS
from scenario import close_write, handshake, read, read_end, scenario, write

BAD_CERTIFICATE, BAD_CERTIFICATE_STATUS_RESPONSE = 42, 113
GOOD = ("good", "good-sha256", "delegated-rsa")
BAD = {"revoked": "revoked", "unknown": "revocation_unavailable", "expired": "revocation_unavailable",
       "stranger": "revocation_unavailable"}


def accepted(what, version, client, server, visits=1):
    own = {"tag": f"stapling {what} {version}"} if visits > 1 else {}  # contexts live as long as the programs
    return scenario(
        f"stapling: {what}", version,
        [handshake(), write(100), read(200), close_write(), read_end()],
        [handshake(), read(100), write(200, seed=2), read_end(), close_write()],
        {**client, **own}, {**server, **own}, agreed={"version": f"TLS {version}"}, visits=visits)


def refused(what, version, pair, reason, client, server):
    # Of one that came, and in TLS 1.2, every library can say it.
    exact = "staple" in server or version == "1.2" or "certificate_alerts" in pair.client.about["features"]
    alert = BAD_CERTIFICATE_STATUS_RESPONSE if exact else BAD_CERTIFICATE
    return scenario(f"stapling: {what}", version, [handshake().refuses("certificate_refused", alert, reason)],
                    [handshake().is_told(alert)], client, server, in_pieces=True)


def scenarios(pair):
    for version in VERSIONS:
        for how in ("if_present", "required"):
            for response in GOOD:
                yield accepted(f"{response}, {how}", version, {"ocsp": how}, {"staple": response})
            for response, reason in BAD.items():
                yield refused(f"{response}, {how}", version, pair, reason, {"ocsp": how}, {"staple": response})
        yield accepted("nobody asks", version, {}, {"staple": "revoked"})
        yield accepted("nobody has one", version, {"ocsp": "if_present"}, {})
        yield accepted("resumed", version, {"ocsp": "required", "resumption": True}, {"staple": "good"}, visits=2)
        yield refused("one is missing", version, pair, "revocation_unavailable", {"ocsp": "required"}, {})
        yield refused("one was promised", version, pair, "revocation_unavailable", {"ocsp": "if_present"},
                      {"identity": "ocsp/must-staple"})
