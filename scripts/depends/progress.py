# SPDX-License-Identifier: Apache-2.0
"""One line per step, with the seconds since the beginning. On the error stream: the output is for answers."""
import sys
import time

_begin = time.monotonic()


class Failed(Exception):
    """A sentence for people that ends the program."""


def say(sentence):
    print(f"  [{time.monotonic() - _begin:4.0f} s] {sentence}", file=sys.stderr, flush=True)
