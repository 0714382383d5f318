"""Verifying the log: recomputed from the statements, then compared file by file.

What the log must hold is built again from the statements, each at the index that its
receipt proves.  Its root must be the signed one; every tile and entry bundle must be
there, byte for byte, and no other; every receipt must lead to a head that this log had.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archiver.checkpoints import Checkpoint, parse_checkpoint
from archiver.errors import MalformedError, SourcebookError, VerificationError
from archiver.findings import RESTORE, Report
from archiver.log import CHECKPOINT, MAX_ENTRIES
from archiver.merkle import Tree, leaf_hash
from archiver.notes import MAX_NOTE, parse_note
from archiver.policy import open_checkpoint
from archiver.receipts import open_receipt
from archiver.statements import Entry, format_entry, parse_entry
from archiver.store import (
    LOG,
    Archive,
    read_file,
    receipt_file,
    statement_file,
    walk_files,
)
from archiver.tiles import (
    WIDTH,
    bundles_of,
    entries_path,
    layout,
    parse_entries,
    parse_tile_path,
    tiles_of,
)
from archiver.trust import Trust
from archiver.verifying.statements import CheckedStatement


@dataclass(slots=True)
class LogCheck:
    """What the check of a log came to: its signed head, and what was found of it.

    ``head`` is None where no checkpoint opens; ``tree`` is of the ``entries``, and
    ``logged`` holds those of them that can be read, by their index.
    """

    head: Checkpoint | None
    note: bytes
    files: set[str]
    entries: tuple[bytes, ...]
    tree: Tree
    logged: dict[int, Entry] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Tell whether the entries lead to the head that is signed."""
        return self.head is not None and self.tree.root == self.head.root


def verify_log(
    archive: Archive,
    trust: Trust | None,
    statements: dict[str, CheckedStatement],
    report: Report,
) -> LogCheck:
    """Verify the log of an archive against its statements."""
    head, note = _verify_checkpoint(archive, trust, report)
    size = head.size if head else _held_size(archive)
    stored = _stored_entries(archive, size, report)
    heads = _verify_receipts(archive, trust, statements, report)
    entries = _entries(archive, statements, heads.keys(), stored, report)
    tree = Tree([leaf_hash(entry) for entry in entries])
    if head and tree.root != head.root:
        report.add(
            "log-root",
            CHECKPOINT,
            f"the statements hash to the root {tree.root.hex()},"
            f" expected the signed root {head.root.hex()}",
        )
    elif head:
        _verify_heads(statements, heads, tree, report)
    files = _verify_tiles(archive, entries, tree, report)
    logged = dict(_parse(entries))
    _verify_pending(archive, statements, logged.values(), report)
    report.count("log entries", len(entries))
    return LogCheck(head, note, files | {CHECKPOINT}, tuple(entries), tree, logged)


def _held_size(archive: Archive) -> int:
    """Return the number of entries that the bundles are there for, by their names."""
    ends = [0]
    bundles = list(walk_files(archive.path(f"{LOG}/tile/entries")))
    for rel in bundles:
        try:
            found = parse_tile_path(f"tile/entries/{rel}")
        except MalformedError:
            continue  # told as unknown
        ends.append(found.n * WIDTH + found.width)
    return min(max(ends), WIDTH * len(bundles))


def _verify_checkpoint(
    archive: Archive, trust: Trust | None, report: Report
) -> tuple[Checkpoint | None, bytes]:
    """Open the checkpoint; where it does not open, its size could be any: None."""
    try:
        note = read_file(archive, CHECKPOINT, MAX_NOTE)
        head = parse_checkpoint(parse_note(note).text)
        layout(head.size)  # refuses a size that no log has
        if trust is None:
            return None, b""
        open_checkpoint(note, trust.policy, archive.config.origin)
    except SourcebookError as error:
        report.add("checkpoint", CHECKPOINT, str(error), hint=RESTORE)
        return None, b""
    return head, note


def _stored_entries(archive: Archive, size: int, report: Report) -> list[bytes | None]:
    """Read the entry bundles; None for each entry of a bundle that cannot be read."""
    found: list[bytes | None] = []
    for number in range((size + 255) // 256):
        width = min(256, size - number * 256)
        rel = f"{LOG}/{entries_path(number, width)}"
        try:
            entries = list(parse_entries(read_file(archive, rel, MAX_ENTRIES)))
            if len(entries) != width:
                raise VerificationError(f"{len(entries)} entries, expected {width}")
        except SourcebookError as error:
            report.add("log-entries", rel, str(error), hint=RESTORE)
            found.extend([None] * width)
        else:
            found.extend(entries)
    return found


def _entries(
    archive: Archive,
    statements: dict[str, CheckedStatement],
    proven: Collection[str],
    stored: list[bytes | None],
    report: Report,
) -> list[bytes]:
    """Build each entry from its statement, else take the one that is stored.

    A statement counts where its receipt proves its place, or where the stored entry
    names it and nothing is wrong with it: so that one that was damaged, or that a
    stranger gave a place in the log, is not told as damage to all of the log.
    """
    by_index = {
        checked.receipt.index: checked
        for statement_id, checked in statements.items()
        if checked.receipt and statement_id in proven
    }
    entries = []
    for index, raw in enumerate(stored):
        named = _named(raw)
        checked = by_index.get(index) or statements.get(named)
        if checked is None:
            _report_lost(archive, index, named, report)
        if checked is None or (raw and index not in by_index and not checked.sound):
            entries.append(raw or b"")
        else:
            entries.append(format_entry(checked.statement.type, checked.envelope))
    return entries


def _parse(entries: Iterable[bytes]) -> Iterator[tuple[int, Entry]]:
    for index, data in enumerate(entries):
        try:
            yield index, parse_entry(data)
        except MalformedError:
            continue  # told with its statement, or with its bundle


def _named(raw: bytes | None) -> str:
    """Return the statement that a stored entry names, else nothing."""
    try:
        return parse_entry(raw or b"").statement_id
    except SourcebookError:
        return ""


def _report_lost(archive: Archive, index: int, named: str, report: Report) -> None:
    place = statement_file(named) if named else f"{LOG} entry {index}"
    there = bool(named) and archive.path(place).exists()
    report.add(
        "not-readable" if there else "missing",
        place,
        f"log entry {index} is of this statement, which"
        f" {'cannot be read' if there else 'is not in the archive'}",
        hint=RESTORE,
    )


def _verify_tiles(
    archive: Archive, entries: list[bytes], tree: Tree, report: Report
) -> set[str]:
    wanted = {**tiles_of(tree), **bundles_of(entries)}
    for path in layout(len(entries)):
        rel = f"{LOG}/{path}"
        report.count("log tiles")
        try:
            data = read_file(archive, rel, MAX_ENTRIES)
        except SourcebookError as error:
            report.add("missing", rel, str(error), hint=RESTORE)
            continue
        if data != wanted[path]:
            report.add(
                "changed",
                rel,
                f"{len(data)} bytes that are not what the statements hash to,"
                f" expected {len(wanted[path])} bytes",
                hint=RESTORE,
            )
    return {f"{LOG}/{path}" for path in layout(len(entries))}


def _verify_pending(
    archive: Archive,
    statements: dict[str, CheckedStatement],
    entries: Iterable[Entry],
    report: Report,
) -> None:
    logged = {entry.statement_id for entry in entries}
    for statement_id, checked in statements.items():
        receipt = receipt_file(statement_id)
        if statement_id not in logged:
            checked.sound = False
            report.add(
                "pending",
                checked.file,
                "the log has no entry of this statement",
                hint="'sourcebook log add' appends it",
            )
        elif not archive.path(receipt).exists():
            checked.sound = False
            report.add(
                "pending",
                receipt,
                "the statement is in the log, and its receipt is not here",
                hint="restore it from a copy; after a kill, 'log add' writes it",
            )


def _verify_receipts(
    archive: Archive,
    trust: Trust | None,
    statements: dict[str, CheckedStatement],
    report: Report,
) -> dict[str, Checkpoint]:
    """Check each receipt by itself; return the head that each good one leads to."""
    heads: dict[str, Checkpoint] = {}
    for statement_id, checked in statements.items():
        if checked.receipt is None or trust is None:
            continue
        report.count("receipts")
        entry = format_entry(checked.statement.type, checked.envelope)
        try:
            found = open_receipt(
                checked.receipt, entry, trust.policy, archive.config.origin
            )
        except SourcebookError as error:
            _report_receipt(checked, statement_id, str(error), report)
        else:
            heads[statement_id] = found.checkpoint
    return heads


def _verify_heads(
    statements: dict[str, CheckedStatement],
    heads: Mapping[str, Checkpoint],
    tree: Tree,
    report: Report,
) -> None:
    """Check that each receipt leads to a head that this log had."""
    for statement_id, head in heads.items():
        try:
            _check_head(head, tree)
        except VerificationError as error:
            _report_receipt(statements[statement_id], statement_id, str(error), report)


def _check_head(head: Checkpoint, tree: Tree) -> None:
    if head.size > tree.size:
        raise VerificationError(
            f"its checkpoint has {head.size} entries, the log {tree.size}: the log was"
            " rolled back, or this is another log's receipt"
        )
    if tree.root_of(head.size) != head.root:
        raise VerificationError(
            f"its checkpoint of size {head.size} has the root {head.root.hex()}, which"
            " this log never had: a fork, or another log's receipt"
        )


def _report_receipt(
    checked: CheckedStatement, statement_id: str, message: str, report: Report
) -> None:
    checked.sound = False
    report.add("receipt", receipt_file(statement_id), message, hint=RESTORE)
