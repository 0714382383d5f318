"""A capture by the browser as a snapshot: signed, logged, verified; and its login."""

import secrets
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from archiver.browse import load_driver, observe_in_browser
from archiver.browser.chromium import does_not_start, find_chromium
from archiver.errors import MalformedError, UnavailableError
from archiver.store import open_archive
from archiver.wire.login import parse_login
from archiver.wire.observation import CaptureOptions
from archiver.writer import open_writer, take_capture
from tests.browsed import HTML, blocks, browse, records_of
from tests.commandline import run
from tests.newsroom import Newsroom
from tests.site import Site, page

pytestmark = pytest.mark.needs("chromium")

ICON = "/favicon.ico"
BODY = b"""<!doctype html><title>News</title><h1>The quay is shut</h1><p id="p"></p>
<script>p.textContent = "Words that a script wrote."</script><img src="/i.png">"""


def test_a_capture_by_the_browser_verifies_and_its_words_are_those_on_the_screen(
    tmp_path,
):
    newsroom = Newsroom(tmp_path / "archive")
    writer = open_writer(open_archive(newsroom.archive.root), lambda: b"")
    with Site({"/": page(BODY, HTML), "/i.png": page(b""), ICON: page(b"")}) as site:
        options = CaptureOptions(timeout=30, allow_addresses=(site.address,))
        taken, seen = take_capture(
            writer, site.url(), options, driver=observe_in_browser
        )
    facts = taken.stored.facts
    assert (facts["driver"], facts["outcome"]) == ("browser", "complete")
    assert facts["finalUrl"] == site.url()
    assert facts["browser"]["recorded"] == 3
    assert facts["text"]["record"] == facts["mainRecord"]
    text = newsroom.archive.path(
        f"snapshots/{taken.stored.sha256[:2]}/{taken.stored.sha256}.text"
    ).read_text()
    assert "The quay is shut\n\nWords that a script wrote." in text
    result = run("verify", "--self-consistent", "--json", archive=newsroom.archive.root)
    assert result.code == 0, result
    assert seen.started <= seen.finished


def test_a_login_goes_to_its_site_alone_and_is_not_written(tmp_path):
    login = parse_login(b"Cookie: session=a-very-secret-value\n")
    with Site({"/i.png": page(b"")}, keep_alive=True) as other:
        body = BODY + f'<img src="http://localhost:{other.port}/i.png">'.encode()
        pages = {"/": page(body, HTML), "/i.png": page(b""), ICON: page(b"")}
        with Site(pages, keep_alive=True) as site:
            seen, records = browse(
                site.url(),
                tmp_path,
                site.address,
                other.address,
                login=login,
                resolve=lambda *_: ("127.0.0.1",),
            )
            assert b"Cookie: session=a-very-secret-value" in site.received("/")
        assert b"secret" not in other.received("/i.png")
    assert "logged-in" in seen.labels
    assert "request header Cookie" in seen.redactions
    assert not any(b"a-very-secret-value" in block for *_, block in records)
    assert len(blocks(records, "request")) == 4


def test_a_login_that_a_browser_would_give_to_everybody_is_refused(tmp_path):
    login = parse_login(b"Authorization: Bearer abcdefghijkl\n")
    with pytest.raises(MalformedError, match="expected Cookie alone"):
        browse("https://news.example/", tmp_path, login=login)
    login = parse_login(b"Cookie: session=a-very-secret-value\n")
    with pytest.raises(MalformedError, match="over plain http"):
        browse("http://news.example/", tmp_path, login=login)


@pytest.mark.parametrize(
    "pair", [b"__Host-session=a-secret-value", b"a=" + b"b" * 5000]
)
def test_a_cookie_that_the_browser_does_not_take_is_not_said_to_be_its_fault(
    tmp_path, pair
):
    login = parse_login(b"Cookie: " + pair + b"\n")
    with Site({"/": page(b"hi")}) as site:
        with pytest.raises(MalformedError, match="the browser takes no such") as caught:
            browse(site.url(), tmp_path, site.address, login=login)
        assert site.count("/") == 0
    assert "a-secret-value" not in str(caught.value)
    assert "__Host-" in caught.value.hint


def test_without_a_browser_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="no browser is here") as caught:
        find_chromium(("chromium",))
    assert "apt install chromium" in caught.value.hint
    with pytest.raises(UnavailableError, match="not installed") as caught:
        load_driver("no_such_library")
    assert "pip install '.[browser]'" in caught.value.hint  # no index has our name
    assert caught.value.exit_code == 1


def test_a_browser_that_does_not_start_is_told(monkeypatch, tmp_path):
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    before = time.monotonic()
    with pytest.raises(UnavailableError, match="does not start") as caught:
        browse("https://news.example/", tmp_path)
    assert time.monotonic() - before < 15
    assert "by hand" in caught.value.hint
    assert list(tmp_path.glob("*.warc.gz")) == []
    found = does_not_start("chromium", ValueError("x\nNo usable sandbox! Update"))
    assert "user namespaces" in found.hint


def test_two_captures_at_a_time_do_not_mix(tmp_path):
    def capture(number):
        folder = tmp_path / str(number)
        folder.mkdir()
        seen = observe_in_browser(
            site.url(f"/{number}"),
            CaptureOptions(timeout=40, allow_addresses=(site.address,)),
            folder,
            clock=lambda: datetime.now(UTC),
            token=secrets.token_bytes,
        )
        return seen.final_url, {uri for uri, _ in blocks(records_of(seen), "request")}

    pages = {f"/{n}": page(b"<p>%d</p>" % n, HTML) for n in range(2)}
    with (
        Site(pages | {ICON: page(b"")}, keep_alive=True) as site,
        ThreadPoolExecutor(2) as pool,
    ):
        for number, (final, asked) in enumerate(pool.map(capture, range(2))):
            assert final == site.url(f"/{number}")
            assert asked == {final, site.url(ICON)}
