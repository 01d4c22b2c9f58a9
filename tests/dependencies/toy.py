# SPDX-License-Identifier: Apache-2.0
"""A tree with scripts/dependencies and one library, "toy", whose tarball and recipe are made here."""
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

from tap import cleanup

SOURCE = pathlib.Path(os.environ.get("SOURCE_ROOT", pathlib.Path(__file__).resolve().parents[2]))
PATIENCE = 30

GOOD = 'echo run >> "$RUNS"\nmkdir -p "$DESTDIR$PREFIX/lib"\ncp toy.c "$DESTDIR$PREFIX/lib/"\n'
# Says that it has begun, with its process id, and goes on when somebody writes to the gate.
GATED = 'echo $$ > "$BEGUN"\nread -r line < "$GATE"\n' + GOOD


class Toy:
    def __init__(self, recipe=GOOD, **wrap):
        self.place = pathlib.Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
        self.cache = self.place / "cache"
        scripts = self.place / "tree" / "scripts"
        scripts.mkdir(parents=True)
        shutil.copy(SOURCE / "scripts" / "dependencies", scripts)
        shutil.copytree(SOURCE / "scripts" / "depends", scripts / "depends")
        (scripts / "recipes").mkdir()
        self.recipe = scripts / "recipes" / "toy"
        self.recipe.write_text("set -e\n" + recipe)
        self.tarball = self.place / "toy-1.5.tar.gz"
        self._pack()
        self.pin(**wrap)
        self.environment = dict(os.environ, TLSEAM_DEPS=str(self.cache), RUNS=str(self.place / "runs"),
                                BEGUN=str(self.place / "begun"), GATE=str(self.place / "gate"))
        os.mkfifo(self.place / "begun")
        os.mkfifo(self.place / "gate")

    def _pack(self):
        with tarfile.open(self.tarball, "w:gz") as archive:
            entry = tarfile.TarInfo("toy-1.5/toy.c")
            entry.size = 4
            archive.addfile(entry, io.BytesIO(b"toy\n"))

    def pin(self, **changes):
        values = {"url": self.tarball.as_uri(), "hash": hashlib.sha256(self.tarball.read_bytes()).hexdigest()} | changes
        directory = self.place / "tree" / "subprojects"
        directory.mkdir(exist_ok=True)
        (directory / "toy.wrap").write_text(
            f"[wrap-file]\nsource_url = {values['url']}\nsource_filename = {self.tarball.name}\n"
            f"source_hash = {values['hash']}\n[tlseam]\nversion = 1.5\nsubstitute = 1.2\n")

    def start(self, *arguments):
        process = subprocess.Popen([sys.executable, str(self.place / "tree" / "scripts" / "dependencies"), *arguments],
                                   env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        cleanup.callback(lambda: process.poll() is None and process.kill())
        return process

    def run(self, *arguments):
        return self.end(self.start(*arguments))

    def end(self, process):
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    def prefix(self):
        status, out, _ = self.run("find", "toy")
        return pathlib.Path(out.strip()) if status == 0 else None

    def runs(self):
        """How often the recipe ran to its end."""
        file = self.place / "runs"
        return len(file.read_text().splitlines()) if file.exists() else 0

    def recipe_began(self):
        """Waits for a gated recipe; its process id."""
        with open(self.place / "begun", encoding="utf-8") as begun:
            return int(begun.readline())

    def open_gate(self):
        (self.place / "gate").write_text("go\n")

    def half_made(self):
        return [path.name for path in self.cache.glob(".building-*")] + [
            path.name for path in self.cache.glob("toy-*") if not (path / "lib" / "toy.c").exists()]
