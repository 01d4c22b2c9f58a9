#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# In TLS 1.2, OpenSSL's server refuses a client's certificate whose curve the client does not name in its
# supported_groups, though those say what the client can check, not what it shows. Needs the openssl command only; prints
# "refused" and exits with 0 when it does.
set -euo pipefail
certs=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../../certs" && pwd)
work=$(mktemp -d)
trap 'kill "$server" 2> /dev/null || true; rm -rf "$work"' EXIT

openssl s_server -accept 127.0.0.1:0 -tls1_2 -Verify 2 -CAfile "$certs/root.crt" -naccept 1 -www \
  -cert "$certs/server-rsa.crt" -cert_chain "$certs/server-rsa.crt" -key "$certs/server-rsa.key" > "$work/server" 2>&1 &
server=$!
until port=$(sed -n 's/^ACCEPT .*:\([0-9]*\)$/\1/p' "$work/server") && [ -n "$port" ]; do kill -0 "$server"; done

openssl s_client -connect "127.0.0.1:$port" -tls1_2 -groups X25519:P-384 -CAfile "$certs/root.crt" \
  -cert "$certs/client.crt" -cert_chain "$certs/client.crt" -key "$certs/client.key" < /dev/null > "$work/client" 2>&1 &&
  { echo accepted; exit 1; }
grep -q 'illegal parameter' "$work/client" && echo refused
