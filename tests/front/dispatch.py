# SPDX-License-Identifier: Apache-2.0
# `tlseam --backend NAME ...` and `tlseam backends`.
import tap
from front import programs, tlseam
from process import finish
from tap import case, contains, equal


@case("--backend NAME becomes that program: same words out, same exit code")
def becomes():
    for backend, program in programs().items():
        for words in (("info",), ("info", "--json"), ("verify", "--help"), ("dance",)):
            through, direct = tlseam("--backend", backend, *words), finish(program, *words)
            equal((through.exit_code(), through.stdout, through.stderr),
                  (direct.exit_code(), direct.stdout, direct.stderr), f"{backend} {words}")


@case("an unknown backend: a sentence that names it and those that there are, exit code 2")
def unknown():
    run = tlseam("--backend", "nosuch", "info")
    equal((run.exit_code(), run.stdout), (2, b""), "exit code and standard output")
    for named in ("nosuch", *programs()):
        contains(run.stderr.decode(), named, "the sentence")


tap.run()
