"""Why a browser does not start: in its own words, or by the limits of the process."""

import subprocess
import sys

import pytest

from archiver.browser.wanting import find_want

LAUNCH = "BrowserType.launch: Target page, context or browser has been closed\n"


@pytest.mark.parametrize(
    ("said", "what", "remedy"),
    [
        ("spawn /usr/bin/chromium EMFILE", "too few files", "ulimit -n"),
        (
            "[FATAL] Check failed: . : Too many open files (24)",
            "few files",
            "ulimit -n",
        ),
        ("[FATAL] Resource temporarily unavailable (11)", "processes", "ulimit -u"),
        ("EACCES: permission denied, mkdtemp '/x/y'", "cannot be written", "TMPDIR"),
        ("write: No space left on device", "no room", "TMPDIR"),
        ("<process did exit: exitCode=null, signal=SIGXFSZ>", "no room", "ulimit -f"),
        ("<process did exit: exitCode=null, signal=SIGKILL>", "memory", "1 GB"),
        ("Fatal process out of memory: Failed to reserve", "memory", "ulimit -v"),
        ("No usable sandbox! Update your kernel", "no sandbox", "user namespaces"),
    ],
)
def test_what_a_browser_lacks_is_told_from_what_it_says(said, what, remedy):
    found = find_want(LAUNCH + said)
    assert what in found[0]
    assert "perhaps" not in found[0]
    assert remedy in found[1]
    assert "{" not in found[1]


ASK = """
import resource, sys
from archiver.browser.wanting import find_want
which = getattr(resource, sys.argv[1])
hard = resource.getrlimit(which)[1]
resource.setrlimit(which, (int(sys.argv[2]), hard))
print(find_want("closed"))
"""


@pytest.mark.parametrize(
    ("limit", "most", "what"),
    [
        ("RLIMIT_NOFILE", 100, "too few files"),
        ("RLIMIT_NPROC", 50, "too few processes"),
        ("RLIMIT_AS", 8 << 30, "too little memory"),
        ("RLIMIT_FSIZE", 1 << 20, "no room"),
        ("RLIMIT_NOFILE", 1000, "None"),
    ],
)
def test_where_nothing_is_said_the_limits_of_the_process_tell(limit, most, what):
    words = [sys.executable, "-c", ASK, limit, str(most)]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert what in told
    assert ("perhaps" in told) == (what != "None")  # a limit is no word of its own
