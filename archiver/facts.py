"""What a ``snapshot`` statement says of its file, each fact with its type.

The statement is verified before it comes here; its shape is still a stranger's.  What
is not known here is named in ``unknown`` and means nothing.  Custody *observed* counts
only if the key that verified is a capturer in our own signers: the caller looks.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from archiver.attempts import DRIVERS
from archiver.errors import MalformedError
from archiver.jsonobject import JsonObject
from archiver.statements import Statement, Subject, parse_time
from archiver.strict import show

CUSTODIES: Final = ("observed", "supplied")
OUTCOMES: Final = ("complete", "truncated", "malformed")

_SUFFIX = re.compile(r"(\.[a-z0-9]{1,16}){0,3}")
_EXTRACTOR = re.compile(r"[a-z][a-z0-9-]{0,31}@[1-9][0-9]{0,3}")
_COMMON = (
    *("salt", "origin", "on", "custody", "mainRecord", "outcome", "reason"),
    *("labels", "labelReasons", "tool", "warc", "text"),
)
_OBSERVED = (
    *("requestedUrl", "finalUrl", "status", "startedOn", "finishedOn"),
    *("allowedAddresses", "redactions", "tls", "driver", "browser", "robots"),
)
_SUPPLIED = ("suppliedBy", "claimedUrl", "document", "memento")


@dataclass(frozen=True, slots=True)
class WarcFacts:
    """The file: its bytes, its records, and the root over their commitments."""

    length: int
    record_count: int
    records_root: str


@dataclass(frozen=True, slots=True)
class TextFacts:
    """The text layer: its record, its extractor, its bytes and its commitment."""

    record: int
    extractor: str
    length: int
    commit: str


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """How a capture was had: what was asked of whom, when, and what came.

    ``tls`` is None for plain HTTP, else what was seen of the connection.  ``browser``
    is the browser's own account where one was the driver, ``robots`` what the site's
    robots.txt said where it was asked for.
    """

    requested_url: str
    final_url: str
    status: int
    started_on: str
    finished_on: str
    allowed_addresses: tuple[str, ...]
    redactions: tuple[str, ...]
    tls: dict[str, Any] | None
    driver: str = "client"
    browser: dict[str, Any] | None = None
    robots: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Deposit:
    """How a deposit came: who supplied it (free words), and the document itself.

    ``memento`` is there where a web archive supplied it: whose memento, of what.
    """

    supplied_by: str
    claimed_url: str | None
    name: str
    media_type: str
    length: int
    sha256: str
    memento: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """One snapshot as its statement has it; exactly one of the last two is there.

    ``sha256`` is the subject's, so the file's, and ``file`` its name: the hash and a
    suffix.  ``main_record`` is None where the file's records cannot be told apart, and
    of a capture that came to no page.  Times are RFC 3339 in UTC, and are claims.
    """

    sha256: str
    file: str
    custody: str
    on: str
    origin: str
    main_record: int | None
    outcome: str
    reason: str | None
    labels: tuple[str, ...]
    tool_name: str
    tool_version: str
    warc: WarcFacts
    text: TextFacts | None
    exchange: CaptureFacts | None
    deposit: Deposit | None
    unknown: tuple[str, ...]
    label_reasons: tuple[tuple[str, str], ...] = ()

    @property
    def came_to_no_page(self) -> bool:
        """Whether it holds the way of a capture alone, such as its redirects."""
        return self.exchange is not None and self.main_record is None


def parse_snapshot(statement: Statement) -> SnapshotFacts:
    """Read the predicate of a ``snapshot`` statement.

    Raises:
        MalformedError: the statement is of another type or has not exactly one subject,
            the subject is not named by its SHA-256, or a fact is missing, of another
            type, or points outside the file's records.
    """
    if statement.type != "snapshot" or len(statement.subjects) != 1:
        raise MalformedError(
            f"the statement is a {statement.type} with {len(statement.subjects)}"
            " subjects, expected a snapshot with one"
        )
    subject = statement.subjects[0]
    _check_file(subject)
    predicate = JsonObject(statement.predicate, "the predicate")
    custody = predicate.one_of("custody", CUSTODIES)
    observed = custody == "observed"
    warc = _parse_warc(predicate.object("warc"))
    tool = predicate.object("tool")
    known = (*_COMMON, *(_OBSERVED if observed else _SUPPLIED))
    return SnapshotFacts(
        sha256=subject.sha256,
        file=subject.name,
        custody=custody,
        on=_time(predicate, "on"),
        origin=predicate.text("origin"),
        main_record=_parse_main(predicate, warc.record_count),
        outcome=predicate.one_of("outcome", OUTCOMES),
        reason=predicate.text_or_null("reason"),
        labels=predicate.texts("labels"),
        tool_name=tool.text("name"),
        tool_version=tool.text("version"),
        warc=warc,
        text=_parse_text(predicate.object_or_null("text"), warc.record_count),
        exchange=_parse_exchange(predicate) if observed else None,
        deposit=None if observed else _parse_deposit(predicate),
        unknown=predicate.unknown(known),
        label_reasons=_parse_reasons(_optional(predicate, "labelReasons")),
    )


def check_extractor(text: str, what: str) -> None:
    """Check that ``text`` names an extractor: ``name@version``.

    Raises:
        MalformedError: it does not.
    """
    if not _EXTRACTOR.fullmatch(text):
        raise MalformedError(f"{what} is {show(text)}, expected a name as html@1")


def _check_file(subject: Subject) -> None:
    """Check that a file is named by its hash, so that no name leads elsewhere."""
    hashed, suffix = subject.name[:64], subject.name[64:]
    if hashed != subject.sha256 or not _SUFFIX.fullmatch(suffix):
        raise MalformedError(
            f"the subject is named {show(subject.name)}, expected its SHA-256"
            f" {subject.sha256} and a suffix"
        )


def _parse_warc(warc: JsonObject) -> WarcFacts:
    return WarcFacts(
        length=warc.integer("length", low=1),
        record_count=warc.integer("recordCount", low=1),
        records_root=warc.hex("recordsRoot"),
    )


def _parse_main(predicate: JsonObject, count: int) -> int | None:
    if predicate.value("mainRecord") is None:
        return None
    return predicate.integer("mainRecord", high=count - 1)


def _parse_text(text: JsonObject | None, count: int) -> TextFacts | None:
    if text is None:
        return None
    extractor = text.text("extractor")
    check_extractor(extractor, text.place("extractor"))
    return TextFacts(
        record=text.integer("record", high=count - 1),
        extractor=extractor,
        length=text.integer("length"),
        commit=text.hex("commit"),
    )


def _parse_exchange(predicate: JsonObject) -> CaptureFacts:
    tls = predicate.object_or_null("tls")
    return CaptureFacts(
        requested_url=predicate.text("requestedUrl"),
        final_url=predicate.text("finalUrl"),
        status=predicate.integer("status", low=100, high=999),
        started_on=_time(predicate, "startedOn"),
        finished_on=_time(predicate, "finishedOn"),
        allowed_addresses=predicate.texts("allowedAddresses"),
        redactions=predicate.texts("redactions"),
        tls=tls.members if tls else None,
        driver=_parse_driver(predicate),
        browser=_members(_optional(predicate, "browser")),
        robots=_members(_optional(predicate, "robots")),
    )


def _optional(predicate: JsonObject, key: str) -> JsonObject | None:
    """Return a fact that the statements of earlier versions do not have."""
    return predicate.object_or_null(key) if key in predicate.members else None


def _members(found: JsonObject | None) -> dict[str, Any] | None:
    return found.members if found else None


def _parse_driver(predicate: JsonObject) -> str:
    if "driver" not in predicate.members:
        return "client"
    return predicate.one_of("driver", DRIVERS)


def _parse_reasons(reasons: JsonObject | None) -> tuple[tuple[str, str], ...]:
    if reasons is None:
        return ()
    return tuple((word, reasons.text(word)) for word in reasons.members)


def _parse_deposit(predicate: JsonObject) -> Deposit:
    document = predicate.object("document")
    return Deposit(
        supplied_by=predicate.text("suppliedBy"),
        claimed_url=predicate.text_or_null("claimedUrl"),
        name=document.text("name"),
        media_type=document.text("mediaType"),
        length=document.integer("length"),
        sha256=document.hex("sha256"),
        memento=_members(_optional(predicate, "memento")),
    )


def _time(predicate: JsonObject, key: str) -> str:
    text = predicate.text(key)
    parse_time(text, predicate.place(key))
    return text
