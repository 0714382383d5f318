"""The strict walk over a WARC: each record with its place and hash, or a refusal."""

import base64
import gzip
import hashlib
import io
import tracemalloc
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import MalformedError, SourcebookError, VerificationError
from archiver.records import (
    MAX_HEADER,
    MAX_INFLATED,
    WHOLE_FILE,
    check_main_record,
    read_block,
    walk_records,
    whole_file,
)
from tests.warcs import DATE, URI, member, packed, record, records


def walk(data):
    return list(walk_records(io.BytesIO(data)))


@pytest.mark.parametrize("pack", [member, bytes])
def test_each_record_has_its_place_in_the_file_and_its_hashes(pack):
    parts = records()
    data = b"".join(map(pack, parts))
    found = walk(data)
    assert [each.index for each in found] == [0, 1, 2, 3]
    assert [each.sha256 for each in found] == [sha256(p).hexdigest() for p in parts]
    assert [each.inflated for each in found] == [len(part) for part in parts]
    end = 0
    for each, part in zip(found, parts, strict=True):
        raw = data[each.offset : each.offset + each.length]
        assert (each.offset, raw) == (end, pack(part))
        assert each.member == sha256(raw).hexdigest()
        end += each.length
    assert end == len(data)


def test_a_record_says_what_its_header_says():
    found = walk(packed())[1]
    assert (found.type, found.uri, found.date) == ("response", URI, DATE)
    assert found.field("content-TYPE") == "text/plain"
    assert found.field("WARC-Truncated") is None
    block = b"HTTP/1.1 200 OK\r\n\r\nhello"
    assert found.block_length == len(block)
    assert found.block == sha256(block).hexdigest()


def test_what_a_packed_and_a_plain_file_hash_to_is_the_same_but_for_the_container():
    parts = records()
    plain, zipped = walk(b"".join(parts)), walk(packed(parts))
    assert [each.sha256 for each in plain] == [each.sha256 for each in zipped]
    assert all(p.member != z.member for p, z in zip(plain, zipped, strict=True))


@pytest.mark.parametrize("pack", [member, bytes])
def test_the_block_of_a_record_is_read_at_its_place(pack):
    data = b"".join(map(pack, records()))
    found = walk(data)[1]
    stream = io.BytesIO(data)
    assert read_block(stream, found, 24) == b"HTTP/1.1 200 OK\r\n\r\nhello"
    with pytest.raises(MalformedError, match=r"record 1 .* has 24 bytes, .* most 23"):
        read_block(stream, found, 23)


def test_a_block_is_not_read_from_a_file_that_was_changed_meanwhile():
    first = [record(block=b"one"), record(block=b"two")]
    second = [record(block=b"one"), record(block=b"six")]
    found = walk(packed(first))[1]
    changed = packed(second)
    with pytest.raises(VerificationError, match=r"record 1 at byte .* its SHA-256 is"):
        read_block(io.BytesIO(changed), found, 100)
    longer = packed([first[0], record(block=b"t" * 101)])
    with pytest.raises(MalformedError, match=r"Content-Length is 101, .* at most 100"):
        read_block(io.BytesIO(longer), found, 100)


@pytest.mark.parametrize("pack", [member, bytes])
def test_memory_does_not_grow_with_the_record(pack):
    data = pack(record(block=bytes(30_000_000)))
    stream = io.BytesIO(data)
    tracemalloc.start()
    try:
        (found,) = walk_records(stream)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.block_length == 30_000_000
    assert peak < 3_000_000


def test_a_whole_file_is_one_record_that_no_walk_can_yield():
    data = b"PK\x03\x04 anything"
    found = whole_file(io.BytesIO(data))
    assert found.sha256 == found.member == found.block == sha256(data).hexdigest()
    assert (found.offset, found.length, found.type) == (0, len(data), WHOLE_FILE)
    assert found.block_length == 0


def digest(algorithm, block):
    return hashlib.new(algorithm, block, usedforsecurity=False).digest()


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
@pytest.mark.parametrize("encode", [bytes.hex, base64.b32encode])
def test_a_block_digest_is_checked_in_each_spelling(algorithm, encode):
    for block, holds in ((b"hello", True), (b"hallo", False)):
        value = encode(digest(algorithm, block))
        text = value if isinstance(value, str) else value.decode()
        data = record(changes={"WARC-Block-Digest": f"{algorithm}:{text}"})
        if holds:
            assert len(walk(data)) == 1
            continue
        said = f"record 0 at byte 0: the {algorithm} of its block is .*, expected"
        with pytest.raises(VerificationError, match=said):
            walk(data)


def test_a_record_without_a_digest_is_read_since_its_commitment_covers_it():
    assert len(walk(record(changes={"WARC-Block-Digest": None}))) == 1


TWO = record(number=1) + record(number=2)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty"),
        (b"\x1f", "record 0 at byte 0: found .*, expected a record"),
        (b"%PDF-1.7 " + bytes(100), "record 0 at byte 0: found b'%PDF-1.7"),
        (packed()[:-1], "record 3 .* 7 bytes into the gzip trailer"),
        (packed() + b"\x00", "record 4 .* the file ends 1 bytes into the gzip header"),
        (packed() + bytes(20), "record 4 .* found the bytes 0000, expected a gzip"),
        (packed() + gzip.compress(b""), "record 4 .* the gzip member is empty"),
        (packed() + record(), "record 4 .* found the bytes 5741, expected a gzip"),
        (record() + member(record()), "record 1 .* found b'\\\\x1f"),
        (record()[:-1], "record 0 .* end inside the record's end, after"),
        (record()[:-6], "record 0 .* end inside the record's block"),
        (record()[:40], "record 0 .* end inside the record's header"),
        (gzip.compress(TWO), "record 0 .* the gzip member goes on after its record"),
        (member(record() + b"\n"), "record 0 .* the gzip member goes on after"),
        (member(record()[:-2]), "record 0 .* end inside the record's end"),
        (
            record(changes={"Content-Length": "4"}),
            "record 0 .* followed by b'o.*', expected .* Content-Length is not",
        ),
        (record(changes={"Content-Length": "05"}), "record 0 .*: Content-Length is '0"),
        (record(changes={"Content-Length": "-5"}), "record 0 .*: Content-Length is '-"),
        (
            record(changes={"Content-Length": str(MAX_INFLATED + 1)}),
            "record 0 .* its Content-Length is 68719476737, expected at most",
        ),
        (
            b"WARC/1.1\r\nX: " + bytes([120]) * MAX_HEADER,
            "record 0 .* header has no end in .* expected one in 65536",
        ),
    ],
)
def test_a_file_that_has_more_than_one_reading_is_refused(data, said):
    with pytest.raises(MalformedError, match=said):
        walk(data)


def test_the_records_before_a_fault_are_told_before_it():
    stream = walk_records(io.BytesIO(packed() + bytes(20)))
    assert [next(stream).index for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(MalformedError, match="record 4 at byte"):
        next(stream)


def test_a_second_response_of_the_same_moment_is_refused():
    alone = walk(packed())
    check_main_record(alone, 1)
    twin = record("response", b"HTTP/1.1 200 OK\r\n\r\nother", number=4)
    with pytest.raises(VerificationError, match="record 4 is a second response of"):
        check_main_record(walk(packed([*records(), twin])), 1)
    later = record("response", b"x", number=4, changes={"WARC-Date": "2026-02-01"})
    check_main_record(walk(packed([*records(), later])), 1)


@pytest.mark.parametrize("main", [-1, 4])
def test_a_main_record_that_is_not_there_is_refused(main):
    with pytest.raises(VerificationError, match=f"main record is {main}, .* 4 records"):
        check_main_record(walk(packed()), main)


BLOCKS = st.lists(st.binary(max_size=200), min_size=1, max_size=4)


@given(BLOCKS, st.booleans())
def test_any_blocks_come_back_as_they_were(blocks, zipped):
    pack = member if zipped else bytes
    data = b"".join(
        pack(record(block=block, number=number)) for number, block in enumerate(blocks)
    )
    stream = io.BytesIO(data)
    assert [read_block(stream, each, 1000) for each in walk(data)] == blocks


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=3), st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_change_anywhere_is_refused_or_changes_what_the_records_hash_to(
    place, patch, zipped
):
    good = packed() if zipped else b"".join(records())
    place %= len(good)
    data = good[:place] + patch + good[place + len(patch) :]
    try:
        found = walk(data)
    except SourcebookError:
        return
    before = [each.member for each in walk(good)]
    assert ([each.member for each in found] == before) == (data == good)


@given(st.integers(0, 10**6), st.booleans())
def test_a_file_that_is_cut_short_inside_a_record_is_refused(place, zipped):
    good = packed() if zipped else b"".join(records())
    starts = {each.offset for each in walk(good)} - {0}
    place %= len(good)
    if place in starts:
        assert len(walk(good[:place])) == sorted(starts).index(place) + 1
        return
    with pytest.raises(MalformedError):
        walk(good[:place])
