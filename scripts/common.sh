# SPDX-License-Identifier: Apache-2.0
# What ./run and ./test share: saying what happens, installing what is missing, configuring a build directory.
# Sourced by bash with `set -euo pipefail`, from the root of the tree.

say() { printf '\n== %s\n' "$*"; }

needed_to_build=(build-essential meson ninja-build pkgconf libssl-dev libcli11-dev nlohmann-json3-dev)
needed_to_test=(libgtest-dev libgmock-dev cmake python3 openssl ca-certificates gnutls-bin curl clang-19 libclang-rt-19-dev llvm-19)

# Installs the packages that are not there. Elsewhere than on Debian and its family: names them and stops.
install_missing() {
  local missing=() package
  if ! command -v dpkg-query > /dev/null; then
    if command -v meson > /dev/null && command -v ninja > /dev/null && command -v pkg-config > /dev/null; then return; fi
    echo "This is no Debian-like system. Please install the equivalents of: $*" >&2
    exit 1
  fi
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    echo "Not root. Please run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || echo "(the package lists could not all be updated; trying with those that are there)"
  apt-get install -y -qq --no-install-recommends "${missing[@]}" > /dev/null
}

# configure DIRECTORY OPTION...: sets up a build directory, or brings an existing one to these options.
configure() {
  local directory=$1
  shift
  if [ -f "$directory/build.ninja" ]; then
    meson configure "$directory" "$@" > /dev/null
  else
    rm -rf "$directory"
    meson setup "$directory" "$@" > "$directory.log" 2>&1 ||
      { cat "$directory.log"; rm -f "$directory.log"; exit 1; }
    rm -f "$directory.log"
  fi
}
