"""One page, the whole way: from a server, by the commands, to a reader's browser.

Every step is a command as a newcomer would type it; the last one, ``serve``, runs in a
process of its own, and a real Chromium reads at the address that it prints.
"""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Page

from archiver.policy import parse_policy
from archiver.receipts import open_receipt, parse_receipt
from archiver.statements import Envelope, format_entry, parse_bundle, parse_statement
from sourcebook import cli
from tests.site import Site, page

pytestmark = pytest.mark.needs("chromium")

NOTICE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Notices</title></head><body>
<h1>The harbour office</h1>
<p>The office said on Monday that quay three is closed to all ships. It gave
no reason.</p>
<p>Captain Åse Høiby told the office so herself.</p>
<script>document.body.textContent = "nothing was ever closed"</script>
</body></html>
"""
CHANGED = NOTICE.replace("is closed to all ships", "was never closed to any ship")
QUOTE = "quay three is closed to all ships"
BEFORE, AFTER = "The office said on Monday that", ". It gave no reason."
SENTENCE = "The harbour office said that quay three was closed."
HTML = "Content-Type: text/html; charset=utf-8"
ADDRESS = re.compile(r"serving at (http://127\.0\.0\.1:[0-9]+)/ ")
INERT = "Blocked script execution"  # what Chromium says of a sandboxed page's script
SOON = 30  # seconds


@dataclass
class Newcomer:
    """Somebody at a shell, on a machine where nothing has been done yet."""

    home: Path
    archive: Path = field(init=False)

    def __post_init__(self) -> None:
        self.archive = self.home / "desk"

    @property
    def folders(self) -> dict[str, str]:
        """The environment of this machine: its own folders, and the archive."""
        folders = {
            f"XDG_{kind}_HOME": str(self.home / kind.lower())
            for kind in ("CONFIG", "STATE", "CACHE", "DATA")
        }
        return folders | {"SOURCEBOOK_ARCHIVE": str(self.archive)}

    def run(self, *words: str | Path, exits: int = 0) -> str:
        """Run one command, which must exit so; return its results."""
        done = CliRunner(env=self.folders).invoke(cli, [*map(str, words)])
        assert done.exit_code == exits, done.output + repr(done.exception)
        return done.stdout

    def tell(self, *words: str | Path) -> dict[str, Any]:
        """Run one command, and return its one JSON object."""
        (line,) = self.run(*words, "--json").splitlines()
        said: dict[str, Any] = json.loads(line)
        return said

    @contextmanager
    def serving(self, database: Path) -> Iterator[str]:
        """Serve a database at a free port; give the address that is printed."""
        words = [sys.executable, "-m", "sourcebook", "serve", str(database)]
        with subprocess.Popen(
            [*words, "--port", "0"],
            env=os.environ | self.folders,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                assert process.stdout is not None
                line = process.stdout.readline()
                found = ADDRESS.match(line)
                assert found, line
                yield found[1]
                process.send_signal(signal.SIGINT)
                assert process.wait(SOON) == 0
            finally:
                process.kill()


@dataclass(frozen=True)
class Way:
    """What there is at the end of the way; the server and the site still run."""

    newcomer: Newcomer
    server: Site
    url: str
    snapshot: str
    claim: str
    pin: str
    database: Path
    site: str


@pytest.fixture(scope="module")
def way(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    """Go the whole way once: capture, quote, claim, check, release, verify, publish."""
    newcomer = Newcomer(tmp_path_factory.mktemp("newcomer"))
    with Site({"/notice": page(NOTICE.encode(), HTML)}) as server:
        url = server.url("/notice")
        pin = newcomer.tell("init", newcomer.archive, "--no-passphrase")["pin"]
        newcomer.run("capture", url, exits=4)  # an inner address, and nobody allowed it
        assert server.count("/notice") == 0
        assert newcomer.run("list", "snapshots") == ""
        snapshot = capture(newcomer, server)
        claim = write_claim(newcomer, snapshot)
        newcomer.run("publish", "-o", newcomer.home / "too-early.db", exits=1)
        assert newcomer.tell("release", "-m", "the quay")["release"] == 2
        newcomer.run("verify")
        newcomer.run("verify", "--trust", pin)
        database = newcomer.home / "site" / "sourcebook.db"
        newcomer.run("publish", "-o", database)
        with newcomer.serving(database) as site:
            yield Way(newcomer, server, url, snapshot, claim, pin, database, site)


def capture(newcomer: Newcomer, server: Site) -> str:
    """Capture the notice; return the snapshot's SHA-256."""
    said = newcomer.tell(
        *("capture", server.url("/notice"), "--allow-address", server.address)
    )
    assert (said["custody"], said["outcome"]) == ("observed", "complete")
    snapshot: str = said["snapshot"]
    return snapshot


def write_claim(newcomer: Newcomer, snapshot: str) -> str:
    """Quote the snapshot, write a claim on the quote, check it; return its id."""
    found = newcomer.tell("quote", snapshot[:8], QUOTE)
    assert found["status"] == "exact"
    assert found["snapshot"] == snapshot
    text = (stored(newcomer, snapshot, ".text")).read_text("utf-8")
    assert text[found["start"] : found["end"]] == QUOTE
    made = newcomer.tell(
        *("claim", "new", "harbour/quay-three", "--claim", SENTENCE),
        *("--kind", "attribution", "--snapshot", snapshot[:8], "--quote", QUOTE),
        *("--lang", "en", "--publisher", "org/harbour-office"),
    )
    newcomer.run("claim", "check")
    claim: str = made["claim"]
    return claim


def stored(newcomer: Newcomer, snapshot: str, suffix: str = ".warc.gz") -> Path:
    """Return where a file of a snapshot lies in the archive."""
    return newcomer.archive / f"snapshots/{snapshot[:2]}/{snapshot}{suffix}"


def signed(newcomer: Newcomer, snapshot: str) -> Envelope:
    """Return the signed statement that a snapshot came in with."""
    places = newcomer.archive.glob("statements/??/*.sigstore.json")
    envelopes = [parse_bundle(place.read_bytes()) for place in places]
    (found,) = [
        envelope
        for envelope in envelopes
        if parse_statement(envelope.payload).subjects[0].sha256 == snapshot
    ]
    return found


@pytest.fixture
def reader(browser: Any) -> Iterator[Page]:
    """Return a reader's window, in which nothing may go wrong or lead elsewhere."""
    context = browser.new_context()
    window = context.new_page()
    faults: list[str] = []
    window.on("pageerror", lambda error: faults.append(str(error)))
    window.on(
        "console",
        lambda said: faults.append(said.text) if said.type == "error" else None,
    )
    window.on("request", lambda asked: faults.extend(elsewhere(asked.url)))
    yield window
    context.close()
    assert [each for each in faults if INERT not in each] == []


def elsewhere(url: str) -> list[str]:
    """Return an address in a list, if it is not on this machine."""
    return [] if url.startswith("http://127.0.0.1:") else [url]


def words(window: Page, selector: str = "main") -> str:
    """Return the words of a part of the page, whatever their line breaks."""
    return " ".join((window.locator(selector).first.text_content() or "").split())


def test_the_claim_page_shows_sentence_quote_in_context_and_how_it_was_had(way, reader):
    reader.goto(f"{way.site}/case/harbour")
    reader.get_by_role("link", name=SENTENCE).click()
    reader.wait_for_url(f"{way.site}/claim/{way.claim}")
    assert reader.locator("h1").inner_text() == SENTENCE
    assert reader.locator("blockquote mark").all_inner_texts() == [QUOTE]
    assert f"{BEFORE} {QUOTE}{AFTER}" in words(reader, "blockquote")
    evidence = words(reader, "#e1")
    assert "observed by this archive" in evidence
    assert "character for character" in evidence
    assert "Not assessed by a person" in words(reader, "#verdict")
    assert reader.locator("#verdict .strength").inner_text() == "reported"


def test_the_snapshot_page_shows_records_receipt_text_and_what_was_let_through(
    way, reader
):
    reader.goto(f"{way.site}/claim/{way.claim}")
    reader.locator("figure figcaption a").click()
    reader.wait_for_url(f"{way.site}/snapshot/{way.snapshot}")
    page_words = words(reader)
    assert words(reader, "#custody").startswith("Observed")
    assert f"Let through to{way.server.address}" in page_words
    assert way.url in page_words
    rows = reader.locator("table tbody tr").all_inner_texts()
    kinds = [row.split()[1] for row in rows]
    assert kinds == ["warcinfo", "response", "request", "metadata"]
    text = stored(way.newcomer, way.snapshot, ".text").read_text("utf-8")
    assert reader.locator(".layer").text_content() == text
    assert reader.locator(".layer mark").all_inner_texts() == [QUOTE]
    assert way.pin.removeprefix("sha256:") in page_words


def test_the_page_holds_the_signed_statement_and_a_receipt_that_holds(way, reader):
    reader.goto(f"{way.site}/snapshot/{way.snapshot}")
    shown = reader.locator("pre code").all_text_contents()
    (said,) = [json.loads(each) for each in shown if each.startswith("{")]
    assert said["subject"][0]["digest"] == {"sha256": way.snapshot}
    predicate = said["predicate"]
    assert predicate["custody"] == "observed"
    assert predicate["requestedUrl"] == predicate["finalUrl"] == way.url
    assert predicate["allowedAddresses"] == [way.server.address]

    ours = way.newcomer.run("log", "proof", way.snapshot[:12])
    (theirs,) = [each for each in shown if each.startswith("c2sp.org/tlog-proof")]
    policy = parse_policy((way.newcomer.archive / "trust/1/policy").read_bytes())
    entry = format_entry("snapshot", signed(way.newcomer, way.snapshot))
    for text in (ours, theirs):  # of the day it was signed, and of the release
        receipt = parse_receipt(text.encode())
        assert receipt.index == 2
        open_receipt(receipt, entry, policy)


def test_the_file_that_the_site_gives_out_holds_the_bytes_of_the_wire(way, reader):
    reader.goto(f"{way.site}/snapshot/{way.snapshot}")
    link = reader.locator(f"a[href$='{way.snapshot}.warc.gz']").get_attribute("href")
    answer = reader.request.get(way.site + link)
    assert answer.status == 200
    assert hashlib.sha256(answer.body()).hexdigest() == way.snapshot
    raw = reader.goto(f"{way.site}/snapshot/{way.snapshot}/raw")
    assert raw.body() == NOTICE.encode()
    assert QUOTE in words(reader, "body")  # which its script would have taken away


def test_when_the_page_changes_what_was_captured_stands(way, reader):
    newcomer, server = way.newcomer, way.server
    reader.goto(f"{way.site}/claim/{way.claim}")
    before = words(reader)
    database = way.database.read_bytes()
    server.pages["/notice"] = page(CHANGED.encode(), HTML)
    reader.reload()
    assert words(reader) == before
    newcomer.run("verify")

    second = capture(newcomer, server)
    assert second != way.snapshot
    assert hashlib.sha256(stored(newcomer, second).read_bytes()).hexdigest() == second
    newcomer.run("verify")
    newcomer.run("publish", "-o", way.database)  # of the same release
    assert way.database.read_bytes() == database
    assert newcomer.tell("quote", second, "was never closed")["status"] == "exact"
    lost = json.loads(newcomer.run("quote", second, QUOTE, "--json", exits=1))
    assert lost["status"] == "changed"

    assert newcomer.tell("release", "-m", "the page as it is now")["release"] == 3
    newcomer.run("verify")
    again = newcomer.home / "again" / "sourcebook.db"
    newcomer.run("publish", "-o", again)
    with newcomer.serving(again) as site:
        assert_both_stand(way, reader, site, second)


def assert_both_stand(way: Way, reader: Page, site: str, second: str) -> None:
    """The claim still quotes the first snapshot; the second is another page."""
    reader.goto(f"{site}/claim/{way.claim}")
    assert f"{BEFORE} {QUOTE}{AFTER}" in words(reader, "blockquote")
    links = reader.locator("figure figcaption a").all()
    quoted = f"/snapshot/{way.snapshot}"
    assert [each.get_attribute("href") for each in links] == [quoted, f"{quoted}#again"]
    reader.goto(f"{site}/snapshot/{way.snapshot}")
    assert "is closed to all ships" in words(reader, ".layer")
    reader.goto(f"{site}/snapshot/{second}")
    assert "was never closed to any ship" in words(reader, ".layer")
    assert QUOTE not in words(reader, ".layer")
