"""``capture --from``: many pages of several hosts, as an archivist has them.

The sites are real ones on loopback, each on an address of its own, since politeness is
owed to a host.  What they saw, and when, is the oracle.
"""

import contextlib
import itertools
import json
import os
import pty
import re
import signal
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterator
from fcntl import ioctl
from pathlib import Path

import pytest

from archiver.facts import parse_snapshot
from archiver.holdings import read_statements
from archiver.receipts import parse_receipt
from archiver.store import open_archive
from archiver.trust import read_trust
from tests.commandline import Outcome, ended, forked, full_at, refused, run, start
from tests.site import Cut, Line, Page, Pause, Site, Stall, page, redirect

Findings = Callable[[Path], list[dict[str, str]]]
HTML = "Content-Type: text/html"
WORDS = (
    b"<h1>A page</h1><p>" + b"These are the words of a page that says something. " * 8
)
NO_ROBOTS = page(b"none", status="404 Not Found")


class Host(Site):
    """A site of some pages that knows when each request came and was answered."""

    def __init__(self, number: int, pages: dict[str, Page] | int) -> None:
        self.times: list[tuple[str, float, float]] = []
        if isinstance(pages, int):
            pages = {f"/{n}": page(WORDS + b"%d" % n, HTML) for n in range(pages)}
        pages = {"/robots.txt": NO_ROBOTS, **pages}
        super().__init__(
            {path: self._timed(path, steps) for path, steps in pages.items()},
            host=f"127.0.0.{number}",
        )

    def _timed(self, path: str, steps: Page) -> Page:
        begun: list[float] = []

        def begin(_: Line) -> None:
            begun.append(time.monotonic())

        def end(_: Line) -> None:
            self.times.append((path, begun.pop(), time.monotonic()))

        *before, last = steps
        if isinstance(last, bytes):
            return [begin, *before, last, end]
        return [begin, *before, end, last]

    def paths(self) -> list[str]:
        """Return what was asked for, in order, but for robots.txt."""
        asked = sorted(self.times, key=lambda each: each[1])
        return [path for path, _, _ in asked if path != "/robots.txt"]

    def gaps(self) -> list[float]:
        """Return the seconds from each answer to the next request."""
        asked = sorted(self.times, key=lambda each: each[1])
        return [after[1] - before[2] for before, after in itertools.pairwise(asked)]

    def asked_at(self, path: str) -> float:
        """Return when a path was asked for first."""
        return min(begun for asked, begun, _ in self.times if asked == path)


@contextlib.contextmanager
def hosts(*pages: dict[str, Page] | int) -> Iterator[list[Host]]:
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(Host(number, each))
            for number, each in enumerate(pages, 11)
        ]


def allow(sites: list[Host]) -> list[str]:
    return [word for site in sites for word in ("--allow-address", site.address)]


def write_list(archive: Path, urls: list[str]) -> str:
    place = archive.parent / "urls.txt"
    place.write_text("\n".join(urls) + "\n", encoding="utf-8")
    return str(place)


def all_urls(sites: list[Host]) -> list[str]:
    return [
        site.url(path) for site in sites for path in site.pages if path != "/robots.txt"
    ]


def harvest(archive: Path, sites: list[Host], *words: str, **given) -> Outcome:
    urls = given.pop("urls", None) or all_urls(sites)
    listed = ["--from", write_list(archive, urls)]
    return run("capture", *listed, *allow(sites), *words, archive=archive, **given)


def captured(archive: Path) -> dict[str, list[dict]]:
    """Return the predicates of all that came to a page, by the URL asked for."""
    found: dict[str, list[dict]] = {}
    opened = open_archive(archive)
    for stored in read_statements(opened, read_trust(opened)):
        predicate = stored.statement.predicate
        if stored.statement.type == "snapshot" and predicate["custody"] == "observed":
            if parse_snapshot(stored.statement).came_to_no_page:
                continue
            sha256 = stored.statement.subjects[0].sha256
            entry = {**predicate, "sha256": sha256, "index": stored.index}
            found.setdefault(predicate["requestedUrl"], []).append(entry)
    return found


def pages_of(archive: Path) -> dict[str, list[dict]]:
    return {
        url: each
        for url, each in captured(archive).items()
        if not url.endswith("/robots.txt")
    }


def attempts(archive: Path) -> list[dict]:
    opened = open_archive(archive)
    return [
        stored.statement.predicate
        for stored in read_statements(opened, read_trust(opened))
        if stored.statement.type == "attempt"
    ]


def errors(found: list[dict[str, str]]) -> list[dict[str, str]]:
    return [each for each in found if each["severity"] == "error"]


def appends(archive: Path) -> int:
    """Return how many heads the receipts of captures and attempts are under."""
    return len(
        {
            parse_receipt(place.read_bytes()).note
            for place in archive.glob("statements/*/*.tlog-proof")
        }
    )


def runs(archive: Path) -> list[Path]:
    return list((archive.parent / "state").rglob("runs/*/*.json"))


def test_forty_pages_of_five_hosts_are_captured_by_eight_jobs_each_host_in_its_turn(
    archive: Path, findings: Findings
) -> None:
    before = appends(archive)
    with hosts(8, 8, 8, 8, 8) as sites:
        outcome = harvest(archive, sites, "--jobs", "8", "--delay", "0.1")
    assert outcome.code == 0, outcome
    for site in sites:
        assert site.paths() == [f"/{n}" for n in range(8)]
        assert site.count("/robots.txt") == 1
        assert min(site.gaps()) >= 0.1, "sooner than the delay, or two at once"
    found = pages_of(archive)
    assert sorted(found) == sorted(all_urls(sites))
    assert {len(each) for each in found.values()} == {1}
    indices = [each["index"] for each, *_ in found.values()]
    assert len(set(indices)) == 40
    assert errors(findings(archive)) == []
    assert appends(archive) - before < 40, "snapshots were not logged together"
    assert len(outcome.stdout.splitlines()) == 40
    assert "40 URLs: 40 complete." in outcome.stderr
    assert "robots.txt of 5 sites: 5 absent." in outcome.stderr
    assert runs(archive) == []


def test_sixteen_hosts_are_asked_by_sixteen_threads_at_once(
    archive: Path, findings: Findings
) -> None:
    before = appends(archive)
    together = threading.Barrier(16)  # nobody is answered before all have asked

    def wait(_: Line) -> None:
        together.wait(20)

    pages = {"/one": [wait, *page(WORDS, HTML)], "/two": page(WORDS, HTML)}
    with hosts(*[pages] * 16) as sites:
        outcome = harvest(
            archive, sites, "--jobs", "16", "--delay", "0", "--robots", "ignore"
        )
    assert outcome.code == 0, outcome
    assert len(pages_of(archive)) == 32
    assert appends(archive) - before <= 8, "32 snapshots were not logged together"
    assert all(site.count("/robots.txt") == 0 for site in sites)
    assert errors(findings(archive)) == []


def test_a_host_that_says_later_is_left_alone_as_long_as_it_asks_and_others_go_on(
    archive: Path,
) -> None:
    busy = {
        "/a": page(b"busy", "Retry-After: 2", status="429 Too Many Requests"),
        "/b": page(WORDS, HTML),
    }
    with hosts(busy, 5) as (slow, other):
        words = ("--delay", "0.1", "--retries", "0", "--robots", "ignore")
        outcome = harvest(archive, [slow, other], *words)
    assert outcome.code == 0, outcome
    assert slow.gaps()[0] >= 2
    last = max(begun for _, begun, _ in other.times)
    assert last < slow.asked_at("/b")
    assert "later: the server answered 429" in outcome.stderr
    assert "1 of the complete ones to look at" in outcome.stderr


def test_a_retry_waits_within_its_capture_and_gives_its_job_to_another(
    archive: Path,
) -> None:
    turns = itertools.count()

    def answer(line: Line) -> None:
        busy = page(b"busy", "Retry-After: 1", status="503 Busy")
        line.send(b"".join(busy if next(turns) == 0 else page(WORDS, HTML)))

    with hosts({"/a": [answer, b""]}, 3) as (slow, other):
        words = ("--delay", "0", "--robots", "ignore", "--jobs", "1")
        outcome = harvest(archive, [slow, other], *words)
    assert outcome.code == 0, outcome
    assert slow.paths() == ["/a", "/a"]
    assert slow.gaps()[0] >= 1
    assert max(end for _, _, end in other.times) < slow.times[-1][1]
    (capture,) = pages_of(archive)[slow.url("/a")]
    assert (capture["status"], capture["warc"]["recordCount"]) == (200, 7)


def test_a_host_that_asks_for_too_long_is_left_and_the_same_command_takes_it_up(
    archive: Path, findings: Findings
) -> None:
    busy = {
        "/a": page(b"busy", "Retry-After: 86400", status="503 Busy"),
        "/b": page(WORDS, HTML),
        "/c": page(WORDS, HTML),
    }
    with hosts(busy, 1) as (slow, other):
        words = ("--delay", "0", "--robots", "ignore", "--jobs", "2")
        outcome = harvest(archive, [slow, other], *words)
        assert outcome.code == 4, outcome
        assert (slow.paths(), other.paths()) == (["/a"], ["/0"])
        assert "2 not asked" in outcome.stderr
        assert "asked to be left alone for 86400 seconds" in outcome.stderr
        assert "run the command again for it" in outcome.stderr
        assert len(runs(archive)) == 1
        slow.pages["/a"] = page(WORDS, HTML)
        again = harvest(archive, [slow, other], *words)
    assert again.code == 0, again
    assert "of 4 URLs 1 captured since, 3 left to ask for, 1 of them once more" in (
        again.stderr
    )
    assert slow.paths() == ["/a", "/b", "/c"]
    assert (slow.count("/a"), other.count("/0")) == (2, 1)
    assert runs(archive) == []
    assert errors(findings(archive)) == []


def test_without_retry_after_a_busy_host_is_waited_for_longer_each_time(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.harvesting.harvest.FIRST_WAIT", 0.4)
    busy = {f"/{n}": page(b"busy", status="503 Busy") for n in range(3)}
    with hosts(busy) as sites:
        words = ("--delay", "0", "--retries", "0", "--robots", "ignore")
        assert harvest(archive, sites, *words).code == 0
    first, second = sites[0].gaps()
    assert first >= 0.4
    assert second >= 0.8


RULES = page(
    b"User-agent: *\nDisallow: /no\nCrawl-delay: 0.7\n", "Content-Type: text/plain"
)


def test_robots_txt_is_recorded_with_each_capture_and_a_snapshot_of_its_own(
    archive: Path, findings: Findings
) -> None:
    pages = {"/robots.txt": RULES, "/no": page(WORDS, HTML), "/yes": page(WORDS, HTML)}
    with hosts(pages, 1) as (one, none):
        outcome = harvest(archive, [one, none], "--delay", "0")
    assert outcome.code == 0, outcome
    found = captured(archive)
    (robots,) = found[one.url("/robots.txt")]
    (absent,) = found[none.url("/robots.txt")]
    said = {url: each["robots"] for url, (each, *_) in pages_of(archive).items()}
    where = one.url("/robots.txt")
    assert said == {
        one.url("/no"): {
            "url": where,
            "verdict": "disallowed",
            "sha256": robots["sha256"],
        },
        one.url("/yes"): {
            "url": where,
            "verdict": "allowed",
            "sha256": robots["sha256"],
        },
        none.url("/0"): {
            "url": none.url("/robots.txt"),
            "verdict": "absent",
            "sha256": absent["sha256"],
        },
    }
    assert robots["robots"] is None
    assert max(one.gaps()) < 0.7, "a delay is obeyed where rules are"
    assert "robots.txt of 2 sites: 1 with rules, 1 absent." in outcome.stderr
    assert errors(findings(archive)) == []


def test_what_robots_txt_does_not_allow_is_not_asked_for_where_it_is_obeyed(
    archive: Path, findings: Findings
) -> None:
    pages = {
        "/robots.txt": RULES,
        "/no": page(WORDS, HTML),
        "/a": page(WORDS, HTML),
        "/b": page(WORDS, HTML),
    }
    trouble = {"/robots.txt": page(b"", status="500 Oops"), "/a": page(WORDS, HTML)}
    with hosts(pages, trouble) as (one, two):
        words = ("--delay", "0", "--robots", "obey", "--retries", "0")
        outcome = harvest(archive, [one, two], *words)
    assert outcome.code == 4, outcome
    assert (one.paths(), two.paths()) == (["/a", "/b"], [])
    assert min(one.gaps()) >= 0.7, "its Crawl-delay"
    refused_ = {each["requestedUrl"]: each["failures"] for each in attempts(archive)}
    assert sorted(refused_) == sorted([one.url("/no"), two.url("/a")])
    (failure,) = refused_[one.url("/no")]
    assert failure["failure"] == "robots"
    assert failure["reason"] == f"{one.url('/robots.txt')} does not allow it"
    (failure,) = refused_[two.url("/a")]
    assert "its server answered 500), which allows nothing" in failure["reason"]
    assert "--robots record asks whatever they say" in outcome.stderr
    assert errors(findings(archive)) == []


HOSTILE = {
    "huge": (page(b"User-agent: *\nDisallow: /0\n" + b"#" * (1 << 20)), "disallowed"),
    "late rule": (
        page(b"#" * (1 << 20) + b"\nUser-agent: *\nDisallow: /0\n"),
        "allowed",
    ),
    "groups": (page(b"user-agent:a\n" * 40_000), "unreachable"),
    "binary": (page(bytes(range(256)) * 40, "Content-Type: image/png"), "allowed"),
    "page": (page(WORDS, HTML), "allowed"),
    "empty": (page(b""), "allowed"),
    "not gzip": (page(b"User-agent: *", "Content-Encoding: gzip"), "unreachable"),
    "unknown coding": (page(b"x", "Content-Encoding: zstd"), "unreachable"),
    "cut": (
        [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nUser-", Cut()],
        "unreachable",
    ),
    "no answer": ([b"", Cut()], "unreachable"),
    "no http": ([b"SSH-2.0-x\r\n"], "unreachable"),
    "ring": (redirect("/robots.txt"), "unreachable"),
    "led inwards": (redirect("http://127.0.0.99:99/"), "unreachable"),
    "busy": (page(b"", status="429 Busy"), "unreachable"),
    "forbidden": (page(b"", status="403 Forbidden"), "absent"),
    "moved": (redirect("/elsewhere"), "disallowed"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_lies_at_robots_txt_the_page_is_captured_and_the_verdict_kept(
    name: str, archive: Path, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.harvesting.harvest.FIRST_WAIT", 0.2)
    answer, verdict = HOSTILE[name]
    pages = {
        "/robots.txt": answer,
        "/elsewhere": page(b"User-agent: *\nDisallow: /0"),
        "/0": page(WORDS, HTML),
    }
    with hosts(pages) as sites:
        urls = [sites[0].url("/0")]
        words = ("--delay", "0", "--retries", "0")
        outcome = harvest(archive, sites, *words, urls=urls)
    assert outcome.code == 0, outcome
    ((capture,),) = pages_of(archive).values()
    assert capture["robots"]["verdict"] == verdict
    kept = captured(archive).get(sites[0].url("/robots.txt"), [])
    assert capture["robots"]["sha256"] == (kept[0]["sha256"] if kept else None)
    assert bool(kept) != bool(attempts(archive))
    assert errors(findings(archive)) == []


def test_bad_lines_are_named_and_nothing_is_asked(archive: Path) -> None:
    before = sorted(archive.rglob("*"))
    with hosts(1) as sites:
        good = sites[0].url("/0")
        table = archive.parent / "leads.csv"
        table.write_text(
            f"\ufeffid,url\r\n1,{good}\r\n2,ftp://a.example/\r\n3,\r\n4,a.example\r\n",
            encoding="utf-8",
        )
        outcome = run("capture", "--from", table, *allow(sites), archive=archive)
        assert sites[0].times == []
    assert outcome.code == 3
    lines = outcome.stderr.splitlines()
    assert [line.partition(": ")[0] for line in lines[:3]] == [
        f"{table}:{number}" for number in (3, 4, 5)
    ]
    assert "scheme" in lines[0]
    assert len(outcome.errors) == 1
    assert (
        "3 lines without a URL for a capture, expected none; nothing was asked"
        in (outcome.errors[0])
    )
    assert "https://example.org/page" in lines[-1]
    assert sorted(archive.rglob("*")) == before
    assert runs(archive) == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "give a URL, or a list of them with --from"),
        (("--from", "nowhere.csv"), 2, "nowhere.csv"),
        (("--from", "."), 2, "is a directory"),
        (("--jobs", "0", "https://a.example/"), 2, "--jobs"),
        (("--jobs", "33", "https://a.example/"), 2, "--jobs"),
        (("--delay", "-1", "https://a.example/"), 2, "--delay"),
        (("--delay", "nan", "https://a.example/"), 2, "--delay"),
        (("--robots", "maybe", "https://a.example/"), 2, "--robots"),
        (("--jobs", "2", "ftp://a.example/"), 2, "scheme"),
        (("--from", "-", "--allow-address", "x"), 2, "x"),
    ],
)
def test_a_mistake_of_usage_is_told_before_anything_is_done(
    words: tuple[str, ...], code: int, told: str, archive: Path
) -> None:
    refused(run("capture", *words, archive=archive, input=""), code, told)


def test_an_empty_list_is_no_list(archive: Path) -> None:
    outcome = run("capture", "--from", "-", archive=archive, input="# nothing\n")
    refused(outcome, 3, "standard input names no URL")


def test_a_list_is_read_from_standard_input_beside_what_is_typed(archive: Path) -> None:
    with hosts(3) as sites:
        urls = all_urls(sites)
        given = f"{urls[1]}\r\n{urls[0]}\n{urls[2]} # the last\n"
        words = ("--from", "-", urls[0], *allow(sites), "--delay", "0")
        outcome = run("capture", *words, archive=archive, input=given)
    assert outcome.code == 0, outcome
    assert sites[0].paths() == ["/0", "/1", "/2"]
    assert "standard input:2: the same URL as in the command line; it is asked" in (
        outcome.stderr
    )


def test_typed_urls_go_by_several_jobs_without_robots_txt_or_retries(
    archive: Path,
) -> None:
    with hosts(2, {"/gone": [b"", Cut()]}) as sites:
        words = ("--jobs", "2", "--delay", "0.2", *allow(sites), *all_urls(sites))
        outcome = run("capture", *words, archive=archive)
    assert outcome.code == 4, outcome
    assert sites[0].gaps()[0] >= 0.2
    assert [site.count("/robots.txt") for site in sites] == [0, 0]
    assert sites[1].count("/gone") == 1
    assert runs(archive) == []


def test_typed_urls_go_one_after_the_other_as_ever(archive: Path) -> None:
    with hosts(2) as sites:
        url = sites[0].url("/0")
        words = (*allow(sites), url, url, sites[0].url("/1"))
        outcome = run("capture", *words, archive=archive)
    assert (outcome.code, outcome.stderr) == (0, "")
    assert sites[0].paths() == ["/0", "/0", "/1"]


def test_the_summary_tells_each_that_is_not_as_wished_and_what_to_do(
    archive: Path, findings: Findings
) -> None:
    pages = {
        "/good": page(WORDS, HTML),
        "/gone": page(b"no such page", HTML, status="404 Not Found"),
        "/cut": [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc", Cut()],
        "/wall": page(b"<title>Just a moment...</title><p>Checking", HTML),
        "/dead": [b"", Cut()],
        "/odd": page(WORDS, HTML, "Content-Encoding: gzip"),
    }
    with hosts(pages) as sites:
        site = sites[0]
        urls = [*all_urls(sites), "http://nowhere.invalid/x", "http://10.0.0.1/"]
        words = ("--delay", "0", "--retries", "0", "--robots", "ignore")
        outcome = harvest(archive, sites, *words, urls=urls)
    assert outcome.code == 4
    summary = outcome.stderr[outcome.stderr.index("8 URLs: ") :].splitlines()
    first, *rows = summary
    assert "3 complete" in first
    assert "3 failed" in first
    assert "1 truncated" in first
    assert "1 malformed" in first
    assert "2 of the complete ones to look at" in first
    told = "\n".join(rows)
    blocks = re.split(r"\n(?=\S)", told)
    by_url = {block.split()[1]: block for block in blocks}
    assert list(by_url) == [url for url in urls if not url.endswith("/good")]
    expected = {
        site.url("/gone"): ("status: the server answered 404", "a web archive may"),
        site.url("/cut"): ("cut: the server closed", "--timeout and --max-bytes"),
        site.url("/wall"): ("bot-check: ", "--browser"),
        site.url("/dead"): ("no-response: ", "try again later"),
        site.url("/odd"): ("malformed: ", "look at it before"),
        "http://nowhere.invalid/x": ("dns: ", "deposit --memento"),
        "http://10.0.0.1/": ("10.0.0.1", "--allow-address"),
    }
    for url, parts in expected.items():
        for part in parts:
            assert part in by_url[url], by_url[url]
    assert errors(findings(archive)) == []


def test_a_cut_capture_exits_0_where_that_is_allowed(archive: Path) -> None:
    cut = [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc", Cut()]
    with hosts({"/cut": cut}) as sites:
        words = ("--robots", "ignore", "--retries", "0")
        assert harvest(archive, sites, *words).code == 4
        assert harvest(archive, sites, *words, "--allow-partial").code == 0


def test_results_are_one_json_object_a_line_and_named_by_what_was_asked(
    archive: Path,
) -> None:
    pages = {"/good": page(WORDS, HTML), "/dead": [b"", Cut()]}
    with hosts(pages) as sites:
        words = ("--json", "--delay", "0", "--retries", "0", "--robots", "ignore")
        outcome = harvest(archive, sites, *words)
    good, dead = map(json.loads, outcome.stdout.splitlines())
    assert good["of"] == sites[0].url("/good")
    assert (good["outcome"], good["labels"]) == ("complete", [])
    assert isinstance(good["index"], int)
    assert (dead["of"], dead["failure"]) == (sites[0].url("/dead"), "no-response")
    assert "2 URLs: 1 complete, 1 failed." in outcome.stderr


def test_where_the_log_key_is_elsewhere_what_is_captured_waits_for_it(
    archive: Path, findings: Findings
) -> None:
    key = next((archive.parent / "config").rglob("log"))
    away = key.rename(archive.parent / "log-key-elsewhere")
    with hosts(3) as sites:
        outcome = harvest(archive, sites, "--delay", "0", "--json")
    assert outcome.code == 0, outcome
    found = list(map(json.loads, outcome.stdout.splitlines()))
    assert [each["index"] for each in found] == [None] * 3
    assert "waits for the log" in outcome.stderr
    away.rename(key)
    assert {each["code"] for each in findings(archive)} >= {"pending"}
    assert run("log", "add", archive=archive).code == 0
    assert errors(findings(archive)) == []


def test_a_list_with_secrets_in_its_urls_says_none_of_them(archive: Path) -> None:
    hidden = "Zx81QkP0aLw93mNtR7"
    pages = {
        f"/a?token={hidden}": page(WORDS, HTML),
        f"/d?token={hidden}": [b"", Cut()],
    }
    with hosts(pages) as sites:
        words = ("--delay", "0", "--retries", "0", "--robots", "obey")
        outcome = harvest(archive, sites, *words)
    assert outcome.code == 4, outcome
    assert sites[0].paths() == list(pages)
    assert hidden not in outcome.stdout + outcome.stderr
    state = archive.parent / "state"
    for place in (*archive.rglob("*"), *state.rglob("*")):
        if place.is_file():
            assert hidden.encode() not in place.read_bytes(), place


def test_the_same_list_cannot_be_captured_twice_at_once(archive: Path) -> None:
    with hosts({"/slow": [Pause(3), *page(WORDS, HTML)]}) as sites:
        words = ["--from", write_list(archive, all_urls(sites)), *allow(sites)]
        words += ["--robots", "ignore"]
        first = start("capture", *words, archive=archive)
        wait_for(lambda: runs(archive) and sites[0].count("/slow"))
        refused(run("capture", *words, archive=archive), 5, "in another process")
        assert ended(first).code == 0
    assert sites[0].count("/slow") == 1


def wait_for(true: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def interrupted(
    archive: Path, site: Host, path: str, *words: str, times: int
) -> Outcome:
    """Run a list, and interrupt it ``times`` once a path was asked for."""
    asked = site.count(path)
    listed = ["--from", write_list(archive, all_urls([site])), *allow([site])]
    process = start("capture", *listed, *words, archive=archive)
    wait_for(lambda: site.count(path) > asked)
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    return ended(process)


def test_one_interrupt_lets_captures_end_and_begins_none(
    archive: Path, findings: Findings
) -> None:
    pages = {
        "/0": page(WORDS, HTML),
        "/1": [Pause(1.5), *page(WORDS, HTML)],
        "/2": page(WORDS, HTML),
    }
    with hosts(pages) as (site,):
        words = ("--delay", "0", "--robots", "ignore")
        outcome = interrupted(archive, site, "/1", *words, times=1)
        assert outcome.code == 130, outcome
        assert site.paths() == ["/0", "/1"]
        assert "Stopping: the captures under way end" in outcome.stderr
        assert "3 URLs: 2 complete, 1 not asked." in outcome.stderr
        assert len(outcome.stdout.splitlines()) == 2
        assert errors(findings(archive)) == []
        again = harvest(archive, [site], *words)
    assert again.code == 0, again
    assert "of 3 URLs 2 captured since, 1 left to ask for" in again.stderr
    assert site.paths() == ["/0", "/1", "/2"]
    assert "3 URLs: 3 complete." in again.stderr


def test_an_interrupt_ends_a_pause_before_a_retry(archive: Path) -> None:
    busy = page(b"busy", "Retry-After: 25", status="503 Busy")
    with hosts({"/busy": busy, "/next": page(WORDS, HTML)}) as (site,):
        begun = time.monotonic()
        words = ("--robots", "ignore")
        outcome = interrupted(archive, site, "/busy", *words, times=1)
        assert time.monotonic() - begun < 15
    assert outcome.code == 130, outcome
    assert site.paths() == ["/busy"]
    assert "1 complete, 1 not asked" in outcome.stderr


def test_a_second_interrupt_ends_at_once_and_leaves_a_whole_archive(
    archive: Path, findings: Findings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = archive.parent / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    with hosts({"/0": page(WORDS, HTML), "/1": [b"HTTP/1.1 200 OK\r\n", Stall()]}) as (
        site,
    ):
        words = ("--delay", "0", "--robots", "ignore")
        begun = time.monotonic()
        outcome = interrupted(archive, site, "/1", *words, times=2)
        assert time.monotonic() - begun < 12
        assert outcome.code == 130, outcome
        assert "Traceback" not in outcome.stderr
        assert list(folder.iterdir()) == []
        site.pages["/1"] = page(WORDS, HTML)
        assert harvest(archive, [site], *words).code == 0
    assert site.count("/0") == 1
    assert {len(each) for each in pages_of(archive).values()} == {1}
    assert errors(findings(archive)) == []


def test_a_capture_that_does_not_end_is_given_up_after_an_interrupt(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archiver.harvesting.harvest.PATIENCE", 1.0)
    with hosts({"/1": [b"HTTP/1.1 200 OK\r\n", Stall()]}) as (site,):

        def interrupt() -> None:
            wait_for(lambda: site.count("/1"))
            os.kill(os.getpid(), signal.SIGINT)

        knock = threading.Thread(target=interrupt)
        knock.start()
        outcome = harvest(archive, [site], "--robots", "ignore", "--timeout", "4")
        knock.join()
    assert outcome.code == 130, outcome
    assert "1 URL: 1 not asked." in outcome.stderr
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_full_disk_stops_the_run_and_the_same_command_goes_on_from_there(
    archive: Path, findings: Findings
) -> None:
    pages = {f"/{n}": page(WORDS, HTML) for n in range(5)}
    pages["/2"] = page(os.urandom(1 << 18), "Content-Type: image/png")
    with hosts(pages) as sites:
        words = ["--from", write_list(archive, all_urls(sites)), *allow(sites)]
        words += ["--delay", "0", "--robots", "ignore"]
        full = forked(full_at(1 << 17), "capture", *words, archive=archive)
        assert full.code == 5, full
        assert "Traceback" not in full.stderr
        assert "File too large" in full.stderr
        assert "3 not asked" in full.stderr
        assert sites[0].paths() == ["/0", "/1", "/2"]
        assert errors(findings(archive)) == []
        again = run("capture", *words, archive=archive)
    assert again.code == 0, again
    assert "of 5 URLs 2 captured since, 3 left to ask for" in again.stderr
    assert {len(each) for each in pages_of(archive).values()} == {1}
    assert errors(findings(archive)) == []


def test_a_log_that_cannot_be_appended_to_stops_the_run_and_loses_nothing(
    archive: Path, findings: Findings
) -> None:
    def damage(_: Line) -> None:
        place = archive / "logs/1/checkpoint"
        place.chmod(0o644)
        place.write_bytes(kept.replace(b"sourcebook", b"sourceb00k"))

    kept = (archive / "logs/1/checkpoint").read_bytes()
    pages = {"/0": [damage, *page(WORDS, HTML)], "/1": page(WORDS, HTML)}
    with hosts(pages) as sites:
        words = ("--delay", "2", "--robots", "ignore")
        outcome = harvest(archive, sites, *words)
        assert outcome.code in (1, 3, 5), outcome
        assert sites[0].paths() == ["/0"]
        assert "1 complete, 1 not asked" in outcome.stderr
        (archive / "logs/1/checkpoint").write_bytes(kept)
        again = harvest(archive, sites, *words)
    assert again.code == 0, again
    assert {len(each) for each in pages_of(archive).values()} == {1}
    assert errors(findings(archive)) == []


def test_a_finished_list_begins_anew_and_one_that_was_cut_off_does_with_again(
    archive: Path,
) -> None:
    with hosts(2) as (site,):
        words = ("--delay", "0", "--robots", "ignore")
        assert harvest(archive, [site], *words).code == 0
        assert harvest(archive, [site], *words).code == 0
        assert site.count("/0") == 2
        site.pages["/1"] = [Pause(1), *page(WORDS, HTML)]
        interrupted(archive, site, "/0", "--delay", "5", "--robots", "ignore", times=1)
        again = harvest(archive, [site], *words, "--again")
    assert again.code == 0, again
    assert "goes on" not in again.stderr
    assert runs(archive) == []
    assert (site.count("/0"), site.count("/1")) == (4, 3)


def test_on_a_terminal_a_bar_shows_what_is_going_on(archive: Path) -> None:
    busy = {
        "/0": page(b"busy", "Retry-After: 2", status="429 Busy"),
        "/1": page(WORDS, HTML),
    }
    with hosts(busy) as sites:
        words = ["--from", write_list(archive, all_urls(sites)), *allow(sites)]
        words += ["--delay", "0", "--retries", "0", "--robots", "ignore"]
        ours, theirs = pty.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
        process = start("capture", *words, archive=archive, stderr=theirs)
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # how a terminal ends
            while block := os.read(ours, 1 << 16):
                shown += block
        os.close(ours)
        assert ended(process).code == 0
    text = shown.decode()
    assert "| 0/2 " in text
    assert "asking 127.0.0.11" in text
    assert re.search(
        r"\| 1/2 .*waiting [12] s for 127\.0\.0\.11: it asked to be left alone", text
    )
    assert "2 URLs: 2 complete" in text


def write_login(archive: Path) -> Path:
    place = archive.parent / "login.txt"
    place.write_text("Cookie: visitor=Zx81QkP0aLw93mNtR7\n", encoding="utf-8")
    place.chmod(0o600)
    return place


def test_a_login_goes_to_the_pages_of_one_site_and_not_to_its_robots_txt(
    archive: Path,
) -> None:
    with hosts(2) as (site,):
        words = ("--delay", "0", "--login", str(write_login(archive)))
        outcome = harvest(archive, [site], *words)
        assert b"visitor" in site.received("/0")
        assert b"visitor" in site.received("/1")
        assert b"visitor" not in site.received("/robots.txt")
    assert outcome.code == 0, outcome
    labels = {tuple(each["labels"]) for (each,) in pages_of(archive).values()}
    assert labels == {("logged-in",)}
    assert "logged-in: credentials were sent: Cookie" in outcome.stderr


@pytest.mark.parametrize("typed", [True, False])
def test_a_login_is_not_sent_to_several_sites(typed: bool, archive: Path) -> None:  # noqa: FBT001
    with hosts(1, 1) as sites:
        login = ("--login", str(write_login(archive)))
        if typed:
            words = (*allow(sites), *login, *all_urls(sites))
            outcome = run("capture", *words, archive=archive)
        else:
            outcome = harvest(archive, sites, *login)
        assert [site.times for site in sites] == [[], []]
    refused(outcome, 2, "--login would go to 2 sites, expected one")


def test_of_many_repeats_the_first_are_named(archive: Path) -> None:
    with hosts(1) as sites:
        urls = all_urls(sites) * 15
        outcome = harvest(archive, sites, "--robots", "ignore", urls=urls)
    assert outcome.code == 0, outcome
    told = outcome.stderr.splitlines()
    assert sum("it is asked once" in line for line in told) == 10
    assert "4 more lines as well." in told
    assert sites[0].count("/0") == 1


def test_a_list_that_went_on_still_exits_by_what_was_cut_before(archive: Path) -> None:
    pages = {
        "/cut": [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nabc", Cut()],
        "/slow": [Pause(1), *page(WORDS, HTML)],
        "/last": page(WORDS, HTML),
    }
    words = ("--delay", "0", "--robots", "ignore", "--retries", "0")
    with hosts(pages) as (site,):
        assert interrupted(archive, site, "/slow", *words, times=1).code == 130
        again = harvest(archive, [site], *words)
    assert again.code == 4, again
    assert site.paths() == ["/cut", "/slow", "/last"]
    assert "cut: the server closed the connection" in again.stderr


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_fault_of_the_program_is_no_fault_of_a_page(
    archive: Path, monkeypatch: pytest.MonkeyPatch, findings: Findings
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with hosts(2) as sites:
        words = ("--delay", "0", "--robots", "ignore")
        with monkeypatch.context() as patch:
            patch.setattr("archiver.capture_commands.observe", fail)
            outcome = harvest(archive, sites, *words)
        assert "ended without a word" in outcome.stderr
        assert pages_of(archive) == {}
        assert harvest(archive, sites, *words).code == 0
    assert len(pages_of(archive)) == 2
    assert errors(findings(archive)) == []


def test_captures_one_after_the_other_are_logged_together(archive: Path) -> None:
    before = appends(archive)
    with hosts(25) as sites:
        begun = time.monotonic()
        outcome = harvest(archive, sites, "--delay", "0", "--robots", "ignore")
        took = time.monotonic() - begun
    assert outcome.code == 0, outcome
    assert appends(archive) - before <= 2 + took, "a second apart, and at the end"
