# SPDX-License-Identifier: Apache-2.0
# The same client and server again and again: all but the first handshake resume, with what the first agreed on.
import itertools

from scenario import close_write, handshake, read, read_end, scenario, write

# name: client's list, server's list, the one agreed on
ALPN = {"no ALPN": ([], [], ""), "ALPN": (["http/1.1", "h2"], ["h2"], "h2")}
KEYS = ("server", "server-rsa")


def scenarios():
    for version, key, alpn in itertools.product(("1.2", "1.3"), KEYS, ALPN):
        offered, accepted, protocol = ALPN[alpn]
        # Contexts live as long as the programs: each scenario needs its own.
        own = {"tag": f"resumption {version} {key} {alpn}"}
        yield scenario(
            f"resumption, {key}, {alpn}", version,
            [handshake(), write(100), read(200), close_write(), read_end()],
            [handshake(), read(100), write(200, seed=2), read_end(), close_write()],
            {"alpn": offered, "resumption": True, **own}, {"alpn": accepted, "identity": key, **own},
            agreed={"version": f"TLS {version}", "alpn": protocol}, visits=3)
    for version in ("1.2", "1.3"):
        own = {"tag": f"no resumption {version}"}
        yield scenario(
            "a server that wants certificates does not resume", version,
            [handshake(), write(100), read(200), close_write(), read_end()],
            [handshake(), read(100), write(200, seed=2), read_end(), close_write()],
            {"identity": "client", "resumption": True, **own}, {"client_auth": "required", "trust": "root", **own},
            visits=2, resumes=False)
