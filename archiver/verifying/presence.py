"""Seeing that the files of a snapshot are there, as long as they must be.

That is all that can be known of a snapshot without reading it.  It says nothing of its
bytes: a file that was changed and is as long as before passes.
"""

import os
import stat

from archiver.errors import SourcebookError
from archiver.facts import parse_snapshot
from archiver.findings import RESTORE, Report
from archiver.holdings import MAX_CHARACTER
from archiver.statements import Statement
from archiver.store import Archive, snapshot_file
from archiver.verifying.snapshot import snapshot_path


def verify_presence(archive: Archive, statement: Statement, report: Report) -> None:
    """Verify that each file of a snapshot is there, and its length where it is signed.

    Of a text layer the characters are signed: it has one to four bytes for each.
    """
    path = snapshot_path(statement)
    report.count("snapshots by their lengths")
    try:
        facts = parse_snapshot(statement)
    except SourcebookError as error:
        report.add("snapshot-facts", path, str(error))
        return
    signed = facts.warc.length
    _verify_length(archive, path, signed, signed, report)
    openings = snapshot_file(facts.sha256, ".records.jsonl")
    _verify_length(archive, openings, 1, None, report)
    if facts.text:
        text, characters = snapshot_file(facts.sha256, ".text"), facts.text.length
        _verify_length(archive, text, characters, characters * MAX_CHARACTER, report)


def _verify_length(
    archive: Archive, rel: str, least: int, most: int | None, report: Report
) -> None:
    try:
        found = os.lstat(archive.path(rel))
    except OSError as error:
        fault = error.strerror or error
        report.add("missing", rel, f"it cannot be read: {fault}", hint=RESTORE)
        return
    if not stat.S_ISREG(found.st_mode):
        report.add("missing", rel, "it is no plain file", hint=RESTORE)
    elif found.st_size < least or (most is not None and found.st_size > most):
        if most is None:
            bound = f"at least {least}"
        else:
            span = f"{least}" if most == least else f"{least} to {most}"
            bound = f"{span} as is signed"
        report.add(
            "changed", rel, f"{found.st_size} bytes, expected {bound}", hint=RESTORE
        )
