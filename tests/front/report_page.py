# SPDX-License-Identifier: Apache-2.0
# The page of `tlseam report`, looked at in a browser.
import functools
import json
import re
import subprocess

import tap
from front import scratch
from process import tool
from report_data import LIMIT, ROOT_OF_TREE, made_up, page_of, run, whole_run
from tap import case, contains, equal


@functools.cache
def modules():
    return subprocess.run([ROOT_OF_TREE / "scripts" / "npm_modules", ROOT_OF_TREE / "tests" / "front"], check=True,
                          capture_output=True, text=True, timeout=LIMIT).stdout.strip()


# Each size and each colour scheme once; a phone's is the narrower, dark the one whose contrast is easier to miss.
BOTH = ("desktop", "phone-dark")


def look(page, views):
    """What a browser sees, by view."""
    tool("chromium")
    file = scratch() / "page.html"
    file.write_text(page, "utf-8")
    done = subprocess.run([tool("node", "nodejs"), ROOT_OF_TREE / "tests" / "front" / "page.mjs", file, modules(),
                           ",".join(views)],
                          capture_output=True, text=True, timeout=LIMIT, check=False, stdin=subprocess.DEVNULL)
    equal(done.returncode, 0, f"exit code of page.mjs ({done.stderr})")
    return json.loads(done.stdout)


def is_well_made(page, views=("desktop",)):
    """What holds for every page, in every view. Returns what the browser saw, by view."""
    seen_in = look(page, views)
    equal(sorted(seen_in), sorted(views), "views")
    for name, seen in seen_in.items():
        equal(seen["axe"], [], f"{name}: what axe found")
        assert seen["axe_passes"] > 20, f"{name}: axe looked at {seen['axe_passes']} rules only"
        equal((seen["complaints"], seen["requests"]), ([], []), f"{name}: console, and requests to a network")
        equal(len(seen["h1"]), 1, f"{name}: level-one headings")
        equal(seen["landmarks"], ["header", "nav", "main", "footer"], f"{name}: landmarks")
        equal((seen["links_to_nowhere"], seen["twice"]), ([], []), f"{name}: links to nowhere, ids that are there twice")
        equal((seen["wider_than_the_window"], seen["tables_outside_a_scroller"], seen["scrollers_without_focus"]),
              (False, 0, 0), f"{name}: page wider than the window, tables that do not scroll by themselves")
        equal((seen["drawn"], seen["missing_bars"]), (seen["charts"], 0), f"{name}: charts drawn, bars without a colour")
        equal((seen["scripts_run_by_data"], seen["elements_of_data"]), (False, 0), f"{name}: markup made of data")
    return seen_in


@case("the page of a whole run, in a browser: desktop and light, phone and dark; accessible, silent, without a network")
def browser():
    data, page = whole_run()
    views = is_well_made(page, BOTH)
    equal(views["phone-dark"]["keyboard_scrolls"], True, "tables that the keyboard scrolls on a phone")
    assert views["desktop"]["background"] != views["phone-dark"]["background"], "dark looks like light"
    seen = views["desktop"]
    assert seen["charts"] > 20 and seen["bars"] >= seen["charts"], seen
    equal(len(seen["h3"]), len(data["backends"]), "a part of the advice for each library")
    for caption in ("The libraries that were compared", "Speed: medians and spread", "Size and memory: less is better"):
        assert caption in seen["captions"], seen["captions"]


@case("made-up data, in a browser: whiskers where there is a spread")
def whiskers():
    seen = is_well_made(page_of(made_up()))["desktop"]
    equal((seen["charts"], seen["bars"], seen["whiskers"]), (8, 15, 4), "charts, bars and whiskers")


@case("what libraries, peers and certificates say stays text")
def hostile():
    data = made_up()
    attack = "</script></style><img src=x onerror=pwned=1><script>pwned=1</script>\"' onload=pwned=1 \u202egnp.exe \x1b[31m"
    data["backends"][0]["info"]["facts"]["title"] = attack
    data["backends"][1]["error"] = attack
    data["backends"][1]["info"]["facts"]["deviations"][1]["upstream"] = "javascript:pwned=1"
    data["backends"][0]["info"]["facts"]["differences"][0]["source"] = "javascript:pwned=1"
    data["backends"][0]["info"]["features"][attack] = True
    for each in data["bench"]["measures"]:
        each["title"] = each["unit"] = attack
        each["name"] += attack
    data["chains"]["disagreements"][0]["chain"] = attack
    data["chains"]["disagreements"][0]["verdicts"]["bbb"]["detail"] = attack
    data["connect"] = {"peer": attack, "backends": [{"backend": "aaa", "version": attack, "handshake": {attack: attack}}],
                       "differences": [attack]}
    place = scratch()
    (place / "data.json").write_text(json.dumps(data), "utf-8")
    done = run("--from", "data.json", cwd=place)
    equal(done.returncode, 0, "exit code")
    assert "\x1b" not in done.stderr, done.stderr
    page = (place / "report.html").read_text("utf-8")
    assert "\x1b" not in page and "\u202e" not in page and "javascript:" not in re.sub(r"<script.*?</script>", "", page)
    seen = is_well_made(page)["desktop"]
    contains(seen["text"], "onerror=pwned=1", "the page")


tap.run()
