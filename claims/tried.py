"""Attempts as a person reads them; and why none of them can be quoted.

An attempt is evidence of the attempt alone: whoever names one where a snapshot is
wanted is told so, and never that there is no such thing.
"""

from collections.abc import Collection, Iterator
from typing import Final

from archiver.attempts import AttemptFacts, parse_attempt
from archiver.errors import VerificationError
from archiver.failures import Failure
from archiver.findings import Finding
from archiver.holdings import StoredStatement, read_statements
from archiver.store import Archive, about, statement_file
from archiver.strict import format_moment
from archiver.trust import Trust
from claims.capture_words import ATTEMPT, DRIVERS, FAILURES, ON_THE_WAY

HINT: Final = (
    "an attempt is evidence of the attempt alone; capture the page again, or deposit a"
    " copy of it"
)


def attempt_object(stored: StoredStatement) -> dict[str, object]:
    """Return an attempt as one JSON object; what failed last is why nothing came.

    Raises:
        MalformedError: the statement is none.
    """
    facts = _parse(stored)
    last = facts.failures[-1]
    return {
        "attempt": stored.id,
        "index": stored.index,
        "of": facts.requested_url,
        "failure": last.kind,
        "reason": last.reason,
        "startedOn": facts.started_on,
        "finishedOn": facts.finished_on,
        "driver": facts.driver,
        "requests": len(facts.failures),
        **({"snapshot": facts.snapshot} if facts.snapshot else {}),
    }


def attempt_line(stored: StoredStatement) -> str:
    """Return an attempt in one line: its id, when, why nothing came, of what.

    Raises:
        MalformedError: the statement is none.
    """
    facts = _parse(stored)
    waits = ", waits for the log" if stored.index is None else ""
    kind = facts.failures[-1].kind
    return f"{stored.id}  {facts.started_on}  {kind}{waits}  {facts.requested_url}"


def attempt_lines(stored: StoredStatement) -> Iterator[str]:
    """Yield what an attempt says, in lines for a person.

    Raises:
        MalformedError: the statement is none.
    """
    facts = _parse(stored)
    place = "waits for the log" if stored.index is None else f"entry {stored.index}"
    last = facts.failures[-1]
    yield f"attempt    {stored.id}, {place}"
    yield f"at         {facts.requested_url}"
    yield f"tried      {facts.started_on} to {facts.finished_on}"
    yield f"by         {DRIVERS[facts.driver]}"
    yield f"signed     {facts.on} by {stored.envelope.keyid}"
    yield f"because    {FAILURES[last.kind].removesuffix('.')}: {last.reason}"
    for number, failure in enumerate(facts.failures, 1):
        yield f"request {number}  {failure.url}"
        yield from (f"           {line}" for line in _failure_lines(failure))
    yield from _more_lines(facts)
    yield ON_THE_WAY if facts.snapshot else ATTEMPT


def check_no_attempt(archive: Archive, trust: Trust, wanted: str) -> None:
    """Check that ``wanted``, which names no snapshot, does not name an attempt.

    Raises:
        VerificationError: it does.
        ArchiveError, MalformedError: a statement cannot be read.
    """
    for stored in read_statements(archive, trust):
        if stored.statement.type == "attempt" and stored.id.startswith(wanted):
            raise VerificationError(f"{_say(stored)}, expected a snapshot", hint=HINT)


def pinned_attempt(stored: StoredStatement, wanted: Collection[str]) -> Finding | None:
    """Return the finding of a case that pins an attempt for a snapshot (C05).

    A case may name it by the statement, or by the hash of the URL, its subject.
    """
    if stored.statement.type != "attempt":
        return None
    names = {stored.id, *(subject.sha256 for subject in stored.statement.subjects)}
    pinned = sorted(names & {*wanted})
    if not pinned:
        return None
    message = f"a case pins {pinned[0]}: {_say(stored)}, expected a snapshot"
    return Finding("C05", statement_file(stored.id), message, hint=HINT)


def _parse(stored: StoredStatement) -> AttemptFacts:
    with about(statement_file(stored.id)):
        return parse_attempt(stored.statement)


def _say(stored: StoredStatement) -> str:
    subjects = [subject.name for subject in stored.statement.subjects]
    return f"{stored.id} is an attempt at {', '.join(subjects)}, of which nothing came"


def _failure_lines(failure: Failure) -> Iterator[str]:
    yield f"{format_moment(failure.started)} to {format_moment(failure.finished)}"
    yield f"{failure.kind}: {failure.reason}"
    if failure.answers:
        yield f"addresses  {', '.join(failure.answers)}"
    if failure.peer:
        yield f"spoken to  {failure.peer}, {failure.received} bytes came"


def _more_lines(facts: AttemptFacts) -> Iterator[str]:
    if facts.snapshot:
        yield f"came       {facts.snapshot}: a snapshot of what came on the way"
    yield from (f"redacted   {each}" for each in facts.redactions)
    yield f"tool       {facts.tool_name} {facts.tool_version}"
    if facts.unknown:
        yield f"not read   {', '.join(facts.unknown)}"
