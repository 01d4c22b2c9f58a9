#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""man_page.py PROGRAM --version V [--see NAME...]: its man page, from what it says of itself.

Plain man(7), which groff and mandoc both know.
"""
import argparse
import textwrap

from command_line import blocks, described


def escape(text):
    """No character of it is a command. Minus signs stay such, so that an example can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq")
    return "\\&" + text if text.startswith(".") else text


def filled(text):
    """As lines of a source file; the reader's terminal fills them anew."""
    lines = textwrap.wrap(escape(text), 78, break_long_words=False, break_on_hyphens=False)
    return ["\\&" + line if line.startswith(".") else line for line in lines]


def sentence(text):
    return text[:1].upper() + text[1:] + "."


def bold(text):
    return f"\\fB{escape(text)}\\fR"


def italic(text):
    return f"\\fI{escape(text)}\\fR"


def heading(option):
    """--name, -n VALUE"""
    if option["positional"]:
        return italic(option["value"])
    value = f" {italic(value_of(option))}" if option["value"] is not None else ""
    return ", ".join(bold(name) for name in option["names"]) + value


def value_of(option):
    return "|".join(option["choices"]) or option["value"]


def details(option):
    """The sentence of --help, and what stands around it there."""
    more = []
    if option["required"]:
        more.append("required")
    if option["default"] and "default" not in option["description"]:
        more.append(f"default: {option['default']}")
    if option["needs"]:
        more.append("with " + ", ".join(option["needs"]))
    if option["excludes"]:
        more.append("not with " + ", ".join(option["excludes"]))
    return filled(option["description"] + (f" ({'; '.join(more)})" if more else ""))


def options(app):
    for option in app["options"]:
        yield from (".TP", heading(option), *details(option))


def example(line, app):
    """`connect ...`, as it is typed: with the program in front."""
    line = line.strip().replace("| ... ", f"| {app['name']} ")
    words = [command["name"] for command in app["commands"]]
    return f"{app['name']} {line}" if line.split()[0] in words else line


def paragraphs(program, parts):
    """Of a footer: examples as they stand, and everything else as text."""
    for part in parts:
        if part[0] == "Examples:":
            yield from (".PP", "Examples:")
            part = part[1:]
        if all(line.startswith("  ") for line in part):
            yield from (".PP", ".RS 4", ".nf", *(escape(example(line, program)) for line in part), ".fi", ".RE")
        else:
            yield from (".PP", *filled(" ".join(line.strip() for line in part)))


def synopsis(app):
    words = [bold(app["name"])]
    for option in app["options"]:
        if option["positional"]:
            words.append(italic(option["value"]) if option["required"] else f"[{italic(option['value'])}]...")
    words.insert(1, f"[{italic('OPTIONS')}]")
    return " ".join(words)


def page(app, version, see):
    name = app["name"]
    parts = blocks(app["footer"])
    ends = [part for part in parts if part[0].startswith("Exit codes:")]
    examples = [part for part in parts if part[0] == "Examples:"]
    rest = [part for part in parts if part not in ends + examples]

    yield f'.TH {escape(name).upper()} 1 "" "tlseam {version}" "User Commands"'
    yield from (".SH NAME", f"{escape(name)} \\- {escape(app['description'])}")
    yield from (".SH SYNOPSIS", f"{bold(name)} {italic('COMMAND')} [{italic('OPTIONS')}]")
    yield ".SH DESCRIPTION"
    yield "Its commands:"
    for command in app["commands"]:
        yield from (".TP", bold(command["name"]), *filled(command["description"]))
    yield from paragraphs(app, rest)
    yield ".SH OPTIONS"
    yield from options(app)
    yield ".SH COMMANDS"
    for command in app["commands"]:
        yield from (f".SS {bold(name)} {synopsis(command)}", *filled(sentence(command["description"])))
        yield from options(command)
        yield from paragraphs(app, blocks(command["footer"]))
    yield ".SH EXIT STATUS"
    for part in ends:
        yield from filled(" ".join(part).removeprefix("Exit codes: "))
    yield ".SH EXAMPLES"
    yield from list(paragraphs(app, [part[1:] for part in examples]))[1:]  # no .PP after a heading
    if see:
        yield ".SH SEE ALSO"
        yield from (f".BR {escape(other)} (1){',' if other != see[-1] else ''}" for other in see)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--version", required=True)
    parser.add_argument("--see", nargs="*", default=[])
    arguments = parser.parse_args()
    app = described(arguments.program)
    print("\n".join(page(app, arguments.version, [other for other in arguments.see if other != app["name"]])))


main()
