# SPDX-License-Identifier: Apache-2.0
# What ./run and ./test share: saying what happens, installing what is missing, configuring a build directory.
# Sourced by bash with `set -euo pipefail`, from the root of the tree.

# The backends that ./test builds and tests.
backends=(openssl wolfssl botan)

needed_to_build=(build-essential ccache meson ninja-build pkgconf python3 libssl-dev libcli11-dev nlohmann-json3-dev
  libgnutls28-dev libbenchmark-dev node-d3-scale)
# For scripts/dependencies: wolfSSL comes without a configure script, Botan is packed with xz.
needed_for_dependencies=(autoconf automake libtool xz-utils perl ca-certificates)
# For bench/run --peers.
needed_for_peers=(libboost1.81-dev libpoco-dev libevent-dev wrk qt6-base-dev python3)
needed_to_test=(libgtest-dev libgmock-dev libasio-dev libboost1.81-dev cmake openssl ca-certificates
  python3-cryptography gnutls-bin curl clang-19 libclang-rt-19-dev llvm-19 lld-19 tshark softhsm2 libp11-kit-dev
  chromium libnss3-tools nghttp2-client groff-base zsh nginx-light haproxy stunnel4)

# A compiler cache beside the libraries: the same source compiles once, in whichever clone. The first makes it
# work with precompiled headers, the second lets debug information name the directory that was first.
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros} CCACHE_NOHASHDIR=1
export CCACHE_DIR=${CCACHE_DIR:-${TLSEAM_DEPS:-$HOME/.cache/tlseam}/ccache}

# What is called python3 may be a script that looks for the real one (pyenv), which takes longer than many a test.
real_python=$(python3 -c 'import sys; print(sys.executable)' 2> /dev/null || true)
if [ -n "$real_python" ] && [ "$real_python" != "$(command -v python3)" ]; then
  PATH=$(dirname "$real_python"):$PATH
fi

# For ./test --full.
needed_to_test_fully=(clang-tidy-19 cppcheck valgrind)

say() { printf '\n== %s\n' "$*"; }

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
  stop_services "${missing[@]}"
}

# Tests start these programs themselves. Where a package has just brought one as a service, it is not to run.
stop_services() {
  local service
  for service in nginx haproxy stunnel4; do
    [[ " $* " == *" $service"* ]] || continue
    if [ -d /run/systemd/system ]; then systemctl --quiet disable --now "$service" || true
    elif command -v systemctl > /dev/null; then systemctl --quiet disable "$service" || true; fi
  done
}

# build_dependencies NAME...: the pinned TLS libraries, built from source where the cache does not have them yet.
build_dependencies() {
  scripts/dependencies find "$@" > /dev/null && return
  install_missing "${needed_for_dependencies[@]}"
  say "building the TLS libraries from source; once per user, into ${TLSEAM_DEPS:-$HOME/.cache/tlseam}"
  scripts/dependencies build "$@"
}

# without NAME WORD...: the words other than NAME.
without() {
  local name=$1 word
  shift
  for word in "$@"; do [ "$word" = "$name" ] || echo "$word"; done
}

# with_commas WORD...: as Meson takes a list.
with_commas() { local IFS=,; echo "$*"; }

# configure DIRECTORY OPTION...: sets up a build directory, or brings an existing one to these options.
configure() {
  local directory=$1
  shift
  if [ -f "$directory/build.ninja" ]; then
    # One from an older tree may not know an option; then it is made anew.
    meson configure "$directory" "$@" > /dev/null 2>&1 && return
  fi
  rm -rf "$directory"
  meson setup "$directory" "$@" > "$directory.log" 2>&1 ||
    { cat "$directory.log"; rm -rf "$directory" "$directory.log"; exit 1; }
  rm -f "$directory.log"
}
