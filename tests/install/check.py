#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs the build into a temporary place and uses it as the README says: with pkg-config, CMake and Meson."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

backend = sys.argv[1]
build = os.environ["BUILD_ROOT"]
source = pathlib.Path(os.environ["SOURCE_ROOT"])
here = pathlib.Path(__file__).parent
results = []


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, **options)
    return done.returncode == 0, done.stdout + done.stderr


def case(what, good, output=""):
    results.append(good)
    print(f"{'ok' if good else 'not ok'} {len(results)} - {what}")
    if not good:
        print("\n".join("# " + line for line in output.splitlines()[-15:]))


def find(root, pattern):
    return next(iter(sorted(pathlib.Path(root).rglob(pattern))), None)


with tempfile.TemporaryDirectory() as scratch:
    place = pathlib.Path(scratch)
    good, output = run("meson", "install", "-C", build, "--destdir", str(place / "root"), "--no-rebuild")
    case("the build installs", good, output)
    pc = find(place, f"tlseam-{backend}.pc")
    case("there is a pkg-config file", pc is not None)
    root = place / "root"
    # What a real prefix would say, for the place the test installs to.
    pc.write_text(re.sub(r"^prefix=", f"prefix={root}", pc.read_text(), flags=re.MULTILINE))
    environment = dict(os.environ, PKG_CONFIG_PATH=str(pc.parent))
    library = find(root, f"libtlseam-{backend}.so")
    environment["LD_LIBRARY_PATH"] = str(library.parent) if library else ""
    environment["LSAN_OPTIONS"] = "detect_leaks=0"
    sanitized = bool(subprocess.run(["nm", "-D", str(library)], capture_output=True, text=True).stdout.find("__asan") >= 0)
    flags = ["-fsanitize=address,undefined"] if sanitized else []
    compiler = ["clang++-19"] if sanitized else ["c++"]

    good, output = run("pkg-config", "--cflags", "--libs", f"tlseam-{backend}", env=environment)
    case("pkg-config knows it", good, output)
    words = output.split()
    good, output = run(*compiler, *flags, str(here / "user.cpp"), "-o", str(place / "user"), *words, env=environment)
    case("a program compiles with pkg-config's flags", good, output)
    good, output = run(str(place / "user"), env=environment)
    case("it runs and says which backend it uses", good and output.strip() == backend, output)

    project = place / "cmake"
    project.mkdir()
    (project / "CMakeLists.txt").write_text((here / "CMakeLists.txt.in").read_text().replace("@BACKEND@", backend)
                                            .replace("@SOURCE@", str(here / "user.cpp")))
    settings = [f"-DCMAKE_CXX_COMPILER={compiler[0]}", f"-DCMAKE_CXX_FLAGS={' '.join(flags)}"]
    good, output = run("cmake", "-S", str(project), "-B", str(project / "b"), *settings, env=environment)
    good = good and run("cmake", "--build", str(project / "b"), env=environment)[0]
    good, more = run(str(project / "b" / "user"), env=environment) if good else (False, output)
    case("a CMake project builds and runs", good and more.strip() == backend, more)

    # Mangled, so that a name is not taken for ours because one of ours is among its parameters.
    symbols = run("nm", "-D", "--defined-only", "--format=posix", str(library))[1].splitlines()
    names = [line.split()[0].split("@")[0] for line in symbols]
    foreign = [n for n in names if not re.match(r"_Z(GV|TI|TS|TV)?NK?6tlseam2v0|TLSEAM_\w+_0$|__odr_asan", n)]
    case("the library exports nothing but tlseam's public names", not foreign and any("stream" in n for n in names),
         "\n".join(foreign))
    # Full RELRO, no executable stack; programs at an address of the system's choice.
    soft = []
    for binary in [library, *root.rglob("bin/tlseam*"), *root.rglob("libexec/*/tlseam*")]:
        headers = run("readelf", "--wide", "--program-headers", "--dynamic", "--file-header", str(binary))[1]
        stack = re.search(r"GNU_STACK.*?(R\S*) ", headers)
        if "GNU_RELRO" not in headers or "NOW" not in headers or not stack or "E" in stack[1] or "DYN (" not in headers:
            soft.append(f"{binary}\n{headers}")
        elif not sanitized and "__stack_chk_fail" not in run("nm", "-D", str(binary))[1]:
            soft.append(f"{binary}: no stack protector")
    case("what is installed is hardened: full RELRO, no executable stack, position independent, canaries", not soft,
         "\n".join(soft))
    front = find(root, "bin/tlseam")
    good, output = run(str(front), "backends", "--json", env=environment) if front else (False, "no bin/tlseam")
    installed = [about["program"] for about in map(json.loads, output.splitlines()) if about["backend"] == backend] if good else []
    case("tlseam is installed and finds the backend beside it", installed == [str(root / front.parent / f"tlseam-{backend}")],
         output)
    pages = ["man/man1/tlseam.1", f"man/man1/tlseam-{backend}.1", "bash-completion/completions/tlseam",
             f"bash-completion/completions/tlseam-{backend}", "zsh/site-functions/_tlseam"]
    missing = [page for page in pages if not find(root, f"share/{page}")]
    case("man pages and shell completion are where they are looked for", not missing, " ".join(missing))
    words = [word for line in pc.read_text().splitlines() if re.match(r"(Requires|Libs)", line) for word in line.split()[1:]]
    case("nothing of the TLS library is in the pkg-config file", words == ["-L${libdir}", f"-ltlseam-{backend}"],
         " ".join(words))
    headers = sorted(p.name for p in (source / "include" / "tlseam").glob("*.hpp"))
    installed = sorted(p.name for p in root.rglob("tlseam/*.hpp"))
    case("every public header is installed", headers == installed, str(set(headers) ^ set(installed)))

print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
