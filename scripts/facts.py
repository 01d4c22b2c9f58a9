# SPDX-License-Identifier: Apache-2.0
"""What is written down about the TLS libraries: tests/expected_capabilities.txt, backends/*/deviations.txt and
backends/*/faults.txt."""
import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
CAPABILITIES = ROOT / "tests" / "expected_capabilities.txt"

# As in `info --json`.
LISTS = ("features", "groups", "cipher_suites", "psk_cipher_suites", "signature_schemes")


class Malformed(Exception):
    """Says file, line and what is wrong with it."""


def numbers(version):
    """3.5.1-dev -> (3, 5, 1)"""
    found = re.match(r"\d+(\.\d+)*", version)
    if not found:
        raise ValueError(f"'{version}' is no version")
    return tuple(int(part) for part in found[0].split("."))


def check_condition(condition):
    """`all`, or parts that must all hold: `3.0` (3.0 and 3.0.x), `>=3.5`, `<3.5`."""
    if condition != "all" and not re.fullmatch(r"(>=|<)?\d+(\.\d+)*( (>=|<)?\d+(\.\d+)*)*", condition):
        raise ValueError(f"'{condition}' is no condition on versions: 'all', '3.0', '>=3.0 <3.5'")


def fits(condition, version):
    check_condition(condition)

    def holds(part):
        wanted = numbers(part.lstrip("<>="))
        if part.startswith(">="):
            return actual >= wanted
        if part.startswith("<"):
            return actual < wanted
        return actual[:len(wanted)] == wanted

    actual = numbers(version)
    return condition == "all" or all(holds(part) for part in condition.split())


@dataclasses.dataclass
class Library:
    """A library in a range of versions, and what it has."""
    name: str
    versions: str
    features: list = None
    groups: list = None
    cipher_suites: list = None
    psk_cipher_suites: list = None
    signature_schemes: list = None

    def __str__(self):
        return f"{self.name} {self.versions}"


@dataclasses.dataclass
class Difference:
    """Something that some of the libraries do not have."""
    list: str
    item: str
    reason: str = None
    tlseam: str = None
    source: str = None


def capabilities(path=CAPABILITIES):
    """([Library], [Difference]): what the file says, complete and without contradictions."""
    libraries, differences = [], []
    for number, key, value in _fields(path):
        where = f"{path.name}:{number}"
        if key == "library":
            name, _, versions = value.partition(" ")
            _checked(where, check_condition, versions)
            libraries.append(Library(name, versions))
            block = libraries[-1]
        elif key == "difference":
            kind, _, item = value.partition(" ")
            if kind not in LISTS or not re.fullmatch(r"\w+", item):
                raise Malformed(f"{where}: a difference is in one item of {', '.join(LISTS)}")
            differences.append(Difference(kind, item))
            block = differences[-1]
        else:
            known = LISTS if isinstance(block, Library) else ("reason", "tlseam", "source")
            if key not in known or getattr(block, key) is not None:
                raise Malformed(f"{where}: '{key}' is unknown here, or given twice")
            setattr(block, key, value.split() if isinstance(block, Library) else value)
    for block in libraries + differences:
        missing = [field.name for field in dataclasses.fields(block) if getattr(block, field.name) is None]
        if missing:
            raise Malformed(f"{path.name}: {block} has no {', '.join(missing)}")
    _compare(path, libraries, differences)
    return libraries, differences


def _compare(path, libraries, differences):
    """Whatever differs is explained, and whatever is explained differs."""
    differ = set()
    for kind in LISTS:
        each = [set(getattr(library, kind)) for library in libraries]
        differ |= {(kind, item) for item in set().union(*each) - set.intersection(*each)}
    explained = [(d.list, d.item) for d in differences]
    for kind, item in sorted(differ - set(explained)):
        raise Malformed(f"{path.name}: {kind} {item} differs, and no 'difference' says why")
    for kind, item in explained:
        if (kind, item) not in differ or explained.count((kind, item)) > 1:
            raise Malformed(f"{path.name}: {kind} {item} is the same everywhere, or explained twice")
    for difference in differences:
        if not re.fullmatch(r"https://\S+", difference.source):
            raise Malformed(f"{path.name}: the source of {difference.item} is no https address")


def _fields(path):
    """(line number, key, value): `key: value`, where indented lines without a key go on with the value."""
    fields = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        start = re.match(r"(?:  )?([a-z_]+): *(.*)", line)
        if start:
            fields.append([number, start[1], start[2].strip()])
        elif line.startswith("    ") and fields:
            fields[-1][2] = f"{fields[-1][2]} {line.strip()}".strip()
        else:
            raise Malformed(f"{path.name}:{number}: neither 'key: value' nor the rest of one")
    if not fields or fields[0][1] not in ("library", "difference"):
        raise Malformed(f"{path.name}: does not begin with a library")
    return fields


def _checked(where, check, value):
    try:
        check(value)
    except ValueError as problem:
        raise Malformed(f"{where}: {problem}") from None


def library_for(libraries, name, version):
    """The one library that fits."""
    found = [library for library in libraries if library.name == name and fits(library.versions, version)]
    if len(found) != 1:
        raise Malformed(f"{len(found)} rows fit {name} {version}; there must be one")
    return found[0]


@dataclasses.dataclass
class Deviation:
    """A conformance test that a library cannot pass."""
    where: str  # file and line
    test: str
    versions: str
    reason: str
    upstream: str
    reproducer: str


def deviations(path):
    """([Deviation], [complaint]) of backends/<name>/deviations.txt."""
    good, complaints = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        where = f"{path.parent.name}/{path.name}:{number}"
        try:
            good.append(_deviation(path, where, line))
        except Malformed as problem:
            complaints.append(str(problem))
    return good, complaints


def _deviation(path, where, line):
    parts = [part.strip() for part in line.split("|")]
    if len(parts) != 5 or not all(parts):
        raise Malformed(f"{where}: wanted: test | library versions | reason | upstream reference | reproducer")
    found = Deviation(where, *parts)
    if not re.fullmatch(r"[\w/]+\.[\w/]+", found.test):
        raise Malformed(f"{where}: '{found.test}' is no test: suite.name, as --gtest_list_tests has them, no pattern")
    _checked(where, check_condition, found.versions)
    if not re.match(r"https?://\S+$", found.upstream):
        raise Malformed(f"{where}: the upstream reference '{found.upstream}' is no address")
    place = path.parent / "reproducers"
    if pathlib.PurePath(found.reproducer).name != found.reproducer or not (place / found.reproducer).is_file():
        raise Malformed(f"{where}: the reproducer '{found.reproducer}' is no file in {path.parent.name}/reproducers/")
    return found


def fault_lines(path):
    """[(rows, versions, outcome, reason, upstream)] of a backend's faults.txt: what it makes of a peer's fault otherwise.
    upstream: addresses; none where a line has no such field."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) not in (4, 5) or not all(cells):
            raise Malformed(f"{path.name}:{number}: expected rows | library versions | outcome | reason [| upstream]")
        _checked(f"{path.name}:{number}", check_condition, cells[1])
        upstream = cells[4].split() if len(cells) == 5 else []
        for address in upstream:
            if not re.fullmatch(r"https://\S+", address):
                raise Malformed(f"{path.name}:{number}: the upstream reference '{address}' is no https address")
        found.append((*cells[:4], upstream))
    return found


def build_options(path, recipe):
    """{item: [option]} of a backend's options.txt: what in the library's build decides whether it has an item. Each option
    must be a word of the recipe, and each item one that expected_capabilities.txt has."""
    words = set(re.split(r"[\s()]+", re.sub(r"(^|\s)#.*", "", recipe.read_text(encoding="utf-8"), flags=re.MULTILINE)))
    items = {item for library in capabilities()[0] for kind in LISTS for item in getattr(library, kind)}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        item, _, options = (part.strip() for part in line.partition("|"))
        where = f"{path.parent.name}/{path.name}:{number}"
        if item not in items or item in found or not options:
            raise Malformed(f"{where}: wanted once for each: item of expected_capabilities.txt | options")
        if missing := [option for option in options.split() if option not in words]:
            raise Malformed(f"{where}: {', '.join(missing)} is not in {recipe.name}'s recipe")
        found[item] = options.split()
    return found


def check_page(path, make, script):
    """TAP: whether a committed page is what a script prints. Returns the exit code."""
    try:
        complaint = "" if path.read_text(encoding="utf-8") == make() else f"run scripts/{script} > docs/{path.name}"
    except (Malformed, OSError) as problem:
        complaint = str(problem)
    print("1..1")
    print(f"{'not ok' if complaint else 'ok'} 1 - docs/{path.name} is what scripts/{script} prints")
    if complaint:
        print(f"# {complaint}")
    return 1 if complaint else 0
