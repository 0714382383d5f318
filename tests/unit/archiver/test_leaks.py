"""Secrets are found in all that was written: in fields, in blocks, decoded or not."""

import gzip
import os
import tracemalloc
from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import brotli
import pytest

from archiver.redacting.leaks import find_leaks
from archiver.warcfile import RecordHead, WarcFile

NOW = datetime(2026, 2, 3, 9, tzinfo=UTC)
SECRET = b"tok-5e1f-secret"
SOUGHT = {SECRET: "query key token"}
BIG = os.urandom(1 << 20)


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file with one response, or another record."""

    def found(block, kind="response", uri="http://a/"):
        place = tmp_path / "file.warc.gz"
        with place.open("wb") as stream:
            warc = WarcFile(stream)
            warc.write_warcinfo(
                RecordHead(record_id=uuid4(), date=NOW), software="s", nonce="0" * 32
            )
            head = RecordHead(record_id=uuid4(), date=NOW, uri=uri)
            if kind == "response":
                warc.write_response(head, BytesIO(block))
            else:
                warc.write_resource(head, BytesIO(block), "text/plain")
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
