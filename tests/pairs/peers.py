# SPDX-License-Identifier: Apache-2.0
# The peer programs: started when first needed, fed with scenarios, started anew when one dies.
import json
import os
import pathlib
import socket
import subprocess
import tempfile

# A step that waits longer gives timed_out; a peer that says nothing for so long is killed. Both only in failures.
PATIENCE_S = 15
SILENCE_S = 120


class Peer:
    """One process of one peer program."""

    def __init__(self, program, certs):
        """program: a path, or PATH@DIRECTORY to run it with the libraries of another build."""
        path, _, libraries = str(program).partition("@")
        self._argv = [str(pathlib.Path(path).resolve()), str(certs)]
        self._environment = dict(os.environ)
        if libraries:
            # Without it, the loader would take the library the program was built with, and say nothing.
            if not any(file.is_file() for file in pathlib.Path(libraries).glob("libtlseam-*.so*")):
                raise SystemExit(f"{libraries}: there is no libtlseam-<backend>")
            self._environment["LD_LIBRARY_PATH"] = str(pathlib.Path(libraries).resolve())
        self._process = None
        self.about = self._start()

    def _start(self):
        ours, theirs = socket.socketpair()
        self._stderr = tempfile.TemporaryFile()
        with theirs:
            self._process = subprocess.Popen(
                self._argv, stdin=theirs, stdout=subprocess.DEVNULL, stderr=self._stderr, env=self._environment)
        ours.settimeout(SILENCE_S)
        self._line = ours
        return self.answer()

    def ask(self, request, connection):
        """Sends a request and, beside it, one end of a connection."""
        if self._process is None:
            self._start()
        data = json.dumps(request).encode() + b"\n"
        sent = socket.send_fds(self._line, [data], [connection.fileno()])
        self._line.sendall(data[sent:])

    def answer(self):
        data = b""
        try:
            while not data.endswith(b"\n"):
                part = self._line.recv(1 << 20)
                if not part:
                    raise AssertionError(f"{self._argv[0]} died: {self.stop()}")
                data += part
        except TimeoutError:
            raise AssertionError(f"{self._argv[0]} was silent for {SILENCE_S} s: {self.stop()}") from None
        return json.loads(data)

    def stop(self):
        """Ends the process; says how it ended and what it last wrote to standard error."""
        if self._process is None:
            return "not running"
        self._line.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._stderr.seek(0)
        said = self._stderr.read()[-4000:].decode(errors="replace")
        code, self._process = self._process.returncode, None
        return f"exit code {code}\n{said}"


class Pair:
    """A client's and a server's program."""

    def __init__(self, client, server):
        self.client = client
        self.server = server

    def both(self, kind, name):
        """Whether both have a thing of that kind: both("groups", "x25519")."""
        return all(name in peer.about[kind] for peer in (self.client, self.server))

    def play(self, client, server):
        """Runs both sides of a scenario on one connection; gives what each saw."""
        requests = [dict(side, patience_ms=PATIENCE_S * 1000) for side in (client, server)]
        ends = socket.socketpair()
        for peer, request, end in zip((self.client, self.server), requests, ends):
            with end:
                peer.ask(request, end)
        answers, problems = [], []
        for peer in (self.client, self.server):
            try:
                answers.append(peer.answer())
            except AssertionError as problem:
                problems.append(str(problem))
        problems += [f"{role}: {seen['broken']}" for role, seen in zip(("client", "server"), answers) if "broken" in seen]
        if problems:
            raise AssertionError("; ".join(problems))
        return answers
