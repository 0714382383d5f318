"""A page whose words are written by its scripts is asked for by a browser again."""

import pytest

from archiver.browse import observe_in_browser
from archiver.wire.observation import CaptureOptions
from archiver.writer import Writer, take_capture
from claims.drafting import append_block, format_alias, format_case, format_new_claim
from claims.rechecking.recheck import QuotedArchive, ask_again
from tests.claim_kit import QUOTES, TEXTS, claim, own
from tests.newsroom import Newsroom
from tests.site import Site, page

pytestmark = pytest.mark.needs("chromium")

HTML = "Content-Type: text/html; charset=utf-8"
FRAME = "<p>It is read in all of the town, and has been for a hundred years.</p>" * 4


def scripted(words):
    """Return a page that writes ``words`` by a script, letter code by letter code."""
    codes = ",".join(str(ord(letter)) for letter in words)
    script = f"document.getElementById('a').textContent = String.fromCharCode({codes})"
    text = f"<!doctype html><title>a</title>{FRAME}<p id='a'></p>"
    return page(f"{text}<script>{script}</script>".encode(), HTML)


def write_case(room, sha256):
    """Write a case with one claim that quotes the snapshot ``sha256``."""
    pinned = format_alias(
        alias="a", sha256=sha256, publisher="org/a", language="en", published="2026"
    )
    text = format_case(case="house", title="The house", language="en")
    room.write(
        {
            "cases/house/case.toml": append_block(text, pinned),
            "cases/house/claims/first.toml": format_new_claim(claim(own(zone=None))),
        }
    )


def test_the_browser_asks_again_and_without_one_nothing_is_said(tmp_path, monkeypatch):
    room = Newsroom(tmp_path / "desk")
    parts = (room.archive, room.trust, room.operator, room.log_key, room.now)
    writer = Writer(*parts, room.token)
    with Site({"/a": scripted(TEXTS["a"])}) as site:
        options = CaptureOptions(allow_addresses=(site.address,), timeout=30)
        taken, _ = take_capture(
            writer, site.url("/a"), options, driver=observe_in_browser
        )
        write_case(room, taken.stored.sha256)
        plan = QuotedArchive(room.archive).plan(())
        asked = []
        site.pages["/a"] = scripted(TEXTS["a"].replace("open", "shut"))
        (by_browser,) = ask_again(writer, plan.pages, options, 0, asked.append)
        monkeypatch.setenv("PATH", str(tmp_path))
        (by_client,) = ask_again(writer, plan.pages, options, 0, asked.append)
    assert [each.driver for each in asked] == ["browser", "browser"]
    assert by_browser.answer.driver == "browser"
    (one,) = by_browser.judged
    assert (one.verdict, one.was, one.words) == ("changed", "exact", QUOTES["a"])
    assert [piece.text for piece in one.diff if piece.op == "page"] == ["shut"]
    assert by_client.answer.driver == "client"
    (one,) = by_client.judged
    assert one.verdict == "cannot-tell"
    assert "now its scripts did not run" in one.why
