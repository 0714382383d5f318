"""An attempt in lines for a person, and as what it is where a snapshot is wanted."""

from datetime import UTC, datetime, timedelta

from archiver.attempts import attempt_facts, attempt_subject
from archiver.failures import FAILURES, Failure
from archiver.holdings import StoredStatement
from archiver.statements import Envelope, Statement, Subject
from claims.capture_words import FAILURES as WORDS
from claims.tried import attempt_line, attempt_lines, attempt_object, pinned_attempt

BEGAN = datetime(2026, 2, 3, 9, tzinfo=UTC)
URL = "https://news.example/a"
TOOL = {"name": "sourcebook", "version": "1"}


def failure(kind="connect", **more):
    return Failure(
        url=URL,
        kind=kind,
        reason="why it was",
        started=BEGAN,
        finished=BEGAN + timedelta(seconds=1),
        **more,
    )


def stored(*failures, index=5, redactions=(), **more):
    predicate = {
        "salt": "5a" * 16,
        "origin": "desk.example/log",
        "on": "2026-02-03T09:00:05Z",
        **attempt_facts(URL, failures, "browser", TOOL, redactions),
        **more,
    }
    statement = Statement("attempt", (attempt_subject(URL),), predicate)
    return StoredStatement(Envelope(b"payload", bytes(64), "ab" * 32), statement, index)


def test_every_request_is_told_with_what_came_of_it():
    one = failure(answers=("192.0.2.7", "2001:db8::7"))
    two = failure("no-response", answers=("192.0.2.7",), peer="192.0.2.7", received=9)
    attempt = stored(one, two, redactions=["query key token sha256:ab"], weather="rain")
    assert list(attempt_lines(attempt)) == [
        f"attempt    {attempt.id}, entry 5",
        f"at         {URL}",
        "tried      2026-02-03T09:00:00.000000Z to 2026-02-03T09:00:01.000000Z",
        "by         a browser, which ran the scripts of the page",
        f"signed     2026-02-03T09:00:05Z by {'ab' * 32}",
        "because    The connection was there, and no response came: why it was",
        f"request 1  {URL}",
        "           2026-02-03T09:00:00.000000Z to 2026-02-03T09:00:01.000000Z",
        "           connect: why it was",
        "           addresses  192.0.2.7, 2001:db8::7",
        f"request 2  {URL}",
        "           2026-02-03T09:00:00.000000Z to 2026-02-03T09:00:01.000000Z",
        "           no-response: why it was",
        "           addresses  192.0.2.7",
        "           spoken to  192.0.2.7, 9 bytes came",
        "redacted   query key token sha256:ab",
        "tool       sourcebook 1",
        "not read   weather",
        (
            "An attempt is evidence of the attempt alone: no snapshot came of it. It"
            " does not show that the page was gone, nor that others could not read it."
        ),
    ]


def test_every_kind_of_failure_has_words_and_the_log_is_waited_for():
    for kind in FAILURES:
        lines = list(attempt_lines(stored(failure(kind), index=None)))
        assert lines[0].endswith(", waits for the log")
        assert f"because    {WORDS[kind].removesuffix('.')}: why it was" in lines


def test_a_case_that_pins_an_attempt_is_told_by_either_name():
    attempt = stored(failure())
    subject = attempt.statement.subjects[0].sha256
    for name in (attempt.id, subject):
        found = pinned_attempt(attempt, {name, "cd" * 32})
        assert found.code == "C05"
        assert found.place.endswith(f"{attempt.id}.sigstore.json")
        assert found.message == (
            f"a case pins {name}: {attempt.id} is an attempt at {URL}, of which nothing"
            " came, expected a snapshot"
        )
        assert "capture the page again" in found.hint
    assert pinned_attempt(attempt, {"cd" * 32}) is None
    snapshot = Statement("snapshot", (Subject("a", "cd" * 32),), {})
    other = StoredStatement(attempt.envelope, snapshot, 6)
    assert pinned_attempt(other, {"cd" * 32}) is None


def test_what_came_on_the_way_is_named_where_anything_did():
    attempt = stored(failure("redirects"), snapshot="cd" * 32)
    lines = list(attempt_lines(attempt))
    assert f"came       {'cd' * 32}: a snapshot of what came on the way" in lines
    assert lines[-1].startswith(
        "An attempt is evidence of the attempt alone: no page came of it."
    )
    assert attempt_object(attempt)["snapshot"] == "cd" * 32


def test_an_attempt_is_one_line_or_one_object_by_its_last_failure():
    attempt = stored(failure("timeout"), failure("connect"), index=None)
    begun = "2026-02-03T09:00:00.000000Z"
    assert attempt_line(attempt) == (
        f"{attempt.id}  {begun}  connect, waits for the log  {URL}"
    )
    assert attempt_line(stored(failure())) == f"{attempt.id}  {begun}  connect  {URL}"
    assert attempt_object(attempt) == {
        "attempt": attempt.id,
        "index": None,
        "of": URL,
        "failure": "connect",
        "reason": "why it was",
        "startedOn": begun,
        "finishedOn": "2026-02-03T09:00:01.000000Z",
        "driver": "browser",
        "requests": 2,
    }
