"""Dates: EDTF with strict bounds, and what may be said of their order."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.errors import MalformedError
from claims.dates import before, begins_before, describe, overlaps, parse_edtf


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "words"),
    [
        ("2026", "2026-01-01", "2026-12-31", "2026"),
        ("2026-02", "2026-02-01", "2026-02-28", "February 2026"),
        ("2024-02", "2024-02-01", "2024-02-29", "February 2024"),
        ("2026-02-02", "2026-02-02", "2026-02-02", "2 February 2026"),
        ("0987-12-31", "0987-12-31", "0987-12-31", "31 December 987"),
        (
            "2026-02-02T23:59:59Z",
            "2026-02-02",
            "2026-02-02",
            "2 February 2026, 23:59:59 UTC",
        ),
        (
            "2026-02-02T07:05:00+05:00",
            "2026-02-02",
            "2026-02-02",
            "2 February 2026, 07:05:00 UTC+05:00",
        ),
        (
            "2026-02-02T07:05:00-03",
            "2026-02-02",
            "2026-02-02",
            "2 February 2026, 07:05:00 UTC-03",
        ),
        (
            "2026-02-02T07:05:00",
            "2026-02-02",
            "2026-02-02",
            "2 February 2026, 07:05:00",
        ),
        ("2025-21", "2025-03-01", "2025-06-21", "spring 2025"),
        ("2025-22", "2025-06-01", "2025-09-23", "summer 2025"),
        ("2025-23", "2025-09-01", "2025-12-22", "autumn 2025"),
        ("2025-24", "2025-12-01", "2026-03-21", "winter 2025 to 2026"),
        ("2022/2024-06", "2022-01-01", "2024-06-30", "from 2022 to June 2024"),
        (
            "2025-23/2026-02-02",
            "2025-09-01",
            "2026-02-02",
            "from autumn 2025 to 2 February 2026",
        ),
        ("2026-02-02/..", "2026-02-02", None, "from 2 February 2026 on"),
        ("2026-02-02/", "2026-02-02", None, "from 2 February 2026 to an unknown day"),
        ("../2026-02", None, "2026-02-28", "up to February 2026"),
        ("/2026-02-02", None, "2026-02-02", "from an unknown day to 2 February 2026"),
        ("2026-02-10/2026-02", "2026-02-10", "2026-02-28", None),
    ],
)
def test_a_date_has_bounds_and_words(text, earliest, latest, words):
    found = parse_edtf(text)
    assert found.text == text
    assert found.earliest == (earliest and date.fromisoformat(earliest))
    assert found.latest == (latest and date.fromisoformat(latest))
    assert words is None or describe(text) == words


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "/",
            "..",
            "../..",
            "/..",
            "../",
            "2026/2027/2028",
            "..2026",
            "2026..",
            "//",
        ),
        *("26", "02026", "2026-2", "2026-02-2", "2026-00", "2026-13", "2026-02-29"),
        *("2026-20", "2025-25", "2025-23-01", "0000", "-2026", "2026-02-31", "9999-24"),
        *("2026~", "2026?", "2026%", "202X", "2026-XX", "Y17", "2026-02-02~", "2026S2"),
        *("2026-02-02T", "2026-02T10:00:00", "2026-02-02T10:00", "2026-02-02T24:00:00"),
        *("2026-02-02T10:60:00Z", "2026-02-02T10:00:60", "2026-02-02T10:00:00z"),
        *("2026-02-02T10:00:00+5", "2026-02-02T10:00:00+15:00", "2026-02-02 10:00:00"),
        *(
            "2026-02-02T10:00:00Z/2026-03",
            "2026-02/2026-03-01T10:00:00",
            "2026T10:00:00",
        ),
        *("2026-03/2026-02", "2026/2025", "2026-02-02/2026-02-01", "2025-24/2025-11"),
        *(" 2026", "2026 ", "2026\n", "٢٠٢٦", "２０２６", "2 February 2026", "today"),
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(MalformedError, match="expected EDTF") as caught:
        parse_edtf(text, "'holds'")
    assert str(caught.value).startswith("'holds' ")
    assert "2026-02-02" in caught.value.hint
    with pytest.raises(MalformedError):
        describe(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2025", "2026"),
        ("2026-01", "2026-02"),
        ("2026-02-01", "2026-02-02"),
        ("2024/2025", "2026/.."),
        ("../2026-01-31", "2026-02"),
        ("/2026-01", "2026-02/"),
        ("2025-23", "2026-01"),
    ],
)
def test_one_is_certainly_before_the_other(one, other):
    first, last = parse_edtf(one), parse_edtf(other)
    assert before(first, last)
    assert not before(last, first)
    assert not overlaps(first, last)
    assert not overlaps(last, first)
    assert begins_before(first, last)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026", "2026-02"),
        ("2026-02-02", "2026-02-02"),
        ("2026-02/..", "2027"),
        ("../2026-02", "2020"),
        ("2025/", "2026"),
        ("/2026-02-02", "2026-02-02/.."),
        ("2025-24", "2026-01"),
        ("2026-02-01/2026-02-10", "2026-02-10/2026-02-20"),
    ],
)
def test_what_may_share_a_day_is_not_ordered(one, other):
    first, last = parse_edtf(one), parse_edtf(other)
    assert overlaps(first, last)
    assert overlaps(last, first)
    assert not before(first, last)
    assert not before(last, first)


@pytest.mark.parametrize(
    ("one", "other", "certainly"),
    [
        ("2026-02/..", "2026-03/..", True),
        ("2026-02/..", "2026-02-28/..", False),
        ("2026-02-01/2026-03", "2026-02-02/2026-03", True),
        ("2026", "2026-06", False),
        ("/2026-02-01", "2026-02-02", True),
        ("../2026-02-02", "2026-02-02", False),
        ("2026", "/2027", False),
        ("2025-12-31", "../2026", False),
    ],
)
def test_a_beginning_is_compared_by_its_own_bounds(one, other, certainly):
    assert begins_before(parse_edtf(one), parse_edtf(other)) is certainly


@settings(deadline=None)
@given(st.dates(), st.dates())
def test_days_are_ordered_as_days(one, other):
    first, last = parse_edtf(one.isoformat()), parse_edtf(other.isoformat())
    assert before(first, last) == (one < other)
    assert overlaps(first, last) == (one == other)


@settings(deadline=None)
@given(st.text(alphabet="0123456789-/.TZ:+~", max_size=24))
def test_any_text_is_a_date_with_bounds_or_refused(text):
    try:
        found = parse_edtf(text)
    except MalformedError:
        return
    assert found.earliest or found.latest
    assert describe(text)
