# SPDX-License-Identifier: Apache-2.0
# `tlseam bench`. No figure is judged but those of programs that are made up here.
import json
import os
import pathlib
import pty
import shutil
import signal
import statistics
import sys
import threading

import tap
from front import FRONT, environment, programs, refused, scratch, tlseam
from process import Process, finish
from tap import case, contains, equal

QUICK = ("bench", "--rounds", "1", "--seconds", "0.001")
FIGURES = ("per_s", "client_us", "server_us", "MB/s", "real_time", "client_bytes", "server_bytes", "first_us")


def answer(*words, **options):
    run = tlseam("bench", "--json", *words, **options)
    equal(run.exit_code(), 0, "exit code")
    equal(run.stderr, b"", "standard error")
    return json.loads(run.stdout.decode())


def figures_of(result, name):
    """By backend."""
    found = [measure for measure in result["measures"] if measure["name"] == name]
    equal(len(found), 1, f"measures with the name {name}")
    return {figure["backend"]: figure for figure in found[0]["figures"]}


# ---- the real programs ----


@case("JSON: one object that says where, of what, and each figure")
def shape():
    names = ["full_ecdsa", "full_ecdsa_client", "writes_256B", "round_trip"]
    result = answer("--rounds", "2", "--seconds", "0.001", *(word for name in names for word in ("--only", name)))
    equal(list(result), ["machine", "rounds", "backends", "measures"], "names")
    equal(list(result["machine"]), ["cpu", "cores", "kernel"], "names of the machine")
    equal(result["machine"]["cores"], len(os.sched_getaffinity(0)), "cores")
    contains(result["machine"]["kernel"], os.uname().release, "kernel")
    equal(result["rounds"], 2, "rounds")
    equal([each["backend"] for each in result["backends"]], list(programs()), "backends")
    for each in result["backends"]:
        about = json.loads(finish(programs()[each["backend"]], "info", "--json").stdout)
        equal(each["version"], about["backend_version"], "version")
    equal([each["name"] for each in result["measures"]], names, "measures")
    for measure in result["measures"]:
        equal(list(measure), ["name", "title", "unit", "better", "figures"], "names of a measure")
        equal(measure["better"], "more" if measure["unit"] in ("/s", "MB/s") else "less", "better")
        equal([figure["backend"] for figure in measure["figures"]], list(programs()), "backends of a measure")
        for figure in measure["figures"]:
            equal(list(figure), ["backend", "median", "spread", "values"], "names of a figure")
            equal(len(figure["values"]), 2, "values")
            assert min(figure["values"]) > 0 <= figure["spread"], figure
            equal(round(figure["median"], 6), round(statistics.median(figure["values"]), 6), "median")


@case("every measure gives a figure of every backend that has what it is about")
def every_measure():
    listed = [each["name"] for each in answer("--list")["measures"]]
    result = answer(*QUICK[1:])
    equal([each["name"] for each in result["measures"]], listed, "measures")
    for backend, program in programs().items():
        groups = json.loads(finish(program, "info", "--json").stdout)["groups"]
        sanitized = b"__asan_init" in program.read_bytes()  # its malloc() does not say what it holds
        for name in listed:
            figure = figures_of(result, name)[backend]
            if "hybrid" in name and "X25519MLKEM768" not in groups:
                contains(figure["error"], "X25519MLKEM768", "error")
            elif "idle" in name and sanitized:
                contains(figure["error"], "above 0", "error")
            else:
                assert figure.get("median", 0) > 0, f"{name} of {backend}: {figure}"


@case("on one core")
def one_core():
    core = min(os.sched_getaffinity(0))
    result = answer(*QUICK[1:], "--only", "aes128", "--only", "connections",
                    preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    for name in ("aes128", "connections"):
        for figure in figures_of(result, name).values():
            assert figure.get("median", 0) > 0, figure


@case("--backend: these, in that order")
def chosen_backends():
    wanted = list(reversed(programs()))[:2]
    result = answer(*QUICK[1:], "--only", "round_trip", *(word for name in wanted for word in ("--backend", name)))
    equal([each["backend"] for each in result["backends"]], wanted, "backends")
    equal(list(figures_of(result, "round_trip")), wanted, "figures")


@case("--list: names that --only takes, once each; as text and as JSON")
def listed():
    measures = answer("--list")["measures"]
    names = [each["name"] for each in measures]
    equal(len(set(names)), len(names), "different names")
    text = tlseam("bench", "--list").stdout.decode().splitlines()
    equal([line.split()[0] for line in text], names, "names in the text")
    for measure, line in zip(measures, text):
        equal(list(measure), ["name", "title", "unit", "better"], "names of a measure")
        contains(line, measure["title"], "the text")
        equal(answer("--list", "--only", measure["name"])["measures"], [measure], "--only")


# ---- programs that are made up ----


class Installed:
    """A directory with `tlseam` and programs of libraries that do not exist; each run is a line of its log."""

    def __init__(self, *backends):
        place = scratch()
        self.bin, self.log_file = place / "bin", place / "log"
        self.bin.mkdir()
        shutil.copy(FRONT, self.bin)
        for backend in backends:
            self.script(f"tlseam-{backend}", f'print(json.dumps({{"backend_version": "1.0-{backend}"}}))')
            self.gives(backend, "1")

    def script(self, name, body, directory=None):
        file = (directory or self.bin) / name
        file.write_text(f"#!{sys.executable} -SE\nimport json, os, sys, time\n{body}\n")
        file.chmod(0o755)

    def gives(self, backend, value, first=""):
        """value: an expression, in which n is the number of runs of this backend before this one."""
        self.script(f"tlseam-bench-{backend}", f"""
with open({str(self.log_file)!r}, "a") as out: print({backend!r}, sys.argv[1], sys.argv[-1], file=out)
n = sum(line.startswith({backend!r} + " ") for line in open({str(self.log_file)!r})) - 1
{first}
print(json.dumps({{"benchmarks": [dict.fromkeys({FIGURES}, {value})]}}))""")

    def bench(self, *words, **options):
        return finish(self.bin / FRONT.name, "bench", *words, **options)

    def answer(self, *words, **options):
        return json.loads(self.bench("--json", *words, **options).stdout.decode())

    def log(self):
        return [line.split(" ") for line in self.log_file.read_text().splitlines()]


@case("a round is one run of each program for each benchmark, and in the next round another one begins")
def interleaving():
    place = Installed("alpha", "beta", "gamma")
    place.answer("--rounds", "4", "--only", "resumed_client", "--only", "aes128", "--only", "resumed_server")
    names = ["alpha", "beta", "gamma"]
    expected = [(names[(start + turn) % 3], benchmark)
                for start in range(4) for benchmark in ("resumed", "aes128") for turn in range(3)]
    equal([(who, what.removeprefix("--benchmark_filter=^").removesuffix("(/|$)")) for who, what, _ in place.log()],
          expected, "runs")


@case("medians, spreads, and a mark only where the difference exceeds them")
def marks():
    place = Installed("alpha", "beta", "gamma")
    place.gives("alpha", "[100, 101, 99, 100, 130][n % 5]")
    place.gives("beta", "[104, 96, 112, 101, 90][n % 5]")
    place.gives("gamma", "[10, 10, 10, 10, 10][n % 5]")
    words = ("--only", "aes128", "--only", "round_trip")
    result = place.answer("--rounds", "5", *words)
    seen = figures_of(result, "aes128")
    for figure in seen.values():
        low, middle, high = statistics.quantiles(figure["values"], n=4)
        equal(figure["median"], middle, "median")
        equal(round(figure["spread"], 9), round((high - low) / 2 / middle, 9), "spread")

    def line(title, text):
        return next(line for line in text.splitlines() if title in line)

    text = place.bench("--rounds", "5", *words).stdout.decode()
    # More is better, and the spreads of alpha and beta overlap.
    assert "*" not in line("AES-128-GCM", text), text
    # Less is better, and gamma is far off.
    assert line("Round trip", text).endswith("10.0 ±0% *"), text
    place.gives("gamma", "1000")
    text = place.bench("--rounds", "5", *words).stdout.decode()
    assert line("AES-128-GCM", text).endswith("1,000 ±0% *"), text
    text = place.bench("--rounds", "3", *words).stdout.decode()
    assert "*" not in text, text  # three rounds show no spread
    text = place.bench("--rounds", "5", "--backend", "gamma", *words).stdout.decode()
    assert "*" not in line("AES-128-GCM", text), text  # better than whom


@case("the table fits 100 columns, however many backends; no control character of a program reaches the terminal")
def table():
    place = Installed(*(f"library{number}" for number in range(7)))
    place.gives("library3", "1", first='sys.exit("\\x1b[31mthis is red, and " + "long " * 60)')
    place.gives("library4", "123456789.123")
    run = place.bench("--rounds", "1")
    equal(run.exit_code(), 0, "exit code")
    text = run.stdout.decode()
    assert "\x1b" not in text, text
    contains(text, "this is red", "the reason")
    contains(text, "123,456,789", "a large figure")
    for number in range(7):
        contains(text, f"library{number}", "backends")
    widest = max(text.splitlines(), key=len)
    assert len(widest) <= 100, f"{len(widest)}: {widest}"


@case("a backend that is broken is an error of its own; the others go on, and it is not tried again")
def broken():
    place = Installed("crash", "dead", "empty", "good", "late", "missing", "mute", "none", "zero")
    place.gives("crash", "1", first="import signal; os.kill(os.getpid(), signal.SIGSEGV)")
    place.script("tlseam-dead", 'sys.exit("libfoo.so.3: not found")')
    place.script("tlseam-bench-empty", 'print(json.dumps({"benchmarks": []}))')
    place.gives("late", "1", first='sys.exit("a line before\\nthe disk is full") if n == 1 else 0')
    (place.bin / "tlseam-bench-missing").unlink()
    place.script("tlseam-bench-mute", "print('{')")
    place.script("tlseam-none", "print('{}')")
    place.gives("zero", "0")
    run = place.bench("--json", "--rounds", "3", "--only", "aes128")
    equal(run.exit_code(), 0, "exit code")
    result = json.loads(run.stdout.decode())
    seen = figures_of(result, "aes128")
    equal(seen["good"]["values"], [1, 1, 1], "who is not broken")
    for backend, part in {"crash": "139", "dead": "libfoo.so.3", "empty": "aes128", "late": "the disk is full",
                          "missing": "tlseam-bench-missing", "mute": "aes128", "none": "info --json",
                          "zero": "above 0"}.items():
        equal(list(seen[backend]), ["backend", "error"], f"names of {backend}")
        contains(seen[backend]["error"], part, backend)
    versions = {each["backend"]: each["version"] for each in result["backends"]}
    equal((versions["dead"], versions["none"], versions["good"]), (None, None, "1.0-good"), "versions")
    runs = [who for who, *_ in place.log()]
    equal({who: runs.count(who) for who in runs}, {"crash": 1, "good": 3, "late": 2, "zero": 1}, "runs")


@case("a program that does not end is killed when its time is over")
def deadline():
    place = Installed("good", "stuck", "mute")
    place.gives("stuck", "1", first="time.sleep(600)")
    place.gives("mute", "1", first="import os; os.close(1); os.close(2); time.sleep(600)")
    seen = figures_of(place.answer("--rounds", "1", "--only", "aes128", "--timeout", "3"), "aes128")
    for name in ("stuck", "mute"):
        contains(seen[name]["error"], "--timeout", "error")
    equal(seen["good"]["values"], [1], "the other one")
    equal(processes_with(place.bin), [], "processes")


@case("exit code 1 when nothing at all was measured; the reasons are told")
def nothing():
    place = Installed("alpha")
    place.gives("alpha", "1", first='sys.exit("out of order")')
    run = place.bench("--rounds", "1", "--only", "aes128")
    equal(run.exit_code(), 1, "exit code")
    contains(run.stdout.decode(), "alpha, everything: out of order", "standard output")


@case("the benchmark programs are found where they are installed")
def libexec():
    place = Installed("alpha")
    script = place.bin / "tlseam-bench-alpha"
    kept = script.read_text()
    script.unlink()
    # The sentence says where it was looked for.
    error = figures_of(place.answer("--rounds", "1", "--only", "aes128"), "aes128")["alpha"]["error"]
    looked_for = next(pathlib.Path(word.rstrip(":")) for word in error.split() if word.startswith("/"))
    elsewhere = pathlib.Path(os.path.normpath(looked_for))
    assert elsewhere.is_relative_to(place.bin.parent) and elsewhere.parent != place.bin, elsewhere
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_text(kept)
    elsewhere.chmod(0o755)
    seen = figures_of(place.answer("--rounds", "1", "--only", "aes128"), "aes128")
    equal(seen["alpha"].get("values"), [1], "values")


# ---- what is left behind ----


def processes_with(path):
    """Command lines that name it."""
    out = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes()
        except OSError:
            continue  # it has ended
        if str(path).encode() in line and int(entry.parent.name) != os.getpid():
            out.append(line)
    return out


@case("the certificates are for our own eyes, of both kinds, verified, and gone at the end")
def certificates():
    place, temporary = Installed("alpha"), scratch()
    place.gives("alpha", "1", first=f"""
import shutil
shutil.copytree(sys.argv[-1], {str(place.bin.parent / 'kept')!r})
print(oct(os.stat(sys.argv[-1]).st_mode), file=open({str(place.bin.parent / 'mode')!r}, "w"))""")
    place.answer("--rounds", "1", "--only", "aes128", env=environment(TMPDIR=str(temporary)))
    equal(list(temporary.iterdir()), [], "left over")
    equal((place.bin.parent / "mode").read_text(), "0o40700\n", "mode of the directory")
    kept = place.bin.parent / "kept"
    for kind, text in (("ecdsa", "id-ecPublicKey"), ("rsa", "(2048 bit)")):
        equal(oct((kept / kind / "server.key").stat().st_mode), "0o100600", "mode of a key")
        leaf, root = kept / kind / "server.crt", kept / kind / "root.crt"
        equal(finish("openssl", "verify", "-CAfile", root, "-verify_hostname", "localhost", leaf).exit_code(), 0, "verdict")
        contains(finish("openssl", "x509", "-in", leaf, "-noout", "-text").stdout.decode(), text, "key")


class InGroup(Process):
    """A process group of its own."""

    def __init__(self, *argv, **options):
        super().__init__(*argv, start_new_session=True, **options)
        self.group = self._child.pid


@case("SIGINT and SIGTERM end it at once, with its programs and without a file")
def stopped():
    for send in (lambda run: run.signal(signal.SIGINT), lambda run: run.signal(signal.SIGTERM),
                 lambda run: os.killpg(run.group, signal.SIGINT)):  # as a terminal does: the programs get it too
        for measure in ("idle_client", "aes128", "full_rsa"):
            place = scratch()
            run = InGroup(FRONT, "bench", "--only", measure, "--seconds", "10", "--rounds", "1000",
                          env=environment(TMPDIR=str(place)))
            # It is at work when a child has the directory in its command line.
            run_until(lambda: processes_with(place))
            send(run)
            equal((run.exit_code(), run.stdout, run.stderr), (130, b"", b""), "how it ended")
            equal(list(place.iterdir()), [], "left over")
            run_until(lambda: not processes_with(place))


@case("a program that SIGINT has ended is the end of all, although nobody told us yet")
def stopped_program():
    place = Installed("alpha", "beta")
    place.gives("alpha", "1", first="import signal\nsignal.signal(2, signal.SIG_DFL)\nos.kill(os.getpid(), 2)")
    run = place.bench("--only", "aes128")
    equal((run.exit_code(), run.stdout, run.stderr), (130, b"", b""), "how it ended")
    equal([who for who, *_ in place.log()], ["alpha"], "runs")


def run_until(met):
    """Looks again and again, as nothing tells about processes that are not ours."""
    watch = threading.Event()
    for _ in range(6000):
        if met():
            return
        watch.wait(0.01)
    raise AssertionError("it did not come to that within a minute")


@case("progress: on a terminal, after two seconds, and taken away at the end")
def shown():
    place = Installed("alpha")
    gate = place.bin.parent / "gate"
    os.mkfifo(gate)
    place.gives("alpha", "1", first=f"open({str(gate)!r}).read()")
    ours, theirs = pty.openpty()
    tap.cleanup.callback(os.close, ours)
    run = Process(place.bin / FRONT.name, "bench", "--rounds", "1", "--only", "aes128", stderr=theirs)
    os.close(theirs)
    seen = b""
    while b"bench: 0/1 aes128, alpha" not in seen:
        seen += os.read(ours, 4096)
    gate.write_text("go on")
    equal(run.exit_code(), 0, "exit code")
    try:
        while more := os.read(ours, 4096):
            seen += more
    except OSError:
        pass  # how a terminal says that nobody is there any more
    assert seen.endswith(b"\r\x1b[K"), seen
    contains(run.stdout.decode(), "Throughput", "standard output")


# ---- wrong use ----


@case("wrong use: a sentence that names it, exit code 2, and nothing is run")
def usage():
    place = Installed("alpha")
    for words, named in (
        (("--only", "nosuch"), "nosuch"),
        (("--only", "aes128", "--only", "AES128"), "AES128"),
        (("--only", ""), "''"),
        (("--list", "--only", "nosuch"), "nosuch"),
        (("--rounds", "0"), "--rounds"),
        (("--rounds", "-1"), "--rounds"),
        (("--rounds", "many"), "--rounds"),
        (("--seconds", "0"), "--seconds"),
        (("--seconds", "nan"), "--seconds"),
        (("--seconds", "11"), "--seconds"),
        (("--timeout", "0"), "--timeout"),
        (("--timeout", "nan"), "--timeout"),
        (("--backend", "nosuch"), "nosuch"),
        (("--backend", "bench-alpha"), "bench-alpha"),
        (("aes128",), "aes128"),
    ):
        for json_too in ((), ("--json",)):
            refused(place.bench(*words, *json_too), named)
    assert not place.log_file.exists(), place.log()


@case("a place for temporary files that is none")
def no_place():
    for path in ("/nosuch", FRONT):
        run = tlseam(*QUICK, "--only", "aes128", env=environment(TMPDIR=str(path)))
        refused(run, "TMPDIR")


@case("--help has examples and says what is measured")
def help_text():
    run = tlseam("bench", "--help")
    equal(run.exit_code(), 0, "exit code")
    for part in ("Examples:", "--only", "--rounds", "--seconds", "processor time"):
        contains(run.stdout.decode(), part, "help")


tap.run()
