"""Verifying what a memento says of the capture of ours that it was compared with.

Two files have to be read for it, so it is done once all snapshots were verified.
"""

from collections.abc import Iterable
from typing import Any

from archiver.elsewhere.bodies import body_sha256
from archiver.errors import SourcebookError
from archiver.facts import parse_snapshot
from archiver.findings import Report
from archiver.records import walk_records
from archiver.statements import Statement
from archiver.store import Archive, open_plain
from archiver.verifying.snapshot import snapshot_path


def verify_same_bodies(
    archive: Archive,
    mementos: Iterable[Statement],
    snapshots: Iterable[Statement],
    report: Report,
) -> None:
    """Compare each memento's body again with the capture's that its statement names.

    What is not here, or cannot be read, is told at its own place.
    """
    known = {each.subjects[0].sha256: each for each in snapshots}
    for statement in mementos:
        said = _compared(statement)
        capture = known.get(str(said.get("comparedWith")))
        if capture is None:
            continue
        try:
            expected = _same_body(archive, statement, capture)
        except (SourcebookError, OSError):
            continue
        if said.get("sameBody") != expected:
            report.add(
                "facts",
                snapshot_path(statement),
                f"memento.sameBody is {said.get('sameBody')}, expected {expected} as"
                f" {snapshot_path(capture)} has it",
                hint="the statement was signed so: ask whoever signed it how that came",
            )


def _compared(statement: Statement) -> dict[str, Any]:
    said = statement.predicate.get("memento")
    return said if isinstance(said, dict) else {}


def _same_body(
    archive: Archive, statement: Statement, capture: Statement
) -> bool | None:
    """Tell whether two bodies are the same; None where the capture's is not whole."""
    deposit, main = parse_snapshot(statement).deposit, parse_snapshot(capture)
    if deposit is None or main.main_record is None:
        return None
    with open_plain(archive.path(snapshot_path(capture))) as stream:
        records = list(walk_records(stream))
        found = body_sha256(stream, records, main.main_record)
    return None if found is None else found == deposit.sha256
