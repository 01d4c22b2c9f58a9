# SPDX-License-Identifier: Apache-2.0
"""Runs every candidate in turn, A B C A B C, so that whatever the machine does meanwhile meets all alike."""
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

import candidates

# What is measured, by the names of the benchmarks; True: once is enough, for it is counted and not timed.
MEASURES = {
    'bulk_256K': False, 'stream_16K': False, 'send_16K': False, 'stream_256B': False,
    'transfer_112K': False, 'round_trip_1B': False, 'round_trip_1K': False,
    'handshake_in_memory': False, 'connect': False, 'reconnect': False,
    'idle_connections': True,
    'cipher_16K': False, 'client_context': False,
}
COUNTED = ('transfer_112K', 'round_trip_1B', 'connect')
COUNTER = candidates.BUILD / 'bench/libbench-counts.so'
DEADLINE = 120  # seconds for one run of one program


class Failed(Exception):
    pass


def run(everyone, wanted, how_many, seconds):
    """What was seen: {'machine':, 'libraries': {candidate: version}, 'measures': {measure: {candidate: [figures]}}}."""
    able = {one.name: candidates.measures_of(one) for one in everyone}
    out = {'machine': machine(), 'rounds': how_many, 'libraries': {}, 'ways': {one.name: one.library for one in everyone},
           'measures': {}, 'counts': {}}
    plan = [name for name in MEASURES if not wanted or name in wanted]
    progress = Progress(sum(1 if MEASURES[name] else how_many for name in plan for one in everyone if name in able[one.name]))
    for name in plan:
        seen = out['measures'][name] = {one.name: [] for one in everyone if name in able[one.name]}
        for number in range(1 if MEASURES[name] else how_many):
            for one in everyone:
                if one.name not in seen:
                    continue
                progress.step(f'{name}, round {number + 1}: {one.name}')
                version, figures = measure(one, name, seconds)
                out['libraries'][one.name] = version
                seen[one.name].append(figures)
    if not wanted or 'counts' in wanted:
        for name in COUNTED:
            out['counts'][name] = {one.name: measure(one, name, seconds, {'LD_PRELOAD': str(COUNTER)})[1]
                                   for one in everyone if name in able[one.name]}
    progress.end()
    return out


def measure(one, name, seconds, more_environment=None):
    command = [*one.command, f'--benchmark_filter=^{name}(/|$)', f'--benchmark_min_time={seconds}',
               '--benchmark_format=json']
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False,
                              env={**os.environ, **(more_environment or {})})
    except subprocess.TimeoutExpired:
        raise Failed(f'{one.name} did not end {name} within {DEADLINE} seconds') from None
    if done.returncode != 0:
        raise Failed(f'{one.name} failed in {name}: {done.stderr.strip().splitlines()[-1:]}')
    said = json.loads(done.stdout)
    return said['context'].get('library', ''), said['benchmarks'][0]


def machine():
    cpu = next((line.split(':')[1].strip() for line in pathlib.Path('/proc/cpuinfo').read_text().splitlines()
                if line.startswith('model name')), 'unknown')
    return {'cpu': cpu, 'cores': os.cpu_count(), 'system': f'{platform.system()} {platform.release()}',
            'date': time.strftime('%Y-%m-%d')}


class Progress:
    """One line that is written over, on a terminal only."""

    def __init__(self, steps):
        self.steps, self.done, self.shown = steps, 0, sys.stderr.isatty()

    def step(self, what):
        self.done += 1
        if self.shown:
            print(f'\r\033[K{self.done}/{self.steps} {what}', end='', file=sys.stderr, flush=True)

    def end(self):
        if self.shown:
            print('\r\033[K', end='', file=sys.stderr)
