"""Two bodies are the same whatever they were packed in or what stands for them."""

import gzip
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from uuid import UUID

import pytest

from archiver.elsewhere.bodies import body_sha256
from archiver.records import walk_records
from archiver.warcfile import RecordHead, WarcFile

HTML = b"<p>What was said.</p>"
DIGEST = sha256(HTML).hexdigest()
PACKED = gzip.compress(HTML, mtime=0)
NOW = datetime(2026, 2, 3, 9, tzinfo=UTC)
RESPONSE, DOM = UUID(int=2), UUID(int=3)


def http(body: bytes, *fields: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", *fields, "", ""]
    return "\r\n".join(lines).encode() + body


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def warc(block: bytes, truncated="", refers_to: UUID | None = None) -> BytesIO:
    """Write a WARC of one response, and of a conversion if it refers to one."""
    stream = BytesIO()
    file = WarcFile(stream)
    info = RecordHead(record_id=UUID(int=1), date=NOW)
    file.write_warcinfo(info, software="test", nonce="0" * 32)
    head = RecordHead(
        record_id=RESPONSE, date=NOW, uri="http://a.example/", truncated=truncated
    )
    file.write_response(head, BytesIO(block))
    if refers_to:
        dom = RecordHead(
            record_id=DOM, date=NOW, uri="http://a.example/", refers_to=refers_to
        )
        file.write_conversion(dom, BytesIO(b"<p>made of it</p>"), "text/html")
    return stream


def digest(stream: BytesIO, main: int) -> str | None:
    stream.seek(0)
    return body_sha256(stream, list(walk_records(stream)), main)


@pytest.mark.parametrize(
    "block",
    [
        http(HTML, f"Content-Length: {len(HTML)}"),
        http(HTML),
        http(chunked(HTML), "Transfer-Encoding: chunked"),
        http(PACKED, f"Content-Length: {len(PACKED)}", "Content-Encoding: gzip"),
        http(chunked(PACKED), "Transfer-Encoding: chunked", "Content-Encoding: gzip"),
    ],
)
def test_a_body_hashes_to_the_same_whatever_it_was_packed_in(block):
    assert digest(warc(block), 1) == DIGEST


def test_a_page_as_a_browser_had_it_stands_for_its_response():
    assert digest(warc(http(HTML), refers_to=RESPONSE), 2) == DIGEST


def test_what_no_response_stands_behind_has_no_body_to_compare():
    assert digest(warc(http(HTML), refers_to=UUID(int=9)), 2) is None
    assert digest(warc(http(HTML)), 0) is None


@pytest.mark.parametrize(
    ("block", "truncated"),
    [
        (http(HTML, "Content-Length: 99"), "disconnect"),
        (http(PACKED[:-9], "Content-Encoding: gzip"), ""),
        (http(HTML, "Content-Encoding: gzip"), ""),
        (http(HTML, "Content-Encoding: zstd"), ""),
        (http(b"no chunk\r\n", "Transfer-Encoding: chunked"), ""),
    ],
)
def test_a_body_that_is_cut_or_cannot_be_decoded_is_compared_with_nothing(
    block, truncated
):
    assert digest(warc(block, truncated), 1) is None
