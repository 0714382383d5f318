"""Ranges and conditions, as RFC 9110 has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.website.ranges import (
    Span,
    UnsatisfiableError,
    none_match_holds,
    parse_range,
    range_holds,
)

ETAG = '"sha256:00"'


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=2-4", Span(2, 5)),
        ("bytes=2-", Span(2, 10)),
        ("bytes=8-99", Span(8, 10)),
        ("bytes=-3", Span(7, 10)),
        ("bytes=-65558", Span(0, 10)),
        (" bytes=1-1 ", Span(1, 2)),
    ],
)
def test_one_range_is_answered_in_part(header, expected):
    assert parse_range(header, 10) == expected


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=0-1,4-5",
        "items=0-1",
        "bytes=a-b",
        "bytes=٣-٤",
        "bytes=1-" + "9" * 40,
        "bytes=0x1-2",
        "bytes=1.5-2",
    ],
)
def test_what_is_no_single_range_is_answered_whole(header):
    assert parse_range(header, 10) is None


@pytest.mark.parametrize(
    ("header", "length"),
    [("bytes=10-", 10), ("bytes=11-12", 10), ("bytes=-0", 10), ("bytes=-1", 0)],
)
def test_a_range_behind_the_end_cannot_be_satisfied(header, length):
    with pytest.raises(UnsatisfiableError):
        parse_range(header, length)


@given(st.text(max_size=30), st.integers(0, 1 << 40))
def test_any_text_gives_a_part_of_the_file_or_the_whole(header, length):
    try:
        span = parse_range(header, length)
    except UnsatisfiableError:
        return
    assert span is None or 0 <= span.start < span.end <= length


@given(st.integers(0, 99), st.integers(0, 120), st.integers(1, 100))
def test_a_well_formed_range_lies_within_the_file(start, end, length):
    try:
        span = parse_range(f"bytes={start}-{end}", length)
    except UnsatisfiableError:
        assert start >= length
    else:
        whole = end < start
        assert span == (None if whole else Span(start, min(end + 1, length)))


def test_content_range_counts_from_zero_and_includes_the_last_byte():
    assert Span(2, 5).content_range(10) == "bytes 2-4/10"


@pytest.mark.parametrize(
    ("if_range", "holds"),
    [(None, True), (ETAG, True), (f" {ETAG} ", True), (f"W/{ETAG}", False)],
)
def test_if_range_lets_a_range_through_only_for_our_own_etag(if_range, holds):
    assert range_holds(if_range, ETAG) is holds


def test_if_range_with_a_date_never_holds():
    assert not range_holds("Wed, 25 Nov 2026 09:00:00 GMT", ETAG)


@pytest.mark.parametrize(
    ("if_none_match", "sent"),
    [
        (None, True),
        ("*", False),
        (ETAG, False),
        (f"W/{ETAG}", False),
        (f'"other", {ETAG}', False),
        ('"other"', True),
        ("", True),
    ],
)
def test_if_none_match_keeps_back_what_the_reader_has(if_none_match, sent):
    assert none_match_holds(if_none_match, ETAG) is sent
