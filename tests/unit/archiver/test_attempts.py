"""What an attempt says: all that was tried, and nothing about the page."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.attempts import (
    LONGEST_REASON,
    MAX_FAILURES,
    attempt_facts,
    attempt_subject,
    format_moment,
    parse_attempt,
)
from archiver.errors import MalformedError
from archiver.failures import FAILURES, Failure
from archiver.statements import Statement, Subject, format_statement, parse_statement

BEGAN = datetime(2026, 2, 3, 9, 0, 0, 5, tzinfo=UTC)
URL = "https://news.example/мақала?b=1"
TOOL = {"name": "sourcebook", "version": "1"}
REFUSED = Failure(
    url="https://news.example/",
    kind="connect",
    reason="Connection refused",
    started=BEGAN,
    finished=BEGAN + timedelta(seconds=2),
    answers=("198.51.100.7", "2001:db8::7"),
)
SILENT = Failure(
    url="https://www.news.example/",
    kind="no-response",
    reason="no response",
    started=BEGAN + timedelta(seconds=3),
    finished=BEGAN + timedelta(seconds=4),
    answers=("198.51.100.7",),
    peer="198.51.100.7",
    received=17,
)
WORDS = st.text(min_size=1, max_size=30).filter(str.isprintable)


def statement(failures=(REFUSED, SILENT), url=URL, redactions=()) -> Statement:
    predicate = {
        "salt": "5a" * 16,
        "origin": "desk.example/log",
        "on": "2026-02-03T09:00:05Z",
        **attempt_facts(url, failures, "client", TOOL, redactions),
    }
    return Statement("attempt", (attempt_subject(url),), predicate)


def changed(**members) -> Statement:
    """Return an attempt of which some members are others."""
    good = statement()
    return Statement("attempt", good.subjects, deepcopy(good.predicate) | members)


def failure(**members) -> list[dict]:
    (first, _) = statement().predicate["failures"]
    return [first | members]


def test_what_is_written_is_what_is_read():
    line = f"query key token sha256:{'ab' * 32}"
    facts = parse_attempt(statement(redactions=(line,)))
    assert facts.failures == (REFUSED, SILENT)
    assert facts.requested_url == URL
    assert (facts.driver, facts.tool_name, facts.tool_version) == (
        "client",
        "sourcebook",
        "1",
    )
    assert facts.started_on == "2026-02-03T09:00:00.000005Z"
    assert facts.finished_on == "2026-02-03T09:00:04.000005Z"
    assert (facts.on, facts.origin) == ("2026-02-03T09:00:05Z", "desk.example/log")
    assert (facts.unknown, facts.redactions) == ((), (line,))


def test_what_came_on_the_way_is_named_by_its_hash_or_not_at_all():
    assert parse_attempt(statement()).snapshot is None
    assert parse_attempt(changed(snapshot=None)).snapshot is None
    assert parse_attempt(changed(snapshot="ab" * 32)).snapshot == "ab" * 32
    with pytest.raises(MalformedError, match="snapshot"):
        parse_attempt(changed(snapshot="../../etc/passwd"))


def test_the_subject_is_the_url_by_the_hash_of_its_bytes():
    assert attempt_subject(URL) == Subject(URL, sha256(URL.encode()).hexdigest())


@given(
    st.lists(
        st.builds(
            Failure,
            url=WORDS,
            kind=st.sampled_from(FAILURES),
            reason=WORDS,
            started=st.just(BEGAN),
            finished=st.integers(0, 10**9).map(
                lambda n: BEGAN + timedelta(microseconds=n)
            ),
            answers=st.lists(st.sampled_from(["192.0.2.7", "2001:db8::7"])).map(tuple),
            peer=st.sampled_from(["", "198.51.100.7"]),
            received=st.integers(0, 2**50),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_failures_come_back_through_the_signed_bytes(failures):
    signed = format_statement(statement(failures))
    facts = parse_attempt(parse_statement(signed))
    assert facts.failures == tuple(failures)
    assert facts.finished_on == format_moment(max(each.finished for each in failures))


def test_a_reason_of_any_length_and_any_number_of_failures_can_be_read_again():
    long = replace(REFUSED, reason="198.51.100.7: refused; " * 20_000)
    read = parse_attempt(statement([SILENT] * MAX_FAILURES + [long]))
    assert len(read.failures) == MAX_FAILURES
    assert read.failures[-1].reason == f"{long.reason[:LONGEST_REASON]}…"


def test_an_attempt_of_the_first_version_says_nothing_of_redactions():
    good = statement()
    predicate = {k: v for k, v in good.predicate.items() if k != "redactions"}
    facts = parse_attempt(Statement("attempt", good.subjects, predicate))
    assert facts.redactions == ()


def test_what_is_not_known_is_named():
    assert parse_attempt(changed(weather="rain")).unknown == ("weather",)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"requestedUrl": "https://other.example/"},
            "expected an attempt on 'https://ot",
        ),
        ({"requestedUrl": 5}, "the predicate.requestedUrl is 5"),
        ({"on": "today"}, "the predicate.on is 'today', expected a time"),
        ({"startedOn": "2026-02-30T00:00:00Z"}, "startedOn is '2026-02-30"),
        ({"finishedOn": "2026-02-03T08:00:00Z"}, "expected a time from 2026-02-03T09"),
        ({"driver": "wget"}, "driver is 'wget', expected one of client, browser"),
        ({"failures": []}, "failures has 0 entries, expected 1 to 1000"),
        ({"failures": {}}, "failures is {}, expected an array"),
        ({"failures": failure() * (MAX_FAILURES + 1)}, "failures has 1001 entries"),
        ({"failures": [5]}, "failures[0] is 5, expected an object"),
        (
            {"failures": failure(failure="weather")},
            "failure is 'weather', expected",
        ),
        ({"failures": failure(url="")}, "failures[0].url is '', expected a non-empty"),
        ({"failures": failure(startedOn=5)}, "startedOn is 5, expected a"),
        (
            {"failures": failure(finishedOn="2026-02-03T08:00:00Z")},
            "failures[0].finishedOn is 2026-02-03T08:00:00Z, expected a time from",
        ),
        ({"failures": failure(answers=[5])}, "answers[0] is 5, expected a string"),
        ({"failures": failure(peer=5)}, "peer is 5, expected a"),
        ({"failures": failure(bytesReceived=-1)}, "bytesReceived is -1, expected 0"),
        ({"failures": failure(bytesReceived=True)}, "is True, expected an integer"),
        ({"tool": None}, "the predicate.tool is None"),
        ({"redactions": "all"}, "redactions is 'all', expected an array"),
    ],
)
def test_what_is_no_attempt_is_malformed(members, message):
    with pytest.raises(MalformedError) as caught:
        parse_attempt(changed(**members))
    assert message in str(caught.value)


def test_a_statement_of_another_type_or_subject_is_no_attempt():
    good = statement()
    for kind, subjects in (
        ("snapshot", good.subjects),
        ("attempt", (*good.subjects, *good.subjects)),
        ("attempt", (Subject(URL, "ab" * 32),)),
    ):
        with pytest.raises(MalformedError, match="expected an attempt on"):
            parse_attempt(Statement(kind, subjects, good.predicate))


def test_a_moment_is_written_in_utc_with_microseconds():
    assert format_moment(BEGAN) == "2026-02-03T09:00:00.000005Z"
