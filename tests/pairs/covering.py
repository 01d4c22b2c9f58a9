# SPDX-License-Identifier: Apache-2.0
# Fewer combinations than all: every two values of different factors meet at least once.
import itertools


def pairwise(combinations):
    """A part of the combinations (tuples of the same length) in which every pair of values of theirs still occurs.
    Greedy, so not the smallest, but always the same."""
    left = [(combination, pairs_of(combination)) for combination in combinations]
    missing = set().union(*(pairs for _, pairs in left))
    chosen = []
    while missing:
        best, pairs = max(left, key=lambda entry: len(entry[1] & missing))
        chosen.append(best)
        missing -= pairs
    return chosen


def pairs_of(combination):
    return set(itertools.combinations(enumerate(combination), 2))
