# SPDX-License-Identifier: Apache-2.0
# Servers of others, on this machine. Each gets a socket that listens already: no port is ever guessed, and nobody has
# to wait until a server is ready.
import contextlib
import os
import signal
import socket
import threading

import process
import sockets
import tap
from front import CERTS

# Alternatives to `good`, and what every library says of them.
DEFECTS = {"expired": "expired", "wrong-name": "name_mismatch", "self-signed": "self_signed"}

# Bytes of a client's Finished of TLS 1.3 in its record, for SHA-256 and SHA-384, with or without the change_cipher_spec
# of middlebox compatibility (RFC 8446 D.4) in front of it.
FINISHED = [ccs + 5 + 4 + size + 1 + 16 for size in (32, 48) for ccs in (0, 6)]


def listening():
    sock = tap.cleanup.enter_context(socket.create_server(("127.0.0.1", 0)))
    return sock, sock.getsockname()[1]


def directory():
    return tap.cleanup.enter_context(sockets.temporary_directory())


def start(*argv, listener, **options):
    return process.Process(*argv, pass_fds=(listener.fileno(),), stdin=None, **options)


def nginx(cert="server", protocols="TLSv1.2 TLSv1.3", http2=False):
    """The port of one."""
    listener, port = listening()
    home = directory()
    (home / "nginx.conf").write_text(f"""
        daemon off; worker_processes 1; pid {home}/pid; error_log stderr;
        events {{ worker_connections 64; }}
        http {{
          access_log off;
          client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
          uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
          server {{
            listen 127.0.0.1:{port} ssl {'http2' if http2 else ''};
            ssl_certificate {CERTS}/{cert}.crt; ssl_certificate_key {CERTS}/{cert}.key; ssl_protocols {protocols};
            return 200 "ok";
          }}
        }}""")
    server = start(process.tool("nginx", "nginx-light"), "-p", home, "-c", home / "nginx.conf", listener=listener,
                   env=os.environ | {"NGINX": f"{listener.fileno()};"})

    def stop():  # a killed one would leave its worker
        server.signal(signal.SIGTERM)
        server.exit_code()

    tap.cleanup.callback(stop)
    return port


def haproxy(cert="server", options=""):
    listener, port = listening()
    home = directory()
    (home / "server.pem").write_bytes((CERTS / f"{cert}.crt").read_bytes() + (CERTS / f"{cert}.key").read_bytes())
    (home / "haproxy.cfg").write_text(f"""
defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 60s
frontend f
  bind fd@{listener.fileno()} ssl crt {home}/server.pem {options}
  http-request return status 200
""")
    start(process.tool("haproxy"), "-db", "-f", home / "haproxy.cfg", listener=listener)
    return port


def stunnel(cert="server", options=""):
    """Started for each connection, which is its standard input, as inetd does it."""
    home = directory()
    (home / "stunnel.conf").write_text(f"""
foreground = yes
pid =
syslog = no
cert = {CERTS}/{cert}.crt
key = {CERTS}/{cert}.key
{options}
exec = /bin/cat
""")
    program = process.tool("stunnel4")

    def serve(connection):
        connection.settimeout(None)  # stunnel wants a plain descriptor
        process.Process(program, home / "stunnel.conf", stdin=connection.fileno(), stdout=connection.fileno())

    return Many(serve).port


def openssl(*options, cert="server"):
    server = process.Process(process.tool("openssl"), "s_server", "-accept", "127.0.0.1:0", "-cert",
                             CERTS / f"{cert}.crt", "-key", CERTS / f"{cert}.key", "-cert_chain",
                             CERTS / f"{cert}.crt", *options)
    return int(server.match(r"^ACCEPT 127\.0\.0\.1:(\d+)").group(1))


class Many:
    """Calls handler(connection) for each connection, in a thread; connections are closed when the case ends."""

    def __init__(self, handler):
        self._listening, self.port = listening()
        self._handler = handler
        self.connections = []
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                connection.settimeout(process.TIMEOUT)
                self.connections.append(connection)
                with contextlib.suppress(OSError):
                    self._handler(connection)
