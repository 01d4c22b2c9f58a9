# SPDX-License-Identifier: Apache-2.0
# OCSP stapling with the command, with itself and with others. tests/conformance/ocsp.cpp has which responses are good.
import tap
from process import Process, finish, tool
from tap import case, contains, equal
from tlseam import CERTS, COMMAND, ROOT, SERVE, Connect, Serve, versions


def response(name):
    return CERTS / "ocsp" / f"{name}.der"


def stapling(name):
    return Serve("--ocsp-response", response(name))


def connect(port, version, how):
    client = Connect(port, "--ocsp", how, *versions(version))
    client.close_stdin()
    return client


def good(client):
    """Whether the handshake says that a response came and was good."""
    equal(client.exit_code(), 0, "exit code of connect")
    return client.event("handshake", "stderr")["ocsp_good"]


def reason(client):
    failure = client.failure()
    equal(failure["code"], "certificate_refused", "code")
    return failure["cert_code"]


@case("connect --ocsp takes what serve --ocsp-response sends, {version}")
def ours(version):
    server = stapling("good")
    equal([good(connect(server.port, version, how)) for how in ("off", "if-present", "required")], [False, True, True],
          "ocsp_good")
    equal(reason(connect(stapling("revoked").port, version, "if-present")), "revoked", "why")
    without = Serve()
    equal(good(connect(without.port, version, "if-present")), False, "ocsp_good")
    equal(reason(connect(without.port, version, "required")), "revocation_unavailable", "why")


@case("each response goes to the certificate that it is about, in any order")
def several():
    both = ("--cert", CERTS / "server-rsa.crt", "--key", CERTS / "server-rsa.key", *SERVE[1:])
    server = Process(COMMAND, "serve", "--json", "--listen", "127.0.0.1:0", *both, "--ocsp-response", response("good"))
    port = server.event("listening")["port"]
    ecdsa = ("--signature-schemes", "ecdsa_secp256r1_sha256")
    client = Connect(port, "--ocsp", "required", *ecdsa, *versions("1.3"))
    client.close_stdin()
    equal(good(client), True, "ocsp_good")


@case("serve does not start with a response that is no use")
def useless():
    for name, sentence in (("malformed", "cannot be parsed"), ("try-later", "tryLater"), ("other-certificate", "CN=server"),
                           ("nothing-there", "nothing-there.der")):
        run = finish(COMMAND, *SERVE, "--listen", "127.0.0.1:0", "--ocsp-response", response(name))
        equal(run.exit_code(), 2, "exit code")
        contains(run.stderr.decode(), sentence, "the sentence")
    equal(finish(COMMAND, "connect", "localhost:443", "--ocsp", "perhaps").exit_code(), 2, "exit code")


@case("openssl s_client -status shows the response, {version}")
def s_client(version):
    def status(server):
        run = finish(tool("openssl"), "s_client", "-connect", f"127.0.0.1:{server.port}", "-CAfile", ROOT, "-status",
                     f"-tls{version.replace('.', '_')}", stdin=b"Q\n")
        equal(run.exit_code(), 0, "exit code of openssl")
        return run.stdout.decode()
    seen = status(stapling("good"))
    contains(seen, "OCSP Response Status: successful (0x0)", "s_client's words")
    contains(seen, "Cert Status: good", "s_client's words")
    contains(status(Serve()), "OCSP response: no response sent", "s_client's words")


@case("gnutls-cli takes a good response and refuses a bad one, {version}")
def gnutls_cli(version):
    def run(name):
        server = stapling(name)
        return finish(tool("gnutls-cli", "gnutls-bin"), "--x509cafile", ROOT, "--port", server.port, "--priority",
                      f"NORMAL:-VERS-ALL:+VERS-TLS{version}", "--sni-hostname", "localhost", "--verify-hostname",
                      "localhost", "127.0.0.1", stdin=b"x")
    taken = run("good")
    equal(taken.exit_code(), 0, "exit code of gnutls-cli")
    contains(taken.stdout.decode(), "OCSP status request", "gnutls-cli's words")
    assert run("revoked").exit_code() != 0, "gnutls-cli takes a certificate whose response says revoked"


@case("connect judges what openssl s_server -status_file sends, {version}")
def s_server(version):
    def port(name):
        server = Process(tool("openssl"), "s_server", "-accept", "127.0.0.1:0", "-naccept", "1", "-rev", "-cert",
                         CERTS / "server.crt", "-key", CERTS / "server.key", "-cert_chain", CERTS / "server.crt",
                         f"-tls{version.replace('.', '_')}", "-status_file", response(name))
        return int(server.match(r"^ACCEPT 127\.0\.0\.1:(\d+)").group(1)), server
    for name in ("good", "delegated-rsa"):
        number, _ = port(name)
        equal(good(connect(number, version, "required")), True, "ocsp_good")
    for name, why in (("revoked", "revoked"), ("unknown", "revocation_unavailable"), ("try-later", "revocation_unavailable"),
                      ("other-certificate", "revocation_unavailable"), ("nothing", "revocation_unavailable")):
        number, _ = port(name)
        equal(reason(connect(number, version, "if-present")), why, f"why, {name}")


tap.run()
