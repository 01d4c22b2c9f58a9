# SPDX-License-Identifier: Apache-2.0
"""Obtains the source of a pin: a tarball kept earlier, upstream's, or the one of Debian's source package.

Nothing is unpacked before somebody vouches for it: the pinned version our hash, another one Debian's signature.
"""
import hashlib
import pathlib
import shutil
import tarfile
import urllib.request

from depends import debian
from depends.progress import Failed, say

# Per connection and per silence in between; a place that does not answer is left for the next one.
PATIENCE = 10


def obtain(pin, kept, scratch):
    """A directory in scratch with the unpacked source, and its version. kept: where good tarballs of pins stay."""
    for way in _kept, _upstream, _debian:
        found = way(pin, kept, scratch)
        if found:
            tarball, version = found
            return _unpack(tarball, scratch / "source"), version
    raise Failed(f"no source of {pin.name} {pin.version}. With a network elsewhere: put {pin.filename} from {pin.url} "
                 f"into {kept} and try again")


def _kept(pin, kept, _scratch):
    for tarball in sorted(kept.glob("*")):
        if tarball.is_file() and _hash(tarball) in (pin.hash, pin.debian_hash):
            return tarball, pin.version
    return None


def _upstream(pin, kept, scratch):
    tarball = scratch / pin.filename
    try:
        with urllib.request.urlopen(pin.url, timeout=PATIENCE) as answer, open(tarball, "wb") as file:
            shutil.copyfileobj(answer, file)
    except (OSError, ValueError) as error:
        say(f"{pin.name}: not from upstream ({getattr(error, 'reason', error)})")
        return None
    if not _good(pin, tarball, pin.hash, "upstream"):
        return None
    say(f"{pin.name}: {pin.filename} from upstream, hash as pinned")
    return _keep(tarball, kept), pin.version


def _debian(pin, kept, scratch):
    for tarball, version, suite in debian.orig_tarballs(pin, scratch):
        if not pin.is_pinned(version):
            say(f"{pin.name}: {version} from Debian {suite} in place of {pin.version}, signature good")
            return tarball, version
        if _good(pin, tarball, pin.debian_hash, f"Debian {suite}"):
            say(f"{pin.name}: {tarball.name} from Debian {suite}, signature good, hash as pinned")
            return _keep(tarball, kept), version
    return None


def _good(pin, tarball, wanted, where):
    found = _hash(tarball)
    if found != wanted:
        say(f"{pin.name}: REFUSED what came from {where}: SHA-256 {found} instead of {wanted}")
    return found == wanted


def _hash(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def _keep(tarball, kept):
    kept.mkdir(parents=True, exist_ok=True)
    return pathlib.Path(shutil.move(tarball, kept / tarball.name))


def _unpack(tarball, into):
    """The one directory that the tarball holds."""
    with tarfile.open(tarball) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(into, filter="data")
        else:
            archive.extractall(into)
    inside = list(into.iterdir())
    if len(inside) != 1:
        raise Failed(f"{tarball.name} is not one directory")
    return inside[0]
