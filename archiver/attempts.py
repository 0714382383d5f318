"""What an ``attempt`` statement says: that a page was asked for, and did not come.

It is evidence of the attempt alone.  Its subject is the URL as it was given, with the
SHA-256 of its bytes, since a statement needs a subject (in-toto Statement v1).  The
statement is verified before it comes here; its shape is still a stranger's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from archiver.errors import MalformedError
from archiver.failures import FAILURES, Failure
from archiver.jsonobject import JsonObject
from archiver.statements import Statement, Subject, parse_time
from archiver.strict import format_moment

DRIVERS: Final = ("client", "browser")
MAX_FAILURES: Final = 1000
LONGEST_REASON: Final = 4096  # characters; a name may have thousands of addresses

_KNOWN = (
    *("salt", "origin", "on", "requestedUrl", "startedOn", "finishedOn"),
    *("driver", "failures", "tool", "redactions", "snapshot"),
)


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One attempt as its statement has it; its last failure is why nothing came.

    Times are claims.  ``redactions`` say what secrets of the URLs have a marker in
    their place, each with its commitment.  ``snapshot`` is the SHA-256 of what came on
    the way, such as redirects; None where nothing did.
    """

    requested_url: str
    on: str
    origin: str
    started_on: str
    finished_on: str
    driver: str
    failures: tuple[Failure, ...]
    tool_name: str
    tool_version: str
    unknown: tuple[str, ...]
    redactions: tuple[str, ...] = ()
    snapshot: str | None = None


def attempt_subject(url: str) -> Subject:
    """Return the subject of an attempt at ``url``."""
    return Subject(url, sha256(url.encode()).hexdigest())


def attempt_facts(
    url: str,
    failures: Sequence[Failure],
    driver: str,
    tool: dict[str, str],
    redactions: Sequence[str] = (),
) -> dict[str, Any]:
    """Return what the statement of an attempt says, beside salt, origin and time.

    Of more failures than a statement has, the last ones.
    """
    return {
        "requestedUrl": url,
        "startedOn": format_moment(min(each.started for each in failures)),
        "finishedOn": format_moment(max(each.finished for each in failures)),
        "driver": driver,
        "failures": [_format_failure(each) for each in failures[-MAX_FAILURES:]],
        "tool": tool,
        "redactions": list(redactions),
    }


def parse_attempt(statement: Statement) -> AttemptFacts:
    """Read the predicate of an ``attempt`` statement.

    Raises:
        MalformedError: the statement is of another type, its one subject is not the URL
            by its SHA-256, a fact is missing or of another type, or something ends
            before it begins.
    """
    predicate = JsonObject(statement.predicate, "the predicate")
    url = predicate.text("requestedUrl")
    if statement.type != "attempt" or statement.subjects != (attempt_subject(url),):
        raise MalformedError(
            f"the statement is a {statement.type} on"
            f" {[subject.name for subject in statement.subjects]}, expected an attempt"
            f" on {url!r} alone, by the SHA-256 of its bytes"
        )
    failures = _parse_failures(predicate)
    tool = predicate.object("tool")
    started_on, finished_on = _times(predicate)
    return AttemptFacts(
        requested_url=url,
        on=_time(predicate, "on"),
        origin=predicate.text("origin"),
        started_on=started_on,
        finished_on=finished_on,
        driver=predicate.one_of("driver", DRIVERS),
        failures=failures,
        tool_name=tool.text("name"),
        tool_version=tool.text("version"),
        unknown=predicate.unknown(_KNOWN),
        redactions=_redactions(predicate),
        snapshot=_snapshot(predicate),
    )


def _format_failure(failure: Failure) -> dict[str, Any]:
    return {
        "url": failure.url,
        "failure": failure.kind,
        "reason": _cut(failure.reason),
        "startedOn": format_moment(failure.started),
        "finishedOn": format_moment(failure.finished),
        "answers": list(failure.answers),
        "peer": failure.peer or None,
        "bytesReceived": failure.received,
    }


def _cut(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[:LONGEST_REASON]}…"


def _parse_failures(predicate: JsonObject) -> tuple[Failure, ...]:
    found = predicate.array("failures")
    if not 0 < len(found) <= MAX_FAILURES:
        raise MalformedError(
            f"the predicate.failures has {len(found)} entries, expected 1 to"
            f" {MAX_FAILURES}"
        )
    return tuple(
        _parse_failure(JsonObject(each, f"the predicate.failures[{place}]"))
        for place, each in enumerate(found)
    )


def _parse_failure(failure: JsonObject) -> Failure:
    word = failure.one_of("failure", FAILURES)
    started_on, finished_on = _times(failure)
    return Failure(
        url=failure.text("url"),
        kind=next(kind for kind in FAILURES if kind == word),
        reason=failure.text("reason"),
        started=parse_time(started_on, failure.place("startedOn")),
        finished=parse_time(finished_on, failure.place("finishedOn")),
        answers=failure.texts("answers"),
        peer=failure.text_or_null("peer") or "",
        received=failure.integer("bytesReceived"),
    )


def _redactions(predicate: JsonObject) -> tuple[str, ...]:
    if "redactions" not in predicate.members:  # as in the first attempts
        return ()
    return predicate.texts("redactions")


def _snapshot(predicate: JsonObject) -> str | None:
    if predicate.members.get("snapshot") is None:
        return None
    return predicate.hex("snapshot")


def _times(thing: JsonObject) -> tuple[str, str]:
    started_on, finished_on = _time(thing, "startedOn"), _time(thing, "finishedOn")
    began, ended = (parse_time(text, thing.what) for text in (started_on, finished_on))
    if ended < began:
        raise MalformedError(
            f"{thing.place('finishedOn')} is {finished_on}, expected a time from"
            f" {started_on} on"
        )
    return started_on, finished_on


def _time(predicate: JsonObject, key: str) -> str:
    text = predicate.text(key)
    parse_time(text, predicate.place(key))
    return text
