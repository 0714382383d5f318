"""The door to the browser: nothing of it is loaded until it is opened."""

import subprocess
import sys

LOADED = """
import sys
import archiver.browse, sourcebook
print([name for name in sys.modules if name.startswith("playwright")])
"""


def test_who_asks_for_no_browser_loads_none(root):
    found = subprocess.run(
        [sys.executable, "-c", LOADED],
        check=False,
        capture_output=True,
        text=True,
        cwd=root,
    )
    assert (found.stdout.strip(), found.returncode) == ("[]", 0), found.stderr
