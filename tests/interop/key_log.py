# SPDX-License-Identifier: Apache-2.0
# `--key-log`: the lines are those that others write of the same connection, and tshark decrypts a recording with them.
import os
import stat

import sockets
import tap
from process import finish, tool
from recording import RecordingProxy, write_pcap
from tap import case, contains, equal
from tlseam import CERTS, COMMAND, ROOT, SERVE, Connect, Serve, versions

LABELS = {
    "1.2": ["CLIENT_RANDOM"],
    "1.3": ["CLIENT_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "EXPORTER_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0"],
}


def directory():
    return tap.cleanup.enter_context(sockets.temporary_directory())


def lines_of(path):
    return sorted(line for line in path.read_text(encoding="ascii").splitlines() if line and not line.startswith("#"))


def check_lines(lines, version):
    equal([line.split(" ")[0] for line in lines], LABELS[version], "labels")


@case("serve writes what Python writes as its client, {version}")
def against_a_python_client(version):
    ours, theirs = directory() / "ours.log", directory() / "theirs.log"
    server = Serve("--key-log", ours)
    context = sockets.client_context(ROOT, version)
    context.keylog_filename = theirs
    stream = sockets.tls_connect(context, server.port)
    stream.sendall(b"hello")
    equal(sockets.receive_exactly(stream, 5), b"hello", "the echo")
    stream.unwrap()
    check_lines(lines_of(ours), version)
    equal(lines_of(ours), lines_of(theirs), "the lines")
    equal(stat.S_IMODE(os.stat(ours).st_mode), 0o600, "mode of the file")


@case("connect writes what Python writes as its server, {version}")
def against_a_python_server(version):
    ours, theirs = directory() / "ours.log", directory() / "theirs.log"
    context = sockets.server_context(CERTS, version=version)
    context.keylog_filename = theirs

    def answer(stream):
        sockets.receive_all(stream)
        stream.unwrap()

    server = sockets.tls_server(context, answer)
    client = Connect(server.port, "--key-log", ours)
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    server.result()
    check_lines(lines_of(ours), version)
    equal(lines_of(ours), lines_of(theirs), "the lines")


@case("tshark reads a recorded conversation with the log of either end, and not without, {version}")
def decrypted(version):
    place = directory()
    of_server, of_client = place / "server.log", place / "client.log"
    server = Serve("--key-log", of_server, *versions(version))
    proxy = RecordingProxy(server.port)
    client = Connect(proxy.port, "--key-log", of_client, *versions(version))
    question = b"a question that nobody else should read"
    client.write(question)
    client.match(question.decode())
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    proxy.result()
    recording = place / "recording.pcap"
    write_pcap(recording, proxy.said)
    assert all(question not in data for _, data in proxy.said), "that was no TLS"
    for log in (of_server, of_client):
        text = followed(recording, "-o", f"tls.keylog_file:{log}")
        equal(text.count(question.decode()), 2, f"times that the text and its echo were found with {log.name}")
    assert question.decode() not in followed(recording), "found without a log"


def followed(recording, *options):
    """What tshark makes of the first conversation."""
    run = finish(tool("tshark"), "-r", recording, *options, "-q", "-z", "follow,tls,ascii,0")
    equal(run.exit_code(), 0, "exit code of tshark")
    return run.stdout.decode(errors="replace")


@case("every connection is appended, and what was there stays")
def appended():
    path = directory() / "keys.log"
    for connection in range(2):
        server = Serve("--once", "--key-log", path)
        client = Connect(server.port)
        client.close_stdin()
        equal(client.exit_code(), 0, "exit code of connect")
        equal(server.exit_code(), 0, "exit code of serve")
        equal(len(lines_of(path)), 5 * (connection + 1), "lines")


@case("a log that others could read, a directory and a missing one are named and nothing is sent")
def refused():
    place = directory()
    readable = place / "readable.log"
    readable.write_text("", encoding="ascii")
    readable.chmod(0o644)
    for path, words in ((readable, "chmod 600"), (place, "directory"), (place / "missing" / "keys.log", "No such file")):
        for command in (("connect", "127.0.0.1:1", "--ca", ROOT), SERVE):
            run = finish(COMMAND, *command, "--key-log", path)
            equal(run.exit_code(), 2, "exit code")
            contains(run.stderr.decode(), str(path), "the sentence")
            contains(run.stderr.decode().lower(), words.lower(), "the sentence")


@case("SSLKEYLOGFILE is nobody's business")
def environment():
    path = directory() / "keys.log"
    variables = dict(os.environ, SSLKEYLOGFILE=str(path))
    server = Serve("--once", env=variables)
    client = Connect(server.port, env=variables)
    client.close_stdin()
    equal(client.exit_code(), 0, "exit code of connect")
    equal(server.exit_code(), 0, "exit code of serve")
    assert not path.exists(), "a log was written that nobody asked for"


tap.run()
