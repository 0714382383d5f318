"""The statements that wait for the log: signed, stored, and not in it yet."""

from collections.abc import Mapping, Sequence

from archiver.errors import VerificationError
from archiver.holdings import MAX_STATEMENT, StoredStatement
from archiver.release import release_number
from archiver.statements import Entry, format_entry, open_statement, parse_bundle
from archiver.store import (
    BUNDLE,
    Archive,
    about,
    list_statements,
    read_file,
    statement_file,
)
from archiver.trust import Trust


def read_pending(
    archive: Archive,
    trust: Trust,
    held: Sequence[Entry],
    made: Mapping[str, StoredStatement] = {},
) -> list[tuple[str, bytes]]:
    """Read each statement that a log with the entries ``held`` lacks.

    Return the id and the entry of each, in the order in which they are to be appended:
    by their claimed time.  ``made`` are those, by id, that this process has signed and
    stored itself: they were read as they were signed, and are not read again.

    Raises:
        ArchiveError: a statement cannot be read.
        MalformedError: a statement is not what its format says.
        VerificationError: one is not signed by one of our signers, is named for
            another, or is a release of another number than the next.
    """
    known = {entry.statement_id for entry in held}
    found = []
    for rel in list_statements(archive):
        statement_id = rel.rpartition("/")[2].removesuffix(BUNDLE)
        if statement_id not in known:
            with about(rel):
                stored = made.get(statement_id) or _open(archive, trust, rel)
                found.append(_checked(stored, trust, rel, len(held)))
    found.sort(key=_when)
    _check_numbers(found, sum(entry.type == "release" for entry in held))
    return [
        (stored.id, format_entry(stored.statement.type, stored.envelope))
        for stored in found
    ]


def _when(stored: StoredStatement) -> tuple[str, int, str]:
    """Order by the claimed time; of one second, releases by their number."""
    release = stored.statement.type == "release"
    number = release_number(stored) if release else 0
    return str(stored.statement.predicate["on"]), number, stored.id


def _open(archive: Archive, trust: Trust, rel: str) -> StoredStatement:
    envelope = parse_bundle(read_file(archive, rel, MAX_STATEMENT), canonical=True)
    statement = open_statement(envelope, trust.keys, archive.config.origin)
    return StoredStatement(envelope, statement, None)


def _checked(
    stored: StoredStatement, trust: Trust, rel: str, index: int
) -> StoredStatement:
    trust.find_signer(stored.envelope.keyid, stored.statement.type, index)
    if rel != statement_file(stored.id):
        raise VerificationError(f"{rel} holds statement {stored.id}, expected its name")
    return stored


def _check_numbers(waiting: Sequence[StoredStatement], logged: int) -> None:
    """Check that releases go on counting: two machines may have made the same one."""
    releases = [stored for stored in waiting if stored.statement.type == "release"]
    for expected, stored in enumerate(releases, logged + 1):
        number = release_number(stored)
        if number != expected:
            raise VerificationError(
                f"{statement_file(stored.id)} is release number {number}, expected"
                f" {expected} as the next one in the log",
                hint="take it away, and run 'sourcebook release' again",
            )
