# SPDX-License-Identifier: Apache-2.0
"""Who is compared: programs of the build directories, and by which library."""
import dataclasses
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD, BUILD_35 = ROOT / 'build-bench', ROOT / 'build-bench-openssl35'
# The name of a library here, the build directory that has it, and the backend's name.
LIBRARIES = {
    'openssl-3.5': (BUILD_35, 'openssl'),
    'openssl-3.0': (BUILD, 'openssl'),
    'wolfssl': (BUILD, 'wolfssl'),
    'botan': (BUILD, 'botan'),
}
WAYS = ('tlseam', 'native', 'tuned')
PEERS = ('asio', 'poco', 'libevent', 'qt')  # on the system's OpenSSL
PEERS_LIBRARY = 'openssl-3.0'


class Missing(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Candidate:
    name: str
    command: tuple
    library: str = ''  # one of LIBRARIES; empty: none


def find(with_peers, only):
    """All that can be compared; only: of one library."""
    out = [Candidate('raw', (str(program(BUILD, 'raw')),))]
    for library, (build, backend) in LIBRARIES.items():
        if only and library != only:
            continue
        for way in WAYS:
            out.append(Candidate(f'{way} {library}', (str(program(build, f'{way}-{backend}')),), library))
    if with_peers:
        for peer in PEERS:
            out.append(Candidate(peer, (str(program(BUILD, peer)),), PEERS_LIBRARY))
        out.append(Candidate('python', ('/usr/bin/python3', str(ROOT / 'bench/candidates/peer.py')), PEERS_LIBRARY))
    return out


def program(build, name):
    path = build / 'bench' / f'bench-{name}'
    if not path.exists():
        raise Missing(f'{path} is not there: bench/run builds it')
    return path


def measures_of(candidate):
    """The names of what a candidate has to measure."""
    listed = subprocess.run([*candidate.command, '--benchmark_list_tests=true'], capture_output=True, text=True, timeout=60,
                            check=False)
    if listed.returncode != 0:
        raise Missing(f'{candidate.name} does not run: {listed.stderr.strip()}')
    return [line.split('/')[0] for line in listed.stdout.split()]
