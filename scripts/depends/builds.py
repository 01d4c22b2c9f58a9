# SPDX-License-Identifier: Apache-2.0
"""The cache of finished builds: NAME-VERSION-KEY directories, each an installation prefix.

A directory appears under its name only when it is finished: it is built and installed beside, and renamed at the end.
"""
import contextlib
import fcntl
import hashlib
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import tempfile

from depends import pins, sources
from depends.progress import Failed, say

# Flags of the environment would end up in the library, but not in its key.
NOT_INHERITED = ("CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "LIBS", "MAKEFLAGS", "DESTDIR", "PREFIX")
COMPILERS = {"CC": "cc", "CXX": "c++"}
# With a sanitizer: the compilers of the lanes that use one, behind names by which configure scripts know their kind.
SANITIZED = {"CC": "clang", "CXX": "clang++"}
SANITIZERS = ("address", "thread")


def cache():
    return pathlib.Path(os.environ.get("TLSEAM_DEPS") or pathlib.Path.home() / ".cache" / "tlseam").absolute()


def find(pin, sanitizer=None):
    """The prefix of a finished build of the pin or of what may stand in for it, or None."""
    built = {match.group(1): path for path in cache().glob(f"{pin.name}-*-{_key(pin, sanitizer)}")
             if (match := re.fullmatch(rf"{pin.name}-([\d.]+)-\w+", path.name))}
    usable = sorted((v for v in built if pin.is_pinned(v) or pin.accepts(v)), key=pin.preference)
    return built[usable[0]] if usable else None


def build(pin, sanitizer=None):
    cache().mkdir(parents=True, exist_ok=True)
    with _alone(pin) as lock:
        if find(pin, sanitizer):  # another run was faster
            return
        for stale in cache().glob(f".building-{pin.name}-*"):
            shutil.rmtree(stale, ignore_errors=True)
        scratch = pathlib.Path(tempfile.mkdtemp(prefix=f".building-{pin.name}-", dir=cache()))
        try:
            source, version = sources.obtain(pin, cache() / "sources", scratch)
            prefix = cache() / f"{pin.name}-{version}-{_key(pin, sanitizer)}"
            compilers = _sanitized(sanitizer, scratch) if sanitizer else COMPILERS
            _run_recipe(pin, source, prefix, scratch, compilers, lock)
            os.rename(f"{scratch}/root{prefix}", prefix)
            say(f"{pin.name}: ready in {prefix}")
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


@contextlib.contextmanager
def _alone(pin):
    """One builder per library. The lock goes with its last holder, compilers that outlive us included."""
    with open(cache() / f".lock-{pin.name}", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{pin.name}: another run is building it; waiting")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


@contextlib.contextmanager
def _signals_later():
    """Those that come meanwhile count when it ends."""
    came = []
    handlers = {number: signal.signal(number, lambda number, _: came.append(number))
                for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)


def _sanitized(sanitizer, scratch):
    """Compilers that add the sanitizer to whatever a recipe asks of them, and so need no word in any recipe."""
    place = scratch / "compilers"
    place.mkdir()
    for name in SANITIZED.values():
        real = _clang(name)
        if real is None:
            raise Failed(f"a build with the {sanitizer} sanitizer needs {name}-19")
        (place / name).write_text(f'#!/bin/sh\nexec {real} -fsanitize={sanitizer} -fno-omit-frame-pointer -g1 "$@"\n')
        (place / name).chmod(0o755)
    # Trial programs of configure scripts leak, and are no less true for it.
    return {variable: str(place / name) for variable, name in SANITIZED.items()} | {"ASAN_OPTIONS": "detect_leaks=0"}


def _run_recipe(pin, source, prefix, scratch, compilers, lock):
    say(f"{pin.name}: building ({_duration(pin)}log: {scratch / 'log'})")
    environment = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    environment.update(compilers, PREFIX=str(prefix), DESTDIR=str(scratch / "root"),
                       JOBS=os.environ.get("JOBS") or str(len(os.sched_getaffinity(0))))
    process = None
    with open(scratch / "log", "wb") as log:
        try:
            with _signals_later():  # else one could come when the recipe runs and nobody here knows its number
                process = subprocess.Popen(["bash", str(pin.recipe)], cwd=source, env=environment,
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                           pass_fds=[lock.fileno()])
            status = process.wait()
        except BaseException:
            if process:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            raise
    if status != 0 or not (scratch / f"root{prefix}").is_dir():
        log = shutil.move(scratch / "log", cache() / f"failed-{pin.name}.log")
        end = pathlib.Path(log).read_text("utf-8", "replace").splitlines()[-15:]
        raise Failed(f"the build of {pin.name} ended with {status}:\n" + "\n".join("    " + line for line in end) +
                     f"\n  the whole log: {log}")


def _duration(pin):
    """What the recipe says about itself, so that nobody takes minutes for a standstill."""
    match = re.search(r"^# Takes (.*?)\.?$", pin.recipe.read_text("utf-8"), re.MULTILINE)
    return f"{match.group(1)}; " if match else ""


def _clang(name):
    """The clang that the lanes use."""
    return shutil.which(f"{name}-19")


def _key(pin, sanitizer):
    """Of all that decides what comes out, besides the source: the recipe, the compilers, the processor, the sanitizer."""
    digest = hashlib.sha256(pin.recipe.read_bytes())
    compilers = [_clang(name) or name for name in SANITIZED.values()] if sanitizer else COMPILERS.values()
    for compiler in compilers:
        with contextlib.suppress(OSError):
            digest.update(subprocess.run([compiler, "--version"], capture_output=True, check=False).stdout)
    digest.update(platform.machine().encode())
    digest.update((sanitizer or "").encode())
    return digest.hexdigest()[:10]
