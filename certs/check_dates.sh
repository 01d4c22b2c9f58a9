#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Fails a year before anything that has to be valid comes to its end, so that the tests of an old release do not break
# one morning. Looks at every certificate of every *.crt, here and one directory below, and at every revocation list.
# Prints TAP.
# (The .der and .p12 files hold the certificates of server.crt; OCSP responses are checked by the tests that use them.)
#
#   ./check_dates.sh [DIRECTORY]
set -euo pipefail

margin=$((366 * 24 * 60 * 60))
# Something in each of these must have ended already. The rest of what they hold must be valid, as everywhere.
ended_on_purpose=(expired.crt expired-intermediate.crt expired-root-ca.crt client-expired.crt expired.crl.pem)

main() {
  cd "${1:-$(dirname "${BASH_SOURCE[0]}")}"
  shopt -s nullglob
  local files=("${ended_on_purpose[@]}") file number=0 failed=0 problems
  for file in *.crt *crl.pem */*.crt; do
    if ! is_ended_on_purpose "$file"; then files+=("$file"); fi
  done

  echo "1..${#files[@]}"
  for file in "${files[@]}"; do
    number=$((number + 1))
    problems=$(problems_of "$file")
    if [[ -z $problems ]]; then
      echo "ok $number - $file"
    else
      printf 'not ok %s - %s\n%s\n' "$number" "$file" "$problems"
      failed=1
    fi
  done
  return "$failed"
}

problems_of() {
  local state what seen=no ended=no
  while read -r state what; do
    seen=yes
    case $state in
      fine)  ;;
      ended) ended=yes
             if ! is_ended_on_purpose "$1"; then echo "# has ended: $what"; fi ;;
      soon)  echo "# ends within 366 days: $what" ;;
      *)     echo "# cannot be read: number $what" ;;
    esac
  done < <(states_in "$1")

  if [[ $seen == no ]]; then echo "# nothing in it, or no such file"; fi
  if [[ $ended == no ]] && is_ended_on_purpose "$1"; then echo "# nothing in it has ended, but something should have"; fi
}

# One line for each certificate or revocation list in a file: its state, and which it is.
states_in() {
  local line block='' number=0
  [[ -f $1 ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line == -----BEGIN* ]]; then block=''; fi
    block+=$line$'\n'
    case $line in
      '-----END CERTIFICATE-----'*) number=$((number + 1)); state_of_certificate "$number" <<< "$block" ;;
      '-----END X509 CRL-----'*)    number=$((number + 1)); state_of_list "$number" <<< "$block" ;;
    esac
  done < "$1"
}

state_of_certificate() {
  local pem what
  pem=$(cat)
  # Most are fine, and then one call says all: this is half of the time.
  if openssl x509 -noout -checkend "$margin" > /dev/null 2>&1 <<< "$pem"; then echo fine; return; fi
  if ! what=$(openssl x509 -noout -subject -enddate 2> /dev/null <<< "$pem"); then echo "unreadable $1"; return; fi
  if openssl x509 -noout -checkend 0 > /dev/null <<< "$pem"; then echo soon "$1, ${what//$'\n'/ }"
  else                                                            echo ended "$1, ${what//$'\n'/ }"; fi
}

# There is no -checkend for revocation lists. The year is enough: one that ends next year may end within 366 days.
state_of_list() {
  local what year now
  if ! what=$(openssl crl -noout -issuer -nextupdate 2> /dev/null); then echo "unreadable $1"; return; fi
  year=$(sed -n 's/^nextUpdate=.* \([0-9]\{4,\}\) GMT$/\1/p' <<< "$what")
  now=$(date -u +%Y)
  if   [[ -z $year ]];            then echo "unreadable $1"
  elif [[ $year -gt $now+1 ]];    then echo fine
  elif [[ $year -ge $now ]];      then echo soon "$1, ${what//$'\n'/ }"
  else                                 echo ended "$1, ${what//$'\n'/ }"; fi
}

is_ended_on_purpose() { [[ " ${ended_on_purpose[*]} " == *" $1 "* ]]; }

main "$@"
