"""Reading the snapshots of a release: facts, text, and records walked from the bytes.

Whatever is shown of a snapshot was compared with its signed statement first: the text
layer with its commitment, the file with its SHA-256, each record with its opening.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from archiver.config import Level
from archiver.documents.charsets import Charset
from archiver.errors import ArchiveError, VerificationError
from archiver.findings import RESTORE
from archiver.hashing import hash_stream
from archiver.holdings import StoredSnapshot, StoredStatement, read_snapshot
from archiver.openings import Opening, check_openings
from archiver.records import WHOLE_FILE, Record, walk_records, whole_file
from archiver.store import Archive
from archiver.text import PDF
from claims.elision import Elider
from claims.main_document import read_charset
from claims.model import Case
from claims.published.named_bytes import names_somebody
from claims.published.record_rows import Exposure, HeldSnapshot, expose
from claims.published.released import Release
from claims.published.visits import closed_addresses, seal_alike


def read_held(
    release: Release,
    cases: Iterable[Case],
    authenticated: Iterable[str],
    elider: Elider,
) -> dict[str, HeldSnapshot]:
    """Read every snapshot up to the release, by its SHA-256, in the order of the log.

    What no case names is sealed where a case seals another snapshot of its address.

    Raises:
        ArchiveError: a file of one is absent or unreadable.
        MalformedError: a file of one is not what its format says.
        VerificationError: a text layer is not the one that was signed.
    """
    cases = list(cases)
    overrides = _overrides(cases)
    known = frozenset(authenticated)
    held: dict[str, HeldSnapshot] = {}
    for logged in release.of_type("snapshot"):
        stored = StoredStatement(logged.envelope, logged.statement, logged.index)
        found = read_snapshot(release.archive, release.trust, stored)
        said = overrides.get(found.sha256, ())
        exposure = _exposure(release.archive, found, said, elider)
        snapshot = HeldSnapshot(
            facts=found.facts,
            exposure=exposure,
            statement_id=logged.envelope.id,
            custody=found.custody,
            authenticated=found.sha256 in known,
            text=found.text,
            opening=found.text_opening,
            openings=found.openings,
            charset=_charset(release.archive, found) if exposure.has_bytes else None,
        )
        held.setdefault(found.sha256, snapshot)
    return dict(_seal_alike(held, cases, overrides))


def _exposure(
    archive: Archive,
    found: StoredSnapshot,
    said: Sequence[tuple[Level, str]],
    elider: Elider,
) -> Exposure:
    """Decide what the public may have of a snapshot; ``said`` is what cases say."""
    named = _is_named(archive.root, found, elider)
    labels = found.facts.labels
    return expose(archive.config.access, found.custody, labels, said, named=named)


def _seal_alike(
    held: Mapping[str, HeldSnapshot],
    cases: Iterable[Case],
    overrides: Mapping[str, Sequence[tuple[Level, str]]],
) -> Iterator[tuple[str, HeldSnapshot]]:
    """Yield the snapshots; sealed is what is of an address that a case has sealed."""
    named = {each.sha256 for case in cases for each in case.snapshots.values()}
    sealed = (
        held[sha256]
        for sha256, said in overrides.items()
        if sha256 in held and any(level == "sealed" for level, _ in said)
    )
    return seal_alike(held, closed_addresses(sealed), named)


def _is_named(root: Path, found: StoredSnapshot, elider: Elider) -> bool:
    """Say whether somebody who must not be named is, in the text or in the bytes."""
    if elider.is_named_in(found.text or ""):
        return True
    if not elider.names or not all(isinstance(one, Opening) for one in found.openings):
        return False  # of a snapshot with a record taken down there is no file
    with _opened(root, found.path) as stream:
        return names_somebody(stream, elider)


def _charset(archive: Archive, found: StoredSnapshot) -> Charset | None:
    """Return in which encoding a document was read; ``read_records`` names a fault.

    Of a PDF nothing is told: that takes a time that may be too short elsewhere, and the
    same release has to give the same bytes everywhere.
    """
    text = found.facts.text
    if text is None or text.extractor == PDF:
        return None
    return read_charset(archive, found)[0]


def _overrides(cases: Iterable[Case]) -> dict[str, list[tuple[Level, str]]]:
    """Return what each case says of the access to its snapshots, by SHA-256."""
    found: dict[str, list[tuple[Level, str]]] = defaultdict(list)
    for case in cases:
        for pinned in case.snapshots.values():
            if pinned.access:
                found[pinned.sha256].append((pinned.access, pinned.reason))
    return dict(found)


def find_authenticated(release: Release) -> set[str]:
    """Return the snapshots that a reviewer authenticated and another one seconded."""
    first: dict[str, tuple[str, str]] = {}
    found = set()
    for logged in release.of_type("authentication"):
        sha256 = logged.statement.subjects[0].sha256
        seconded = logged.statement.predicate.get("seconds")
        if seconded is None:
            first[logged.envelope.id] = (sha256, logged.envelope.keyid)
        elif first.get(str(seconded), ("", ""))[0] == sha256:
            other = first[str(seconded)][1]
            found |= {sha256} if other != logged.envelope.keyid else set()
    return found


def read_records(root: Path, held: HeldSnapshot) -> Mapping[int, Record]:
    """Walk the records of a snapshot's file, by their index, and check them.

    Of a snapshot with a record taken down there is no file to walk.

    Raises:
        ArchiveError: the file is absent or unreadable.
        VerificationError: the file or a record is not the one that was signed.
    """
    warc = held.facts.warc
    if not all(isinstance(opening, Opening) for opening in held.openings):
        return {}
    with _opened(root, held.file) as stream:
        _check_digest(stream, held)
        stream.seek(0)
        records = _walk(stream, held)
    check_openings(held.openings, records, warc.records_root, warc.record_count)
    return {record.index: record for record in records}


@contextmanager
def _opened(root: Path, file: str) -> Iterator[BinaryIO]:
    """Open a snapshot's file for reading."""
    try:
        with (root / file).open("rb") as stream:
            yield stream
    except OSError as error:
        raise ArchiveError(
            f"{file} cannot be read: {error.strerror}",
            hint=RESTORE,
        ) from error


def _walk(stream: BinaryIO, held: HeldSnapshot) -> list[Record]:
    first = held.openings[0]
    if isinstance(first, Opening) and first.type == WHOLE_FILE:
        return [whole_file(stream)]
    return list(walk_records(stream))


def _check_digest(stream: BinaryIO, held: HeldSnapshot) -> None:
    sha256, _ = hash_stream(stream)
    if sha256 != held.facts.sha256:
        raise VerificationError(
            f"{held.file}: its SHA-256 is {sha256},"
            f" expected {held.facts.sha256} as signed",
            hint="'sourcebook verify' says which record was changed",
        )
