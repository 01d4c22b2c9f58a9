# SPDX-License-Identifier: Apache-2.0
# A proxy that writes down what passes, and the recording as a file that tshark reads: no right to capture is needed, and
# nothing has to wait until somebody captures.
import struct
import threading

import sockets
from process import TIMEOUT

CLIENT, SERVER = (bytes([127, 0, 0, 1]), 40000), (bytes([127, 0, 0, 2]), 443)
SYN, ACK, PUSH = 0x02, 0x10, 0x08


class RecordingProxy(sockets.Server):
    """Passes one connection on to a port of this machine. said: pairs of whether the client sent it, and bytes."""

    def __init__(self, target):
        self.said = []
        self._target = target
        self._lock = threading.Lock()
        super().__init__(self._pass)

    def _copy(self, source, target, from_client):
        try:
            while data := source.recv(16384):
                with self._lock:
                    self.said.append((from_client, data))
                target.sendall(data)
            target.shutdown(sockets.socket.SHUT_WR)
        except OSError:
            pass  # one end has left; what was said is what counts

    def _pass(self, client):
        with sockets.connect_in_thread(self._target) as server:
            back = threading.Thread(target=self._copy, args=(server, client, False), daemon=True)
            back.start()
            self._copy(client, server, True)
            back.join(TIMEOUT)


def _segment(source, target, sequence, acknowledged, flags, data=b""):
    tcp = struct.pack("!HHIIBBHHH", source[1], target[1], sequence, acknowledged, 5 << 4, flags, 65535, 0, 0) + data
    # No checksums: nobody looks at them in a recording.
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, source[0], target[0]) + tcp


def write_pcap(path, said):
    """One TCP connection over IPv4, as of raw packets (LINKTYPE_RAW), one millisecond apart."""
    packets = [_segment(CLIENT, SERVER, 0, 0, SYN), _segment(SERVER, CLIENT, 0, 1, SYN | ACK),
               _segment(CLIENT, SERVER, 1, 1, ACK)]
    client, server = 1, 1
    for from_client, data in said:
        if from_client:
            packets.append(_segment(CLIENT, SERVER, client, server, ACK | PUSH, data))
            client += len(data)
        else:
            packets.append(_segment(SERVER, CLIENT, server, client, ACK | PUSH, data))
            server += len(data)
    with open(path, "wb") as file:
        file.write(struct.pack("=IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, 101))
        for number, packet in enumerate(packets):
            file.write(struct.pack("=IIII", 1_600_000_000, number * 1000, len(packet), len(packet)) + packet)
