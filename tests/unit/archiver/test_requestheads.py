"""Requests as a browser writes them, and what is refused before it is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.wire.messages import MAX_HEAD
from archiver.wire.requestheads import (
    RequestReader,
    body_length,
    parse_request_head,
    sent_uri,
)

GET = b"GET /a?b=%20\\ HTTP/1.1\r\nHost: a.example:81\r\nCookie: caf\xe9 \r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: a.example\r\nContent-Length: 5\r\n\r\nhello"
CHUNKS = b"5;x=y\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n"
CHUNKED = (
    b"PUT / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: Chunked\r\n\r\n" + CHUNKS
)


def head(*lines: str, first: str = "GET / HTTP/1.1") -> bytes:
    return "\r\n".join([first, *lines, "", ""]).encode("latin-1")


def test_a_head_says_what_is_asked_of_whom():
    found = parse_request_head(GET + b"more")
    assert (found.method, found.target, found.version) == (
        "GET",
        "/a?b=%20\\",
        "HTTP/1.1",
    )
    assert found.fields == (("Host", "a.example:81"), ("Cookie", "caf\xe9"))
    assert found.end == len(GET)
    assert sent_uri("https", found) == "https://a.example:81/a?b=%20\\"
    assert not found.upgrade


def test_an_upgrade_is_asked_for_by_its_field():
    found = parse_request_head(head("Host: a", "upgrade: websocket"))
    assert found.upgrade


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n", "does not end in 25 bytes"),
        (b"GET / HTTP/1.1\nHost: a\n\n\r\n\r\n", "begins with"),
        (head("Host: a", first="GET http://a/ HTTP/1.1"), "expected a method, a path"),
        (head("Host: a", first="CONNECT a:1 HTTP/1.1"), "expected a method, a path"),
        (head("Host: a", first="OPTIONS * HTTP/1.1"), "expected a method, a path"),
        (head("Host: a", first="GET /\xe9 HTTP/1.1"), "expected a method, a path"),
        (head("Host: a", first="GET /a b HTTP/1.1"), "expected a method, a path"),
        (head("Host: a", first="GET / HTTP/2.0"), "expected a method, a path"),
        (head("Host: a", first=""), "begins with"),
        (head(), "expected one"),
        (head("Host: a", "Host: a"), "expected one"),
        (head("Host: a", "Host : b"), "expected a field name"),
        (head("Host: a", " folded"), "expected a field name"),
        (head("Host: a", "no colon"), "expected a field name"),
        (head("Host: a", "X: a\x00b"), "expected a field name"),
        (head("Host: a", "X: a\nY: b"), "expected a field name"),
    ],
)
def test_what_is_no_request_of_a_browser_is_refused(data, why):
    with pytest.raises(MalformedError, match=why):
        parse_request_head(data)


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        ((), 0),
        (("Content-Length: 12",), 12),
        (("Transfer-Encoding: chunked",), None),
    ],
)
def test_what_ends_a_body(lines, length):
    assert body_length(parse_request_head(head("Host: a", *lines))) == length


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 1", "Content-Length: 1"),
        ("Content-Length: +1",),
        ("Content-Length: 1", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: gzip, chunked",),
    ],
)
def test_a_body_that_two_readers_could_end_at_two_places_is_refused(lines):
    with pytest.raises(MalformedError, match="expected one number, or chunked"):
        body_length(parse_request_head(head("Host: a", *lines)))
    reader = RequestReader()
    reader.feed(head("Host: a", *lines))
    assert "expected one number, or chunked" in reader.fault
    assert not reader.finished


@given(
    st.sampled_from([GET, POST, CHUNKED]),
    st.integers(1, 80),
    st.sampled_from([b"", b"GET / HTTP/1.1\r\n"]),
)
def test_a_request_ends_at_its_last_byte_in_whatever_pieces_it_comes(data, size, more):
    reader, taken = RequestReader(), 0
    assert not reader.begun
    for place in range(0, len(data + more), size):
        assert reader.finished == (place >= len(data))
        taken += reader.feed((data + more)[place : place + size])
        assert reader.begun
    assert (reader.finished, reader.fault, taken) == (True, "", len(data))


def test_a_chunk_without_a_size_is_a_fault():
    reader = RequestReader()
    reader.feed(CHUNKED.replace(b"5;x=y", b"five"))
    assert reader.fault.startswith("a chunk begins with")


def test_a_head_without_an_end_is_not_held_for_ever():
    reader = RequestReader()
    reader.feed(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
    while not reader.fault:
        reader.feed(b"x" * (1 << 16))
    assert reader.fault == f"the request head exceeds {MAX_HEAD} bytes"
