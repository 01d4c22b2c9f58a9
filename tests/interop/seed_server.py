# SPDX-License-Identifier: Apache-2.0
# The Python server that tlseam set out to be as simple as. examples.py fills in the paths and the port, and goes on with
# client_socket where this ends.
import socket
import ssl

# certificate and private key
CERTIFICATE_PATH = 'path/to/certificate.crt'
PRIVATE_KEY_PATH = 'path/to/private_key.key'

# make the server's socket
server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)

# wrap it in TLS
ssl_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
ssl_context.load_cert_chain(certfile=CERTIFICATE_PATH, keyfile=PRIVATE_KEY_PATH)
ssl_server_socket = ssl_context.wrap_socket(server_socket, server_side=True)

# bind it and wait for a client
ssl_server_socket.bind(('localhost', 8080))
ssl_server_socket.listen(1)

# accept the connection
client_socket, address = ssl_server_socket.accept()
