# SPDX-License-Identifier: Apache-2.0
# A program under test, or a tool: its output as it comes, and a deadline for everything.
import json
import re
import shutil
import subprocess
import threading
import time

import tap

# Long, as only failures take it: the machine may be slow, or a sanitizer at work.
TIMEOUT = 60


class Process:
    """Started at once, killed when the case ends. stdout and stderr grow while it runs."""

    def __init__(self, *argv, **options):
        self.argv = [str(word) for word in argv]
        self.stdout = b""
        self.stderr = b""
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        self._child = subprocess.Popen(self.argv, bufsize=0, **options)
        self._changed = threading.Condition()
        self._open = 0
        self._collectors = [
            self._collect(pipe, name)
            for pipe, name in ((self._child.stdout, "stdout"), (self._child.stderr, "stderr"))
            if pipe is not None
        ]
        self._events_seen = {"stdout": 0, "stderr": 0}
        tap.cleanup.callback(self._end)
        tap.explain.append(self._describe)

    def _collect(self, pipe, name):
        def run():
            while data := pipe.read(65536):
                with self._changed:
                    setattr(self, name, getattr(self, name) + data)
                    self._changed.notify_all()
            with self._changed:
                self._open -= 1
                self._changed.notify_all()

        self._open += 1
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def _end(self):
        self._child.kill()
        self._child.wait(TIMEOUT)
        for collector in self._collectors:
            collector.join(TIMEOUT)
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()

    def _describe(self):
        command = " ".join(word.splitlines()[0] if word else "''" for word in self.argv)
        yield f"{command} (exit code {self._child.poll()})"
        for name in ("stdout", "stderr"):
            for line in getattr(self, name)[-4000:].decode(errors="replace").splitlines():
                yield f"  {name}: {line}"

    def until(self, found, what):
        """Waits until found() gives something true, and returns that."""
        deadline = time.monotonic() + TIMEOUT
        with self._changed:
            while True:
                if result := found():
                    return result
                if self._open == 0:
                    raise AssertionError(f"{self.argv[0]} ended without {what}")
                if not self._changed.wait(deadline - time.monotonic()):
                    raise AssertionError(f"{self.argv[0]}: no {what} within {TIMEOUT} s")

    def match(self, pattern, where="stdout"):
        """Waits for output that a regular expression matches."""
        expression = re.compile(pattern.encode(), re.MULTILINE)
        return self.until(lambda: expression.search(getattr(self, where)), f"'{pattern}' on {where}")

    def event(self, name, where="stdout"):
        """The next JSON event of that name; others before it are passed over."""

        def find():
            lines = getattr(self, where).split(b"\n")[:-1]
            while self._events_seen[where] < len(lines):
                event = json.loads(lines[self._events_seen[where]].decode("utf-8"))
                self._events_seen[where] += 1
                if event["event"] == name:
                    return event
            return None

        return self.until(find, f"event '{name}' on {where}")

    def write(self, data):
        self._child.stdin.write(data)

    def close_stdin(self):
        self._child.stdin.close()

    def signal(self, number):
        self._child.send_signal(number)

    @property
    def pid(self):
        return self._child.pid

    @property
    def running(self):
        return self._child.poll() is None

    def exit_code(self):
        """Waits for the end of the program and of its output."""
        code = self._child.wait(TIMEOUT)
        for collector in self._collectors:
            collector.join(TIMEOUT)
        return code


def finish(*argv, stdin=b"", **options):
    """Runs a program to its end."""
    process = Process(*argv, **options)
    try:
        process.write(stdin)
        process.close_stdin()
    except BrokenPipeError:
        pass  # it did not want our input
    process.exit_code()
    return process


def tool(name, package=None):
    """The path of a required program. A missing one is a failure: nothing is skipped here."""
    path = shutil.which(name)
    if path is None:
        raise AssertionError(f"{name} is not installed (Debian: {package or name})")
    return path
