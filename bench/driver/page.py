# SPDX-License-Identifier: Apache-2.0
"""The page of a run, in Markdown."""
import candidates
import explanations
import figures
import goals

COLUMNS = {
    'bulk_256K': ('Much data, 256 KiB writes', ('MB/s', 'sender_ms_per_GB', 'receiver_ms_per_GB')),
    'stream_16K': ('Much data, 16 KiB writes that may wait for each other', ('MB/s', 'sender_ms_per_GB', 'receiver_ms_per_GB')),
    'send_16K': ('Much data, 16 KiB writes sent at once', ('MB/s', 'sender_ms_per_GB', 'receiver_ms_per_GB')),
    'stream_256B': ('Much data, 256 B writes that may wait for each other', ('MB/s', 'sender_ms_per_GB', 'receiver_ms_per_GB')),
    'transfer_112K': ('112 KiB sent and read, one thread, socket pair', ('cpu_time',)),
    'round_trip_1B': ('A byte there and back, one thread, socket pair', ('cpu_time',)),
    'round_trip_1K': ('A kibibyte there and back, one thread, socket pair', ('cpu_time',)),
    'handshake_in_memory': ('Full handshake in memory, both ends', ('cpu_time',)),
    'connect': ('Connections over TCP: full handshake, 200 B there and back', ('real_time', 'client_us', 'server_us')),
    'reconnect': ('The same with default settings, by a client that was there before', ('real_time', 'client_us', 'server_us')),
    'idle_connections': ('Heap per idle connection, after 16 KiB each way', ('client_bytes', 'server_bytes')),
    'cipher_16K': ('The library\'s AES-128-GCM, 16 KiB records', ('bytes_per_second',)),
    'client_context': ('What a client needs once, with the system\'s trust store', ('first_us', 'real_time')),
}
HEADINGS = {'MB/s': 'MB/s', 'sender_ms_per_GB': 'sender, CPU ms/GB', 'receiver_ms_per_GB': 'receiver, CPU ms/GB',
            'cpu_time': 'CPU µs', 'real_time': 'µs', 'client_us': 'client, CPU µs', 'server_us': 'server, CPU µs',
            'client_bytes': 'client, bytes', 'server_bytes': 'server, bytes', 'bytes_per_second': 'GB/s',
            'first_us': 'first, µs'}


def make(run):
    return '\n\n'.join(part for part in (head(run), goals_table(run), *(table(run, name) for name in run['measures']),
                                         counts_table(run)) if part) + '\n'


def head(run):
    machine = run['machine']
    versions = sorted({run['libraries'][name] for name in run['libraries'] if name.startswith('native')})
    return f'''<!-- SPDX-License-Identifier: Apache-2.0 -->
# Performance

Written by `bench/run`: one run of {machine["date"]} on {machine["cores"]} cores of {machine["cpu"]}, {machine["system"]};
{", ".join(versions) or "no library"}. Medians of {run["rounds"]} rounds in which all candidates took turns; ± is half of the
middle half. Figures hold for that machine; ratios, which are taken round by round, hold for longer.
[`bench/README.md`](../bench/README.md) says what is measured, and who the candidates are.'''


def goals_table(run):
    verdicts = goals.judge(run)
    if not verdicts:
        return ''
    lines = ['## Goals', '', 'A figure within 3 % of its goal meets it. Numbers in brackets are explained below.', '',
             '| measure | ' + ' | '.join(candidates.LIBRARIES) + ' |', '|---|' + '---|' * len(candidates.LIBRARIES)]
    notes = []
    for goal in goals.GOALS:
        cells = []
        for library in candidates.LIBRARIES:
            found = next((one for one in verdicts if one.goal is goal and one.library == library), None)
            cells.append('' if found is None else cell(found, notes))
        if any(cells):
            lines.append(f'| {goal.title} | ' + ' | '.join(cells) + ' |')
    lines += [''] + [f'{number}. {text}' for number, text in enumerate(notes, 1)] if notes else []
    return '\n'.join(lines)


def cell(found, notes):
    if found.met:
        return found.shown
    text = explanations.of(found.goal.title, found.library) or '**Missed, and not explained.**'
    if text not in notes:
        notes.append(text)
    return f'{found.shown} **missed** [{notes.index(text) + 1}]'


def table(run, measure):
    title, names = COLUMNS[measure]
    lines = [f'## {title}', '', f'`{measure}`', '', '| candidate | ' + ' | '.join(HEADINGS[name] for name in names) + ' |',
             '|---|' + '---:|' * len(names)]
    for candidate in run['measures'][measure]:
        lines.append(f'| {candidate} | ' + ' | '.join(number(run, measure, candidate, name) for name in names) + ' |')
    return '\n'.join(lines)


def number(run, measure, candidate, name):
    middle, spread = (what(run, measure, candidate, name) for what in (figures.median, figures.spread))
    if name == 'bytes_per_second':
        middle /= 1e9
    text = f'{middle:,.0f}' if middle >= 100 else f'{middle:.2f}'
    return text + (f' ± {spread * 50:.0f} %' if spread is not None else '')


def counts_table(run):
    if not run['counts']:
        return ''
    lines = ['## System calls and allocations, both ends', '', 'On one thread, per MiB in writes of 112 KiB and per round trip; and per connection over TCP.',
             '', '| candidate | ' + ' | '.join(f'{what}, {unit}' for unit in ('MiB', 'round trip', 'connection')
                                              for what in ('calls', 'allocations')) + ' |', '|---|' + '---:|' * 6]
    for candidate in run['counts']['transfer_112K']:
        cells = []
        for measure in run['counts']:
            for names in (goals.CALLS, ('allocations',)):
                counted = figures.count(run, measure, candidate, *names)
                cells.append('' if counted is None else f'{counted:.1f}')
        lines.append(f'| {candidate} | ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines)
