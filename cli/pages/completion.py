#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""completion.py bash|zsh FRONT BACKEND...: what a shell needs to complete their command lines.

The tables come from what the programs say of themselves; completion.bash looks things up in them. All backends' programs
have the same command line, so one table is enough.
"""
import pathlib
import sys

from command_line import described

HERE = pathlib.Path(__file__).parent


def takes(option):
    """What completion.bash completes a value with: words, or one of its own."""
    if option["choices"]:
        return " ".join(option["choices"])
    value = option["value"]
    return {"FILE": "<file>", "DIR": "<directory>"}.get(value, "<any>")


def rows(kind, app, path=()):
    """(place, words that can stand there, (option, what it takes)...) of it and its commands."""
    flags, values = [], []
    for option in app["options"]:
        if option["positional"]:
            values.append(("", takes(option)))
        flags += option["names"]
        if option["value"] is not None:
            values += [(name, takes(option)) for name in option["names"]]
    commands = [command["name"] for command in app["commands"]]
    yield " ".join((kind, *path)), commands, flags, values
    for command in app["commands"]:
        yield from rows(kind, command, (*path, command["name"]))


def case_of(name, lines):
    body = "".join(f"        {pattern}) echo '{words}' ;;\n" for pattern, words in lines if words)
    return f"{name}() {{\n    case \"$1\" in\n{body}    esac\n}}\n"


def tables(front, backend):
    everything = [*rows("front", front), *rows("backend", backend)]
    yield case_of("_tlseam_commands", ((f"'{place}'", " ".join(commands)) for place, commands, _, _ in everything))
    yield case_of("_tlseam_options", ((f"'{place}'", " ".join(flags)) for place, _, flags, _ in everything))
    yield case_of("_tlseam_values", ((f"'{place} {option}'", "<backend>" if option == "--backend" else words)
                                     for place, _, _, values in everything for option, words in values))


def main():
    shell, front, *backends = sys.argv[1:]
    programs = [described(program) for program in (front, *backends)]
    names = " ".join(app["name"] for app in programs)
    if shell == "zsh":
        print(f"#compdef {names}")
    print("# Made from the programs' own command lines.")
    print("\n".join(tables(programs[0], programs[1])))
    print((HERE / "completion.bash").read_text())
    if shell == "zsh":
        print("(( ${+functions[_bash_complete]} )) || { autoload -U +X bashcompinit && bashcompinit; }")
        print("_bash_complete -F _tlseam_complete")
    else:
        print(f"complete -F _tlseam_complete {names}")


main()
