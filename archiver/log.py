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
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archiver import notes, tiles
from archiver.checkpoints import Checkpoint, format_checkpoint
from archiver.errors import ArchiveError, MalformedError, VerificationError
from archiver.holdings import StoredStatement
from archiver.lockrecord import Head, LockRecord, lock_record
from archiver.merkle import Tree, leaf_hash
from archiver.policy import Policy, open_checkpoint
from archiver.receipts import Receipt, format_receipt
from archiver.release import release_number
from archiver.statements import (
    format_entry,
    open_statement,
    parse_bundle,
    parse_entry,
)
from archiver.store import (
    BUNDLE,
    LOG,
    Archive,
    about,
    batch,
    list_statements,
    put,
    read_file,
    receipt_file,
    statement_file,
)
from archiver.trust import Trust

CHECKPOINT = f"{LOG}/checkpoint"
MAX_NOTE = 1 << 20  # bytes
MAX_BUNDLE = 64 << 20
MAX_STATEMENT = 64 << 20


@dataclass(frozen=True, slots=True)
class Published:
    """The log as it is published: its signed head, and every entry."""

    note: bytes
    size: int
    root: bytes
    entries: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """A statement that the log now holds."""

    statement_id: str
    index: int


EMPTY = Published(b"", 0, Tree([]).root, ())


def read_published(archive: Archive, policy: Policy) -> Published:
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
    note = read_file(archive, CHECKPOINT, MAX_NOTE)
    with about(CHECKPOINT):
        head = open_checkpoint(note, policy, origin=archive.config.origin).checkpoint
    entries = read_entries(archive, head.size)
    root = Tree([leaf_hash(entry) for entry in entries]).root
    if root != head.root:
        raise VerificationError(
            f"the {head.size} entries of the log hash to {root.hex()},"
            f" expected the signed root {head.root.hex()}"
        )
    return Published(note, head.size, head.root, entries)


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
            entries = tiles.parse_entries(read_file(archive, rel, MAX_BUNDLE))
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
        _pending(archive, trust, published)
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
    record = lock_record(archive.config.origin)
    published = _settle(archive, trust, record)
    waiting = _pending(archive, trust, published)
    if not waiting:
        return []
    new = tuple(entry for _, entry in waiting)
    grown = _sign(archive, published, new, key)
    expected = record.read()
    record.advance(expected, Head(grown.size, grown.root, grown.note, new))
    _publish(archive, grown, published.size)
    return [
        Added(statement_id, published.size + place)
        for place, (statement_id, _) in enumerate(waiting)
    ]


def resume(archive: Archive, trust: Trust, head: str) -> Published:
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


def _settle(archive: Archive, trust: Trust, record: LockRecord) -> Published:
    """Bring the published log to the head that this machine signed last."""
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
    _drop_superseded(archive, published.size)
    _hand_out(archive, published, published.size - len(head.entries))
    return published


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


def _finish(archive: Archive, published: Published, head: Head) -> None:
    if not is_unfinished(archive, published.entries, head):
        raise _older_copy(archive, published, head)
    grown = published.entries + head.entries
    _publish(archive, Published(head.note, head.size, head.root, grown), published.size)


def _older_copy(archive: Archive, published: Published, head: Head) -> ArchiveError:
    return ArchiveError(
        f"the log in {archive.root} has {published.size} entries and root"
        f" {published.root.hex()[:16]}…, but this machine signed size {head.size} with"
        f" root {head.root.hex()[:16]}…: this folder is an older or another copy",
        hint="bring back the newest copy; nothing is appended to this one",
    )


def _pending(
    archive: Archive, trust: Trust, published: Published
) -> list[tuple[str, bytes]]:
    held = [parse_entry(entry) for entry in published.entries]
    known = {entry.statement_id for entry in held}
    found = []
    for rel in list_statements(archive):
        if rel.rpartition("/")[2].removesuffix(BUNDLE) not in known:
            with about(rel):
                found.append(_open(archive, trust, rel, published.size))
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


def _open(archive: Archive, trust: Trust, rel: str, index: int) -> StoredStatement:
    envelope = parse_bundle(read_file(archive, rel, MAX_STATEMENT), canonical=True)
    statement = open_statement(envelope, trust.keys, archive.config.origin)
    trust.check_signer(envelope.keyid, statement.type, index)
    if rel != statement_file(envelope.id):
        raise VerificationError(
            f"{rel} holds statement {envelope.id}, expected its name"
        )
    return StoredStatement(envelope, statement, None)


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


def _sign(
    archive: Archive, published: Published, new: Sequence[bytes], key: Ed25519PrivateKey
) -> Published:
    entries = published.entries + tuple(new)
    root = Tree([leaf_hash(entry) for entry in entries]).root
    head = Checkpoint(archive.config.origin, len(entries), root)
    note = notes.sign_note(format_checkpoint(head), archive.config.origin, key)
    return Published(notes.format_note(note), len(entries), root, entries)


def _publish(archive: Archive, grown: Published, old_size: int) -> None:
    leaves = [leaf_hash(entry) for entry in grown.entries]
    files = {**tiles.tiles_of(leaves), **tiles.bundles_of(grown.entries)}
    before = set(tiles.layout(old_size))
    for rel in (rel for rel in tiles.layout(grown.size) if rel not in before):
        # what may lie there is in no tree yet: a killed run's, or a stranger's
        put(archive, f"{LOG}/{rel}", files[rel], secrets.token_hex(8))
    put(archive, CHECKPOINT, grown.note, secrets.token_hex(8))
    _drop_superseded(archive, grown.size)
    _hand_out(archive, grown, old_size)


def _drop_superseded(archive: Archive, size: int) -> None:
    """Remove the partial tiles that a longer one has taken the place of."""
    expected = {f"{LOG}/{rel}" for rel in tiles.layout(size)}
    for place in archive.path(f"{LOG}/tile").glob("**/*.p/*"):
        if place.relative_to(archive.root).as_posix() not in expected:
            place.unlink()
            if not any(place.parent.iterdir()):
                place.parent.rmdir()


def _hand_out(archive: Archive, published: Published, start: int) -> None:
    """Write the receipts from index ``start`` on that are not there yet."""
    named = [parse_entry(entry).statement_id for entry in published.entries[start:]]
    lacking = [
        (index, receipt_file(statement_id))
        for index, statement_id in enumerate(named, start)
        if not archive.path(receipt_file(statement_id)).exists()
    ]
    if not lacking:
        return
    tree = Tree([leaf_hash(entry) for entry in published.entries])
    with batch(archive, secrets.token_hex(8)) as staged:
        for index, rel in lacking:
            receipt = Receipt(index, tree.prove_inclusion(index), published.note)
            staged.add(rel, format_receipt(receipt))
