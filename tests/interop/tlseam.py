# SPDX-License-Identifier: Apache-2.0
# The programs under test, as the command line of a test file gives them, and the certificates they use.
import argparse
import json
import pathlib

import process

_parser = argparse.ArgumentParser()
_parser.add_argument("--command", type=pathlib.Path, required=True, help="tlseam-<backend>")
_parser.add_argument("--certs", type=pathlib.Path, required=True)
_parser.add_argument("--server", type=pathlib.Path, help="examples/server-<backend>")
_parser.add_argument("--peer", type=pathlib.Path, help="tests/pairs/peer-<backend>")
_parser.add_argument("--pkcs11-key", type=pathlib.Path, help="examples/pkcs11_key-<backend>")
_parser.add_argument("--client", type=pathlib.Path, help="examples/client-<backend>")
_parser.add_argument("--starttls", type=pathlib.Path, help="examples/starttls-<backend>")
arguments = _parser.parse_args()

COMMAND = arguments.command
CERTS = arguments.certs
PEER = arguments.peer
ROOT = CERTS / "root.crt"
BACKEND = COMMAND.name.removeprefix("tlseam-")


def identity(name):
    """Options for the certificate chain NAME of certs/."""
    return ("--cert", CERTS / f"{name}.crt", "--key", CERTS / f"{name}.key")


def versions(version):
    """Options for exactly this version."""
    return ("--min-version", version, "--max-version", version)


def supports(feature):
    return json.loads(process.finish(COMMAND, "info", "--json").stdout)["features"][feature]


def usable(name):
    """Whether the library has a signature scheme for the key of NAME; without one the command must refuse it."""
    info = json.loads(process.finish(COMMAND, "info", "--json").stdout)
    return "ed25519" not in name or "ed25519" in info["signature_schemes"]


# Arguments that serve starts with, so that only --listen is missing.
SERVE = ("serve", *identity("server"))


class Serve(process.Process):
    """`serve --json`, listening on a port that the system picked."""

    def __init__(self, *options, cert="server", key=None, listen="127.0.0.1:0", **popen):
        files = ("--cert", CERTS / f"{cert}.crt", "--key", CERTS / f"{key or cert}.key")
        super().__init__(COMMAND, "serve", "--json", "--listen", listen, *files, *options, **popen)
        self.port = self.event("listening")["port"]

    def still_serves(self, name="localhost"):
        """The proof: one more client, with one more echo."""
        client = Connect(self.port, "--name", name)
        client.event("handshake", "stderr")
        client.write(b"still there?")
        client.match("still there\\?")
        client.close_stdin()
        assert client.exit_code() == 0, "the server does not serve any more"


class Connect(process.Process):
    """`connect --json` to a port of this machine, trusting the test root and expecting 'localhost'."""

    def __init__(self, port, *options, trust=("--ca", ROOT), **popen):
        name = () if "--name" in options else ("--name", "localhost")
        super().__init__(COMMAND, "connect", f"127.0.0.1:{port}", "--json", *trust, *name, *options, **popen)

    def failure(self):
        """The error event of a run that must fail; checks that it is the last word."""
        code = self.exit_code()
        last = json.loads(self.stderr.decode("utf-8").splitlines()[-1])
        assert last["event"] == "error", f"expected an error, got {last}"
        assert code in (1, 2), f"exit code {code}"
        return last
