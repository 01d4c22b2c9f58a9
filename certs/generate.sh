#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Makes the test PKI of this directory from scratch: new keys, new certificates, the same file names.
# README.md says what each file is. Needs OpenSSL 3.0 or newer.
#
#   ./generate.sh            makes the files; refuses when there are some already
#   ./generate.sh --force    replaces them
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
passphrase=tlseam
names=DNS:localhost,DNS:server.tlseam.test

# The committed files must outlive the project. Beyond 2049 RFC 5280 wants GeneralizedTime; openssl sees to that.
good_from=20200101000000Z   good_until=20691231235959Z
past_from=20200101000000Z   past_until=20210101000000Z
# So late that check_dates.sh asks for a new PKI before this becomes valid.
future_from=20691201000000Z

main() {
  check_request "$@"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work"
  mkdir out copies
  write_configuration

  make_authorities
  make_good_servers
  make_clients
  make_defects
  make_encodings
  make_revocation_lists
  install_files
  python3 "$here/names/generate.py"  # issued by the new intermediate
  python3 "$here/signatures/generate.py"
  python3 "$here/ocsp/generate.py"
  python3 "$here/pkcs12/generate.py"
  "$here/passphrases/generate.sh"
}

make_authorities() {
  authority root               self CA:TRUE
  authority intermediate       root CA:TRUE,pathlen:0
  authority other-root         self CA:TRUE
  authority other-intermediate other-root CA:TRUE,pathlen:0

  # Tests may issue certificates of their own, so these two keys are kept. Those of all other authorities are not.
  cp root.crt root.key intermediate.crt intermediate.key other-root.crt out/
  { echo "The root of nearly everything here:";  cat root.crt
    echo "The root of unknown-ca:";              cat other-root.crt; } > out/ca-bundle.crt
}

make_good_servers() {
  rsa_key     server-rsa 2048
  ed25519_key server-ed25519

  leaf server         intermediate serverAuth "$names"
  leaf server-rsa     intermediate serverAuth "$names"
  leaf server-ed25519 intermediate serverAuth "$names"
  leaf ip             intermediate serverAuth IP:127.0.0.1,IP:::1
  leaf wildcard       intermediate serverAuth DNS:*.wild.tlseam.test
}

make_clients() {
  local name=DNS:client.tlseam.test

  rsa_key     client-rsa 2048
  ed25519_key client-ed25519

  leaf client               intermediate       clientAuth "$name"
  leaf client-rsa           intermediate       clientAuth "$name"
  leaf client-ed25519       intermediate       clientAuth "$name"
  leaf client-unknown-ca    other-intermediate clientAuth "$name"
  leaf client-wrong-purpose intermediate       serverAuth "$name"
  from=$past_from until=$past_until leaf client-expired intermediate clientAuth "$name"
}

# Server chains with one thing wrong each, so that every library has to name the same one.
make_defects() {
  from=$past_from until=$past_until leaf expired       intermediate serverAuth "$names"
  from=$future_from                 leaf not-yet-valid intermediate serverAuth "$names"

  leaf wrong-name    intermediate       serverAuth DNS:other.tlseam.test
  leaf wrong-purpose intermediate       clientAuth "$names"
  leaf unknown-ca    other-intermediate serverAuth "$names"
  leaf revoked       intermediate       serverAuth "$names"
  subject=/CN=localhost leaf cn-only intermediate serverAuth ""

  leaf self-signed self serverAuth "$names"
  publish self-signed                           # nothing follows it

  leaf missing-intermediate intermediate serverAuth "$names"
  publish missing-intermediate                  # without what should follow it

  rsa_key weak-key 1024
  leaf weak-key intermediate serverAuth "$names"

  leaf bad-signature intermediate serverAuth "$names"
  break_signature bad-signature
  publish bad-signature intermediate

  # The issuer has no keyUsage: one without keyCertSign would be a second defect, one with it would contradict CA:FALSE.
  issue no-authority root basicConstraints=critical,CA:FALSE
  leaf not-a-ca no-authority serverAuth "$names"

  authority sub-authority intermediate CA:TRUE  # intermediate is pathlen:0
  leaf path-length sub-authority serverAuth "$names"
  publish path-length sub-authority intermediate

  authority constrained root CA:TRUE,pathlen:0 'nameConstraints=critical,permitted;DNS:allowed.test'
  leaf name-constraint constrained serverAuth "$names"

  from=$past_from until=$past_until authority ended-intermediate root CA:TRUE,pathlen:0
  leaf expired-intermediate ended-intermediate serverAuth "$names"

  authority withdrawn root CA:TRUE,pathlen:0
  leaf revoked-intermediate withdrawn serverAuth "$names"

  from=$past_from until=$past_until authority ended-root self CA:TRUE
  leaf expired-root ended-root serverAuth "$names"
  publish expired-root                          # a root is not sent ...
  cp ended-root.crt out/expired-root-ca.crt     # ... but trusted
}

# Keys and certificates from above in the other forms they come in.
make_encodings() {
  local protect=(-passout "pass:$passphrase")

  run openssl ec  -in server.key                 -out out/server-sec1.key
  run openssl rsa -in server-rsa.key -traditional -out out/server-rsa-pkcs1.key
  run openssl pkcs8 -topk8 -in server.key -v2 aes-256-cbc -v2prf hmacWithSHA256 "${protect[@]}" -out out/server-encrypted.key
  run openssl ec -in server.key -aes-256-cbc "${protect[@]}" -out out/server-legacy-encrypted.key
  run openssl pkcs8 -topk8 -in server.key -nocrypt -outform DER -out out/server.key.der
  run openssl x509 -in server.crt -outform DER -out out/server-leaf.der
  run openssl pkcs12 -export -in out/server.crt -inkey server.key -name server "${protect[@]}" -out out/server.p12
}

make_revocation_lists() {
  until=$past_until revocation_list expired.crl.pem intermediate
  revocation_list crl.pem                      intermediate revoked
  revocation_list root.crl.pem                 root         withdrawn
  revocation_list revoked-intermediate.crl.pem withdrawn    # empty: so that only root.crl.pem objects
}

# --- What the recipes above are made of. All of it works on NAME.key and NAME.crt in the scratch directory. ---
# An assignment before a call (from, until, subject) replaces a default of issue or revocation_list.

# authority NAME ISSUER BASIC_CONSTRAINTS [EXTENSION]: a certificate that may issue others.
authority() {
  subject="/CN=tlseam test ${1//-/ }" issue "$1" "$2" "basicConstraints=critical,$3" \
    keyUsage=critical,keyCertSign,cRLSign "${@:4}"
}

# leaf NAME ISSUER PURPOSE ALTERNATIVE_NAMES: a certificate for an end of a connection, published with its issuer.
leaf() {
  local extensions=("basicConstraints=critical,CA:FALSE" "extendedKeyUsage=$3")
  case $1 in
    server-rsa|weak-key) extensions+=("keyUsage=critical,digitalSignature,keyEncipherment") ;;
    *)                   extensions+=("keyUsage=critical,digitalSignature") ;;
  esac
  if [[ -n $4 ]]; then extensions+=("subjectAltName=$4"); fi

  issue "$1" "$2" "${extensions[@]}"
  if [[ $2 != self ]]; then publish "$1" "$2"; fi
}

# issue NAME ISSUER EXTENSION...: makes NAME.crt, and NAME.key unless it is there. ISSUER may be "self".
issue() {
  local name=$1 issuer=$2 signer
  if [[ ! -f $name.key ]]; then run openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$name.key"; fi
  if [[ $issuer == self ]]; then signer=(-selfsign -keyfile "$name.key")
  else                           signer=(-cert "$issuer.crt" -keyfile "$issuer.key"); fi

  printf '%s\n' subjectKeyIdentifier=hash authorityKeyIdentifier=keyid:always "${@:3}" > extensions
  run openssl req -new -key "$name.key" -subj "${subject:-/CN=$name}" -out request
  # Of the commands in OpenSSL 3.0, only "ca" lets us choose notBefore.
  run openssl ca -batch -notext "${signer[@]}" -in request -extfile extensions \
    -startdate "${from:-$good_from}" -enddate "${until:-$good_until}" -out "$name.crt"
}

# publish NAME [ISSUER...]: NAME.crt as an end of a connection sends it, and its key.
publish() {
  local name
  for name in "$@"; do cat "$name.crt"; done > "out/$1.crt"
  cp "$1.key" out/
}

rsa_key()     { run openssl genpkey -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" -out "$1.key"; }
ed25519_key() { run openssl genpkey -algorithm ED25519 -out "$1.key"; }

# The last byte of a certificate is the last byte of s in the ECDSA signature: with one bit of it turned over,
# everything parses as before and the signature is wrong.
break_signature() {
  run openssl x509 -in "$1.crt" -outform DER -out whole.der
  local size last
  size=$(wc -c < whole.der)
  last=$(tail -c 1 whole.der | od -An -tu1)
  { head -c $((size - 1)) whole.der; printf '%b' "\\x$(printf %02x $((last ^ 1)))"; } > broken.der
  run openssl x509 -inform DER -in broken.der -out "$1.crt"
}

# revocation_list FILE ISSUER [REVOKED]
revocation_list() {
  local serial
  : > issued
  if [[ $# -gt 2 ]]; then
    serial=$(openssl x509 -in "$3.crt" -noout -serial)
    # A line of the database of "openssl ca": state, end, revocation, serial number, file, subject.
    printf 'R\t%s\t200601000000Z,keyCompromise\t%s\tunknown\t/CN=%s\n' "$good_until" "${serial#*=}" "$3" > issued
  fi
  run openssl ca -gencrl -cert "$2.crt" -keyfile "$2.key" \
    -crl_lastupdate "$good_from" -crl_nextupdate "${until:-$good_until}" -out "out/$1"
}

# Nothing of the machine's own OpenSSL configuration reaches the PKI.
write_configuration() {
  export OPENSSL_CONF=$work/openssl.cnf
  cat > openssl.cnf <<'END'
[req]
distinguished_name = subject
string_mask        = utf8only
[subject]
[ca]
default_ca      = scratch
[scratch]
database        = issued
new_certs_dir   = copies
unique_subject  = no
rand_serial     = yes
crlnumber       = crl_number
default_md      = sha256
policy          = any_subject
crl_extensions  = crl
[any_subject]
commonName      = supplied
[crl]
authorityKeyIdentifier = keyid:always
END
  : > issued
  echo 01 > crl_number
}

# openssl is talkative when all is well; what it said matters only when it fails.
run() {
  if ! "$@" > log 2>&1; then
    { echo "generate.sh: failed: $*"; cat log; } >&2
    exit 1
  fi
}

check_request() {
  case "$*" in
    ''|--force) ;;
    *) echo "usage: generate.sh [--force]" >&2; exit 2 ;;
  esac
  case "$(openssl version)" in
    'OpenSSL '[3-9].*) ;;
    *) echo "generate.sh: needs OpenSSL 3.0 or newer, found: $(openssl version)" >&2; exit 1 ;;
  esac
  if [[ ${1-} != --force && -n $(generated_files) ]]; then
    echo "generate.sh: $here has certificates already; --force replaces them all" >&2
    exit 1
  fi
}

# Only now are the old files touched, so a run that fails leaves them whole. Old ones go first: a name that is no
# longer made must not stay behind. The keys are public, and readable as they are in any checkout.
install_files() {
  chmod 644 out/*
  generated_files | while IFS= read -r file; do rm -- "$file"; done
  cp out/* "$here/"
  echo "generate.sh: $(generated_files | wc -l) files in $here"
}

generated_files() {
  find "$here" -maxdepth 1 -type f \( -name '*.crt' -o -name '*.key' -o -name '*.pem' -o -name '*.der' -o -name '*.p12' \)
}

main "$@"
