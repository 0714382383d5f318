"""Verifying one snapshot: its file, its records, its text layer.

A file whose digest fails is walked all the same, so that the finding names the record
and the byte: content that is intact in a changed container is told apart from changed
content.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from archiver.errors import MalformedError, SourcebookError, VerificationError
from archiver.facts import CaptureFacts, SnapshotFacts, parse_snapshot
from archiver.findings import RESTORE, Report
from archiver.hashing import hash_stream
from archiver.holdings import check_text, read_openings, read_text
from archiver.layers import derive_text
from archiver.openings import (
    Opening,
    TextOpening,
    Withheld,
    check_openings,
    check_root,
)
from archiver.records import (
    MAX_HEADER,
    MAX_INFLATED,
    WHOLE_FILE,
    Record,
    check_main_record,
    walk_records,
    whole_file,
)
from archiver.statements import Statement, parse_time
from archiver.store import Archive, open_plain, snapshot_file
from archiver.strict import show
from archiver.text import EXTRACTORS, TextLayer
from archiver.verifying.facts import verify_facts
from archiver.verifying.recorded import RecordedFile

_MAX_EXTRA = 64 << 20  # bytes behind the signed length that are still hashed
_MOST_DEFLATED = 1032  # bytes that one byte of a deflate stream can become (RFC 1951)
Openings = tuple[Opening | Withheld, ...]


def snapshot_path(statement: Statement) -> str:
    """Return where the file of a snapshot statement lies."""
    subject = statement.subjects[0]
    return snapshot_file(subject.sha256, subject.name.removeprefix(subject.sha256))


def snapshot_files(statement: Statement) -> set[str]:
    """Return every file that belongs to the snapshot of ``statement``."""
    sha256 = statement.subjects[0].sha256
    files = {snapshot_path(statement), snapshot_file(sha256, ".records.jsonl")}
    if statement.predicate.get("text"):
        files.add(snapshot_file(sha256, ".text"))
    return files


def verify_snapshot(archive: Archive, statement: Statement, report: Report) -> None:
    """Verify the file, the openings and the text layer of one snapshot."""
    path = snapshot_path(statement)
    report.count("snapshots")
    try:
        facts = parse_snapshot(statement)
    except SourcebookError as error:
        report.add("snapshot-facts", path, str(error))
        return
    openings = _read_openings(archive, facts, report)
    try:
        _verify_file(archive.path(path), path, facts, openings, report)
    except OSError as error:
        fault = error.strerror or error
        report.add("missing", path, f"it cannot be read: {fault}", hint=RESTORE)
    _verify_stored_text(archive, facts, openings, report)


def _read_openings(
    archive: Archive, facts: SnapshotFacts, report: Report
) -> tuple[Openings, TextOpening | None] | None:
    rel = snapshot_file(facts.sha256, ".records.jsonl")
    try:
        openings, text = read_openings(archive, facts)
        check_root(openings, facts.warc.records_root, facts.warc.record_count)
        check_text(facts, text, rel)
    except SourcebookError as error:
        report.add("openings", rel, str(error), hint=error.hint or RESTORE)
        return None
    return openings, text


def _verify_file(
    place: Path,
    path: str,
    facts: SnapshotFacts,
    openings: tuple[Openings, TextOpening | None] | None,
    report: Report,
) -> None:
    with open_plain(place) as stream:
        digest, length = hash_stream(stream, facts.warc.length + _MAX_EXTRA)
        if digest != facts.sha256 or length != facts.warc.length:
            report.add(
                "changed",
                path,
                f"{length} bytes with the SHA-256 {digest}, expected"
                f" {facts.warc.length} bytes with {facts.sha256}",
                hint=RESTORE,
            )
        records = _walk(stream, path, facts, openings, report)
        if records is None or openings is None:
            return
        report.count("records", len(records))
        where = f"{path} records"
        code = "records"
        if digest == facts.sha256:  # so it is the index that says otherwise
            code, where = "openings", snapshot_file(facts.sha256, ".records.jsonl")
        if _holds(
            report, code, where, lambda: _check_records(facts, openings, records)
        ):  # only what is signed is given to the extractor
            layers: list[TextLayer] = []
            _holds(
                report,
                "text",
                where,
                lambda: layers.extend(_derive(stream, facts, openings, records)),
            )
            verify_facts(RecordedFile(stream, records), facts, layers, path, report)


def _walk(
    stream: BinaryIO,
    path: str,
    facts: SnapshotFacts,
    openings: tuple[Openings, TextOpening | None] | None,
    report: Report,
) -> list[Record] | None:
    """Walk the records up to the first that is not as signed; None at a fault."""
    stream.seek(0)
    first = openings[0][0] if openings and openings[0] else None
    if isinstance(first, Opening) and first.type == WHOLE_FILE:
        return [whole_file(stream)]
    signed = openings[0] if openings else ()
    bound = min(MAX_INFLATED, facts.warc.length * _MOST_DEFLATED + MAX_HEADER)
    records: list[Record] = []
    try:
        for record in walk_records(stream, bound):
            records.append(record)
            if not _is_as_opened(record, signed):
                break  # the first one is named; nothing is known of what follows
    except SourcebookError as error:
        report.add("record", path, str(error), hint=RESTORE)
        return None
    return records


def _is_as_opened(record: Record, signed: Openings) -> bool:
    if record.index >= len(signed):
        return False
    opening = signed[record.index]
    return isinstance(opening, Withheld) or opening.sha256 == record.sha256


def _check_records(
    facts: SnapshotFacts,
    openings: tuple[Openings, TextOpening | None],
    records: list[Record],
) -> None:
    warc = facts.warc
    check_openings(openings[0], records, warc.records_root, warc.record_count)
    if facts.main_record is None:
        return
    check_main_record(records, facts.main_record)
    main = records[facts.main_record]
    if facts.deposit and facts.deposit.sha256 not in (main.block, facts.sha256):
        raise VerificationError(
            f"record {main.index} holds a document with the SHA-256 {main.block},"
            f" expected {facts.deposit.sha256} as deposited"
        )
    if facts.exchange:
        _check_exchange(facts.exchange, main)


def _check_exchange(exchange: CaptureFacts, main: Record) -> None:
    """Check that the statement of a capture says what its main record says."""
    if main.uri != exchange.final_url:
        raise VerificationError(
            f"record {main.index} is of {show(main.uri)}, expected"
            f" {show(exchange.final_url)}, the address that is signed"
        )
    first, last = exchange.started_on, exchange.finished_on
    began = parse_time(first, "startedOn").replace(microsecond=0)
    if (
        not began
        <= parse_time(main.date, "WARC-Date")
        <= parse_time(last, "finishedOn")
    ):
        raise VerificationError(
            f"record {main.index} is of {main.date}, expected a time from {first} to"
            f" {last}, as is signed"
        )


def _derive(
    stream: BinaryIO,
    facts: SnapshotFacts,
    openings: tuple[Openings, TextOpening | None],
    records: list[Record],
) -> Iterator[TextLayer]:
    """Derive the text layer again, and yield it if it is the one that is signed."""
    opening = openings[1]
    if facts.text is None or opening is None:
        return
    if facts.text.extractor not in EXTRACTORS:
        raise MalformedError(
            f"the text layer is by {facts.text.extractor}, which this version does not"
            f" have (it has {', '.join(EXTRACTORS)}): not derived again",
            hint="verify with the version of sourcebook that the statement names",
        )
    record = records[facts.text.record]
    layer = derive_text(stream, record, facts.text.extractor)
    found = hashlib.sha256(layer.text.encode()).hexdigest() if layer else "none"
    if layer is None or found != opening.sha256 or layer.zones != opening.zones:
        raise VerificationError(
            f"the text derived again from record {facts.text.record} has the SHA-256"
            f" {found}, expected {opening.sha256} with the same zones"
        )
    yield layer


def _verify_stored_text(
    archive: Archive,
    facts: SnapshotFacts,
    openings: tuple[Openings, TextOpening | None] | None,
    report: Report,
) -> None:
    if facts.text is None or openings is None:
        return
    place = snapshot_file(facts.sha256, ".text")
    _holds(report, "changed", place, lambda: read_text(archive, facts, openings[1]))


def _holds(report: Report, code: str, place: str, check: Callable[[], object]) -> bool:
    """Say whether ``check`` passes; report it where it does not."""
    try:
        check()
    except SourcebookError as error:
        report.add(code, place, str(error), hint=error.hint or RESTORE)
        return False
    return True
