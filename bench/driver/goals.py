# SPDX-License-Identifier: Apache-2.0
"""What tlseam wants to reach on each library, and whether a run shows it."""
import dataclasses
import typing

import candidates
import figures

TOLERANCE = 0.03
CALLS = ('sends', 'receives', 'waits')


@dataclasses.dataclass(frozen=True)
class Goal:
    title: str
    figure: typing.Callable  # (run, library) -> number or None
    at_least: bool
    wanted: dict             # by library
    form: str = '{:.2f}'
    tolerance: float = TOLERANCE


@dataclasses.dataclass(frozen=True)
class Verdict:
    goal: Goal
    library: str
    number: float
    met: typing.Optional[bool]

    @property
    def shown(self):
        sign = '≥' if self.goal.at_least else '≤'
        return f'{self.goal.form.format(self.number)} (goal {sign} {self.goal.form.format(self.goal.wanted[self.library])})'


def of_each(openssl_35, openssl_30, wolfssl, botan):
    wanted = zip(candidates.LIBRARIES, (openssl_35, openssl_30, wolfssl, botan))
    return {library: number for library, number in wanted if number is not None}


def all_the_same(number):
    return of_each(number, number, number, number)


def against(other, measure, name='MB/s', other_measure=None, inverse=False):
    """Ours over theirs; inverse: theirs over ours, for speeds out of times."""
    def figure(run, library):
        ours, theirs = (measure, f'tlseam {library}', name), (other_measure or measure, f'{other} {library}', name)
        return figures.ratio(run, theirs, ours) if inverse else figures.ratio(run, ours, theirs)
    return figure


def share_of_limit(run, library):
    tcp = figures.median(run, 'bulk_256K', 'raw', 'sender_ms_per_GB')
    cipher = figures.median(run, 'cipher_16K', f'native {library}', 'bytes_per_second')
    ours = figures.median(run, 'bulk_256K', f'tlseam {library}', 'MB/s')
    return ours * (tcp + 1e12 / cipher) / 1e6 if tcp and cipher and ours else None


def more_heap_than(other, end):
    def figure(run, library):
        ours = figures.median(run, 'idle_connections', f'tlseam {library}', f'{end}_bytes')
        theirs = figures.median(run, 'idle_connections', f'{other} {library}', f'{end}_bytes')
        return ours - theirs if ours and theirs else None
    return figure


def calls_per_mebibyte(run, library):
    return figures.count(run, 'transfer_112K', f'tlseam {library}', *CALLS)


def more_allocations(measure, records):
    def figure(run, library):
        ours = figures.count(run, measure, f'tlseam {library}', 'allocations')
        theirs = figures.count(run, measure, f'tuned {library}', 'allocations')
        return max(0.0, (ours - theirs) / records) if ours is not None and theirs is not None else None
    return figure


def second_context(run, library):
    first = figures.median(run, 'client_context', f'tlseam {library}', 'first_us')
    again = figures.median(run, 'client_context', f'tlseam {library}', 'real_time')
    return again / first if first and again else None


def best_peer(measure, name, best):
    def figure(run, library):
        theirs = [figures.median(run, measure, peer, name) for peer in (*candidates.PEERS, 'python')]
        theirs = [number for number in theirs if number]
        ours = figures.median(run, measure, f'tlseam {library}', name)
        return ours / best(theirs) if theirs and ours else None
    return figure


GOALS = (
    Goal('256 KiB writes, × native', against('native', 'bulk_256K'), True, of_each(1.55, 1.40, 1.40, 1.10)),
    Goal('16 KiB writes through the writer, × native', against('native', 'stream_16K'), True,
         of_each(1.55, 1.40, 1.40, 1.10)),
    Goal('share of the limit (raw TCP plus cipher), 256 KiB writes', share_of_limit, True,
         of_each(0.88, 0.94, 0.95, None)),
    Goal('16 KiB writes sent at once, × native', against('native', 'send_16K'), True, of_each(1.00, 1.00, 1.00, 1.05)),
    Goal('256 B writes through the writer, × native', against('native', 'stream_256B'), True, of_each(15, 20, 6, 3.5),
         '{:.1f}'),
    Goal('1 B round trip, processor time, × native', against('native', 'round_trip_1B', 'cpu_time'), False,
         of_each(0.84, 0.83, 0.84, 1.00)),
    Goal('full handshakes in memory, × native', against('native', 'handshake_in_memory', 'cpu_time', inverse=True), True,
         of_each(1.00, 1.00, 1.00, 1.15)),
    Goal('connections over TCP, × native', against('native', 'connect', 'real_time', inverse=True), True,
         of_each(1.00, 1.00, 1.00, 1.05)),
    Goal('reconnecting with default settings, the client\'s processor time, × a native full handshake',
         against('native', 'reconnect', 'client_us', 'connect'), False, of_each(0.43, 0.34, 0.33, 0.23)),
    Goal('heap per idle client, bytes above native with released buffers', more_heap_than('tuned', 'client'), False,
         all_the_same(128), '{:.0f}', 0),
    Goal('heap per idle server, bytes above native with released buffers', more_heap_than('tuned', 'server'), False,
         all_the_same(128), '{:.0f}', 0),
    Goal('heap per idle client, × native', against('native', 'idle_connections', 'client_bytes'), False,
         of_each(0.45, 0.38, 1.02, 1.02)),
    Goal('heap per idle server, × native', against('native', 'idle_connections', 'server_bytes'), False,
         of_each(0.45, 0.38, 1.02, 1.02)),
    Goal('system calls per MiB, both ends', calls_per_mebibyte, False, all_the_same(28), '{:.1f}'),
    Goal('allocations per record, above native, tuned', more_allocations('transfer_112K', 64), False, all_the_same(0), '{:.2f}',
         0.05),
    Goal('allocations per round trip, above native, tuned', more_allocations('round_trip_1B', 1), False, all_the_same(0),
         '{:.2f}', 0.05),
    Goal('second client context with the system\'s store, × the first', second_context, False, all_the_same(1 / 40),
         '{:.4f}'),
    Goal('256 KiB writes, × native, tuned', against('tuned', 'bulk_256K'), True, all_the_same(0.97)),
    Goal('16 KiB writes through the writer, × native, tuned', against('tuned', 'stream_16K'), True, all_the_same(0.97)),
    Goal('16 KiB writes sent at once, × native, tuned', against('tuned', 'send_16K'), True, all_the_same(0.97)),
    Goal('256 B writes through the writer, × native, tuned', against('tuned', 'stream_256B'), True, all_the_same(0.97)),
    Goal('1 B round trips, × native, tuned', against('tuned', 'round_trip_1B', 'cpu_time', inverse=True), True,
         all_the_same(0.97)),
    Goal('256 KiB writes, × the best peer', best_peer('bulk_256K', 'MB/s', max), True, {candidates.PEERS_LIBRARY: 1.3}),
    Goal('1 B round trip, processor time, × the best peer', best_peer('round_trip_1B', 'cpu_time', min), False,
         {candidates.PEERS_LIBRARY: 0.85}),
    Goal('heap per idle client, × the best peer', best_peer('idle_connections', 'client_bytes', min), False,
         {candidates.PEERS_LIBRARY: 1.0}),
    Goal('heap per idle server, × the best peer', best_peer('idle_connections', 'server_bytes', min), False,
         {candidates.PEERS_LIBRARY: 1.0}),
)


def judge(run):
    """A verdict for each goal and library that the run has figures for."""
    out = []
    for goal in GOALS:
        for library, wanted in goal.wanted.items():
            number = goal.figure(run, library)
            if number is None:
                continue
            slack = wanted * goal.tolerance if wanted else goal.tolerance
            out.append(Verdict(goal, library, number,
                               number >= wanted - slack if goal.at_least else number <= wanted + slack))
    return out
