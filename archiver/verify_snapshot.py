"""Verifying one snapshot: its file, its records, its text layer.

A file whose digest fails is walked all the same, so that the finding names the record
and the byte: content that is intact in a changed container is told apart from changed
content.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from archiver.errors import MalformedError, SourcebookError, VerificationError
from archiver.facts import SnapshotFacts, parse_snapshot
from archiver.findings import Report
from archiver.holdings import MAX_OPENINGS, check_text, read_text
from archiver.layers import derive_text
from archiver.openings import (
    Opening,
    TextOpening,
    Withheld,
    check_openings,
    check_root,
    parse_openings,
)
from archiver.records import (
    WHOLE_FILE,
    Record,
    check_main_record,
    walk_records,
    whole_file,
)
from archiver.statements import Statement
from archiver.store import Archive, read_file, snapshot_file
from archiver.text import EXTRACTORS

_CHUNK = 1 << 20
_RESTORE = "restore the file from a copy"
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
    place = archive.path(path)
    if place.is_symlink() or not place.is_file():
        report.add("missing", path, "the snapshot's file is absent", hint=_RESTORE)
    else:
        _verify_file(place, path, facts, openings, report)
    _verify_stored_text(archive, facts, openings, report)


def _read_openings(
    archive: Archive, facts: SnapshotFacts, report: Report
) -> tuple[Openings, TextOpening | None] | None:
    rel = snapshot_file(facts.sha256, ".records.jsonl")
    try:
        openings, text = parse_openings(read_file(archive, rel, MAX_OPENINGS))
        check_root(openings, facts.warc.records_root, facts.warc.record_count)
        check_text(facts, text, rel)
    except SourcebookError as error:
        report.add("openings", rel, str(error), hint=error.hint or _RESTORE)
        return None
    return openings, text


def _verify_file(
    place: Path,
    path: str,
    facts: SnapshotFacts,
    openings: tuple[Openings, TextOpening | None] | None,
    report: Report,
) -> None:
    with place.open("rb") as stream:
        digest, length = _hash(stream)
        if digest != facts.sha256 or length != facts.warc.length:
            report.add(
                "changed",
                path,
                f"{length} bytes with the SHA-256 {digest}, expected"
                f" {facts.warc.length} bytes with {facts.sha256}",
                hint=_RESTORE,
            )
        records = _walk(stream, path, openings, report)
        if records is None or openings is None:
            return
        report.count("records", len(records))
        where = f"{path} records"
        code = "records"
        if digest == facts.sha256:  # so it is the index that says otherwise
            code, where = "openings", snapshot_file(facts.sha256, ".records.jsonl")
        _try(report, code, where, lambda: _check_records(facts, openings, records))
        _try(
            report,
            "text",
            where,
            lambda: _check_derived(stream, facts, openings, records),
        )


def _walk(
    stream: BinaryIO,
    path: str,
    openings: tuple[Openings, TextOpening | None] | None,
    report: Report,
) -> list[Record] | None:
    """Walk the records; keep those before a fault, and report it."""
    stream.seek(0)
    if openings and openings[0] and getattr(openings[0][0], "type", "") == WHOLE_FILE:
        return [whole_file(stream)]
    records: list[Record] = []
    try:
        records.extend(walk_records(stream))
    except SourcebookError as error:
        report.add("record", path, str(error), hint=_RESTORE)
        return None
    return records


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
    if facts.deposit and main.block != facts.deposit.sha256:
        raise VerificationError(
            f"record {main.index} holds a document with the SHA-256 {main.block},"
            f" expected {facts.deposit.sha256} as deposited"
        )


def _check_derived(
    stream: BinaryIO,
    facts: SnapshotFacts,
    openings: tuple[Openings, TextOpening | None],
    records: list[Record],
) -> None:
    """Derive the text layer again, where its extractor is at hand."""
    opening = openings[1]
    if facts.text is None or opening is None:
        return
    if facts.text.extractor not in EXTRACTORS:
        raise MalformedError(
            f"the text layer is by {facts.text.extractor}, which this version does not"
            f" have (it has {', '.join(EXTRACTORS)}): not derived again",
            hint="verify with the version of sourcebook that the statement names",
        )
    layer = derive_text(stream, records[facts.text.record])
    found = hashlib.sha256(layer.text.encode()).hexdigest() if layer else "none"
    if layer is None or found != opening.sha256 or layer.zones != opening.zones:
        raise VerificationError(
            f"the text derived again from record {facts.text.record} has the SHA-256"
            f" {found}, expected {opening.sha256} with the same zones"
        )


def _verify_stored_text(
    archive: Archive,
    facts: SnapshotFacts,
    openings: tuple[Openings, TextOpening | None] | None,
    report: Report,
) -> None:
    if facts.text is None or openings is None:
        return
    place = snapshot_file(facts.sha256, ".text")
    _try(report, "changed", place, lambda: read_text(archive, facts, openings[1]))


def _try(report: Report, code: str, place: str, check: Callable[[], object]) -> None:
    try:
        check()
    except SourcebookError as error:
        report.add(code, place, str(error), hint=error.hint or _RESTORE)


def _hash(stream: BinaryIO) -> tuple[str, int]:
    digest = hashlib.sha256()
    length = 0
    while data := stream.read(_CHUNK):
        digest.update(data)
        length += len(data)
    return digest.hexdigest(), length
