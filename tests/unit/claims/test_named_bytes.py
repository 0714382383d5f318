"""A name that is withheld is found wherever it stands in a snapshot's bytes."""

import gzip
import io

import pytest

from claims.elision import Elider
from claims.published import named_bytes
from claims.published.named_bytes import names_somebody
from tests.publication_fixture import warc_record

ELIDER = Elider(("Layla Haddad", "Лейла Хаддад"))
URI = "https://news.example/"
HEAD = b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n"


def response(body, *fields):
    lines = b"".join(each + b"\r\n" for each in fields)
    return HEAD % (lines, len(body)) + body


def file(*records):
    return io.BytesIO(b"".join(warc_record(*each) for each in records))


def named(kind, block, media_type="application/http", uri=URI):
    return names_somebody(file((kind, uri, media_type, block)), ELIDER)


HTML = b"Content-Type: text/html"


@pytest.mark.parametrize(
    ("kind", "block", "media_type"),
    [
        ("response", response(b'<img alt="Layla Haddad">', HTML), ""),
        ("response", response(b'<meta name="author" content="LAYLA HADDAD">'), ""),
        (
            "response",
            response(
                gzip.compress(b"<script>x='layla-haddad'</script>"),
                HTML,
                b"Content-Encoding: gzip",
            ),
            "",
        ),
        (
            "response",
            response(
                "<p title='Лейла Хаддад'>".encode("windows-1251"),
                HTML + b"; charset=windows-1251",
            ),
            "",
        ),
        ("response", response(b"{}", b"Set-Cookie: for=Layla%20Haddad"), ""),
        ("response", response(b"\0", b"X-For: Layla Haddad"), ""),
        ("response", response(b"not packed", b"Content-Encoding: gzip"), ""),
        ("response", response(b"of a kind unknown", b"Content-Encoding: x"), ""),
        ("response", b"no head, and Layla Haddad", ""),
        ("request", b"GET /layla+haddad HTTP/1.1\r\nHost: news.example\r\n\r\n", ""),
        ("metadata", b"via: https://news.example/layla_haddad\r\n", "x/warc-fields"),
        ("conversion", b"<!-- Layla Haddad -->", "text/html; charset=utf-8"),
        ("resource", b"<svg><title>Layla Haddad</title></svg>", "image/svg+xml"),
    ],
)
def test_a_name_is_found_where_a_block_is_text_or_is_not_read(kind, block, media_type):
    assert named(kind, block, media_type or "application/http")
    assert not names_somebody(file((kind, URI, "text/plain", block)), Elider(()))


@pytest.mark.parametrize(
    ("kind", "block", "media_type"),
    [
        ("response", response(b"Nobody is named here.", HTML), "application/http"),
        ("response", response(b"Layla Haddad", b"Content-Type: image/png"), ""),
        ("resource", b"Layla Haddad in pixels", "image/png"),
        ("request", b"GET / HTTP/1.1\r\n\r\n", ""),
    ],
)
def test_what_is_no_text_and_names_nobody_is_let_through(kind, block, media_type):
    assert not named(kind, block, media_type or "application/http")


def test_a_name_in_the_address_of_a_record_is_found():
    assert named("resource", b"", "image/png", uri="https://news.example/layla-haddad")


def test_what_has_no_records_is_looked_through_as_it_is():
    assert names_somebody(io.BytesIO(b"words of Layla Haddad"), ELIDER)
    assert not names_somebody(io.BytesIO(b"words of nobody"), ELIDER)


def test_what_is_too_long_to_be_looked_through_counts_as_if_it_named(monkeypatch):
    monkeypatch.setattr(named_bytes, "MOST", 50)
    long = b"x" * 60
    assert named("resource", long, "text/plain")
    assert not named("resource", long, "image/png")
    assert names_somebody(io.BytesIO(long), ELIDER)
    assert not names_somebody(io.BytesIO(long[:50]), ELIDER)
