# SPDX-License-Identifier: Apache-2.0
# The programs that a program has started.
import pathlib
import time

import process


def of(parent):
    """Process ids, of whichever of its threads."""
    tasks = pathlib.Path(f"/proc/{parent.pid}/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text().split()]


def all_gone(pids):
    """They were ended and waited for by whoever started them, before that ended."""
    left = [pid for pid in pids if pathlib.Path(f"/proc/{pid}").exists()]
    assert pids and not left, f"started: {pids}, left: {left}"


def wait_for_one(parent):
    """Once there is one."""
    deadline = time.monotonic() + process.TIMEOUT
    while not (pids := of(parent)):
        assert parent.running and time.monotonic() < deadline, "it starts no program"
    return pids
