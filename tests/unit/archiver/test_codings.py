"""Chunks and content codings, undone in any pieces and within bounds."""

import gzip
import time
import zlib

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.wire.codings import (
    MAX_LINE,
    MAX_MEMBERS,
    MAX_TRAILER,
    PIECE,
    ContentDecoder,
    Dechunker,
)

TEXT = "Әділет пен шындық. ".encode() * 500


def dechunk(data: bytes, size: int = 1 << 20) -> tuple[bytes, Dechunker]:
    dechunker = Dechunker()
    pieces = [dechunker.feed(part) for part in parts(data, size)]
    return b"".join(pieces), dechunker


def parts(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def decode(data: bytes, *codings: str, size: int = 1 << 20, **bounds: int):
    limits = {"max_bytes": 1 << 30, "max_ratio": 10_000} | bounds
    decoder = ContentDecoder(codings, **limits)
    pieces = [piece for part in parts(data, size) for piece in decoder.feed(part)]
    return b"".join(pieces), decoder


def bare_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_chunks_with_extensions_and_a_trailer_are_joined(size):
    data = b'4;a=b\r\nWiki\r\n6 ;c="d"\r\npedia \r\nA\r\nin chunks.\r\n'
    data += b"0\r\nX: 1\r\nY: 2\r\n\r\n"
    body, dechunker = dechunk(data, size)
    assert body == b"Wikipedia in chunks."
    assert (dechunker.finished, dechunker.fault, dechunker.rest) == (True, "", b"")
    assert not dechunker.bare_lf


def test_bytes_beyond_the_last_chunk_are_given_back():
    _, dechunker = dechunk(b"0\r\n\r\nmore")
    assert (dechunker.finished, dechunker.rest) == (True, b"more")


def test_a_bare_line_feed_in_chunks_is_tolerated_and_told():
    body, dechunker = dechunk(b"3\nabc\n0\n\n")
    assert (body, dechunker.finished, dechunker.bare_lf) == (b"abc", True, True)


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (b"", b""),
        (b"5", b""),
        (b"5\r\nabc", b"abc"),
        (b"3\r\nabc", b"abc"),
        (b"3\r\nabc\r\n", b"abc"),
        (b"3\r\nabc\r\n0\r\n", b"abc"),
        (b"3\r\nabc\r\n0\r\nX: 1\r\n", b"abc"),
    ],
)
def test_chunks_that_stop_early_are_unfinished(data, body):
    found, dechunker = dechunk(data)
    assert (found, dechunker.finished, dechunker.fault) == (body, False, "")
    assert dechunker.rest == b""


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"<html>\r\n", "a chunk begins with b'<html>'"),
        (b"\r\n", "a chunk begins with b''"),
        (b"-1\r\n", "a chunk begins with b'-1'"),
        (b"0x5\r\n", "a chunk begins with"),
        (b"5 x\r\n", "a chunk begins with"),
        (b"1" * 16 + b"\r\n", "a chunk begins with"),
        (b"3\r\nabcdef\r\n", "after a chunk stands b'def'"),
        (b"1" * (MAX_LINE + 1), "a line of the chunked coding exceeds"),
        (b"5;" + b"x" * MAX_LINE + b"\r\n", "a line of the chunked coding exceeds"),
        (b"0\r\n" + b"X: 12345\r\n" * (MAX_TRAILER // 8 + 1), "the trailer exceeds"),
    ],
)
@pytest.mark.parametrize("size", [3, 1 << 20])
def test_chunks_that_are_none_stop_with_a_fault(data, fault, size):
    _, dechunker = dechunk(data, size)
    assert dechunker.fault.startswith(fault)


@given(st.lists(st.binary(min_size=1, max_size=40)), st.integers(1, 9))
def test_chunking_is_undone_however_it_arrives(chunks, size):
    coded = b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n"
    body, dechunker = dechunk(coded, size)
    assert (body, dechunker.finished) == (b"".join(chunks), True)
    cut, dechunker = dechunk(coded[:-1], size)
    assert (cut, dechunker.finished) == (b"".join(chunks), False)


CODERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


@pytest.mark.parametrize("coding", CODERS)
@pytest.mark.parametrize("size", [1, 5, 1 << 20])
def test_each_coding_is_undone_to_its_end(coding, size):
    body, decoder = decode(CODERS[coding](TEXT), coding, size=size)
    assert body == TEXT
    assert (decoder.finished, decoder.fault, decoder.unknown) == (True, "", "")


@pytest.mark.parametrize("coding", CODERS)
def test_a_coding_that_stops_early_is_unfinished_and_gives_what_came(coding):
    data = CODERS[coding](TEXT)
    for cut in (1, 5, len(data) - 1):
        body, decoder = decode(data[:cut], coding)
        assert TEXT.startswith(body)
        assert (decoder.finished, decoder.fault) == (False, "")


@pytest.mark.parametrize("coding", CODERS)
def test_bytes_that_are_not_so_coded_are_a_fault(coding):
    _, decoder = decode(b"<html>\xff\xff\xff plain text", coding)
    assert decoder.fault.startswith(f"Content-Encoding {coding}: ")


@pytest.mark.parametrize("coding", CODERS)
def test_bytes_after_the_end_of_a_coding_are_a_fault(coding):
    _, decoder = decode(CODERS[coding](TEXT) + b"junk", coding)
    assert decoder.fault.startswith(f"Content-Encoding {coding}: ")


def test_a_gzip_checksum_that_does_not_hold_is_a_fault():
    data = bytearray(gzip.compress(TEXT))
    data[-5] ^= 1
    _, decoder = decode(bytes(data), "gzip")
    assert "incorrect" in decoder.fault


def test_gzip_may_have_several_members():
    data = gzip.compress(TEXT) + gzip.compress(b"more")
    for size in (1, 1 << 20):
        body, decoder = decode(data, "gzip", size=size)
        assert (body, decoder.finished) == (TEXT + b"more", True)
    _, decoder = decode(data[:-1], "gzip")
    assert not decoder.finished


@pytest.mark.parametrize("size", [1, 1 << 20])
def test_deflate_without_its_wrapper_is_undone_too(size):
    body, decoder = decode(bare_deflate(TEXT), "deflate", size=size)
    assert (body, decoder.finished, decoder.fault) == (TEXT, True, "")


def test_codings_upon_each_other_are_undone_last_first():
    data = brotli.compress(gzip.compress(zlib.compress(TEXT)))
    body, decoder = decode(data, "deflate", "gzip", "br", size=10)
    assert (body, decoder.finished) == (TEXT, True)
    _, decoder = decode(data, "br", "gzip", "deflate")
    assert decoder.fault


def test_no_coding_gives_the_bytes_themselves():
    body, decoder = decode(TEXT)
    assert (body, decoder.finished) == (TEXT, True)


def test_a_coding_that_is_not_known_gives_nothing_and_is_named():
    body, decoder = decode(TEXT, "gzip", "zstd")
    assert (body, decoder.unknown, decoder.fault) == (b"", "zstd", "")


def test_too_many_codings_are_a_fault():
    body, decoder = decode(TEXT, *["gzip"] * 5)
    assert (body, decoder.fault) == (b"", "5 codings, expected at most 4")


def test_no_bytes_at_all_are_an_end():
    decoder = ContentDecoder(["gzip"], max_bytes=10, max_ratio=10)
    assert decoder.finished
    assert list(decoder.feed(b"")) == []
    assert decoder.finished


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_bomb_is_stopped_by_its_size(coding):
    data = CODERS[coding](bytes(8 << 20))
    given_out = 0
    decoder = ContentDecoder([coding], max_bytes=1 << 20, max_ratio=10_000)
    for piece in decoder.feed(data):
        assert len(piece) <= 4 * PIECE
        given_out += len(piece)
    assert decoder.fault == "the body unpacks to more than 1048576 bytes"
    assert given_out <= 1 << 20
    assert list(decoder.feed(data)) == []


def test_a_bomb_is_stopped_by_its_ratio():
    data = gzip.compress(bytes(64 << 20))
    body, decoder = decode(data, "gzip", max_ratio=200)
    assert decoder.fault == "the body unpacks to more than 200 times its size"
    assert len(body) <= (16 << 20) + PIECE


def test_a_bomb_in_a_bomb_is_stopped_on_the_way():
    data = gzip.compress(gzip.compress(bytes(64 << 20)))
    body, decoder = decode(data, "gzip", "gzip", max_bytes=1 << 20)
    assert decoder.fault == "the body unpacks to more than 1048576 bytes"
    assert len(body) <= 1 << 20


def test_very_many_empty_gzip_members_are_a_fault_before_they_take_minutes():
    empties = gzip.compress(gzip.compress(b"", mtime=0) * 2_000_000)
    before = time.process_time()
    body, decoder = decode(empties, "gzip", "gzip")
    assert (
        decoder.fault == f"Content-Encoding gzip, gzip: more than {MAX_MEMBERS} members"
    )
    assert body == b""
    assert time.process_time() - before < 10


@given(
    st.binary(max_size=300),
    st.lists(st.sampled_from(sorted(CODERS)), max_size=3),
    st.integers(1, 50),
)
def test_any_bytes_come_back_through_any_codings(data, codings, size):
    coded = data
    for coding in codings:
        coded = CODERS[coding](coded)
    body, decoder = decode(coded, *codings, size=size)
    assert (body, decoder.finished, decoder.fault) == (data, True, "")


@given(st.binary(max_size=100), st.sampled_from(sorted(CODERS)), st.integers(1, 50))
def test_any_bytes_said_to_be_coded_end_in_a_verdict(data, coding, size):
    _, decoder = decode(data, coding, size=size)
    assert decoder.finished or decoder.fault or data


SIZE_LINES = st.sampled_from(
    [
        b"%x",
        b"%X",
        b"00%x",
        b"%x ",
        b"%x\t;a=b",
        b"%x;\r",
        b"%x\r",
        b"%x,",
        b"g%x",
        b"-%x",
    ]
)
LINE_ENDS = st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r\r\n", b""])
CHUNKS = st.tuples(st.binary(max_size=20), SIZE_LINES, LINE_ENDS, LINE_ENDS)


@given(st.lists(CHUNKS, max_size=12), st.binary(max_size=8), st.integers(2, 40))
def test_chunks_that_come_at_once_are_read_as_those_that_come_byte_by_byte(
    chunks, rest, size
):
    data = b"".join(
        line % len(body) + after + body + end for body, line, after, end in chunks
    )
    slow, quick = dechunk(data + rest, 1), dechunk(data + rest, size)
    assert quick[0] == slow[0]
    for name in ("finished", "bare_lf", "left", "rest", "fault"):
        assert getattr(quick[1], name) == getattr(slow[1], name), name


@pytest.mark.parametrize("spare", [0, 1])
def test_a_size_line_is_bounded_though_its_chunk_has_come_whole(spare):
    extension = b";" + b"x" * (MAX_LINE - len(b"5;\r\n") + spare)
    body, dechunker = dechunk(b"5" + extension + b"\r\nhello\r\n0\r\n\r\n")
    assert (body, dechunker.finished) == ((b"", False) if spare else (b"hello", True))
    assert bool(dechunker.fault) == bool(spare)
