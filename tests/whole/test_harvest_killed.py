"""A harvest that is killed, at any instant: the same command goes on where it stopped.

Each URL has one snapshot of the run in the end, whatever was lost on the way, and the
archive verifies.  The command runs in a child, as in ``test_killed``.
"""

import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from archiver.holdings import read_statements
from archiver.store import open_archive
from archiver.trust import read_trust
from tests.forking import start_child, wait_for
from tests.site import Site, page
from tests.whole.test_killed import LEFT, NEVER, copy, run_killed, run_silently

Findings = Callable[[Path], list[dict[str, str]]]
WORDS = (
    b"<h1>A page</h1><p>" + b"These are the words of a page that says something. " * 8
)
ROBOTS = page(b"User-agent: *\nDisallow: /1\n", "Content-Type: text/plain")
MOST = 300  # events of one command that touch the disk
STEP = 2  # threads move the events by as much from run to run anyway
SEED = 20260203


@contextmanager
def hosts(count: int, pages: int) -> Iterator[list[Site]]:
    served = {f"/{n}": page(WORDS + b"%d" % n, "Content-Type: text/html")
              for n in range(pages)}  # fmt: skip
    served["/robots.txt"] = ROBOTS
    with ExitStack() as stack:
        yield [
            stack.enter_context(Site(served, host=f"127.0.0.{number}"))
            for number in range(31, 31 + count)
        ]


def urls_of(sites: list[Site]) -> list[str]:
    return [site.url(p) for site in sites for p in site.pages if p != "/robots.txt"]


def words_for(archive: Path, sites: list[Site], *more: str) -> list[str]:
    listed = archive.parent / "urls.txt"
    listed.write_text("\n".join(urls_of(sites)), encoding="utf-8")
    allowed = [word for site in sites for word in ("--allow-address", site.address)]
    words = ["capture", "--from", str(listed), "--delay", "0", *allowed, *more]
    return ["--archive", str(archive), *words]


def captures(archive: Path) -> Counter[str]:
    """Count the captures of each URL, but for robots.txt."""
    opened = open_archive(archive)
    predicates = [
        stored.statement.predicate
        for stored in read_statements(opened, read_trust(opened))
        if stored.statement.type == "snapshot"
    ]
    asked = [each.get("requestedUrl", "") for each in predicates]
    return Counter(url for url in asked if url and not url.endswith("robots.txt"))


def errors(found: list[dict[str, str]]) -> list[dict[str, str]]:
    return [each for each in found if each["severity"] == "error"]


def test_a_kill_at_any_write_loses_nothing_that_was_kept_and_repeats_nothing(
    archive: Path, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {(each["code"], each["place"]) for each in findings(archive)}
    with hosts(1, 1) as sites:  # and its robots.txt: two snapshots
        for at in range(1, MOST, STEP):
            again = copy(archive.parent, at, monkeypatch)
            words = words_for(again, sites)
            killed = run_killed(words, at)
            found = {(each["code"], each["place"]) for each in findings(again)}
            assert {code for code, _ in found - known} <= LEFT, (at, found - known)
            if not killed:
                break
            kept = captures(again)
            assert not run_killed(words, NEVER)
            ended = captures(again)
            assert sorted(ended) == sorted(urls_of(sites)), at
            assert set(ended.values()) == {1}, (at, kept, ended)
            assert errors(findings(again)) == [], at
            assert not list((again.parent / "state").rglob("runs/*/*.json"))
            shutil.rmtree(again.parent)
    assert 20 < at < MOST - STEP


def run_until(words: list[str], seconds: float) -> bool:
    """Run a command, and kill it after some seconds; tell if it had ended before."""
    child = start_child(run_silently, words, NEVER)
    timer = threading.Timer(seconds, child.kill)
    timer.start()
    code = wait_for(child)
    timer.cancel()
    return code >= 0


def growing(kills: int) -> float:
    """Return after how many seconds to kill at most: a slow machine needs more."""
    return 0.1 + kills / 20 + kills**2 / 400


def test_kills_at_random_instants_one_after_the_other_come_to_each_page_once(
    archive: Path, findings: Findings
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - chance, and the same each time
    kills = 0
    with hosts(5, 8) as sites:
        words = words_for(archive, sites, "--jobs", "8")
        end = time.monotonic() + 400
        while not run_until(words, 0.05 + chance.random() * growing(kills)):
            kills += 1
            assert time.monotonic() < end
        ended = captures(archive)
        assert sorted(ended) == sorted(urls_of(sites))
    assert kills >= 3
    assert set(ended.values()) == {1}
    assert errors(findings(archive)) == []
    assert not list((archive.parent / "state").rglob("runs/*/*.json"))
