"""Secrets are found in all that was written: in fields, in blocks, decoded or not."""

import gzip
import os
import tracemalloc
import zlib
from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import brotli
import pytest

from archiver.redacting.leaks import find_leaks, look_through_text
from archiver.warcfile import RecordHead, WarcFile
from tests.pdfs import one_page

NOW = datetime(2026, 2, 3, 9, tzinfo=UTC)
SECRET = b"tok-5e1f-secret"
SOUGHT = {SECRET: "query key token"}
BIG = os.urandom(1 << 20)


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file with one response, or another record."""

    def found(block, kind="response", uri="http://a/", media="text/plain"):
        place = tmp_path / "file.warc.gz"
        with place.open("wb") as stream:
            warc = WarcFile(stream)
            warc.write_warcinfo(
                RecordHead(record_id=uuid4(), date=NOW), software="s", nonce="0" * 32
            )
            head = RecordHead(record_id=uuid4(), date=NOW, uri=uri)
            if kind == "response":
                warc.write_response(head, BytesIO(block))
            elif kind == "request":
                warc.write_request(head, BytesIO(block))
            else:
                warc.write_resource(head, BytesIO(block), media)
        return place

    return found


def response(body, *fields):
    lines = [b"HTTP/1.1 200 OK", *fields, b"", body]
    return b"\r\n".join(lines)


@pytest.mark.parametrize(
    "block",
    [
        response(BIG + SECRET),
        response(SECRET, b"X-Long: " + b"x" * 200_000),
        response(b"hi", b"X-Long: " + b"x" * 200_000 + SECRET),
        response(gzip.compress(BIG + SECRET), b"Content-Encoding: gzip"),
        response(brotli.compress(gzip.compress(SECRET)), b"Content-Encoding: gzip, br"),
        response(
            b"3\r\ntok\r\nc\r\n-5e1f-secret\r\n0\r\n\r\n", b"Transfer-Encoding: chunked"
        ),
        response(gzip.compress(SECRET + BIG)[:-500_000], b"Content-Encoding: gzip"),
    ],
)
def test_a_secret_in_a_response_is_found_with_its_place(block, write):
    (found,) = find_leaks(write(block), SOUGHT)
    assert found == "the value of query key token stands in record 1 (response)"


def test_a_secret_in_another_record_or_in_a_field_is_found(write):
    expected = ("the value of query key token stands in record 1 (resource)",)
    assert find_leaks(write(SECRET, "resource"), SOUGHT) == expected
    packed = gzip.compress(SECRET)
    assert find_leaks(write(packed, "resource"), SOUGHT) == ()
    uri = f"http://a/in/{SECRET.decode()}"
    assert find_leaks(write(b"hi", "resource", uri), SOUGHT) == expected


REQUEST = b"POST /p HTTP/1.1\r\nHost: a\r\n"
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
GET = b"GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n"


@pytest.mark.parametrize(
    ("block", "kind", "why"),
    [
        (GET + b"\x82\x81masked", "request", "it goes on in another protocol"),
        (GET, "request", ""),
        (SWITCHED + b"\x82\x01a", "response", "it goes on in another protocol"),
        (SWITCHED, "response", ""),
        (
            REQUEST + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            "request",
            "its body is packed: 'gzip'",
        ),
        (REQUEST + b"Content-Length: 3\r\n\r\nabc", "request", ""),
        (b"no request\r\n\r\nabc", "request", ""),
    ],
)
def test_what_a_page_sends_masked_or_packed_is_told(block, kind, why, write):
    expected = (f"record 1 ({kind}) cannot be looked through: {why}",) if why else ()
    assert find_leaks(write(block, kind), SOUGHT) == expected


def packed_pdf(words):
    drawn = b"BT /F1 12 Tf 50 700 Td (%b) Tj ET" % words
    return one_page(zlib.compress(drawn), filters=b"/Filter /FlateDecode")


def test_a_secret_in_the_words_of_a_pdf_is_found(write):
    expected = ("the value of query key token stands in record 1 (resource)",)
    packed = packed_pdf(SECRET)
    assert SECRET not in packed
    found = find_leaks(write(packed, "resource", media="application/pdf"), SOUGHT)
    assert found == expected
    other = packed_pdf(b"Other words.")
    assert find_leaks(write(other, "resource", media="application/pdf"), SOUGHT) == ()


def test_a_pdf_whose_words_cannot_be_read_is_told(write):
    broken = b"%PDF-1.7\n<< /Font << >> >>\n%%EOF"
    (found,) = find_leaks(write(broken, "resource", media="application/pdf"), SOUGHT)
    assert found.endswith("cannot be looked through: its words cannot be read")
    empty = b"%PDF-1.7\n%%EOF"
    assert find_leaks(write(empty, "resource", media="application/pdf"), SOUGHT) == ()


def test_a_secret_in_shown_words_is_found_in_parts_too():
    words = ["http://a/?token=", SECRET[:5].decode(), SECRET[5:].decode()]
    assert look_through_text(words, "the picture", SOUGHT) == (
        "the value of query key token stands in the picture",
    )
    far = ["x" * 65_530, *words]
    assert look_through_text(far, "it", SOUGHT) == look_through_text(
        words, "it", SOUGHT
    )
    assert look_through_text(["other words \ud800"], "the picture", SOUGHT) == ()


def test_where_it_does_not_stand_nothing_is_found(write):
    assert find_leaks(write(response(BIG)), SOUGHT) == ()
    assert find_leaks(write(response(SECRET)), {}) == ()
    coded = response(gzip.compress(BIG), b"Content-Encoding: gzip")
    assert find_leaks(write(coded), SOUGHT) == ()


@pytest.mark.parametrize(
    ("block", "why"),
    [
        (response(b"?", b"Content-Encoding: zstd"), "Content-Encoding zstd is not"),
        (response(b"no gzip", b"Content-Encoding: gzip"), "gzip: Error -3"),
        (response(b"?", b"Transfer-Encoding: chunked"), ""),
        (response(b"x\r\n", b"Transfer-Encoding: chunked"), "a chunk begins with"),
        (b"no response", "the response begins with"),
    ],
)
def test_what_cannot_be_looked_through_is_told(block, why, write):
    found = find_leaks(write(block), SOUGHT)
    assert len(found) == bool(why)
    for each in found:
        assert each.startswith("record 1 (response) cannot be looked through: ")
        assert why in each


def test_memory_does_not_grow_with_what_is_looked_through(write):
    body = gzip.compress(bytes(48 << 20) + SECRET, 1)
    place = write(response(body, b"Content-Encoding: gzip"))
    tracemalloc.start()
    found = find_leaks(place, SOUGHT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 1
    assert peak < 8 << 20
