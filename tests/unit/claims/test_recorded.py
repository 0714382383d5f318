"""A recorded document, read and made inert."""

import gzip
import io
import zlib

import pytest

from archiver.errors import MalformedError, VerificationError
from claims.website import recorded
from claims.website.recorded import (
    RecordedPage,
    cut_record,
    make_inert,
    read_page,
    read_view,
)
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
    assert page == RecordedPage(HTML, "text/html", "utf-8")


def test_a_resource_is_the_document_itself():
    record = warc_record("resource", "urn:x", "text/plain; charset=koi8-r", b"\xc2")
    page = read_page(io.BytesIO(record), 0)
    assert page == RecordedPage(b"\xc2", "text/plain", "koi8-r")
    assert make_inert(page) == ("б".encode(), "text/plain; charset=utf-8")


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


def test_what_reaches_out_has_another_name_and_nothing_else_is_changed():
    body, content_type = make_inert(RecordedPage(HTML, "text/html", "utf-8"))
    assert content_type == "text/html; charset=utf-8"
    assert body == HTML.replace(b"<LINK ", b"<xINK ")
    assert len(body) == len(HTML)
    kept = b"<p>a link, an iframe</p><img><a href=x>y</a><script>z</script>"
    assert make_inert(RecordedPage(kept, "text/html", None))[0] == kept


@pytest.mark.parametrize(
    "tag",
    [
        *("<link/rel=x>", "<link\trel=x>", "<LiNk\n>", "<iframe src=x>", "<IFRAME>"),
        *("<frame src=x>", "<frameset>", "<object data=x>", "<embed src=x>"),
        *("<portal src=x>", "<fencedframe>"),
    ],
)
def test_every_spelling_of_such_a_tag_is_found(tag):
    body, _ = make_inert(
        RecordedPage(f"a{tag}b".encode(), "application/xhtml+xml", None)
    )
    assert body.decode() == f"a<x{tag[2:]}b"


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        ("<iframe src=x>".encode("utf-16"), None),
        ("<iframe src=x>".encode("utf-16-le"), "utf-16le"),
        (b"<ifr\x1b(Bame src=x>", "iso-2022-jp"),
        (b'<meta charset="iso-2022-jp"><ifr\x1b(Bame src=x>', None),
    ],
)
def test_a_tag_spelt_in_other_bytes_is_found(data, charset):
    body, content_type = make_inert(RecordedPage(data, "text/html", charset))
    assert content_type == "text/html; charset=utf-8"
    assert b"<xframe src=x>" in body
    assert b"<iframe" not in body


def test_text_is_served_in_one_coding_whatever_it_was():
    page = RecordedPage("Бажуков".encode("windows-1251"), "text/plain", "windows-1251")
    assert make_inert(page) == ("Бажуков".encode(), "text/plain; charset=utf-8")
    odd = RecordedPage(b"x", "text/plain", 'x"; script')
    assert make_inert(odd) == (b"x", "text/plain; charset=utf-8")


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
    found = make_inert(RecordedPage(b"x", media_type, None))
    assert found == ((b"x", shown) if shown else None)


def test_a_pdf_is_given_out_if_it_is_one():
    page = RecordedPage(b"%PDF-1.7", "application/pdf", None)
    assert make_inert(page) == (b"%PDF-1.7", "application/pdf")


def test_a_record_is_cut_out_of_its_file_by_its_place():
    first = warc_record("resource", "urn:1", "text/plain", b"first")
    second = warc_record("resource", "urn:2", "text/plain", b"second")
    stream = io.BytesIO(first + second)
    cut = cut_record(stream, len(first), len(second))
    assert read_page(cut, 0) == RecordedPage(b"second", "text/plain", None)
    with pytest.raises(MalformedError, match="ends inside the record"):
        cut_record(stream, len(first), len(second) + 1)
    with pytest.raises(MalformedError, match="at most"):
        cut_record(stream, 0, recorded.MAX_PAGE + 1)


@pytest.mark.parametrize(
    ("media_type", "data"),
    [("image/png", b"\x89PNG\r\n\x1a\n..."), ("application/pdf", b"%PDF-1.4")],
)
def test_a_view_is_what_its_type_says(media_type, data):
    record = warc_record("resource", "urn:view:x", media_type, data)
    assert read_view(io.BytesIO(record)) == (data, media_type)


@pytest.mark.parametrize(
    ("media_type", "data"),
    [
        ("image/png", b"<script>"),
        ("application/pdf", b"\x89PNG\r\n\x1a\n"),
        ("image/svg+xml", b"<svg/>"),
        ("text/html", b"%PDF-"),
    ],
)
def test_a_view_that_is_something_else_is_not_shown(media_type, data):
    record = warc_record("resource", "urn:view:x", media_type, data)
    with pytest.raises(MalformedError, match="does not hold"):
        read_view(io.BytesIO(record))
