# SPDX-License-Identifier: Apache-2.0
# The example whose key is in a token: SoftHSM, filled with the keys of certs/ in a directory of the case's own.
import os
import pathlib
import ssl
import tempfile

import sockets
import tap
from process import Process, finish, tool
from tap import case, contains, equal
from tlseam import CERTS, ROOT, arguments

PLACES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
          "/usr/local/lib/softhsm/libsofthsm2.so")
PIN, LABEL = "1234", "a key"


def module():
    found = [place for place in PLACES if pathlib.Path(place).exists()]
    if not found:
        raise AssertionError("SoftHSM's module is not there: install softhsm2")
    return found[0]


def token(chain):
    """A token that holds the key of a chain; the environment that finds it."""
    directory = pathlib.Path(tap.cleanup.enter_context(tempfile.TemporaryDirectory()))
    (directory / "tokens").mkdir()
    configuration = directory / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {directory / 'tokens'}\nobjectstore.backend = file\n"
                             "log.level = ERROR\nslots.removable = false\n")
    environment = os.environ | {"SOFTHSM2_CONF": str(configuration)}
    util = tool("softhsm2-util", "softhsm2")
    for options in (("--init-token", "--free", "--label", "test", "--so-pin", PIN, "--pin", PIN),
                    ("--import", CERTS / f"{chain}.key", "--token", "test", "--label", LABEL, "--id", "01", "--pin",
                     PIN)):
        run = finish(util, *options, env=environment)
        equal(run.exit_code(), 0, f"exit code of softhsm2-util {options[0]}")
    return environment


for chain in ("server", "server-rsa"):
    def serves(version, chain=chain):
        server = Process(arguments.pkcs11_key, module(), PIN, LABEL, CERTS / f"{chain}.crt", "0", env=token(chain))
        port = int(server.match(r"^listening on .*:(\d+)$").group(1))
        stream = sockets.tls_connect(sockets.client_context(ROOT, version), port)
        stream.sendall(b"hello from a token")
        equal(sockets.receive_exactly(stream, 18), b"hello from a token", "echo")
        stream.unwrap().close()
        equal(server.exit_code(), 0, "exit code of the example")

    case(f"the key of {chain} signs from within a token, {{version}}")(serves)


@case("a token without the key keeps the example from starting")
def no_key():
    run = finish(arguments.pkcs11_key, module(), PIN, "another key", CERTS / "server.crt", "0", env=token("server"))
    equal(run.exit_code(), 1, "exit code")
    contains(run.stderr.decode(), "'another key'", "the sentence")


@case("a key that is not the certificate's is noticed by the client, {version}")
def wrong_key(version):
    server = Process(arguments.pkcs11_key, module(), PIN, LABEL, CERTS / "wrong-name.crt", "0", env=token("server"))
    port = int(server.match(r"^listening on .*:(\d+)$").group(1))
    context = sockets.client_context(ROOT, version)
    context.check_hostname = False
    try:
        sockets.tls_connect(context, port)
    except ssl.SSLError as problem:
        assert "CERTIFICATE" not in str(problem), f"refused for its certificate: {problem}"
    else:
        raise AssertionError("the handshake worked")
    equal(server.exit_code(), 1, "exit code of the example")


tap.run()
