"""A recorded document, read and made inert."""

import gzip
import io
import zlib

import pytest

from archiver.errors import MalformedError, VerificationError
from claims import recorded
from claims.recorded import Page, make_inert, read_page
from tests.publication_fixture import warc_record

HTML = b"<!DOCTYPE html><LINK rel=preconnect href=//x><p>caf\xc3\xa9</p>"


def warc(block, kind="response"):
    media_type = "application/http; msgtype=response"
    return io.BytesIO(warc_record(kind, "http://a.example/", media_type, block))


def response(headers, body):
    return b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n" + body


def test_a_response_is_read_without_its_codings():
    packed = gzip.compress(HTML, mtime=0)
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    headers = (
        b"Content-Type: text/html; charset=UTF-8\r\n"
        b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"
    )
    page = read_page(warc(response(headers, chunked)), 0)
    assert page == Page(HTML, "text/html", "utf-8")


def test_a_resource_is_the_document_itself():
    record = warc_record("resource", "urn:x", "text/plain; charset=koi8-r", b"\xc2")
    page = read_page(io.BytesIO(record), 0)
    assert page == Page(b"\xc2", "text/plain", "koi8-r")
    assert make_inert(page) == (b"\xc2", "text/plain; charset=koi8-r")


def test_a_record_that_is_not_there_is_told():
    with pytest.raises(MalformedError, match="the file has no record 4"):
        read_page(warc(response(b"", b"x")), 4)


@pytest.mark.parametrize(
    "block",
    [
        b"no response at all",
        b"HTTP/1.1 200 OK\r\nA: b\r\n",
        response(b"Content-Encoding: zstd\r\n", b"x"),
        response(b"Content-Encoding: gzip\r\n", b"no gzip"),
    ],
)
def test_a_response_that_cannot_be_read_is_told(block):
    with pytest.raises(MalformedError):
        read_page(warc(block), 0)


def test_a_page_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(recorded, "MAX_PAGE", 1 << 12)
    bomb = zlib.compress(bytes(1 << 16))
    block = response(b"Content-Encoding: deflate\r\n", bomb)
    with pytest.raises(MalformedError, match="unpacks to more than 4096 bytes"):
        read_page(warc(block), 0)
    with pytest.raises(MalformedError, match="expected at most 4096"):
        read_page(warc(response(b"", bytes(1 << 13))), 0)


def test_a_record_that_was_changed_is_not_shown():
    data = warc_record("resource", "urn:x", "text/plain", b"good")
    inner = gzip.decompress(data).replace(b"\r\n\r\ngood", b"\r\n\r\nevil")
    with pytest.raises(VerificationError, match="WARC-Block-Digest"):
        read_page(io.BytesIO(gzip.compress(inner, mtime=0)), 0)


def test_links_are_switched_off_and_nothing_else_is_changed():
    body, content_type = make_inert(Page(HTML, "text/html", "utf-8"))
    assert content_type == "text/html; charset=utf-8"
    assert body == HTML.replace(b"<LINK ", b"<xink ")
    assert len(body) == len(HTML)
    kept = b"<linkage> <p>a link</p>"
    assert make_inert(Page(kept, "text/html", None)) == (kept, "text/html")


@pytest.mark.parametrize(
    "tag", [b"<link/rel=x>", b"<link\trel=x>", b"<link>", b"<LiNk\n>"]
)
def test_every_spelling_of_a_link_is_switched_off(tag):
    body, _ = make_inert(Page(tag, "application/xhtml+xml", None))
    assert body == b"<xink" + tag[5:]


@pytest.mark.parametrize(
    "charset", ["utf-16", "UTF-16LE", "utf_16_be", "ucs-2", "unicode"]
)
def test_a_page_in_a_wide_encoding_is_shown_as_text(charset):
    page = Page("<link rel=preconnect>".encode("utf-16-le"), "text/html", charset)
    assert make_inert(page)[1].startswith("text/plain; charset=")


def test_a_page_that_begins_with_a_wide_mark_is_shown_as_text():
    page = Page(b"\xff\xfe<\x00", "text/html", None)
    assert make_inert(page)[1] == "text/plain"


@pytest.mark.parametrize("charset", ['x"; script', "a b", "", "é", "x" * 60])
def test_a_charset_that_is_no_name_is_left_out(charset):
    assert make_inert(Page(b"", "text/html", charset)) == (b"", "text/html")
    assert make_inert(Page(b"", "text/plain", charset)) == (
        b"",
        "text/plain; charset=utf-8",
    )


@pytest.mark.parametrize(
    ("media_type", "shown"),
    [
        ("image/png", "image/png"),
        ("image/svg+xml", None),
        ("application/pdf", None),
        ("application/octet-stream", None),
        ("text/javascript", None),
        ("application/warc-fields", None),
    ],
)
def test_only_what_a_browser_shows_without_running_it_is_shown(media_type, shown):
    found = make_inert(Page(b"x", media_type, None))
    assert found == ((b"x", shown) if shown else None)
