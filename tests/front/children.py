# SPDX-License-Identifier: Apache-2.0
# The programs that a program has started.
import pathlib


def of(parent):
    """Process ids, of whichever of its threads."""
    tasks = pathlib.Path(f"/proc/{parent._child.pid}/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text().split()]


def all_gone(pids):
    """They were ended and waited for by whoever started them, before that ended."""
    left = [pid for pid in pids if pathlib.Path(f"/proc/{pid}").exists()]
    assert pids and not left, f"started: {pids}, left: {left}"
