// SPDX-License-Identifier: Apache-2.0
// The long texts of --help: examples, and what does not fit behind an option.
#pragma once

namespace cli {

inline constexpr const char* serve_examples = R"(
Examples:
  serve --cert server.crt --key server.key
  serve --cert server.crt --key server.key --listen [::]:8443 --mode http
  serve --cert ecdsa.crt --key ecdsa.key --cert rsa.crt --key rsa.key
  serve --cert server.crt --key server.key --ocsp-response server.ocsp
  serve --pkcs12 server.p12 --passphrase-file passphrase.txt
  serve --cert server.crt --key server.key --client-ca ca.crt --client-auth optional --json
  serve --psk-file keys.txt
)";

inline constexpr const char* connect_examples = R"(
Examples:
  connect example.com:443 --alpn http/1.1
  connect example.com:443 --ocsp required
  connect 127.0.0.1:4433 --ca root.crt --name localhost
  connect 127.0.0.1:4433 --psk-file keys.txt --psk-identity 'device 17'
  printf 'GET / HTTP/1.0\r\nHost: example.com\r\n\r\n' | ... connect example.com:443 --keep-open

At the end of standard input, close_notify is sent. In TLS 1.3 the peer's answer still arrives; in TLS 1.2 close_notify
ends both directions, and what the peer had not sent by then is discarded (RFC 5246 7.2.1): use --keep-open there.
)";

inline constexpr const char* info_examples = R"(
Examples:
  info
  info --json
)";

inline constexpr const char* stack_examples = R"(
Both ends run in this program, each on a thread whose stack was filled with a pattern before: the deepest byte that
lost it counts. A connection is a handshake with a verified certificate, a record each way, and the end.

Examples:
  stack --cert server.crt --key server.key --ca root.crt
)";

inline constexpr const char* verify_examples = R"(
Exit codes: 0 accepted; 1 rejected; 2 could not decide (options, files, the name).

Examples:
  verify --leaf server.crt --trust root.crt --name localhost
  verify --leaf client.crt --trust root.crt --purpose client --crl crl.pem --time 2030-01-31T12:00:00Z --json
  echo '{"id": 1, "leaf": "server.crt", "trust": ["root.crt"], "name": "localhost"}' | ... verify --batch

A request of --batch has "leaf", and as wanted "id" (any value), "untrusted", "trust", "crl", "crl_scope", "pin", "name"
or "ip", "time", "purpose". "leaf", "untrusted", "trust" and "crl" take one file or PEM text, or a list of them. Its
answer has "verdict": accepted, rejected or undecided. --batch ends with 0 when all requests were answered.
)";

}  // namespace cli
