"""Gzip members: one spelling, whole, and nothing between or behind them."""

import gzip
import io
import struct
import zlib
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import MalformedError
from archiver.members import CHUNK, PIECE, Member, OffsetStream


def read(data, where="member"):
    member = Member(OffsetStream(io.BytesIO(data)), where)
    return b"".join(iter(member.piece, b"")), member


def member_of(data, *, start=b"\x08\x00", extra=b"", crc=None, size=None):
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packer.compress(data) + packer.flush()
    crc = zlib.crc32(data) if crc is None else crc
    size = len(data) if size is None else size
    head = b"\x1f\x8b" + start + bytes(6)
    return head + extra + body + struct.pack("<II", crc, size)


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=5))
def test_members_are_read_one_after_the_other_and_each_byte_belongs_to_one(parts):
    data = b"".join(gzip.compress(part) for part in parts)
    source = OffsetStream(io.BytesIO(data))
    for part in parts:
        start = source.offset
        member = Member(source, "member")
        assert b"".join(iter(member.piece, b"")) == part
        assert member.length == source.offset - start
        raw = data[start : source.offset]
        assert member.sha256 == sha256(raw).hexdigest()
    assert source.offset == len(data)
    assert source.peek(1) == b""


def test_a_large_member_comes_in_pieces_of_bounded_size():
    data = bytes(5_000_000)
    member = Member(OffsetStream(io.BytesIO(gzip.compress(data))), "member")
    pieces = list(iter(member.piece, b""))
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) <= PIECE
    assert len(pieces) > 30


def test_a_member_longer_than_a_chunk_is_hashed_over_all_its_bytes():
    data = b"".join(sha256(struct.pack("<I", n)).digest() for n in range(4000))
    raw = gzip.compress(data)
    assert len(raw) > 3 * CHUNK
    found, member = read(raw)
    assert found == data
    assert (member.length, member.sha256) == (len(raw), sha256(raw).hexdigest())


def test_a_member_says_that_it_has_ended_as_often_as_it_is_asked():
    _, member = read(gzip.compress(b"x"))
    assert member.piece() == b""
    assert member.piece() == b""


@pytest.mark.parametrize(
    ("flags", "extra", "said"),
    [
        (0x01, b"", "a text flag"),
        (0x02, b"\x00\x00", "a header checksum"),
        (0x04, b"\x04\x00abcd", "an extra field"),
        (0x08, b"name\x00", "a file name"),
        (0x10, b"a comment\x00", "a comment"),
        (0x18, b"name\x00a comment\x00", "a file name and a comment"),
        (0x40, b"", "a reserved flag"),
    ],
)
def test_a_gzip_header_with_anything_in_it_is_refused_and_it_is_named(
    flags, extra, said
):
    data = member_of(b"x", start=bytes([8, flags]), extra=extra)
    with pytest.raises(MalformedError, match=f"^member: .* has {said}, expected none"):
        read(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04" + bytes(20), "found the bytes 504b, expected a gzip member"),
        (b"\x1f\x8b\x08", "ends 3 bytes into the gzip header, expected 10"),
        (member_of(b"x", start=b"\x07\x00"), "the gzip method is 7, expected 8"),
        (member_of(b"x", crc=1), "CRC-32 .* is 8cdc1683, expected 00000001"),
        (member_of(b"x", size=2), "1 bytes were inflated, expected 2"),
        (member_of(b""), "the gzip member is empty"),
        (member_of(b"x")[:-1], "ends 7 bytes into the gzip trailer, expected 8"),
        (member_of(b"x")[:12], "the file ends inside a gzip member, after 12 bytes"),
        (member_of(b"x")[:10] + b"\xff" * 20, "the gzip member is broken"),
    ],
)
def test_a_member_that_is_not_whole_is_refused_with_the_reason(data, said):
    with pytest.raises(MalformedError, match=f"^member: .*{said}"):
        read(data)


@given(st.binary(max_size=60), st.integers(0, 60))
def test_any_bytes_are_read_or_refused_with_one_kind_of_error(data, place):
    good = bytearray(gzip.compress(b"something to read", mtime=0))
    good[place % len(good) : place % len(good) + 1] = data
    try:
        found, member = read(bytes(good))
    except MalformedError:
        return
    assert member.length <= len(good)
    assert zlib.decompress(bytes(good[: member.length]), zlib.MAX_WBITS | 16) == found


def test_a_source_takes_back_what_was_taken():
    source = OffsetStream(io.BytesIO(b"abcdef"), start=100)
    assert source.take(4) == b"abcd"
    source.give_back(b"cd")
    assert (source.offset, source.peek(3)) == (102, b"cde")
    assert source.chunk() == b"cdef"
    assert (source.offset, source.chunk()) == (106, b"")


def test_a_source_gives_what_there_is_at_the_end():
    source = OffsetStream(io.BytesIO(b"ab"))
    assert source.peek(5) == b"ab"
    assert source.take(5) == b"ab"
    assert source.take(5) == b""
