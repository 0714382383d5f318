"""Hashing a stream: all that it still holds, or as far as a bound."""

from hashlib import sha256
from io import BytesIO

import pytest

from archiver.hashing import hash_stream

LONG = bytes(range(256)) * 1024  # four pieces


@pytest.mark.parametrize("data", [b"", b"words", LONG, LONG + b"more"])
def test_a_stream_is_hashed_to_its_end_whatever_its_length(data):
    assert hash_stream(BytesIO(data)) == (sha256(data).hexdigest(), len(data))


def test_a_stream_is_hashed_from_where_it_stands():
    stream = BytesIO(b"read; not read")
    stream.seek(6)
    assert hash_stream(stream) == (sha256(b"not read").hexdigest(), 8)


@pytest.mark.parametrize("limit", [len(LONG), len(LONG) + 1])
def test_a_stream_no_longer_than_the_bound_is_hashed_whole(limit):
    found = hash_stream(BytesIO(LONG), limit)
    assert found == (sha256(LONG).hexdigest(), len(LONG))


@pytest.mark.parametrize("limit", [0, 1, len(LONG) - 1])
def test_a_stream_longer_than_the_bound_is_read_no_further_than_one_piece_past_it(
    limit,
):
    stream = BytesIO(LONG * 4)
    _, length = hash_stream(stream, limit)
    assert limit < length <= limit + (1 << 16)
    assert stream.tell() == length
