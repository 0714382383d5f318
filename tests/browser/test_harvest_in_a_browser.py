"""``capture --from --browser --jobs``: several browsers at a time, each with a page."""

import json

import pytest

from archiver.holdings import read_statements
from archiver.store import open_archive
from archiver.trust import read_trust
from tests.commandline import done, run
from tests.site import Site, page

pytestmark = pytest.mark.needs("chromium")

WORDS = b"These are the words of a page that says something to its readers. " * 6
PAGE = (
    b"<!doctype html><meta charset=utf-8><title>A page</title><h1>A page</h1><p>"
    b"%b<img src=/picture.svg><script>document.body.append('written')</script>" % WORDS
)
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def test_pages_of_a_list_are_captured_by_browsers_side_by_side(tmp_path):
    archive = tmp_path / "archive"
    done("init", archive, "--no-passphrase")
    pages = {
        "/page": page(PAGE, "Content-Type: text/html"),
        "/picture.svg": page(PICTURE, "Content-Type: image/svg+xml"),
        "/robots.txt": page(b"User-agent: *\nDisallow: /page\n"),
    }
    with (
        Site(pages, host="127.0.0.41", keep_alive=True) as one,
        Site(pages, host="127.0.0.42", keep_alive=True) as two,
    ):
        urls = [one.url("/page#part"), two.url("/page")]
        listed = tmp_path / "urls.txt"
        listed.write_text("\n".join(urls), encoding="utf-8")
        allowed = ("--allow-address", one.address, "--allow-address", two.address)
        words = ("--from", listed, "--browser", "--jobs", "2", "--json", *allowed)
        outcome = run("capture", *words, archive=archive)
        assert outcome.code == 0, outcome
        assert (one.count("/picture.svg"), two.count("/picture.svg")) == (1, 1)
    assert sorted(json.loads(line)["of"] for line in outcome.stdout.splitlines()) == (
        sorted(urls)
    )
    opened = open_archive(archive)
    found = [each.statement for each in read_statements(opened, read_trust(opened))]
    captured = {
        statement.predicate["requestedUrl"]: statement.predicate
        for statement in found
        if statement.type == "snapshot"
    }
    assert [captured[url]["driver"] for url in urls] == ["browser", "browser"]
    assert captured[one.url("/robots.txt")]["driver"] == "client"
    assert captured[urls[0]]["robots"]["verdict"] == "disallowed"
    assert run("verify", archive=archive).code == 0
