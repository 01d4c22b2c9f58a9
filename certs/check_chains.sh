#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Asks the openssl command for its verdict on every chain: the good ones pass its strict checks, each of the others
# fails with the error of its defect and no other. Also: every key belongs to its certificate. Prints TAP.
# The numbers are the X509_V_ERR_* of OpenSSL 3.0.
#
#   ./check_chains.sh [DIRECTORY]
set -euo pipefail

results=() failed=0

main() {
  cd "${1:-$(dirname "${BASH_SOURCE[0]}")}"

  local server=(-purpose sslserver -verify_hostname localhost)
  local client=(-purpose sslclient)

  local name
  for name in server server-rsa server-ed25519; do
    expect none "$name" "${server[@]}"
    expect none "$name" -purpose sslserver -verify_hostname server.tlseam.test
  done
  expect none ip              -purpose sslserver -verify_ip 127.0.0.1
  expect none ip              -purpose sslserver -verify_ip ::1
  expect none wildcard        -purpose sslserver -verify_hostname any.wild.tlseam.test
  expect none client          "${client[@]}"
  expect none client-rsa      "${client[@]}"
  expect none client-ed25519  "${client[@]}"

  expect 10 expired           "${server[@]}"
  expect 9  not-yet-valid     "${server[@]}"
  expect 62 wrong-name        "${server[@]}"
  expect 62 ip                "${server[@]}"
  expect 62 wildcard          "${server[@]}"
  expect 18 self-signed       "${server[@]}"
  expect 20 unknown-ca        "${server[@]}"
  expect 20 missing-intermediate "${server[@]}"
  expect "26 79" not-a-ca     "${server[@]}"   # one defect, told twice: no authority, so not one for servers either
  expect 26 wrong-purpose     "${server[@]}"
  expect 25 path-length       "${server[@]}"
  expect 47 name-constraint   "${server[@]}"
  expect 7  bad-signature     "${server[@]}"
  expect 66 weak-key          "${server[@]}"
  expect 10 expired-intermediate "${server[@]}"
  # The command falls back to the common name, which tlseam never reads, so "localhost" would pass here.
  expect 62 cn-only           -purpose sslserver -verify_hostname server.tlseam.test

  expect 10 client-expired       "${client[@]}"
  expect 20 client-unknown-ca    "${client[@]}"
  expect 26 client-wrong-purpose "${client[@]}"

  # What these need to be found out, and what makes them good.
  local lists=(-crl_check_all -CRLfile root.crl.pem -CRLfile crl.pem -CRLfile revoked-intermediate.crl.pem)
  expect none revoked              "${server[@]}"
  expect none revoked-intermediate "${server[@]}"
  expect none server               "${server[@]}" "${lists[@]}"
  expect 23 revoked                "${server[@]}" "${lists[@]}"
  expect 23 revoked-intermediate   "${server[@]}" "${lists[@]}"
  expect 12 server                 "${server[@]}" -crl_check -CRLfile expired.crl.pem
  roots=ca-bundle.crt      expect none unknown-ca   "${server[@]}"
  roots=other-root.crt     expect none unknown-ca   "${server[@]}"
  roots=other-root.crt     expect 20   server       "${server[@]}"
  roots=expired-root-ca.crt expect 10  expired-root "${server[@]}"

  for name in *.key; do expect_key "$name"; done

  echo "1..${#results[@]}"
  printf '%s\n' "${results[@]}"
  return "$failed"
}

# expect ERROR NAME OPTION...: what verifying NAME.crt complains of, or "none". "roots" replaces root.crt.
expect() {
  local errors
  errors=$(openssl verify -x509_strict -auth_level 2 -no-CApath -no-CAstore -CAfile "${roots:-root.crt}" \
    -untrusted "$2.crt" "${@:3}" "$2.crt" 2>&1) && errors=none ||
    errors=$(sed -n 's/^error \([0-9]*\) at .*/\1/p' <<< "$errors" | sort -un | paste -sd ' ' -)
  report "$([[ $errors == "$1" ]] && echo ok)" "$2: expected $1, got ${errors:-an unreadable answer} (${*:3})"
}

# expect_key FILE: server-sec1.key and the like are further forms of the keys of server.crt and server-rsa.crt.
expect_key() {
  local certificate
  case $1 in
    server-rsa-*)                  certificate='server-rsa.crt' ;;
    server-rsa.*|server-ed25519.*) certificate=${1%.key}.crt ;;
    server-*)                      certificate='server.crt' ;;
    *)                             certificate=${1%.key}.crt ;;
  esac
  report "$([[ $(openssl pkey -in "$1" -passin pass:tlseam -pubout) == $(openssl x509 -in "$certificate" -noout -pubkey) ]] &&
    echo ok)" "$1 is the key of $certificate"
}

report() {
  results+=("${1:-not ok} $((${#results[@]} + 1)) - $2")
  if [[ $1 != ok ]]; then failed=1; fi
}

main "$@"
