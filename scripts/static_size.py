# SPDX-License-Identifier: Apache-2.0
"""What a statically linked program is made of: its size without symbols, and whose bytes they are, from GNU ld's map."""
import pathlib
import re
import subprocess
import tempfile

# What every C++ program has, whichever TLS library it links.
RUNTIME = re.compile(r"lib(stdc\+\+|gcc|gcc_eh|c|m|pthread|dl|rt|util|atomic)\.a$|crt\w+\.o$")
# " .text  0x401000  0x123  libssl.a(ssl_lib.o)"; a long name of a section stands on a line of its own.
INPUT = re.compile(r"^ (?P<section>\.\S+|COMMON)?\s+0x[0-9a-f]+\s+0x(?P<size>[0-9a-f]+) (?P<file>/?\S.*)$")
NAME = re.compile(r"^ (?P<section>\.\S+)$")
IN_FILE = re.compile(r"\.(text|rodata|data|init|fini|eh_frame|gcc_except_table|tdata|preinit|ctors|dtors)")


def stripped_size(program, strip):
    with tempfile.TemporaryDirectory() as place:
        out = pathlib.Path(place) / "stripped"
        subprocess.run([strip, "--strip-all", "-o", out, program], check=True)
        return out.stat().st_size


def owner(file):
    """Objects that are in no archive are ours; an archive that is not the compiler's belongs to the TLS library."""
    archive, inside, _ = file.partition("(")
    if RUNTIME.search(pathlib.PurePath(archive).name):
        return "runtime"
    return "library" if inside else "tlseam"


def shares(map_text):
    """{owner: bytes} of what the file holds. Zero-filled memory is in no file and does not count."""
    _, _, placed = map_text.partition("Linker script and memory map")
    out = {"library": 0, "tlseam": 0, "runtime": 0}
    name = None
    for line in placed.splitlines():
        if alone := NAME.match(line):
            name = alone["section"]
            continue
        found = INPUT.match(line)
        section = (found["section"] or name) if found else None
        name = None
        if section and IN_FILE.match(section):
            out[owner(found["file"])] += int(found["size"], 16)
    return out


def measure(program, linker_map, strip):
    """{"total", "library", "tlseam", "runtime"} in bytes. The parts leave out headers and padding, and tables that the
    linker makes: they add up to a little less than the total."""
    return {"total": stripped_size(program, strip), **shares(pathlib.Path(linker_map).read_text("utf-8", "replace"))}
