#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/dependencies: what it builds, reuses and refuses, and what it leaves behind when it is stopped."""
import os
import pathlib
import shutil
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from tap import case, cleanup, contains, equal, run  # noqa: E402
from toy import GATED, GOOD, SOURCE, Toy  # noqa: E402


@case("find says nothing and ends with 1 when nothing is built")
def _():
    equal(Toy().run("find", "toy"), (1, "", ""), "find")


@case("build makes what find then names, under TLSEAM_DEPS")
def _():
    toy = Toy()
    status, out, err = toy.run("build", "toy")
    equal((status, out), (0, ""), f"build ({err})")
    equal(toy.prefix().parent, toy.cache, "place")
    equal((toy.prefix() / "lib" / "toy.c").read_text(), "toy\n", "what was installed")


@case("a second build reuses the first, without a word and without the source")
def _():
    toy = Toy()
    toy.run("build", "toy")
    toy.tarball.unlink()
    equal(toy.run("build", "toy"), (0, "", ""), "second build")
    equal(toy.runs(), 1, "runs of the recipe")


@case("a tarball with another hash is refused and not unpacked")
def _():
    toy = Toy(hash="0" * 64)
    status, _, err = toy.run("build", "toy")
    equal(status, 1, "status")
    contains(err, "REFUSED", "errors")
    equal((toy.runs(), toy.prefix(), toy.half_made()), (0, None, []), "runs, result, remains")


@case("a tarball put into the cache by hand is used when its hash is right")
def _():
    toy = Toy()
    (toy.cache / "sources").mkdir(parents=True)
    shutil.copy(toy.tarball, toy.cache / "sources" / "by-hand.tgz")
    toy.pin(url="file:///nowhere/toy.tar.gz")
    equal(toy.run("build", "toy")[0], 0, "status")
    toy = Toy(url="file:///nowhere/toy.tar.gz")
    (toy.cache / "sources").mkdir(parents=True)
    (toy.cache / "sources" / "by-hand.tgz").write_bytes(b"other")
    equal(toy.run("build", "toy")[0], 1, "status with another file")


@case("without a source it says which file to bring, and where")
def _():
    toy = Toy(url="file:///nowhere/toy.tar.gz")
    status, _, err = toy.run("build", "toy")
    equal(status, 1, "status")
    contains(err, str(toy.cache / "sources"), "errors")


@case("a build with a sanitizer stands beside the other; its compilers add the sanitizer to what they are asked")
def _():
    toy = Toy(recipe=GOOD + "echo 'int main() { return __has_feature(address_sanitizer) ? 0 : 1; }' > ask.c\n"
                            "$CC ask.c -o ask && ./ask\ncp ask.c ask.cpp && $CXX ask.cpp -o ask && ./ask\n")
    equal(toy.run("build", "--sanitizer=address", "toy")[0], 0, "build")
    equal(toy.prefix(), None, "the build without")
    status, out, _ = toy.run("find", "--sanitizer=address", "toy")
    equal((status, pathlib.Path(out.strip()).parent), (0, toy.cache), "the build with")
    equal(toy.run("find", "--sanitizer=thread", "toy")[0], 1, "the build with another one")
    equal(toy.run("build", "--sanitizer=none", "toy")[0], 1, "a sanitizer that there is not")
    toy.recipe.write_text("set -e\n" + GOOD)
    equal(toy.run("build", "toy")[0], 0, "build without")
    assert toy.prefix() != pathlib.Path(out.strip()), "one place for both"


@case("a recipe that fails leaves its log and nothing else")
def _():
    toy = Toy(recipe="echo this went wrong\nmkdir -p $DESTDIR$PREFIX\nexit 3\n")
    status, _, err = toy.run("build", "toy")
    equal((status, toy.prefix(), toy.half_made()), (1, None, []), "status, result, remains")
    contains(err, "this went wrong", "errors")
    contains((toy.cache / "failed-toy.log").read_text(), "this went wrong", "log")


@case("a recipe that installs nothing is a failure")
def _():
    toy = Toy(recipe="true\n")
    equal((toy.run("build", "toy")[0], toy.prefix()), (1, None), "status, result")


for stop in signal.SIGINT, signal.SIGTERM:
    @case(f"{stop.name} in the middle leaves nothing half-made, and the next build works")
    def _(stop=stop):
        toy = Toy(recipe=GATED)
        process = toy.start("build", "toy")
        recipe = toy.recipe_began()
        process.send_signal(stop)
        equal(toy.end(process)[0], 130, "status")
        equal((toy.prefix(), toy.half_made(), alive(recipe)), (None, [], False), "result, remains, recipe running")
        toy.recipe.write_text(GOOD)
        equal(toy.run("build", "toy")[0], 0, "the next build")


@case("what a killed build left is removed by the next one")
def _():
    toy = Toy(recipe=GATED)
    process = toy.start("build", "toy")
    recipe = toy.recipe_began()
    process.kill()
    process.wait()
    os.killpg(recipe, signal.SIGKILL)
    equal((toy.prefix(), len(toy.half_made())), (None, 1), "result and remains after the kill")
    process = toy.start("build", "toy")
    toy.recipe_began()
    toy.open_gate()
    equal(toy.end(process)[0], 0, "status")
    equal(toy.half_made(), [], "remains")


@case("of two builds at once one waits for the other and builds nothing itself")
def _():
    toy = Toy(recipe=GATED)
    first = toy.start("build", "toy")
    toy.recipe_began()
    second = toy.start("build", "toy")
    contains(second.stderr.readline(), "waiting", "what the second says")
    toy.open_gate()
    equal((toy.end(first)[0], toy.end(second)[0], toy.runs()), (0, 0, 1), "both, and runs of the recipe")


@case("changed options give another directory; going back finds the first one")
def _():
    toy = Toy()
    toy.run("build", "toy")
    first, recipe = toy.prefix(), toy.recipe.read_text()
    toy.recipe.write_text(recipe + "# another option\n")
    equal(toy.prefix(), None, "with other options")
    toy.run("build", "toy")
    equal(toy.prefix() not in (None, first), True, "another directory")
    toy.recipe.write_text(recipe)
    equal(toy.prefix(), first, "with the first options")


@case("find takes the pinned version, else the newest that may stand in, never an older one")
def _():
    toy = Toy()
    toy.run("build", "toy")
    pinned = toy.prefix()
    key = pinned.name.rsplit("-", 1)[1]
    for version in "1.1", "1.3", "1.10":
        (toy.cache / f"toy-{version}-{key}").mkdir()
    equal(toy.prefix(), pinned, "with the pinned version")
    shutil.rmtree(pinned)
    equal(toy.prefix().name, f"toy-1.10-{key}", "without")
    for version in "1.3", "1.10":
        (toy.cache / f"toy-{version}-{key}").rmdir()
    equal(toy.prefix(), None, "with an older one only")


@case("flags of the environment do not get into the library")
def _():
    toy = Toy(recipe='test -z "${CFLAGS-}${CPPFLAGS-}${LDFLAGS-}"\nmkdir -p "$DESTDIR$PREFIX"\n')
    toy.environment |= {"CFLAGS": "-O0", "CPPFLAGS": "-DX", "LDFLAGS": "-s"}
    equal(toy.run("build", "toy")[0], 0, "status")


@case("an unknown name is answered with the known ones")
def _():
    status, _, err = Toy().run("build", "toi")
    equal(status, 1, "status")
    contains(err, "toy", "errors")


@case("every wrap of ours has its recipe, and hashes of full length")
def _():
    sys.path.insert(0, str(SOURCE / "scripts"))
    from depends import pins
    equal(pins.names(), ["botan", "openssl", "wolfssl"], "names")
    for pin in map(pins.read, pins.names()):
        equal((len(pin.hash), len(pin.debian_hash), pin.accepts(pin.version)), (64, 64, True), pin.name)


ENTRIES = """# Types: deb
Types: deb deb-src
URIs: http://archive.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/archive.gpg
Trusted: yes

Enabled: no
Types: deb
URIs: http://off.example/
Suites: bookworm
Components: main
"""


def own_entry(files):
    """What debian.py makes of a machine's entries."""
    sys.path.insert(0, str(SOURCE / "scripts"))
    from depends import debian
    etc = Toy().place / "etc"
    (etc / "sources.list.d").mkdir(parents=True)
    for name, text in files.items():
        (etc / name).write_text(text)
    before, debian.ETC = debian.ETC, etc
    cleanup.callback(lambda: setattr(debian, "ETC", before))
    return debian._own_entry()  # pylint: disable=protected-access


@case("the machine's own apt entry: address and keyring stay, trust without signature does not")
def _():
    equal(own_entry({"sources.list.d/a.sources": ENTRIES}),
          "uris: http://archive.example/debian\nsigned-by: /usr/share/keyrings/archive.gpg\n", "entry")
    equal(own_entry({"sources.list": "deb [arch=amd64 signed-by=/k.gpg trusted=yes] http://a.example/d bookworm main\n"}),
          "signed-by: /k.gpg\nuris: http://a.example/d\n", "one-line entry")
    equal(own_entry({"sources.list": "# deb http://a.example/d bookworm main\n"}), None, "no entry")


def alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


run()
