#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the parts that every page of `tlseam report` carries as a C++ file: embed_page.py D3-DIRECTORY SOURCE OUT.

D3-DIRECTORY holds d3-scale and what it needs, each as NAME/dist/NAME.min.js: so does Debian's node-d3-scale install them
(/usr/share/nodejs), and so does npm (node_modules). With them go the chains of certs/, and the names of backends/."""
import base64
import hashlib
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
# In the order in which they need each other.
MODULES = ("d3-array", "d3-collection", "d3-color", "d3-format", "d3-interpolate", "d3-time", "d3-time-format", "d3-scale")


def text(path):
    try:
        return path.read_text(encoding="utf-8")
    except OSError as problem:
        sys.exit(f"embed_page.py: {problem} (Debian: node-d3-scale)")


def without_map(script):
    """Nothing that makes a browser ask for another file."""
    return "\n".join(line for line in script.splitlines() if not line.startswith("//# sourceMappingURL"))


def policy_hash(part):
    return "sha256-" + base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()


def array(name, value):
    """As numbers: compilers need not take a string literal of more than 65,536 bytes."""
    numbers = ",".join(str(byte - 256 if byte > 127 else byte) for byte in value.encode())
    return f"constexpr char {name}_bytes[] = {{{numbers},0}};\nconst char* const {name} = {name}_bytes;"


def main(d3, source, out):
    d3, source = pathlib.Path(d3), pathlib.Path(source)
    scripts = [without_map(text(d3 / name / "dist" / f"{name}.min.js")) for name in MODULES]
    script = "\n".join([*scripts, text(source / "charts.js")])
    style = text(source / "page.css")
    if any(end in script.lower() for end in ("</script", "<script", "<!--")):
        sys.exit("embed_page.py: a script holds what would end it, or begin a comment")
    parts = {"page_style": style, "page_style_hash": policy_hash(style), "page_script": script,
             "page_script_hash": policy_hash(script), "chart_licence": text(source / "d3-licence.txt")}
    chains = {path.name: text(path) for path in sorted((ROOT / "certs").glob("*.crt"))}
    parts["known_backends"] = " ".join(sorted(path.name for path in (ROOT / "backends").iterdir() if path.is_dir()))
    lines = ['#include "cli/front/report/page_parts.hpp"', "namespace cli::front::report {"]
    for name, value in parts.items():
        lines.append(array(name, value))
    lines.append("const carried_file carried_chains[] = {")
    lines += [f'{{"{name}", R"embedded({pem})embedded"}},' for name, pem in chains.items()]
    lines += ["};", "const std::size_t carried_chains_count = sizeof carried_chains / sizeof *carried_chains;"]
    pathlib.Path(out).write_text("\n".join([*lines, "}", ""]), encoding="utf-8")


main(*sys.argv[1:])
