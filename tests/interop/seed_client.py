# SPDX-License-Identifier: Apache-2.0
# The Python client that tlseam set out to be as simple as. examples.py fills in the port, and goes on with
# ssl_client_socket where this ends.
import socket
import ssl

# address and port of the server
SERVER_ADDRESS = ('localhost', 8080)

# make the client's socket
client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)

# wrap it in TLS
ssl_context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
ssl_client_socket = ssl_context.wrap_socket(client_socket, server_hostname="localhost")

# connect to the server
ssl_client_socket.connect(SERVER_ADDRESS)
