# SPDX-License-Identifier: Apache-2.0
"""Orig tarballs of Debian's source packages, from a suite that the machine itself does not use.

apt does it, with a state of its own: the machine's entry for its own release, with another suite and the type deb-src.
Address and keyring are the machine's, so apt's chain of signatures holds; /etc/apt stays as it is. What else the
machine's apt.conf says holds too (a proxy; no check of dates behind a frozen mirror), except about unsigned archives.
"""
import os
import pathlib
import pwd
import re
import shutil
import subprocess

from depends import pins
from depends.progress import say

ETC = pathlib.Path("/etc/apt")
# Fields of an entry that say how to reach and trust an archive; "Trusted", which would switch that off, is not one.
KEPT = ("uris", "signed-by", "check-valid-until", "check-date", "by-hash", "inrelease-path")


def orig_tarballs(pin, scratch):
    """Downloads what may be used, the best first, one at a time: (path, version, suite). Nothing when there is none."""
    if not pin.debian_package or not shutil.which("apt-get"):
        return
    entry = _own_entry()
    if entry is None:
        say(f"{pin.name}: not from Debian (apt has no entry for this machine's release)")
        return
    suites = [_Suite(name, entry, scratch / f"apt-{name}") for name in pin.debian_suites]
    # The pinned version wherever it is, before another one; a suite is only asked when its turn comes.
    for wanted in pin.is_pinned, lambda v: pin.accepts(v) and not pin.is_pinned(v):
        for suite in suites:
            for version in sorted(filter(wanted, suite.versions(pin.debian_package)), key=pin.preference):
                tarball = suite.download(pin.debian_package, version)
                if tarball:
                    yield tarball, ".".join(map(str, pins.numbers(version))), suite.name


class _Suite:
    def __init__(self, name, entry, place):
        self.name = name
        self._place = place
        self._entry = entry
        self._versions = None

    def versions(self, package):
        """Every version the suite lists, as Debian writes it."""
        if self._versions is None:
            self._versions = []
            if self._update():
                output = self._run("apt-cache", "showsrc", "--only-source", package).stdout
                self._versions = re.findall(r"^Version: (\S+)", output, re.MULTILINE)
                say(f"Debian {self.name} has {package} {', '.join(self._versions) or 'not at all'}")
        return self._versions

    def download(self, package, version):
        """--tar-only: a mirror may lack the other files of a source package and still have this one."""
        into = self._place / version.replace(":", "_")
        into.mkdir()
        done = self._run("apt-get", "source", "--download-only", "--tar-only", "--only-source", f"{package}={version}",
                         cwd=into)
        tarballs = [file for file in into.iterdir() if re.fullmatch(r".*\.orig\.tar\.\w+", file.name)]
        if done.returncode != 0 or len(tarballs) != 1:
            say(f"Debian {self.name}: {package} {version} did not come ({_reason(done)})")
            return None
        return tarballs[0]

    def _update(self):
        for directory in "lists/partial", "cache/archives/partial":
            (self._place / directory).mkdir(parents=True)
        (self._place / "entry.sources").write_text(
            self._entry + f"Types: deb-src\nSuites: {self.name}\nComponents: main\n", encoding="utf-8")
        done = self._run("apt-get", "update")
        if done.returncode != 0:
            say(f"Debian {self.name}: no list of sources ({_reason(done)})")
        return done.returncode == 0

    def _run(self, *command, cwd=None):
        settings = {
            "Dir::Etc::sourcelist": self._place / "entry.sources", "Dir::Etc::sourceparts": "-",
            "Dir::Etc::preferences": "-", "Dir::Etc::preferencesparts": "-",
            "Dir::State": self._place, "Dir::State::lists": self._place / "lists", "Dir::State::status": "/dev/null",
            "Dir::Cache": self._place / "cache",
            "APT::Sandbox::User": pwd.getpwuid(os.getuid()).pw_name,  # no user switch, so that this works for everybody
            "APT::Update::Error-Mode": "any", "APT::Get::AllowUnauthenticated": "false",
            "Acquire::AllowInsecureRepositories": "false", "Acquire::AllowWeakRepositories": "false",
            "Acquire::Languages": "none", "Acquire::Retries": "1", "Acquire::http::Timeout": "20",
        }
        options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
        return subprocess.run([command[0], "-q", *options, *command[1:]], cwd=cwd, check=False, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, env=dict(os.environ, LC_ALL="C"))


def _reason(done):
    errors = [line for line in done.stderr.splitlines() if line.startswith("E:")]
    return errors[-1][2:].strip() if errors else f"apt ended with {done.returncode}"


def _own_entry():
    """The fields of the machine's own entry for its release that are worth keeping, or None."""
    release = dict(re.findall(r'^(\w+)="?([^"\n]*)', pathlib.Path("/etc/os-release").read_text("utf-8"), re.MULTILINE))
    own = release.get("VERSION_CODENAME", "")
    entries = [*_stanzas(), *_lines()]
    # The release itself; on a machine that follows "testing" or the like, the first archive of whole releases.
    for suits in lambda suite: suite == own, lambda suite: re.fullmatch(r"[a-z]+", suite):
        for fields in entries:
            if any(map(suits, fields["suites"].split())) and "main" in fields["components"].split():
                return "".join(f"{name}: {value}\n" for name, value in fields.items() if name in KEPT)
    return None


def _stanzas():
    """The entries of /etc/apt/sources.list.d/*.sources that are on and for binary packages."""
    for path in sorted((ETC / "sources.list.d").glob("*.sources")):
        text = re.sub(r"^#.*\n", "", path.read_text("utf-8"), flags=re.MULTILINE)
        for stanza in re.split(r"\n\s*\n", text):
            fields = {name.lower(): value.strip()
                      for name, value in re.findall(r"^([\w-]+):(.*(?:\n[ \t].*)*)", stanza, re.MULTILINE)}
            enabled = fields.get("enabled", "yes").lower() not in ("no", "false", "off", "0", "without", "disable")
            if enabled and "deb" in fields.get("types", "").split() and "suites" in fields and "components" in fields:
                yield fields


def _lines():
    """The same of the older one-line files: deb [option=value ...] URI SUITE COMPONENT..."""
    for path in [ETC / "sources.list", *sorted((ETC / "sources.list.d").glob("*.list"))]:
        if not path.is_file():
            continue
        for options, uri, suite, components in re.findall(
                r"^deb[ \t]+(?:\[([^\]]*)\][ \t]+)?(\S+)[ \t]+(\S+)[ \t]+([^#\n]+)", path.read_text("utf-8"),
                re.MULTILINE):
            fields = dict(option.split("=", 1) for option in options.split() if "=" in option)
            yield {**{name.lower(): value for name, value in fields.items()},
                   "uris": uri, "suites": suite, "components": components}
