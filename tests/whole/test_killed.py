"""A kill at each write: the archive stays whole, and the next run takes up the rest.

The command runs in a forked child that kills itself, with SIGKILL, at its n-th event
that touches the disk (Python's own audit events: opened for writing, renamed, removed,
made, flushed to a database).  No part of the program is replaced.
"""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from sourcebook import cli
from tests.forking import start_child, wait_for
from tests.site import Site, page

Findings = Callable[[Path], list[dict[str, str]]]
EVENTS = {
    "os.link",
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "shutil.move",
    "shutil.rmtree",
    "sqlite3.connect",
}
# what a killed command may leave, of its own files alone
LEFT = {"pending", "unknown", "not-released"}
NEVER = 10**9
MOST = 200  # events of one command; it has some dozens
STRIDES = {"capture of no response": 3}  # it writes as a release does
MOVING = (
    "logs/1/checkpoint",
    "logs/1/tile/",
)  # what an append puts in place of the old


def touches_disk(event: str, arguments: Sequence[object]) -> bool:
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))
    return event in EVENTS


def run_killed(arguments: list[str], at: int) -> bool:
    """Run a command in a child that is killed at event ``at``; tell if it was."""
    return wait_for(start_child(run_silently, arguments, at)) == -signal.SIGKILL


def run_silently(arguments: list[str], at: int) -> None:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    if at != NEVER:
        _die_at(at)
    try:
        cli.main(arguments, prog_name="sourcebook")
    finally:
        os._exit(0)


def _die_at(at: int) -> None:
    count = 0

    def hook(event: str, arguments: Sequence[object]) -> None:
        nonlocal count
        if touches_disk(event, arguments):
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def contents(archive: Path) -> dict[str, bytes]:
    """Return every file of the archive, but those that an append replaces."""
    found = {
        place.relative_to(archive).as_posix(): place.read_bytes()
        for place in archive.rglob("*")
        if place.is_file()
    }
    return {rel: data for rel, data in found.items() if not rel.startswith(MOVING)}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Return the address of a site with a page, and with a path it does not answer."""
    words = page(b"<p>words that stand</p>", "Content-Type: text/html")
    with Site({"/page": words, "/nothing": []}) as site:
        yield site.address


@pytest.fixture(autouse=True)
def leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what a killed command leaves in the folder for temporary files be ours."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def make_ready(verb: str, archive: Path, server: str) -> list[str]:
    """Change the archive so that ``verb`` has something to write; return its words."""
    named = ["--archive", str(archive)]
    if verb.startswith("capture"):
        path = "page" if verb == "capture" else "nothing"
        url = f"http://{server}/{path}"
        return [*named, "capture", url, "--allow-address", server]
    if verb == "deposit":
        letter = archive.parent / "letter.txt"
        letter.write_text("a letter", encoding="utf-8")
        return [*named, "deposit", str(letter), "--source", "a reader"]
    claim = archive / "cases/a-case/claims/status.toml"
    claim.write_text(claim.read_text().replace("held", "had"), encoding="utf-8")
    if verb == "release":
        return [*named, "release", "-m", "a word"]
    key = next((archive.parent / "config").rglob("log"))
    away = key.rename(archive.parent / "log-key-elsewhere")
    cli.main([*named, "release", "-m", "a word"], standalone_mode=False)
    away.rename(key)
    return [*named, "log", "add"]


def copy(home: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy an archive with the folders of its machine, and be on that machine."""
    to = home.with_name(f"{home.name}-{number}")
    shutil.copytree(home, to, symlinks=True)
    for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(to / kind.lower()))
    return to / "archive"


@pytest.mark.parametrize(
    "verb", ["capture", "capture of no response", "deposit", "release", "log add"]
)
def test_a_kill_at_any_write_leaves_a_whole_archive(
    verb: str,
    archive: Path,
    findings: Findings,
    server: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = make_ready(verb, archive, server)
    known = {(each["code"], each["place"]) for each in findings(archive)}
    for at in range(1, MOST, STRIDES.get(verb, 1)):
        again = copy(archive.parent, at, monkeypatch)
        ours = [word.replace(str(archive), str(again)) for word in words]
        before = contents(again)
        if not run_killed(ours, at):
            break
        after = contents(again)
        assert {rel: after.get(rel) for rel in before} == before, at
        found = {(each["code"], each["place"]) for each in findings(again)}
        assert {code for code, _ in found - known} <= LEFT, (at, found - known)
        assert not run_killed(ours, NEVER)
        errors = [each for each in findings(again) if each["severity"] == "error"]
        assert errors == [], at
        shutil.rmtree(again.parent)
    assert 10 < at < MOST - 1
