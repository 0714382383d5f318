"""Every good answer, cut at any place: taken for whole only where nobody could tell.

That is a body that only the end of the connection ends (RFC 9112, 6.3, the
last rule), when that end is an orderly one.  A content coding tells it all the same,
unless nothing of the body came, or a gzip body ends between two of its members.
"""

import gzip
import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.capture import observe
from archiver.errors import NetworkError
from archiver.wire.codings import ContentDecoder
from archiver.wire.observation import CaptureOptions
from archiver.wire.responses import ENDS, ResponseReader, judge_completeness
from tests.hostile_answers import CODED, GZIP, TEXT, WHOLE, http
from tests.site import Site

GOOD = {
    name: b"".join(step for step in steps if isinstance(step, bytes))
    for name, steps in WHOLE.items()
    if name != "3000 fields"  # each look at it takes milliseconds
}
ENDED_BY_CLOSE = ("HTTP/1.0 until the close", "until the close")
CODED_TO_CLOSE = ("gzip until the close",)
EDGE = 300  # every place so near to the beginning and to the end, and some between


def places(data: bytes) -> list[int]:
    """Return where an answer is cut."""
    between = range(EDGE, len(data), max(37, len(data) // 100))
    last = range(max(0, len(data) - EDGE), len(data))
    return sorted({*range(min(EDGE, len(data))), *between, *last})


def judge(data: bytes, end: str):
    reader = ResponseReader()
    body = reader.feed(data)
    decoder = ContentDecoder(reader.framing.codings, max_bytes=1 << 20, max_ratio=200)
    list(decoder.feed(body))
    return judge_completeness(reader, end, decoder)


def cannot_be_told(name: str, data: bytes) -> bool:
    """Tell whether the bytes that came could be all of an answer, closed in order."""
    _, empty_line, body = data.partition(b"\r\n\r\n")
    if not empty_line:
        return False
    return name in ENDED_BY_CLOSE or (name in CODED_TO_CLOSE and not body)


@pytest.mark.parametrize("name", GOOD)
def test_an_answer_that_is_cut_is_whole_only_where_nobody_could_tell(name):
    good = GOOD[name]
    assert judge(good, "close").outcome == "complete"
    for place in places(good):
        found = judge(good[:place], "close")
        expected = cannot_be_told(name, good[:place])
        assert (place, found.outcome == "complete") == (place, expected)
        assert (found.truncated is not None) == (found.outcome == "truncated")


@pytest.mark.parametrize("end", sorted({*ENDS} - {"close"}))
@pytest.mark.parametrize("name", GOOD)
def test_an_answer_that_is_cut_by_anything_but_a_close_is_never_whole(name, end):
    good = GOOD[name]
    for place in places(good):
        found = judge(good[:place], end)
        assert (place, found.outcome) != (place, "complete")


def test_between_two_members_of_a_gzip_body_nobody_can_tell():
    data = http(CODED, GZIP + gzip.compress(TEXT, mtime=0))
    head = len(data) - len(GZIP) * 2
    whole = [
        place
        for place in range(head, len(data))
        if judge(data[:place], "close").outcome == "complete"
    ]
    assert whole == [head, head + len(GZIP)]
    assert judge(data[: head + len(GZIP)], "ragged").outcome == "truncated"


@pytest.fixture(scope="module")
def site():
    with Site({}) as running:
        yield running


@settings(max_examples=120)
@given(st.sampled_from(sorted(GOOD)), st.integers(0, 1 << 17))
def test_a_real_connection_that_ends_at_any_place_is_told(site, name, place):
    data = GOOD[name][: place % len(GOOD[name])]
    site.pages["/"] = [data]
    with tempfile.TemporaryDirectory() as folder:
        try:
            seen = observe(
                site.url(),
                CaptureOptions(allow_addresses=(site.address,), timeout=10),
                Path(folder),
                clock=lambda: datetime.now(UTC),
                token=secrets.token_bytes,
            )
        except NetworkError as refused:
            seen, error = None, refused
    assert site.sent("/") == data
    if seen:
        assert (seen.outcome == "complete") == cannot_be_told(name, data)
    else:
        assert error.failures[0].received == len(data)
        assert judge(data, "close").reason.endswith("head did not come to its end")
