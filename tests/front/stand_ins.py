# SPDX-License-Identifier: Apache-2.0
# A copy of `tlseam` among programs that stand in for those of libraries: what no library does, they do.
import shutil
import sys

import sockets
import tap
from front import FRONT


def front(**programs):
    """The copy; beside it, by name, what each tlseam-NAME does when it is called for anything but info."""
    home = tap.cleanup.enter_context(sockets.temporary_directory())
    shutil.copy(FRONT, home / "tlseam")
    for name, code in programs.items():
        program = home / f"tlseam-{name}"
        program.write_text(f"#!{sys.executable}\nimport json, sys, time\n"
                           "if sys.argv[1] == 'info':\n"
                           "    print(json.dumps({'event': 'info', 'backend_version': '1'}))\n"
                           "    sys.exit(0)\n" + code)
        program.chmod(0o755)
    return home / "tlseam"
