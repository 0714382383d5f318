"""The reader's verifier on captures of every kind: a changed byte is found in each."""

from pathlib import Path

import pytest

from archiver.browse import observe_in_browser
from archiver.capture import observe
from archiver.log import add_pending
from archiver.signers import pin
from archiver.store import open_archive, writing
from archiver.wire.observation import CaptureOptions
from archiver.writer import open_writer, take_capture
from tests.browser.test_readers_verifier import PAGE, check, flip
from tests.conftest import ROOT
from tests.newsroom import Newsroom
from tests.site import Site
from tests.site import page as web_page

pytestmark = pytest.mark.needs("chromium")

HTML = "Content-Type: text/html; charset=utf-8"
POSTS = ROOT / "tests/unit/archiver/telegram_pages"
SCRIPT = b"""<!doctype html><title>News</title><h1>The quay is shut</h1><p id="p"></p>
<script>p.textContent = "Words that a script wrote, and nobody else at all."</script>
"""
TEST = b"<title>Just a moment...</title><p>Checking your browser before you go on.</p>"
KINDS = {
    "browser": ("/news", "127.0.0.1", observe_in_browser),
    "telegram": ("/pier_of_maren/7", "t.me", observe),
    "a wall": ("/wall", "127.0.0.1", observe),
}


@pytest.fixture
def page(browser):
    """Open the page from file://."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(PAGE.as_uri())
    yield opened
    context.close()


@pytest.fixture
def served():
    """Serve a page with a script, a post of Telegram, and a test of a client."""
    pages = {
        "/news": web_page(SCRIPT, HTML),
        "/favicon.ico": web_page(b""),
        "/wall": web_page(TEST, HTML, status="403 Forbidden"),
        "/pier_of_maren/7": web_page((POSTS / "plain.html").read_bytes(), HTML),
        "/pier_of_maren/7?embed=1&mode=tme": web_page(
            (POSTS / "embed.html").read_bytes(), HTML
        ),
    }
    with Site(pages) as site:
        yield site


def capture(folder, site, kind):
    """Capture a page; return the files of its snapshot, and the pin."""
    path, host, driver = KINDS[kind]
    newsroom = Newsroom(folder)
    options = CaptureOptions(
        timeout=30,
        allow_addresses=(site.address,),
        resolve=lambda *_: ("127.0.0.1",),
    )
    writer = open_writer(open_archive(newsroom.archive.root), lambda: b"")
    taken, _ = take_capture(writer, site.url(path, host), options, driver=driver)
    with writing(newsroom.archive):
        add_pending(newsroom.archive, newsroom.trust, newsroom.log_key)
    trust = folder / "trust/1"
    name, statement = taken.stored.sha256, taken.stored.statement_id
    files = [
        *folder.glob(f"snapshots/??/{name}.*"),
        *folder.glob(f"statements/??/{statement}.*"),
        *(trust / "policy", trust / "signers"),
    ]
    own = pin((trust / "policy").read_bytes(), (trust / "signers").read_bytes())
    return {place.suffix or place.name: place for place in files}, own


@pytest.mark.parametrize("kind", KINDS)
def test_a_capture_holds_and_a_changed_byte_of_it_is_found(
    page, served, tmp_path, kind
):
    files, own = capture(tmp_path / "desk", served, kind)
    result = check(page, files.values(), own)
    assert result.overall == "holds", result.steps
    for suffix, failing in ((".gz", "records"), (".text", "text")):
        place: Path = files[suffix]
        whole = place.read_bytes()
        place.chmod(0o644)
        flip(place, len(whole) * 2 // 3)
        result = check(page, files.values(), own)
        assert result.overall == "fails"
        assert failing in result.named("fails")
        place.write_bytes(whole)


def test_what_speaks_against_a_capture_is_told_with_what_holds(page, served, tmp_path):
    files, own = capture(tmp_path / "desk", served, "a wall")
    result = check(page, files.values(), own)
    words = result.words("facts")
    assert 'Labelled "bot-check"' in words
    assert "before you take it for the page" in words
    assert "with status 403" in result.words("custody")


def test_a_capture_through_a_browser_is_said_to_be_one(page, served, tmp_path):
    files, own = capture(tmp_path / "desk", served, "browser")
    result = check(page, files.values(), own)
    assert "Through a browser" in result.words("custody")
    assert "Labelled" not in result.words("facts")
