"""The log's lock record: which head this machine has signed last.

A log that is rolled back and grown again is a fork, and a copied folder cannot know
that it is old.  So the last signed head is kept outside the archive and its backups, in
``<state>/logs/<origin>.sqlite``, and moves only by compare-and-swap (Sunlight's order).
With it lie the entries of the append that led to it, until they are published.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import ArchiveError
from archiver.flushing import keep_folder
from archiver.keys import escape, own_file, state_folder

_DAMAGED = (
    "check that its disk is writable and not full; where the file is damaged, move it"
    " away, and run 'sourcebook log resume --head' with the head that 'sourcebook log"
    " checkpoint' prints of the newest copy"
)
_SCHEMA = """CREATE TABLE IF NOT EXISTS head (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root TEXT NOT NULL,
  note BLOB NOT NULL, entries TEXT NOT NULL) STRICT"""


@dataclass(frozen=True, slots=True)
class Head:
    """A signed tree head: size, root, whole note, and the last append's entries."""

    size: int
    root: bytes
    note: bytes
    entries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LockRecord:
    """The lock record of one log origin on this machine."""

    place: Path
    origin: str

    def read(self) -> Head | None:
        """Return the last signed head, or None where this machine has signed none."""
        with own_file(self.place, "read"):
            if not self.place.exists():
                return None
        with self._opened() as database:
            row = database.execute(
                "SELECT size, root, note, entries FROM head WHERE origin = ?",
                (self.origin,),
            ).fetchone()
        if row is None:
            return None
        size, root, note, entries = row
        try:
            kept = tuple(bytes.fromhex(entry) for entry in json.loads(entries))
            return Head(size, bytes.fromhex(root), note, kept)
        except (ValueError, TypeError) as error:
            raise ArchiveError(
                f"the lock record {self.place} holds no head: {error}", hint=_DAMAGED
            ) from error

    def advance(self, expected: Head | None, head: Head) -> None:
        """Put ``head`` in place of ``expected``, if that is what still stands there.

        Raises:
            ArchiveError: another process moved the record, or it cannot be written.
        """
        with own_file(self.place, "written"):
            keep_folder(self.place.parent, 0o700)
        with self._opened() as database:
            database.execute(_SCHEMA)
            database.execute("BEGIN IMMEDIATE")
            row = database.execute(
                "SELECT size, root FROM head WHERE origin = ?", (self.origin,)
            ).fetchone()
            stands = None if expected is None else (expected.size, expected.root.hex())
            if row != stands:
                raise ArchiveError(
                    f"the lock record of {self.origin} holds {row}, expected {stands}",
                    hint="another process appended meanwhile; run the command again",
                )
            kept = json.dumps([entry.hex() for entry in head.entries])
            database.execute(
                "INSERT OR REPLACE INTO head VALUES (?, ?, ?, ?, ?)",
                (self.origin, head.size, head.root.hex(), head.note, kept),
            )
            database.execute("COMMIT")

    def forget(self) -> None:
        """Remove the record of a log that came to nothing."""
        with suppress(OSError):
            self.place.unlink(missing_ok=True)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            database = sqlite3.connect(self.place, timeout=30, isolation_level=None)
            try:
                # else a lost power may bring the head before back, and the log, which
                # has gone on, is taken for another copy
                database.execute("PRAGMA synchronous = EXTRA")
                yield database
            finally:
                database.close()
        except sqlite3.Error as error:
            raise ArchiveError(
                f"the lock record {self.place} cannot be used: {error}",
                hint=_DAMAGED,
            ) from error


def lock_record(origin: str) -> LockRecord:
    """Return the lock record of ``origin`` in this user's state folder."""
    return LockRecord(state_folder() / "logs" / f"{escape(origin)}.sqlite", origin)
