"""The text layer of a record is made from its bytes alone, or there is none."""

import io
import tempfile
import tracemalloc
from datetime import UTC, datetime
from gzip import compress
from uuid import UUID

import pytest

from archiver.documents.charsets import Charset
from archiver.errors import VerificationError
from archiver.layers import (
    GLANCE,
    MAX_BLOCK,
    derive_text,
    find_charset,
    read_document,
)
from archiver.records import walk_records
from archiver.warcfile import RecordHead, WarcFile
from tests.pdfs import text_page

NOW = datetime(2026, 2, 3, 9, tzinfo=UTC)
PAGE = "<h1>Titre</h1><p>Le quai est fermé.</p>".encode()
HTML = b"Content-Type: text/html; charset=utf-8"


POST = """<div class=tgme_widget_message data-post=pier_of_maren/7>
<div class=tgme_widget_message_text>Порт закрыт.</div></div>""".encode()
AT_TELEGRAM = "https://t.me/pier_of_maren/7?embed=1&mode=tme"


def head(number, uri="urn:x"):
    return RecordHead(record_id=UUID(int=number, version=4), date=NOW, uri=uri)


def made(kind, block, *more, uri="urn:x"):
    """Write a WARC with one record of ``kind``; return it and the record."""
    stream = io.BytesIO()
    warc = WarcFile(stream)
    first = RecordHead(record_id=UUID(int=1, version=4), date=NOW)
    warc.write_warcinfo(first, software="test", nonce="00" * 16)
    index = getattr(warc, f"write_{kind}")(head(2, uri), io.BytesIO(block), *more)
    stream.seek(0)
    return stream, list(walk_records(stream))[index]


def response(body, *fields, uri="urn:x"):
    lines = (b"HTTP/1.1 200 OK", *fields, b"", body)
    return made("response", b"\r\n".join(lines), uri=uri)


def test_a_document_without_an_exchange_is_read_by_its_media_type():
    layer = derive_text(*made("resource", b"One.\r\nTwo.\n", "text/plain"))
    assert (layer.extractor, layer.text) == ("plain@1", "One.\nTwo.\n")
    layer = derive_text(*made("resource", PAGE, "text/html; charset=utf-8"))
    assert layer.extractor == "html@1"
    assert "Le quai est fermé." in layer.text
    layer = derive_text(*made("resource", text_page(b"Words"), "application/pdf"))
    assert (layer.extractor, layer.text) == ("pdf@1", "Words")
    assert derive_text(*made("resource", b"%PDF-1.7", "application/pdf")) is None
    assert derive_text(*made("resource", b"GIF89a", "image/gif")) is None


@pytest.mark.parametrize("kind", ["request", "metadata"])
def test_what_is_no_document_has_no_text(kind):
    assert derive_text(*made(kind, b"a: b\r\n\r\n")) is None


def test_a_response_is_read_whatever_it_was_packed_in():
    length = b"Content-Length: %d" % len(PAGE)
    plain = derive_text(*response(PAGE, HTML, length))
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE)
    chunked = derive_text(*response(chunks, HTML, b"Transfer-Encoding: chunked"))
    packed = compress(PAGE, mtime=0)
    zipped = derive_text(*response(packed, HTML, b"Content-Encoding: gzip"))
    assert plain.text == "Titre\n\nLe quai est fermé."
    assert plain == chunked == zipped


def test_a_body_that_was_cut_has_the_text_of_what_came():
    layer = derive_text(*response(PAGE[:30], HTML, b"Content-Length: 999"))
    assert layer.text.startswith("Titre\n\nLe quai")


@pytest.mark.parametrize(
    ("body", "coding"), [(b"no gzip", b"gzip"), (PAGE, b"of-our-own")]
)
def test_a_coding_that_cannot_be_undone_leaves_no_text(body, coding):
    assert derive_text(*response(body, HTML, b"Content-Encoding: " + coding)) is None


def test_a_response_whose_head_never_ends_has_no_text():
    assert (
        derive_text(*made("response", b"HTTP/1.1 200 OK\r\nContent-Type: te")) is None
    )


def test_a_record_that_is_not_at_its_place_is_refused():
    _, record = made("resource", b"One.\n", "text/plain")
    other, _ = made("resource", b"Two.\n", "text/plain")
    with pytest.raises(VerificationError):
        derive_text(other, record)


@pytest.mark.parametrize(
    ("uri", "page", "extractor"),
    [
        (AT_TELEGRAM, POST, "telegram@1"),
        ("http://telegram.me/s/pier_of_maren", POST, "telegram@1"),
        (AT_TELEGRAM, PAGE, "html@1"),
        ("https://t.me.example.org/pier_of_maren/7", POST, "html@1"),
        ("urn:x", POST, "html@1"),
    ],
)
def test_a_page_of_telegram_that_holds_a_post_is_read_as_posts(uri, page, extractor):
    assert derive_text(*response(page, HTML, uri=uri)).extractor == extractor
    dom = made("conversion", page, "text/html; charset=utf-8", uri=uri)
    assert derive_text(*dom).extractor == extractor


def test_what_telegram_gives_as_plain_text_is_plain_text():
    plain = response(POST, b"Content-Type: text/plain", uri=AT_TELEGRAM)
    assert derive_text(*plain).extractor == "plain@1"
    assert derive_text(*plain, "telegram@1") is None


@pytest.mark.parametrize(
    ("extractor", "text"),
    [
        ("telegram@1", "t.me/pier_of_maren/7\n\nПорт закрыт."),
        ("html@1", "Порт закрыт."),
    ],
)
def test_a_layer_is_derived_again_by_the_extractor_that_is_named(extractor, text):
    layer = derive_text(*response(POST, HTML, uri=AT_TELEGRAM), extractor)
    assert (layer.extractor, layer.text) == (extractor, text)


@pytest.mark.parametrize("extractor", ["plain@1", "pdf@1", "html@2", ""])
def test_an_extractor_that_does_not_read_the_record_gives_no_layer(extractor):
    assert derive_text(*response(POST, HTML, uri=AT_TELEGRAM), extractor) is None
    assert derive_text(*made("metadata", b"a: b\r\n\r\n"), extractor) is None


def test_telegram_at_1_reads_nothing_from_elsewhere():
    assert derive_text(*response(POST, HTML), "telegram@1") is None


def test_a_pdf_is_derived_again_as_a_pdf_and_as_nothing_else():
    record = made("resource", text_page(b"Words"), "application/pdf")
    assert derive_text(*record, "pdf@1") == derive_text(*record)
    assert derive_text(*record, "html@1") is None


def written(folder, kind, size):
    """Write a WARC with a response of so many zeros; return it open, and the record."""
    with tempfile.TemporaryFile(dir=folder) as block:
        block.write(b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\n\r\n" % kind)
        block.truncate(block.tell() + size)
        stream = (folder / "large.warc.gz").open("w+b")
        warc = WarcFile(stream)
        first = RecordHead(record_id=UUID(int=1, version=4), date=NOW)
        warc.write_warcinfo(first, software="test", nonce="00" * 16)
        warc.write_response(head(2), block)
    stream.seek(0)
    return stream, list(walk_records(stream))[1]


def test_of_what_no_extractor_reads_only_the_beginning_is_held(tmp_path):
    stream, record = written(tmp_path, b"video/mp4", 40 << 20)
    with stream:
        tracemalloc.start()
        document = read_document(stream, record)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (document.media_type, document.data) == ("video/mp4", bytes(GLANCE))
    assert peak < 8 << 20


@pytest.mark.parametrize("kind", [b"video/mp4", b"text/plain"])
def test_what_is_longer_than_a_layer_is_made_from_has_none(kind, tmp_path):
    stream, record = written(tmp_path, kind, MAX_BLOCK)
    with stream:
        assert derive_text(stream, record) is None


def test_what_is_short_and_unpacks_to_more_than_a_layer_is_made_from_has_none():
    packed = compress(bytes(20 << 20), mtime=0)  # more than a thousand times as much
    coded = (b"Content-Type: text/plain", b"Content-Encoding: gzip")
    assert derive_text(*response(packed, *coded)) is None


@pytest.mark.parametrize(
    ("data", "kind", "found"),
    [
        (PAGE, "text/html; charset=utf-8", Charset("utf-8", "server")),
        (PAGE, "text/html", Charset("utf-8", "bytes")),
        (b"<meta charset=koi8-r>", "text/html", Charset("koi8-r", "document")),
        (b"<meta charset=koi8-r>", "text/plain", Charset("utf-8", "bytes")),
        (text_page(b"Words"), "application/pdf", Charset("PDF", "fonts")),
        (b"GIF89a", "image/gif", None),
    ],
)
def test_it_is_found_in_which_encoding_a_document_of_characters_is_read(
    data, kind, found
):
    assert find_charset(read_document(*made("resource", data, kind))) == found
