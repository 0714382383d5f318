"""A browser that the machine does not give what it needs: one word, and the remedy."""

import resource
import signal
import subprocess
import threading

import pytest

from archiver.browser.supervision import _kill_children
from tests.commandline import forked, refused
from tests.newsroom import Newsroom
from tests.site import Site, page

pytestmark = pytest.mark.needs("chromium")


def few_files():
    """Let this process, and what it starts, open few files at a time."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60))


def little_memory():
    """Let this process, and what it starts, have little memory."""
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))


def little_room():
    """Let no file grow that this process writes, or what it starts."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100 << 10, 100 << 10))


@pytest.mark.parametrize(
    ("starve", "what", "remedy"),
    [
        (few_files, "too few files", "ulimit -n"),
        (little_memory, "too little memory", "ulimit -v"),
        (little_room, "no room", "TMPDIR"),
    ],
)
def test_a_browser_that_cannot_start_says_why_and_nothing_is_signed(
    tmp_path, monkeypatch, starve, what, remedy
):
    for kind in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))
    root = tmp_path / "archive"
    Newsroom(root)
    with Site({"/": page(b"hi")}) as site:
        words = ("capture", "--browser", site.url(), "--allow-address", site.address)
        before = sorted(root.rglob("*.sigstore.json"))
        outcome = forked(starve, *words, archive=root)
        refused(outcome, 1, "does not start", what, "hint: ", remedy)
        assert site.count("/") == 0
    assert sorted(root.rglob("*.sigstore.json")) == before


def test_what_was_to_start_a_browser_and_hangs_is_ended_with_the_visit():
    started, begun = [], threading.Event()

    def visit():
        started.append(subprocess.Popen(["sleep", "60"]))
        begun.set()
        started[0].wait()

    thread = threading.Thread(target=visit, daemon=True)
    thread.start()
    begun.wait()
    other = subprocess.Popen(["sleep", "60"])
    _kill_children(thread)
    thread.join(10)
    assert started[0].returncode == -signal.SIGKILL
    assert other.poll() is None
    other.kill()
    other.wait()
