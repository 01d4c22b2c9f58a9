# SPDX-License-Identifier: Apache-2.0
# Several certificates, and PKCS#12 files, with `serve` and `connect` against the tools of OpenSSL.
import pathlib
import tempfile

import tap
from process import Process, finish, tool
from tap import case, contains, equal
from tlseam import CERTS, COMMAND, ROOT, Connect, Serve, identity, usable

KINDS = [name for name in ("server", "server-rsa", "server-ed25519") if usable(name)]
SCHEMES = {"server": "ECDSA+SHA256", "server-rsa": "RSA-PSS+SHA256", "server-ed25519": "ed25519"}


def shown_to(server, version, *options):
    """The subject of the certificate that s_client gets, or None."""
    client = finish(tool("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost",
                    "-CAfile", ROOT, "-verify_return_error", f"-tls{version.replace('.', '_')}", *options)
    lines = [line for line in client.stdout.decode().splitlines() if line.startswith("subject=")]
    return lines[0].replace(" ", "").removeprefix("subject=CN=") if lines else None


def several(names):
    return [word for name in names for word in identity(name)]


@case("s_client gets the certificate that its signature schemes allow, {version}")
def by_scheme(version):
    server = Serve(*several(KINDS[1:]), cert=KINDS[0])
    for name in KINDS:
        equal(shown_to(server, version, "-sigalgs", SCHEMES[name]), name, f"with {SCHEMES[name]}")
    equal(shown_to(server, version, "-sigalgs", ":".join(SCHEMES[name] for name in KINDS)), "server", "with all")


@case("s_client gets the certificate for the name that it asks for, {version}")
def by_name(version):
    server = Serve(*several(["wrong-name", "server-rsa"]))
    equal(shown_to(server, version, "-servername", "other.tlseam.test"), "wrong-name", "for the other name")
    equal(shown_to(server, version), "server", "for localhost")
    equal(shown_to(server, version, "-servername", "other.tlseam.test", "-sigalgs", "RSA-PSS+SHA256"), "server-rsa",
          "for the other name, with RSA only")


@case("s_client that can take no certificate is refused, {version}")
def by_nothing(version):
    server = Serve("--once")
    equal(shown_to(server, version, "-sigalgs", "ed25519"), None, "certificate")
    equal(server.event("error")["code"], "no_shared_parameters", "code")


def ask(version, *options, cert="server"):
    """s_server that wants a certificate."""
    server = Process(tool("openssl"), "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-cert",
                     CERTS / f"{cert}.crt", "-key", CERTS / f"{cert}.key", "-cert_chain", CERTS / f"{cert}.crt", "-rev",
                     f"-tls{version.replace('.', '_')}", *options)
    return int(server.match(r"^ACCEPT 127\.0\.0\.1:(\d+)").group(1)), server


def shows(version, names, *options, **more):
    """The subject that `connect` with these certificates shows."""
    port, server = ask(version, *options, **more)
    client = Connect(port, *several(names))
    client.event("handshake", "stderr")
    client.write(b"drawer\n")
    client.match("^reward$")
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    server.exit_code()
    said = (server.stdout + server.stderr).decode().replace(" ", "")
    return [name for name in ("client-rsa", "client-ed25519", "client-unknown-ca", "client")
            if f"depth=0CN={name}\n" in said]


@case("s_server gets the certificate that its signature schemes allow, {version}")
def client_by_scheme(version):
    trust = ("-Verify", "3", "-CAfile", ROOT, "-verify_return_error")
    clients = ["client", "client-rsa"]
    rsa = "RSA-PSS+SHA256:RSA+SHA256" if version == "1.2" else "RSA-PSS+SHA256"
    # The server's own key is of the same kind: one library's TLS 1.2 looks at the suite (backends/*/README.md).
    equal(shows(version, clients, *trust, "-client_sigalgs", rsa, cert="server-rsa"), ["client-rsa"], "with RSA only")
    equal(shows(version, clients, *trust), ["client"], "with all")
    equal(shows(version, clients[::-1], *trust), ["client-rsa"], "with all, the other order")


@case("s_server gets the certificate of an authority that it names, {version}")
def client_by_authority(version):
    trust = ("-Verify", "3", "-CAfile", ROOT, "-verify_return_error")
    equal(shows(version, ["client-unknown-ca", "client"], *trust), ["client"], "the root is named")


@case("s_server that no certificate suits gets none, {version}")
def client_without(version):
    only_pss_512 = ("-verify", "3", "-CAfile", ROOT, "-client_sigalgs", "RSA-PSS+SHA512")
    equal(shows(version, ["client"], *only_pss_512), [], "certificate")


@case("serve and connect with PKCS#12 files, {version}")
def pkcs12(version):
    with tempfile.TemporaryDirectory() as directory:
        passphrase = pathlib.Path(directory) / "passphrase"
        passphrase.write_text("tlseam\n")
        client_file = pathlib.Path(directory) / "client.p12"
        made = finish(tool("openssl"), "pkcs12", "-export", "-in", CERTS / "client.crt", "-inkey",
                      CERTS / "client.key", "-passout", f"file:{passphrase}", "-out", client_file)
        equal(made.exit_code(), 0, "exit code of openssl")
        server = Process(COMMAND, "serve", "--json", "--listen", "127.0.0.1:0", "--pkcs12", CERTS / "server.p12",
                         "--pkcs12", CERTS / "pkcs12/rsa.p12", "--passphrase-file", passphrase, "--client-ca", ROOT,
                         "--min-version", version, "--max-version", version)
        client = Connect(server.event("listening")["port"], "--pkcs12", client_file, "--passphrase-file", passphrase)
        equal(client.event("handshake", "stderr")["peer_certificates"][0]["subject"], "CN=server", "server")
        equal(server.event("handshake")["peer_certificates"][0]["subject"], "CN=client", "client")
        client.close_stdin()
        equal(client.exit_code(), 0, "exit code of connect")


@case("pairs that are none, files that are missing, certificates that nothing tells apart")
def usage():
    start = ("serve", "--listen", "127.0.0.1:0")
    for options, named in (
            ((*identity("server"), "--cert", CERTS / "server-rsa.crt"), "--key"),
            (("--cert", CERTS / "server.crt", *identity("server-rsa")[2:], "--key", CERTS / "server.key"), "--key"),
            (("--passphrase-file", CERTS / "server.crt"), "--pkcs12"),
            (("--pkcs12", CERTS / "no-such-file"), "no-such-file"),
            (("--pkcs12", CERTS / "server.p12"), "passphrase"),
            (("--pkcs12", CERTS / "server.crt"), "server.crt"),
            ((*identity("server"), *identity("revoked")), "number 1 and number 2")):
        run = finish(COMMAND, *start, *options)
        equal(run.exit_code(), 2, f"exit code of {options}")
        contains(run.stderr.decode(), named, "the sentence")


tap.run()
