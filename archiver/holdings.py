"""What an archive holds: its statements and snapshots, read back and checked.

Each signature is checked against the archive's own signers, each text layer against its
statement.  Whether those signers are the right ones is for ``verify`` and its pin.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archiver.errors import MalformedError, VerificationError
from archiver.facts import SnapshotFacts, parse_snapshot
from archiver.openings import (
    Opening,
    TextOpening,
    Withheld,
    commit,
    parse_openings,
)
from archiver.receipts import MAX_RECEIPT, parse_receipt
from archiver.records import MAX_HEADER
from archiver.statements import (
    Envelope,
    Statement,
    open_statement,
    parse_bundle,
)
from archiver.store import (
    Archive,
    about,
    read_file,
    receipt_file,
    snapshot_file,
    statement_file,
)
from archiver.trust import Trust

MAX_STATEMENT = 64 << 20  # bytes; a release lists every file of the archive
MAX_TEXT = 1 << 30
MAX_OPENINGS = 1 << 30
_MAX_LINE = MAX_HEADER + 1024  # bytes of one opening
_MAX_ZONE = 64  # bytes of one zone
MAX_CHARACTER = 4  # bytes, in UTF-8
SHORTEST_ID = 8  # hex digits


@dataclass(frozen=True, slots=True)
class StoredStatement:
    """A statement of the archive: as stored, as read, and its place in the log."""

    envelope: Envelope
    statement: Statement
    index: int | None

    @property
    def id(self) -> str:
        """The SHA-256 of its PAE, in hex."""
        return self.envelope.id


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """A snapshot of the archive, by its statement; ``custody`` as it counts for us.

    ``facts.custody`` is what the statement says.  It counts as *observed* only where a
    capturer of ours signed it, by its place in the log: a stranger's statement, and one
    that waits for the log, is as good as supplied.
    """

    sha256: str
    path: str
    stored: StoredStatement
    facts: SnapshotFacts
    custody: str
    text: str | None
    text_opening: TextOpening | None
    openings: tuple[Opening | Withheld, ...]


def read_statements(archive: Archive, trust: Trust) -> Iterator[StoredStatement]:
    """Yield each statement of the archive, by id.

    Raises:
        ArchiveError: a file is absent or unreadable.
        MalformedError: a file is not what its format says.
        VerificationError: a signature does not hold, or a file is named for another.
    """
    for place in sorted(archive.path("statements").glob("??/*.sigstore.json")):
        yield read_statement(archive, trust, place.name.partition(".")[0])


def read_statement(
    archive: Archive, trust: Trust, statement_id: str
) -> StoredStatement:
    """Read one statement, and its index; raises as :func:`read_statements`."""
    rel = statement_file(statement_id)
    with about(rel):
        envelope = parse_bundle(read_file(archive, rel, MAX_STATEMENT))
        statement = open_statement(envelope, trust.keys, archive.config.origin)
    if envelope.id != statement_id:
        raise VerificationError(
            f"{rel} holds statement {envelope.id}, expected the one it is named for"
        )
    return StoredStatement(envelope, statement, _read_index(archive, statement_id))


def read_snapshots(archive: Archive, trust: Trust) -> dict[str, StoredSnapshot]:
    """Read every snapshot, in the order of the log; raises as :func:`read_snapshot`.

    Of several statements of one snapshot the first one in the log counts.
    """
    found: dict[str, StoredSnapshot] = {}
    for stored in sorted(read_statements(archive, trust), key=log_order):
        if stored.statement.type == "snapshot":
            snapshot = read_snapshot(archive, trust, stored)
            found.setdefault(snapshot.sha256, snapshot)
    return found


def log_order(stored: StoredStatement) -> tuple[bool, int]:
    """Sort statements as the log has them, those that wait for it last."""
    return stored.index is None, stored.index or 0


def read_snapshot(
    archive: Archive, trust: Trust, stored: StoredStatement
) -> StoredSnapshot:
    """Read a snapshot's openings and text layer; see how its custody counts.

    Raises:
        ArchiveError: a file of it is absent or unreadable.
        MalformedError: a file of it is not what its format says.
        VerificationError: the text layer is not the one that was signed.
    """
    with about(statement_file(stored.id)):
        facts = parse_snapshot(stored.statement)
    subject = stored.statement.subjects[0]
    openings, text_opening = read_openings(archive, facts)
    return StoredSnapshot(
        sha256=subject.sha256,
        path=f"snapshots/{subject.sha256[:2]}/{subject.name}",
        stored=stored,
        facts=facts,
        custody=_count_custody(trust, stored, facts),
        text=read_text(archive, facts, text_opening),
        text_opening=text_opening,
        openings=openings,
    )


def read_openings(
    archive: Archive, facts: SnapshotFacts
) -> tuple[tuple[Opening | Withheld, ...], TextOpening | None]:
    """Read a snapshot's openings, no longer than its signed facts let them be.

    A line repeats fields of a record's header; a zone is no shorter than one character
    of the text.

    Raises:
        ArchiveError: the file is absent or unreadable.
        MalformedError: it is too long, or not what its format says.
    """
    rel = snapshot_file(facts.sha256, ".records.jsonl")
    lines = facts.warc.record_count + 1
    zones = facts.text.length * _MAX_ZONE if facts.text else 0
    data = read_file(archive, rel, min(lines * _MAX_LINE + zones, MAX_OPENINGS))
    found = data.count(b"\n")
    if found > lines:
        raise MalformedError(
            f"{rel} has {found} lines, expected one for each of"
            f" {facts.warc.record_count} records and one for the text"
        )
    with about(rel):
        return parse_openings(data)


def _count_custody(trust: Trust, stored: StoredStatement, facts: SnapshotFacts) -> str:
    """Return the custody that the statement may give, by its signer and its place."""
    if facts.custody != "observed" or stored.index is None:
        return "supplied"
    try:
        trust.find_signer(stored.envelope.keyid, "snapshot", stored.index)
    except VerificationError:
        return "supplied"
    return "observed"


def read_text(
    archive: Archive, facts: SnapshotFacts, opening: TextOpening | None
) -> str | None:
    """Read a snapshot's text layer, and check it against its signed commitment.

    Raises:
        ArchiveError: the statement has a text layer and the archive does not.
        VerificationError: the opening or the text is not what was signed.
    """
    check_text(facts, opening, snapshot_file(facts.sha256, ".records.jsonl"))
    if facts.text is None or opening is None:
        return None
    rel = snapshot_file(facts.sha256, ".text")
    data = read_file(archive, rel, min(facts.text.length * MAX_CHARACTER, MAX_TEXT))
    found = hashlib.sha256(data).hexdigest()
    if found != opening.sha256:
        raise VerificationError(
            f"{rel}: its SHA-256 is {found}, expected {opening.sha256} as signed"
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:  # signed as it is, and no text
        raise MalformedError(f"{rel} is not UTF-8 at byte {error.start}") from error
    if len(text) != facts.text.length:
        raise VerificationError(
            f"{rel} has {len(text)} characters, expected {facts.text.length} as signed"
        )
    return text


def check_text(facts: SnapshotFacts, opening: TextOpening | None, place: str) -> None:
    """Check that ``opening`` opens the text layer that was signed, if there is one.

    Raises:
        VerificationError: one of the two has a text layer and the other does not, or
        the
            opening leads to another commitment, extractor or length.
    """
    signed = facts.text
    if (signed is None) != (opening is None):
        raise VerificationError(
            f"{place} opens {'no' if opening is None else 'a'} text layer,"
            f" expected {'none' if signed is None else 'one'} as signed"
        )
    if signed is None or opening is None:
        return
    found = (
        commit(opening.salt, opening.sha256).hex(),
        opening.extractor,
        opening.length,
    )
    if found != (signed.commit, signed.extractor, signed.length):
        raise VerificationError(
            f"{place} opens the text layer {found}, expected"
            f" {(signed.commit, signed.extractor, signed.length)} as signed"
        )


def match_id(names: Iterable[str], wanted: str) -> str:
    """Find the one of ``names`` (hex) that ``wanted`` is, or is a beginning of.

    Raises:
        MalformedError: it is shorter than 8 digits, or not hex.
        VerificationError: none or several begin so.
    """
    if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST_ID},64}}", wanted):
        raise MalformedError(
            f"the id is {wanted!r}, expected {SHORTEST_ID} to 64 digits of a SHA-256"
        )
    found = sorted({name for name in names if name.startswith(wanted)})
    if len(found) > 1:
        raise VerificationError(
            f"{len(found)} things in the archive begin with {wanted}, the first two"
            f" are {found[0]} and {found[1]}, expected one thing",
            hint="give more of its digits",
        )
    if not found:
        raise VerificationError(
            f"nothing in the archive begins with {wanted}, expected one thing",
            hint="'sourcebook list snapshots statements' shows what the archive holds",
        )
    return found[0]


def _read_index(archive: Archive, statement_id: str) -> int | None:
    """Read a statement's index from its receipt; None where it waits for the log."""
    if not archive.path(receipt_file(statement_id)).exists():
        return None
    rel = receipt_file(statement_id)
    with about(rel):
        return parse_receipt(read_file(archive, rel, MAX_RECEIPT)).index
