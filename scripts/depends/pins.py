# SPDX-License-Identifier: Apache-2.0
"""What subprojects/NAME.wrap says about a library."""
import configparser
import dataclasses
import pathlib
import re

from depends.progress import Failed

root = pathlib.Path(__file__).resolve().parents[2]


def numbers(version):
    """A version's numbers, for comparing: without Debian's epoch and revision, without "+dfsg" and the like."""
    match = re.match(r"(?:\d+:)?(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in match.group(1).split(".")) if match else ()


@dataclasses.dataclass(frozen=True)
class Pin:
    name: str
    version: str
    url: str
    filename: str
    hash: str
    substitute: str         # the oldest version that may stand in for the pinned one
    series: str             # which a substitute must belong to, or ""
    debian_package: str     # "" when there is none
    debian_suites: tuple
    debian_hash: str        # of the pinned version's orig tarball

    @property
    def recipe(self):
        return root / "scripts" / "recipes" / self.name

    def is_pinned(self, version):
        return numbers(version) == numbers(self.version)

    def accepts(self, version):
        found, series = numbers(version), numbers(self.series)
        return found >= numbers(self.substitute) and found[:len(series)] == series

    def preference(self, version):
        """For sorting, the best first: the pinned version, then the newest."""
        return not self.is_pinned(version), [-number for number in numbers(version)]


def names():
    return sorted(path.stem for path in (root / "subprojects").glob("*.wrap")
                  if (root / "scripts" / "recipes" / path.stem).exists())


def read(name):
    if name not in names():
        raise Failed(f"there is no {name} to build, only: {', '.join(names())}")
    wrap = configparser.ConfigParser(interpolation=None)
    wrap.read(root / "subprojects" / f"{name}.wrap", encoding="utf-8")
    upstream, ours = wrap["wrap-file"], wrap["tlseam"]
    return Pin(name=name, version=ours["version"], url=upstream["source_url"], filename=upstream["source_filename"],
               hash=upstream["source_hash"], substitute=ours["substitute"], series=ours.get("series", ""),
               debian_package=ours.get("debian_package", ""), debian_suites=tuple(ours.get("debian_suites", "").split()),
               debian_hash=ours.get("debian_hash", ""))
