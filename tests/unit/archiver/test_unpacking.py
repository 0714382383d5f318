"""A body is the same in whatever pieces it comes, and what is amiss is said."""

import gzip
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.wire.responses import ResponseReader
from archiver.wire.unpacking import Unpacker

TEXT = b"What was said. " * 40
GZIP = gzip.compress(TEXT, mtime=0)


def response(body: bytes, *fields: bytes) -> bytes:
    return b"\r\n".join([b"HTTP/1.1 200 OK", *fields, b"", b""]) + body


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def unpack(data: bytes, body: Unpacker) -> bytes:
    return b"".join(body.feed(data))


@given(st.lists(st.integers(0, 400), max_size=6))
def test_a_body_is_the_same_in_whatever_pieces_it_comes(places):
    data = response(
        chunked(GZIP), b"Transfer-Encoding: chunked", b"Content-Encoding: gzip"
    )
    cuts = [0, *sorted(places), len(data)]
    body = Unpacker()
    pieces = [data[a:b] for a, b in pairwise(cuts)]
    assert b"".join(unpack(piece, body) for piece in pieces) == TEXT
    assert body.whole
    assert (body.fault, body.coding_fault) == ("", "")
    assert body.framing.kind == "chunked"


def test_before_a_head_has_come_there_is_no_body_and_nothing_is_whole():
    body = Unpacker()
    assert unpack(b"HTTP/1.1 200 OK\r\n", body) == b""
    assert body.message is None
    assert not body.whole
    assert unpack(b"\r\nwords", body) == b"words"
    assert body.message.status == 200
    assert body.whole


@pytest.mark.parametrize(
    ("data", "fault", "coding_fault"),
    [
        (
            response(TEXT, b"Content-Encoding: zstd"),
            "Content-Encoding zstd is not known here",
            "Content-Encoding zstd is not known here",
        ),
        (
            response(b"no chunk\r\n", b"Transfer-Encoding: chunked"),
            "a chunk begins with b'no chunk', expected its size in hex",
            "",
        ),
        (b"SSH-2.0-server\r\n", "the response begins with b'SSH-2.0'", ""),
    ],
)
def test_what_cannot_be_unpacked_says_why(data, fault, coding_fault):
    body = Unpacker()
    assert unpack(data, body) == b""
    assert body.fault.startswith(fault)
    assert body.coding_fault == coding_fault
    assert not body.whole


def test_bytes_that_are_no_gzip_are_a_fault_of_the_coding_alone():
    body = Unpacker()
    unpack(response(TEXT, b"Content-Encoding: gzip"), body)
    assert body.coding_fault == body.fault != ""


def test_a_coding_that_is_cut_is_not_whole_and_no_fault():
    body = Unpacker()
    assert TEXT.startswith(unpack(response(GZIP[:-9], b"Content-Encoding: gzip"), body))
    assert not body.whole
    assert body.fault == ""


def test_what_unpacks_beyond_the_bound_is_not_given_out():
    bomb = gzip.compress(bytes(1 << 20), mtime=0)
    body = Unpacker(max_bytes=1 << 17)
    data = unpack(response(bomb, b"Content-Encoding: gzip"), body)
    assert len(data) <= 1 << 17
    assert str(1 << 17) in body.coding_fault


def test_the_answer_to_another_method_is_read_as_such():
    body = Unpacker(ResponseReader("HEAD"))
    assert unpack(response(b"", b"Content-Length: 99"), body) == b""
    assert body.whole
