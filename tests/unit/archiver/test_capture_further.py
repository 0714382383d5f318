"""Where the words of a page stand at a further address, that one is asked for as well.

The pages are of the shape of Telegram's, written for these tests.
"""

import pytest

from archiver.documents.telegram import embed_url
from archiver.wire.observation import CaptureOptions
from tests.capturing import block, fields, records, take
from tests.site import Reset, Site, page, redirect

POST = "/adat_example/17"
EMBED = "/adat_example/17?embed=1&mode=tme"
PREVIEW = page(b"<html><title>Telegram: a preview", "Content-Type: text/html")
WORDS = page(b"<html><div>The words of the post", "Content-Type: text/html")


@pytest.fixture
def capture(tmp_path):
    """Return a function that captures from a site that is t.me for the time being."""

    def found(site, path, **options):
        url = site.url(path, host="t.me")
        given = {"resolve": lambda *_: ("127.0.0.1",)} | options
        return take(tmp_path, url, site, **given)

    return found


def kinds(seen):
    return [record.type for record in records(seen.warc)]


def test_the_default_is_where_telegram_keeps_the_words_of_a_post():
    assert CaptureOptions().further is embed_url


def test_the_embedded_post_is_asked_for_and_is_the_main_record(capture):
    with Site({POST: PREVIEW, EMBED: WORDS}) as site:
        seen = capture(site, POST)
        assert block(seen.warc, 1) == site.sent(POST)
        assert block(seen.warc, 4) == site.sent(EMBED)
    assert (seen.main_record, seen.status) == (4, 200)
    assert seen.requested_url == site.url(POST, host="t.me")
    assert seen.final_url == records(seen.warc)[4].uri == site.url(EMBED, host="t.me")
    told = fields(seen.warc, 6)
    assert told["via"] == [seen.requested_url]
    assert told["hopsFromSeed"] == ["E"]
    assert told["allowed-address"] == [site.address]
    assert records(seen.warc)[4].date > records(seen.warc)[1].date
    assert seen.redactions == ()


def test_after_redirects_it_is_asked_for_at_the_last_hop(capture):
    pages = {"/first": redirect(POST), POST: PREVIEW, EMBED: WORDS}
    with Site(pages) as site:
        seen = capture(site, "/first")
    assert seen.main_record == 7
    assert fields(seen.warc, 9)["hopsFromSeed"] == ["RE"]
    assert fields(seen.warc, 9)["via"] == [site.url(POST, host="t.me")]


@pytest.mark.parametrize(
    "answer", [page(b"no", status="404 Not Found"), redirect("/elsewhere")]
)
def test_an_answer_that_is_no_page_is_kept_and_the_page_stays_the_main(answer, capture):
    with Site({POST: PREVIEW, EMBED: answer}) as site:
        seen = capture(site, POST)
        assert block(seen.warc, 4) == site.sent(EMBED)
        assert site.count("/elsewhere") == 0
    assert (seen.main_record, seen.status) == (1, 200)
    assert seen.final_url == site.url(POST, host="t.me")
    assert len(records(seen.warc)) == 7


def test_a_failure_there_is_kept_and_the_page_stays_the_main(capture):
    with Site({POST: PREVIEW, EMBED: [Reset()]}) as site:
        seen = capture(site, POST, retries=0)
    assert (seen.main_record, seen.status, seen.outcome) == (1, 200, "complete")
    assert kinds(seen) == [
        *("warcinfo", "response", "request", "metadata"),
        *("request", "metadata"),
    ]
    told = fields(seen.warc, 5)
    assert told["failure"] == ["no-response"]
    assert told["via"] == [seen.final_url]


def test_where_the_page_did_not_come_nothing_further_is_asked_for(capture):
    with Site({POST: page(b"no", status="404 Not Found"), EMBED: WORDS}) as site:
        seen = capture(site, POST)
        assert site.count(EMBED) == 0
    assert (seen.main_record, seen.status) == (1, 404)


def test_other_pages_have_no_further_address_and_an_option_can_give_one(capture):
    pages = {"/a": PREVIEW, "/b": WORDS}
    with Site(pages) as site:
        assert capture(site, "/a").main_record == 1
        assert site.count("/b") == 0
        seen = capture(site, "/a", further=lambda url: url.replace("/a", "/b"))
        assert block(seen.warc, seen.main_record) == site.sent("/b")


def test_a_secret_that_was_typed_is_in_no_further_address(capture):
    typed = "/a?token=s3cret-t0ken"
    with Site({typed: PREVIEW, "/b?t=s3cret-t0ken": WORDS}) as site:
        seen = capture(site, typed, further=lambda url: url.replace("/a?token", "/b?t"))
        assert site.count("/b?t=s3cret-t0ken") == 1
    assert "s3cret" not in f"{seen}"
    assert all("s3cret" not in record.uri for record in records(seen.warc))
