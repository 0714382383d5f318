"""Which requests are asked again, and when."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.failures import FAILURES
from archiver.wire.messages import Message
from archiver.wire.responses import Completeness
from archiver.wire.retries import (
    LONGEST_PAUSE,
    asks_for_later,
    failure_passes,
    pause_before,
    response_passes,
    retry_after,
)

NOW = datetime(2026, 2, 3, 9, tzinfo=UTC)


def answer(status: int = 503, *after: bytes) -> Message:
    fields = tuple((b"Retry-After", value) for value in after)
    return Message("HTTP/1.1", status, b"", fields, 0, 0)


def test_only_a_connection_that_broke_may_come_to_an_answer_later():
    assert [kind for kind in FAILURES if failure_passes(kind)] == [
        "connect",
        "no-response",
    ]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_a_server_in_trouble_is_asked_again(status):
    assert asks_for_later(answer(status))
    assert response_passes(answer(status), Completeness("complete"))


@pytest.mark.parametrize("status", [200, 204, 301, 304, 400, 401, 403, 404, 410, 451])
def test_an_answer_is_an_answer(status):
    assert not asks_for_later(answer(status))
    assert not response_passes(answer(status), Completeness("complete"))
    assert not response_passes(answer(status), Completeness("malformed", "why"))


def test_a_transfer_that_broke_is_asked_again_and_one_that_was_stopped_is_not():
    for word, passes in (
        ("disconnect", True),
        ("length", False),
        ("time", False),
        ("unspecified", False),
    ):
        cut = Completeness("truncated", "why", word)
        assert response_passes(answer(200), cut) is passes


def test_without_a_word_of_the_server_each_pause_is_four_times_as_long():
    pauses = [pause_before(turn, None, NOW) for turn in (1, 2, 3, 4)]
    assert pauses == [1.0, 4.0, 16.0, 64.0]
    assert pause_before(1, answer(503), NOW) == 1.0
    assert pause_before(2, answer(503, b"soon"), NOW) == 4.0


def test_what_the_server_asks_for_counts_up_to_a_limit():
    assert pause_before(3, answer(503, b"7"), NOW) == 7.0
    assert pause_before(1, answer(503, b"0"), NOW) == 0.0
    assert pause_before(1, answer(503, b"120"), NOW) == LONGEST_PAUSE
    assert pause_before(1, answer(503, b"121"), NOW) is None
    assert pause_before(1, answer(503, b"1", b"5"), NOW) == 5.0


@given(st.integers(0, 10**9 - 1))
def test_a_number_of_seconds_is_itself(seconds):
    assert retry_after(answer(503, b"%d" % seconds), NOW) == seconds


@given(st.integers(-(10**6), 10**6))
def test_a_date_is_so_many_seconds_from_now_and_never_less_than_none(seconds):
    moment = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    found = retry_after(answer(503, moment.encode()), NOW)
    assert found == max(0, seconds)


def test_a_date_without_a_zone_is_in_utc():
    value = b"Tue, 03 Feb 2026 09:00:30 -0000"
    assert retry_after(answer(503, value), NOW) == 30


@given(st.binary(max_size=60))
def test_whatever_stands_there_it_is_a_pause_or_none(value):
    found = retry_after(answer(503, value), NOW)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"-1",
        b"1.5",
        b"1234567890",
        b"soon",
        b"Tue, 03 Foo 2026 09:00:00 GMT",
        b"Tue, 99999999999999999999 Feb 2026 09:00:00 GMT",
        b"Tue, 03 Feb 2026 09:00:00 +99999999999999999999",
    ],
)
def test_what_cannot_be_read_counts_for_nothing(value):
    assert retry_after(answer(503, value), NOW) is None
