"""The act of keeping the log: append statements, publish tiles, hand out receipts.

Write order (Sunlight): the new head is signed, put into the lock record by
compare-and-swap with the entries that led to it, then the tiles are published, then
``checkpoint``, then the receipts.  Whatever a kill leaves is finished by the next run
from the lock record, if the statements of those entries lie here; else this folder is
an older copy of the archive, and the log stops rather than fork.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver import notes, tiles
from archiver.checkpoints import Checkpoint, format_checkpoint
from archiver.errors import ArchiveError, MalformedError, VerificationError
from archiver.flushing import flush
from archiver.holdings import StoredStatement
from archiver.lockrecord import Head, LockRecord, lock_record
from archiver.merkle import Tree, leaf_hash
from archiver.pending import read_pending
from archiver.policy import Policy, open_checkpoint
from archiver.receipts import Receipt, format_receipt
from archiver.statements import (
    Entry,
    parse_entry,
)
from archiver.store import (
    LOG,
    Archive,
    about,
    batch,
    put,
    read_file,
    receipt_file,
    statement_file,
)
from archiver.trust import Trust

CHECKPOINT = f"{LOG}/checkpoint"
MAX_ENTRIES = 64 << 20  # bytes of an entry bundle


@dataclass(frozen=True)
class PublishedLog:
    """The log as it is published: its signed head, and every entry."""

    note: bytes
    size: int
    root: bytes
    entries: tuple[bytes, ...]

    @cached_property
    def tree(self) -> Tree:
        """The tree of the entries."""
        return Tree([leaf_hash(entry) for entry in self.entries])

    @cached_property
    def held(self) -> tuple[Entry, ...]:
        """The entries, parsed."""
        return tuple(map(parse_entry, self.entries))

    def grown(self, note: bytes, new: tuple[bytes, ...], tree: Tree) -> "PublishedLog":
        """Return the log with the entries ``new``; what is known of it goes over."""
        entries = self.entries + new
        grown = PublishedLog(note, len(entries), tree.root, entries)
        grown.__dict__["tree"] = tree
        grown.__dict__["held"] = self.held + tuple(map(parse_entry, new))
        return grown

    def grown_tree(self, new: Sequence[bytes]) -> Tree:
        """Return the tree of the log with the entries ``new``."""
        leaves = [*self.tree.full_nodes(0), *map(leaf_hash, new)]
        return Tree(leaves, self.tree)


@dataclass(frozen=True, slots=True)
class Added:
    """A statement that the log now holds."""

    statement_id: str
    index: int


EMPTY = PublishedLog(b"", 0, Tree([]).root, ())


def read_published(archive: Archive, policy: Policy) -> PublishedLog:
    """Read the published log; the entries must lead to the signed root.

    Raises:
        ArchiveError: a file of the log is absent or unreadable.
        MalformedError: a file of the log is not what its format says.
        VerificationError: the checkpoint's signatures do not satisfy the policy, or
            the entries do not hash to its root.
    """
    if (
        not archive.path(CHECKPOINT).exists()
        and not archive.path(f"{LOG}/tile").exists()
    ):
        return EMPTY
    note = read_file(archive, CHECKPOINT, notes.MAX_NOTE)
    with about(CHECKPOINT):
        head = open_checkpoint(note, policy, origin=archive.config.origin).checkpoint
    entries = read_entries(archive, head.size)
    found = PublishedLog(note, head.size, head.root, entries)
    if found.tree.root != head.root:
        raise VerificationError(
            f"the {head.size} entries of the log hash to {found.tree.root.hex()},"
            f" expected the signed root {head.root.hex()}"
        )
    return found


def read_entries(archive: Archive, size: int) -> tuple[bytes, ...]:
    """Read the log's first ``size`` entries from its entry bundles.

    Raises:
        ArchiveError: a bundle is absent or unreadable.
        MalformedError: a bundle is malformed, or holds another number of entries, or
            the size is one that no log has.
    """
    with about(CHECKPOINT):
        tiles.layout(size)  # refuses a size that no log has, before it is gone through
    found: list[bytes] = []
    for number in range((size + 255) // 256):
        width = min(256, size - number * 256)
        rel = f"{LOG}/{tiles.entries_path(number, width)}"
        with about(rel):
            entries = tiles.parse_entries(read_file(archive, rel, MAX_ENTRIES))
        if len(entries) != width:
            raise MalformedError(
                f"{rel} holds {len(entries)} entries, expected {width}"
            )
        found.extend(entries)
    return tuple(found)


def prepare(archive: Archive, trust: Trust) -> None:
    """Make ready to append: finish what was begun, and check that all of it holds.

    Nothing is signed, captured or stored for a log that could not take it.  The caller
    holds the archive.

    Raises:
        ArchiveError: this machine has no lock record of a log that has begun, or the
            folder is an older copy of it, or a file of the log or a waiting statement
            is not what it must be, or the disk fails.
    """
    try:
        published = _settle(archive, trust, lock_record(archive.config.origin))
        read_pending(archive, trust, published.held)
    except (MalformedError, VerificationError) as error:
        raise ArchiveError(
            f"the log cannot be appended to: {error}",
            hint="'sourcebook verify' tells all that is wrong; nothing was written",
        ) from error


def add_pending(archive: Archive, trust: Trust, key: Ed25519PrivateKey) -> list[Added]:
    """Append each statement that the log lacks; the caller holds the archive.

    Raises:
        ArchiveError: this machine has no lock record of a log that has begun, or the
            folder is an older copy of it, or it cannot be written.
        VerificationError: a waiting statement is not signed by one of our signers.
    """
    return Appender(archive, trust, key).add_pending()


class Appender:
    """Appends to one log again and again, without reading all of it each time.

    What it has read or written holds for as long as the checkpoint on the disk is that
    one, byte for byte, which is looked at while the archive is held.  What lies behind
    the checkpoint is for ``verify``.
    """

    def __init__(self, archive: Archive, trust: Trust, key: Ed25519PrivateKey) -> None:
        self._archive = archive
        self._trust = trust
        self._key = key
        self._known: PublishedLog | None = None
        self._made: dict[str, StoredStatement] = {}

    def remember(self, made: StoredStatement) -> None:
        """Keep a statement that was signed and stored here, to be appended as it is.

        Any thread may call it.
        """
        self._made[made.id] = made

    def add_pending(self) -> list[Added]:
        """Append each statement that the log lacks; the caller holds the archive.

        Raises as the function of this name.
        """
        archive, trust = self._archive, self._trust
        record = lock_record(archive.config.origin)
        published = _settle(archive, trust, record, self._known)
        self._known = published
        waiting = read_pending(archive, trust, published.held, self._made)
        if not waiting:
            return []
        new = tuple(entry for _, entry in waiting)
        grown = _sign(archive, published, new, self._key)
        expected = record.read()
        record.advance(expected, Head(grown.size, grown.root, grown.note, new))
        _publish(archive, grown, published.size)
        self._known = grown
        for statement_id, _ in waiting:
            self._made.pop(statement_id, None)
        return [
            Added(statement_id, published.size + place)
            for place, (statement_id, _) in enumerate(waiting)
        ]


def resume(archive: Archive, trust: Trust, head: str) -> PublishedLog:
    """Begin a lock record on this machine at the published head that ``head`` names.

    ``head`` is the SHA-256 of the checkpoint's note text, as ``log checkpoint`` prints
    it on the machine that wrote the log.

    Raises:
        VerificationError: the published head is another one.
        ArchiveError: this machine has a lock record already.
    """
    published = read_published(archive, trust.policy)
    found = head_hash(published.note)
    if found != head:
        raise VerificationError(
            f"the published head is {found} (size {published.size}), expected {head}",
            hint="copy the archive again from the machine that wrote its log last",
        )
    record = lock_record(archive.config.origin)
    known = record.read()
    if known is not None:
        raise ArchiveError(
            f"this machine's lock record stands at size {known.size} already",
            hint="'log add' goes on from there; there is nothing to resume",
        )
    record.advance(None, Head(published.size, published.root, published.note, ()))
    return published


def head_hash(note: bytes) -> str:
    """Hash a checkpoint's note text, which cosignatures do not change."""
    return sha256(notes.parse_note(note).text.encode()).hexdigest()


def _settle(
    archive: Archive,
    trust: Trust,
    record: LockRecord,
    known: PublishedLog | None = None,
) -> PublishedLog:
    """Bring the published log to the head that this machine signed last."""
    if known and known.note and _is_published(archive, known.note):
        published = known
    else:
        published = read_published(archive, trust.policy)
    head = record.read()
    if head is None:
        if published.size:
            raise ArchiveError(
                f"this machine has no lock record of {archive.config.origin}, whose log"
                f" has {published.size} entries: appending could fork it",
                hint="take the head from the machine that wrote the log ('sourcebook "
                "log"
                " checkpoint'), then run 'sourcebook log resume --head SHA256' "
                "here",
            )
        return published
    if head.size > published.size:
        _finish(archive, published, head)
        published = read_published(archive, trust.policy)
    if (published.size, published.root) != (head.size, head.root):
        raise _older_copy(archive, published, head)
    if _superseded(archive, published.size):
        # a writer that was killed may not have brought this checkpoint to the disk
        flush(archive.path(LOG))
        _drop_superseded(archive, published.size)
    _hand_out(archive, published, published.size - len(head.entries))
    return published


def _is_published(archive: Archive, note: bytes) -> bool:
    """Tell whether ``note`` is the checkpoint on the disk."""
    place = archive.path(CHECKPOINT)
    return place.exists() and read_file(archive, CHECKPOINT, notes.MAX_NOTE) == note


def is_unfinished(archive: Archive, entries: tuple[bytes, ...], head: Head) -> bool:
    """Tell whether ``head`` is an append to ``entries`` that was never published.

    So it is where its statements lie here, and its entries lead to its root; in an
    older copy of the archive they do not.
    """
    grown = entries + head.entries
    if len(grown) != head.size or not head.entries:
        return False
    here = all(
        archive.path(statement_file(parse_entry(entry).statement_id)).exists()
        for entry in head.entries
    )
    return here and Tree([leaf_hash(entry) for entry in grown]).root == head.root


def _finish(archive: Archive, published: PublishedLog, head: Head) -> None:
    if not is_unfinished(archive, published.entries, head):
        raise _older_copy(archive, published, head)
    tree = published.grown_tree(head.entries)
    grown = published.grown(head.note, head.entries, tree)
    _publish(archive, grown, published.size)


def _older_copy(archive: Archive, published: PublishedLog, head: Head) -> ArchiveError:
    return ArchiveError(
        f"the log in {archive.root} has {published.size} entries and root"
        f" {published.root.hex()[:16]}…, but this machine signed size {head.size} with"
        f" root {head.root.hex()[:16]}…: this folder is an older or another copy",
        hint="bring back the newest copy; nothing is appended to this one",
    )


def _sign(
    archive: Archive,
    published: PublishedLog,
    new: tuple[bytes, ...],
    key: Ed25519PrivateKey,
) -> PublishedLog:
    tree = published.grown_tree(new)
    head = Checkpoint(archive.config.origin, tree.size, tree.root)
    note = notes.sign_note(format_checkpoint(head), archive.config.origin, key)
    return published.grown(notes.format_note(note), new, tree)


def _publish(archive: Archive, grown: PublishedLog, old_size: int) -> None:
    before = set(tiles.layout(old_size))
    for rel in (rel for rel in tiles.layout(grown.size) if rel not in before):
        # what may lie there is in no tree yet: a killed run's, or a stranger's
        data = tiles.tile_of(rel, grown.tree, grown.entries)
        put(archive, f"{LOG}/{rel}", data, secrets.token_hex(8))
    put(archive, CHECKPOINT, grown.note, secrets.token_hex(8))
    _drop_superseded(archive, grown.size)
    _hand_out(archive, grown, old_size)


def _superseded(archive: Archive, size: int) -> list[Path]:
    """List the partial tiles that a longer one has taken the place of."""
    expected = {f"{LOG}/{rel}" for rel in tiles.layout(size)}
    found = archive.path(f"{LOG}/tile").glob("**/*.p/*")
    return [
        place
        for place in found
        if place.relative_to(archive.root).as_posix() not in expected
    ]


def _drop_superseded(archive: Archive, size: int) -> None:
    for place in _superseded(archive, size):
        place.unlink()
        if not any(place.parent.iterdir()):
            place.parent.rmdir()


def _hand_out(archive: Archive, published: PublishedLog, start: int) -> None:
    """Write the receipts from index ``start`` on that are not there yet."""
    named = [entry.statement_id for entry in published.held[start:]]
    lacking = [
        (index, receipt_file(statement_id))
        for index, statement_id in enumerate(named, start)
        if not archive.path(receipt_file(statement_id)).exists()
    ]
    if not lacking:
        return
    with batch(archive, secrets.token_hex(8)) as staged:
        for index, rel in lacking:
            receipt = Receipt(
                index, published.tree.prove_inclusion(index), published.note
            )
            staged.add(rel, format_receipt(receipt))
