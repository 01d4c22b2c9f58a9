# SPDX-License-Identifier: Apache-2.0
# Every scenario with every pair of peers, as TAP: a line per scenario.
import argparse
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.append(str(here.parent / "interop"))

import tap  # noqa: E402

import closing  # noqa: E402
import data  # noqa: E402
import exporters  # noqa: E402
import failures  # noqa: E402
import key_updates  # noqa: E402
import keys  # noqa: E402
import later_auth  # noqa: E402
import names  # noqa: E402
import peers  # noqa: E402
import resumption  # noqa: E402
import scenario  # noqa: E402
import several  # noqa: E402
import stapling  # noqa: E402
import truncation  # noqa: E402
import variants  # noqa: E402


def named(text):
    name, equals, program = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"NAME=PROGRAM expected, not {text}")
    return name, program


def arguments():
    parser = argparse.ArgumentParser(
        description="Runs every scenario with pairs of peers. PROGRAM is a path, or PATH@DIRECTORY to run it with the "
                    "libraries of that directory. Either one client and one server, or peers in every ordered pair.")
    parser.add_argument("--client", type=named, metavar="NAME=PROGRAM")
    parser.add_argument("--server", type=named, metavar="NAME=PROGRAM")
    parser.add_argument("--peer", type=named, metavar="NAME=PROGRAM", action="append", default=[])
    parser.add_argument("--full", action="store_true", help="every handshake also in pieces, and cuts at more places")
    parser.add_argument("--only", metavar="TEXT", default="", help="scenarios whose name has this in it")
    parser.add_argument("--list", action="store_true", help="names the scenarios and runs none")
    given = parser.parse_args()
    if bool(given.client) != bool(given.server) or not (given.client or given.peer):
        parser.error("give --client and --server, or --peer at least once")
    return given


def scenarios(pair, full):
    yield from variants.scenarios(pair, full)
    yield from names.scenarios(pair)
    yield from several.scenarios(pair)
    yield from failures.scenarios(pair)
    yield from data.scenarios(pair)
    yield from closing.scenarios(pair)
    yield from truncation.scenarios(pair, full)
    yield from key_updates.scenarios(pair)
    yield from resumption.scenarios()
    yield from stapling.scenarios(pair)
    yield from keys.scenarios()
    yield from later_auth.scenarios(pair)
    yield from exporters.scenarios(pair)


def register(title, pair, given):
    for each in scenarios(pair, given.full):
        for chunk in (None, 1, 7) if each.in_pieces else (None,):
            pieces = f", {chunk} byte{'s' if chunk > 1 else ''} at a time" if chunk else ""
            sentence = f"{title}: {each.name}{pieces}"
            if given.only in sentence:
                if given.list:
                    print(sentence)
                else:
                    tap.case(sentence)(lambda s=each, c=chunk: s.run(pair, c))


def main():
    given = arguments()
    if given.client:
        couples = [(given.client, given.server)]
    else:
        couples = [(client, server) for client in given.peer for server in given.peer]
    running = []
    for (client_name, client), (server_name, server) in couples:
        pair = peers.Pair(peers.Peer(client, scenario.CERTS), peers.Peer(server, scenario.CERTS))
        running += [pair.client, pair.server]
        for role, name, peer in (("client", client_name, pair.client), ("server", server_name, pair.server)):
            print(f"# {role} {name}: {peer.about['name']} {peer.about['version']}")
        register(f"client {client_name}, server {server_name}", pair, given)
    try:
        if not given.list:
            tap.run()
    finally:
        for peer in running:
            peer.stop()


if __name__ == "__main__":
    main()
