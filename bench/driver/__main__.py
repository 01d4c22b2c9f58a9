# SPDX-License-Identifier: Apache-2.0
"""Runs the benchmark programs in turns and compares them. bench/run builds them and calls this."""
import argparse
import json
import pathlib
import sys

import candidates
import goals
import page
import rounds


def arguments():
    parser = argparse.ArgumentParser(prog='bench/run', description='Compares tlseam with the libraries underneath, used '
                                     'as documented and tuned by hand, and with other layers.')
    parser.add_argument('measures', nargs='*', metavar='MEASURE',
                        help='only these: ' + ', '.join(rounds.MEASURES) + '; counts: system calls and allocations')
    parser.add_argument('--peers', action='store_true', help='also Asio, Poco, libevent, Qt and Python')
    parser.add_argument('--only', metavar='LIBRARY', choices=candidates.LIBRARIES,
                        help='one library: ' + ', '.join(candidates.LIBRARIES))
    parser.add_argument('--rounds', type=int, default=15, help='every candidate runs this often (15)')
    parser.add_argument('--seconds', type=float, default=0.08, help='how long one run measures, at least (0.08)')
    parser.add_argument('--json', type=pathlib.Path, metavar='FILE', help='write what was measured')
    parser.add_argument('--from', type=pathlib.Path, metavar='FILE', dest='recorded',
                        help='measure nothing, show what --json has written')
    parser.add_argument('--page', type=pathlib.Path, metavar='FILE', help='write docs/performance.md or one like it')
    given = parser.parse_args()
    unknown = set(given.measures) - set(rounds.MEASURES) - {'counts'}
    if unknown:
        parser.error('unknown measure: ' + ', '.join(sorted(unknown)))
    if given.rounds < 1 or given.seconds <= 0:
        parser.error('--rounds and --seconds must be above 0')
    return given


def main():
    given = arguments()
    if given.recorded:
        run = json.loads(given.recorded.read_text())
    else:
        everyone = candidates.find(given.peers, given.only)
        run = rounds.run(everyone, given.measures, given.rounds, given.seconds)
    if given.json:
        given.json.write_text(json.dumps(run, indent=1) + '\n')
    text = page.make(run)
    if given.page:
        given.page.write_text(text)
    else:
        print(text)
    missed = [one for one in goals.judge(run) if one.met is False]
    print(f'{len(missed)} goals missed' + ''.join(f'\n  {one.library}: {one.goal.title}: {one.shown}' for one in missed),
          file=sys.stderr)


try:
    main()
except KeyboardInterrupt:
    sys.exit(130)
except (candidates.Missing, rounds.Failed, OSError, ValueError) as problem:
    sys.exit(f'bench/run: {problem}')
