"""Reading one release: the log up to it, its statements, and the files that it lists.

All of it is a function of the release alone: entries 0 to the release's own, the
checkpoint in the release's receipt without its cosignatures, and the files whose
SHA-256 it states.  A draft is read from the files and the log as they are now.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from archiver.checkpoints import Checkpoint, parse_checkpoint
from archiver.errors import VerificationError
from archiver.holdings import (
    MAX_STATEMENT,
    StoredStatement,
    read_statement,
)
from archiver.log import read_published
from archiver.merkle import Tree, leaf_hash
from archiver.notes import format_note, open_note
from archiver.policy import Policy
from archiver.receipts import (
    MAX_RECEIPT,
    Receipt,
    format_receipt,
    open_receipt,
    parse_receipt,
)
from archiver.release import (
    MAX_FILE,
    compare_release,
    release_number,
    released_files,
)
from archiver.statements import format_entry, parse_entry
from archiver.store import Archive, read_file, receipt_file, statement_file
from archiver.trust import Trust
from claims.published.record_rows import LoggedStatement

_SHOWN = 5  # differences that one message names


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """One file that the release lists, read whole."""

    path: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Its SHA-256, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Release:
    """One release, read back: what the database is a function of."""

    archive: Archive
    trust: Trust
    draft: bool
    statement: StoredStatement
    number: int
    index: int
    checkpoint: Checkpoint
    note: str
    entries: tuple[bytes, ...]
    logged: tuple[LoggedStatement, ...]
    files: tuple[ReleasedFile, ...]

    def of_type(self, name: str) -> Iterator[LoggedStatement]:
        """Yield the statements of one type, in the order of the log."""
        return (each for each in self.logged if each.statement.type == name)


@dataclass(frozen=True, slots=True)
class _Head:
    """The checkpoint that everything is proven against, with the log's signature."""

    checkpoint: Checkpoint
    note: bytes
    text: str
    tree: Tree


def read_release(archive: Archive, trust: Trust, *, draft: bool = False) -> Release:
    """Read the last release of the log; as a draft, the files as they are now.

    Raises:
        ArchiveError: a file is absent or unreadable.
        MalformedError: a file is not what its format says.
        VerificationError: the log has no release, a statement is not the one that was
            logged, the release's receipt does not hold, or a file is not as listed.
    """
    published = read_published(archive, trust.policy)
    index = _find_last(published.entries)
    entry = parse_entry(published.entries[index])
    release = read_statement(archive, trust, entry.statement_id)
    if not draft:
        _check_files(archive, release)
    note = published.note if draft else _read_note(archive, trust, release)
    head = _open_head(note, archive, trust.policy, published.entries)
    entries = published.entries[: head.checkpoint.size if draft else index + 1]
    return Release(
        archive=archive,
        trust=trust,
        draft=draft,
        statement=release,
        number=release_number(release),
        index=index,
        checkpoint=head.checkpoint,
        note=head.text,
        entries=entries,
        logged=tuple(
            _read_logged(archive, trust, place, data, head)
            for place, data in enumerate(entries)
        ),
        files=tuple(_read_files(archive, None if draft else release)),
    )


def _find_last(entries: tuple[bytes, ...]) -> int:
    """Return the index of the last release in the log."""
    for index in reversed(range(len(entries))):
        if parse_entry(entries[index]).type == "release":
            return index
    raise VerificationError(
        f"none of the log's {len(entries)} entries is a release, expected one",
        hint="sign one with 'sourcebook release'",
    )


def _check_files(archive: Archive, release: StoredStatement) -> None:
    """Refuse to publish what the release does not list as it is."""
    found = list(compare_release(archive, release.statement))
    if not found:
        return
    names = ", ".join(f"{each.file} ({each.code})" for each in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    raise VerificationError(
        f"{len(found)} files are not as release {release_number(release)} lists them:"
        f" {names}{more}",
        hint="'sourcebook release' signs the files as they are;"
        " --draft publishes them unreleased, and says so on every page",
    )


def _read_note(archive: Archive, trust: Trust, release: StoredStatement) -> bytes:
    """Return the note of the release's own receipt, which holds for it."""
    rel = receipt_file(release.id)
    receipt = parse_receipt(read_file(archive, rel, MAX_RECEIPT))
    entry = format_entry(release.statement.type, release.envelope)
    open_receipt(receipt, entry, trust.policy, archive.config.origin)
    return receipt.note


def _open_head(
    note: bytes, archive: Archive, policy: Policy, entries: tuple[bytes, ...]
) -> _Head:
    """Open a checkpoint; keep the log's own signature, and the tree that it signs."""
    logs = [log.vkey for log in policy.logs if log.vkey.name == archive.config.origin]
    opened = open_note(note, logs)
    checkpoint = parse_checkpoint(opened.text)
    if checkpoint.size > len(entries):
        raise VerificationError(
            f"the release's checkpoint has the size {checkpoint.size}, but the"
            f" published log has {len(entries)} entries: an older copy"
        )
    tree = Tree([leaf_hash(entry) for entry in entries[: checkpoint.size]])
    if tree.root != checkpoint.root:
        raise VerificationError(
            f"the log's first {checkpoint.size} entries lead to {tree.root.hex()},"
            f" expected {checkpoint.root.hex()}, which the release's checkpoint signs"
        )
    return _Head(checkpoint, format_note(opened), opened.text, tree)


def _read_logged(
    archive: Archive, trust: Trust, index: int, data: bytes, head: _Head
) -> LoggedStatement:
    """Read the statement of one log entry; it must be the one that was logged."""
    statement_id = parse_entry(data).statement_id
    stored = read_statement(archive, trust, statement_id)
    if format_entry(stored.statement.type, stored.envelope) != data:
        raise VerificationError(
            f"{statement_file(statement_id)} is not what entry {index} of the log says"
        )
    signer = trust.find_signer(stored.envelope.keyid, stored.statement.type, index)
    receipt = Receipt(index, head.tree.prove_inclusion(index), head.note)
    return LoggedStatement(
        index=index,
        envelope=stored.envelope,
        statement=stored.statement,
        signer=signer.name,
        bundle=read_file(archive, statement_file(statement_id), MAX_STATEMENT),
        bundle_file=statement_file(statement_id),
        receipt=format_receipt(receipt),
        receipt_file=receipt_file(statement_id),
    )


def _read_files(
    archive: Archive, release: StoredStatement | None
) -> Iterator[ReleasedFile]:
    """Read the released files whole; each has the SHA-256 that the release states."""
    listed = {s.name: s.sha256 for s in release.statement.subjects} if release else {}
    for rel in released_files(archive):
        found = ReleasedFile(rel, read_file(archive, rel, MAX_FILE))
        if release and found.sha256 != listed.get(rel):
            raise VerificationError(
                f"{rel} was changed while it was read: its SHA-256 is {found.sha256},"
                f" expected {listed.get(rel)}",
                hint="publish again when nobody is writing in the archive",
            )
        yield found
