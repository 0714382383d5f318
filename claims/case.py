"""Reading the case folders of an archive: files, holdings, and what the rules find.

The snapshots that a case pins are verified anew, and their text layers derived from the
bytes again: zones in particular are signed by nobody, and a ceiling rests on them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from archiver.errors import SourcebookError
from archiver.findings import Finding, Report
from archiver.holdings import (
    StoredSnapshot,
    StoredStatement,
    log_order,
    read_snapshot,
    read_statement,
)
from archiver.store import Archive, read_file, statement_file, walk_files
from archiver.trust import Trust, read_trust
from archiver.verifying.snapshot import verify_snapshot
from claims.dossier import (
    WRITTEN,
    Dossier,
    check_dossier,
    examine_dossier,
    read_dossier,
)
from claims.faults import MAX_BYTES
from claims.folding import fold
from claims.holdings import Holding
from claims.leads import MAX_BYTES as MAX_LEADS
from claims.rules import Examined
from claims.tried import pinned_attempt

FOLDERS = ("cases", "sources")


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything that the rules found in an archive, claim by claim."""

    dossier: Dossier
    holdings: Mapping[str, Holding]  # by SHA-256
    examined: tuple[Examined, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class KnownStatements:
    """What was verified a moment ago, by the ids of statements.

    ``sound`` ones are not read again; nor is a snapshot whose first fault is in
    ``faults``, "" where it has none.
    """

    sound: Mapping[str, StoredStatement] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


NOTHING_KNOWN = KnownStatements()


def examine_archive(
    archive: Archive,
    trust: Trust | None = None,
    known: KnownStatements = NOTHING_KNOWN,
) -> Checked:
    """Apply the rules to every case of ``archive``, to the end.

    ``trust`` is the one in force where the caller has read it already.

    Raises:
        ArchiveError, MalformedError: the trust folder cannot be read.
    """
    files, faults = read_written(archive)
    dossier = read_dossier(files)
    holdings, unread = read_holdings(archive, pinned(dossier), trust, known)
    examined = tuple(examine_dossier(dossier, holdings, {}))
    findings = [*faults, *unread, *check_dossier(dossier)]
    findings += [finding for each in examined for finding in each.findings]
    return Checked(dossier, holdings, examined, tuple(findings))


def read_written(archive: Archive) -> tuple[dict[str, bytes], list[Finding]]:
    """Read the files of the case and source folders; a finding for each unreadable."""
    files: dict[str, bytes] = {}
    faults = []
    for file in _list_written(archive):
        try:
            files[file] = read_file(archive, file, max(MAX_BYTES, MAX_LEADS))
        except SourcebookError as error:
            faults.append(Finding("C20", f"{file}:1", str(error), hint=error.hint))
    return files, faults


def pinned(dossier: Dossier) -> set[str]:
    """Return the SHA-256 of every snapshot that a case pins."""
    return {
        each.sha256
        for folder in dossier.cases.values()
        for each in folder.case.snapshots.values()
    }


def read_holdings(
    archive: Archive,
    wanted: Collection[str],
    trust: Trust | None = None,
    known: KnownStatements = NOTHING_KNOWN,
) -> tuple[dict[str, Holding], list[Finding]]:
    """Read the snapshots ``wanted`` (by SHA-256), verified now if not before.

    Of several statements of one snapshot the first one in the log counts.  A statement
    or a snapshot that cannot be read is a finding (C05).

    Raises:
        ArchiveError, MalformedError: the trust folder cannot be read.
    """
    trust = trust or read_trust(archive)
    found, faults = _read_wanted(archive, wanted, trust, known.sound)
    holdings: dict[str, Holding] = {}
    for stored in found:
        try:
            snapshot = read_snapshot(archive, trust, stored)
            if snapshot.sha256 not in holdings:
                fault = known.faults.get(stored.id)
                holdings[snapshot.sha256] = make_holding(archive, snapshot, fault)
        except SourcebookError as error:
            faults.append(_fault(stored.id, error))
    return holdings, faults


def _read_wanted(
    archive: Archive,
    wanted: Collection[str],
    trust: Trust,
    sound: Mapping[str, StoredStatement],
) -> tuple[list[StoredStatement], list[Finding]]:
    """Read the statements of the snapshots ``wanted``, in the order of the log."""
    found: list[StoredStatement] = []
    faults: list[Finding] = []
    for statement_id in _list_statements(archive):
        try:
            stored = sound.get(statement_id)
            stored = stored or read_statement(archive, trust, statement_id)
            if _is_wanted(stored, wanted):
                found.append(stored)
            attempt = pinned_attempt(stored, wanted)
            faults += [attempt] if attempt else []
        except SourcebookError as error:
            faults.append(_fault(statement_id, error))
    found.sort(key=log_order)
    return found, faults


def _fault(statement_id: str, error: SourcebookError) -> Finding:
    return Finding("C05", statement_file(statement_id), str(error), hint=error.hint)


def _is_wanted(stored: StoredStatement, wanted: Collection[str]) -> bool:
    subjects = {subject.sha256 for subject in stored.statement.subjects}
    return stored.statement.type == "snapshot" and bool(subjects & {*wanted})


def make_holding(
    archive: Archive, snapshot: StoredSnapshot, fault: str | None = None
) -> Holding:
    """Return what the rules may know of a snapshot.

    ``fault`` is its first one, "" for none, where it was verified a moment ago.
    """
    if fault is None:
        report = Report()
        verify_snapshot(archive, snapshot.stored.statement, report)
        fault = report.errors[0].message if report.errors else ""
    text, opening = snapshot.text, snapshot.text_opening
    exchange = snapshot.facts.exchange
    return Holding(
        sha256=snapshot.sha256,
        custody="observed" if snapshot.custody == "observed" else "supplied",
        outcome=snapshot.facts.outcome,
        labels=snapshot.facts.labels,
        status=exchange.status if exchange else None,
        text=text,
        layer=None if text is None else fold(text),
        zones=opening.zones if opening else (),
        extractor=opening.extractor if opening else "",
        fault=fault,
    )


def _list_written(archive: Archive) -> Iterator[str]:
    for folder in FOLDERS:
        for file in walk_files(archive.path(folder)):
            if WRITTEN.fullmatch(f"{folder}/{file}"):
                yield f"{folder}/{file}"


def _list_statements(archive: Archive) -> list[str]:
    found = archive.path("statements").glob("??/*.sigstore.json")
    return sorted({place.name.partition(".")[0] for place in found})
