# SPDX-License-Identifier: Apache-2.0
"""Figures out of a run: medians, spreads, and ratios of runs in the same round."""
import statistics

NANOSECONDS = {'ns': 1, 'us': 1e3, 'ms': 1e6, 's': 1e9}


def value(seen, name):
    """One figure of one run; times in microseconds."""
    if name in ('real_time', 'cpu_time'):
        return seen[name] * NANOSECONDS[seen['time_unit']] / 1000
    return seen[name]


def values(run, measure, candidate, name):
    return [value(seen, name) for seen in run['measures'].get(measure, {}).get(candidate, [])]


def median(run, measure, candidate, name):
    """None when it was not measured."""
    all_of_them = values(run, measure, candidate, name)
    return statistics.median(all_of_them) if all_of_them else None


def spread(run, measure, candidate, name):
    """The middle half, as a share of the median."""
    all_of_them = sorted(values(run, measure, candidate, name))
    if len(all_of_them) < 4:
        return None
    low, middle, high = statistics.quantiles(all_of_them, n=4)
    return (high - low) / middle if middle else None


def ratio(run, over, under):
    """Of two (measure, candidate, name), round by round; the median. None when either was not measured."""
    pairs = list(zip(values(run, *over), values(run, *under)))
    return statistics.median(a / b for a, b in pairs) if pairs else None


def count(run, measure, candidate, *names):
    seen = run['counts'].get(measure, {}).get(candidate)
    return sum(seen[name] for name in names) if seen and names[0] in seen else None
