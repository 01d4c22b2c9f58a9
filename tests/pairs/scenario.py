# SPDX-License-Identifier: Apache-2.0
# A scenario: the settings and steps of both sides, and what each call must give. Whichever library a side has.
import dataclasses
import functools
import pathlib
import ssl

from tap import equal

CERTS = pathlib.Path(__file__).resolve().parents[2] / "certs"


class Step:
    """One call of a program, and what it must give: success, unless said otherwise."""

    def __init__(self, do, **words):
        self.words = {"do": do, **words}
        self.error = None
        self.count = words.get("size") if do == "read" else None

    def giving(self, count):
        """How many bytes a read must give; by default all that it asks for, or none when it fails."""
        self.count = count
        return self

    def fails(self, code, cert="none", alert=None, origin="local"):
        self.error = {"code": code, "cert": cert, "alert": alert, "origin": origin}
        if self.words["do"] == "read":
            self.count = 0
        return self

    def refuses(self, code, alert, cert="none"):
        """This side decides, and tells the other by an alert."""
        return self.fails(code, cert, alert)

    def is_told(self, alert):
        """The other side decided; this one learns of it here."""
        return self.fails("alert_received", alert=alert, origin="peer")

    def is_cut_off(self):
        """The transport ended here."""
        return self.fails("truncated", origin="peer")


def handshake(**words):
    return Step("handshake", **words)


def write(size, seed=1, **words):
    return Step("write", size=size, seed=seed, **words)


def read(size, **words):
    return Step("read", size=size, **words)


def read_end(**words):
    """The peer's close_notify, and by default nothing before it."""
    return Step("read_end", **words).giving(0)


def close_write(**words):
    return Step("close_write", **words)


def key_update(ask, times=1, **words):
    return Step("key_update", ask=ask, times=times, **words)


def hang_up():
    return Step("hang_up")


@dataclasses.dataclass
class Side:
    settings: dict
    steps: list
    names: dict = dataclasses.field(default_factory=dict)
    cut_at: int | None = None

    def request(self, chunk):
        request = {"settings": self.settings, "names": self.names, "steps": [step.words for step in self.steps]}
        if chunk:
            request["chunk"] = chunk
        if self.cut_at is not None:
            request["cut_at"] = self.cut_at
        return request


@dataclasses.dataclass
class Scenario:
    name: str
    client: Side
    server: Side
    # What info() must say after a completed handshake, and how many ClientHellos there were (None: it does not matter).
    agreed: dict = dataclasses.field(default_factory=dict)
    hellos: int | None = 1
    # Whether all that one side wrote is read by the other.
    all_arrives: bool = True
    # A further look at what both sides saw.
    look: object = None
    # How often the two connect with the same contexts, and whether they resume, all but the first time.
    visits: int = 1
    resumes: bool = True
    # Whether a client that is asked after the handshake (client_auth "on_request") shows a certificate and is let in.
    let_in_later: bool = True
    # Worth running again with other sizes of the pieces that arrive.
    in_pieces: bool = False

    def run(self, pair, chunk=None):
        for visit in range(self.visits):
            self.visit(pair, chunk, resumed=self.resumes and visit > 0)

    def visit(self, pair, chunk, resumed):
        client, server = pair.play(self.client.request(chunk), self.server.request(chunk))
        check_steps("client", self.client, client, server)
        check_steps("server", self.server, server, client)
        check_info("client", self, client["info"], completed(client), resumed)
        check_info("server", self, server["info"], completed(server), resumed)
        if completed(client) and completed(server):
            check_agreement(client["info"], server["info"])
        check_data("what the server read, of what the client wrote", client, server, self.all_arrives)
        check_data("what the client read, of what the server wrote", server, client, self.all_arrives)
        if self.hellos is not None:
            equal(client["client_hellos"], self.hellos, "ClientHellos that the client sent")
            equal(server["client_hellos"], self.hellos, "ClientHellos that the server received")
        if self.look:
            self.look(client, server)


def tls(version, client=None, server=None):
    """Settings of a client that trusts the root and of a server called "server", for exactly one version."""
    exactly = {"min": version, "max": version}
    return (
        {"role": "client", "trust": "root", **exactly, **(client or {})},
        {"role": "server", "identity": "server", **exactly, **(server or {})},
    )


def scenario(name, version, client_steps, server_steps, client=None, server=None, names=None, cut=(None, None), **rest):
    client_settings, server_settings = tls(version, client, server)
    rest.setdefault("agreed", {"version": f"TLS {version}"})
    return Scenario(
        f"{name}, TLS {version}",
        Side(client_settings, client_steps, names or {"server_name": "localhost"}, cut[0]),
        Side(server_settings, server_steps, {}, cut[1]),
        **rest,
    )


# ---- what was seen ----


def brief(step, seen):
    """A step and what it gave, in one line."""
    words = " ".join(f"{key}={value}" for key, value in step.words.items() if key != "do")
    error = seen.get("error")
    gave = "ok" if error is None else "{code} {cert} alert={alert} origin={origin}: {message} [{native}]".format(
        **{"native": "", **error})
    return f"{step.words['do']} {words} -> {gave}"


def check_steps(role, side, seen, other):
    told = [s["error"]["alert"] for s in other["steps"] if "error" in s and s["error"]["code"] != "alert_received"]
    story = "\n".join(brief(step, result) for step, result in zip(side.steps, seen["steps"]))
    for number, step in enumerate(side.steps):
        where = f"{role}, step {number + 1}"
        if number >= len(seen["steps"]):
            raise AssertionError(f"{where} ({step.words['do']}) was never made:\n{story}\n"
                                 f"the other side: {other['steps'][-1]}")
        result = seen["steps"][number]
        equal(promised(result.get("error")), step.error, f"{where}:\n{story}\n{where}")
        if step.count is not None:
            equal(result["count"], step.count, f"{where}: bytes")
        if step.error and step.error["code"] == "alert_received":
            equal(result["error"]["alert"], told[-1] if told else None,
                  f"{where}: the alert received, against the one that the other side reports")


def promised(error):
    """The part of an error that is the same on every backend."""
    return error and {key: error[key] for key in ("code", "cert", "alert", "origin")}


def completed(seen):
    """Whether the handshake was: also the first read's or the first write's."""
    return any(s["do"] in ("handshake", "read", "read_end", "write") and "error" not in s for s in seen["steps"])


NOTHING_WRITTEN = {"count": 0, "hash": 0xCBF29CE484222325}


def check_data(what, writer, reader, all_arrives):
    """All of it, or what was written up to some step."""
    up_to = [step["written"] for step in writer["steps"] if "written" in step] or [NOTHING_WRITTEN]
    equal(up_to[-1], writer["written"], f"{what}: all that was written")
    if all_arrives:
        equal(reader["read"], writer["written"], what)
    elif reader["read"] not in [NOTHING_WRITTEN, *up_to]:
        raise AssertionError(f"{what}: {reader['read']} is none of {up_to}")


NO_HANDSHAKE = {
    "version": "none", "cipher_suite": 0, "cipher_suite_name": "", "group": 0, "group_name": "", "alpn": "",
    "server_name": "", "peer_certificates": [], "peer_verified": False, "resumed": False,
    "local_certificates": [], "verified_chain_size": 0, "psk_identity": "",
}


def check_info(role, scenario, info, complete, resumed):
    if not complete:
        equal(info, NO_HANDSHAKE, f"{role}: info() without a handshake")
        return
    equal(info["resumed"], resumed, f"{role}: resumed")
    if resumed:
        # A new key exchange in TLS 1.3, none in TLS 1.2.
        equal(info["group"] != 0, info["version"] == "TLS 1.3", f"{role}: a group")
    client, server = scenario.client, scenario.server
    shown = server.settings.get("client_auth", "none") != "none" and "identity" in client.settings
    if server.settings.get("client_auth") == "on_request" and not scenario.let_in_later:
        shown = shown and role == "client" and "post_handshake_auth" in client.settings
    by_key = "psk" in client.settings
    of_server, of_client = [] if by_key else certificates(server.settings["identity"]), []
    equal(info["psk_identity"], client.settings["psk"]["identity"] if by_key else "", f"{role}: psk_identity")
    if shown:
        of_client = certificates(client.settings["identity"])
    if role == "client":
        chain, ours = of_server, of_client
        verified = not by_key and not client.settings.get("insecure", False)
    else:
        chain, ours = of_client, of_server
        verified = bool(chain)
    equal(info["local_certificates"], [] if resumed else ours, f"{role}: its own certificates")
    equal(info["verified_chain_size"] > 0, verified, f"{role}: a verified chain")
    equal(info["peer_certificates"], chain, f"{role}: the certificates of its peer")
    equal(info["peer_verified"], verified, f"{role}: peer_verified")
    equal(info["server_name"], client.names.get("server_name", ""), f"{role}: server_name")
    for key, value in scenario.agreed.items():
        equal(info[key], value, f"{role}: {key}")


def check_agreement(client, server):
    for key in ("version", "cipher_suite", "cipher_suite_name", "group", "group_name", "alpn", "server_name"):
        equal(server[key], client[key], f"{key}: the server's, against the client's")


@functools.cache
def certificates(name):
    """The chain of certs/NAME.crt, each certificate as hexadecimal DER."""
    text = (CERTS / f"{name}.crt").read_text(encoding="ascii")
    blocks = [block for block in text.split("-----BEGIN CERTIFICATE-----") if "-----END CERTIFICATE-----" in block]
    return [ssl.PEM_cert_to_DER_cert("-----BEGIN CERTIFICATE-----" + block.split("-----END CERTIFICATE-----")[0].rstrip()
                                     + "\n-----END CERTIFICATE-----\n").hex() for block in blocks]
