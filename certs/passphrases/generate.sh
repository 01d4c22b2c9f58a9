#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes the files of this directory from ../server.key, with the passphrases of long.txt and short.txt: run it after
# ../generate.sh. Needs OpenSSL 3.0 or newer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

for length in long short; do
  openssl pkcs8 -topk8 -in ../server.key -v2 aes-256-cbc -v2prf hmacWithSHA256 -passout "file:$length.txt" -out "$length.key"
done
openssl pkcs12 -export -in ../server.crt -inkey ../server.key -passout file:long.txt -out long.p12
chmod 644 ./*.key ./*.p12
