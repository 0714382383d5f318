"""Verifying the log: recomputed from the statements, then compared file by file.

What the log must hold is built again from the statements, each at the index that its
receipt proves.  Its root must be the signed one; every tile and entry bundle must be
there, byte for byte, and no other; every receipt must lead to a head that this log had.
"""

from dataclasses import dataclass, field

from archiver.checkpoints import parse_checkpoint
from archiver.errors import SourcebookError, VerificationError
from archiver.findings import Report
from archiver.log import CHECKPOINT, MAX_BUNDLE, MAX_NOTE
from archiver.merkle import Tree, leaf_hash
from archiver.notes import parse_note
from archiver.policy import open_checkpoint
from archiver.receipts import check_receipt
from archiver.statements import format_entry, parse_entry
from archiver.store import LOG, Archive, read_file, receipt_file, statement_file
from archiver.tiles import bundles_of, entries_path, layout, parse_entries, tiles_of
from archiver.trust import Trust
from archiver.verify_statements import Checked

_RESTORE = "restore the file from a copy"


@dataclass(slots=True)
class LogCheck:
    """What the check of a log came to: the size and root found, and the log's files."""

    size: int | None
    root: bytes
    files: set[str] = field(default_factory=set)
    entries: tuple[bytes, ...] = ()


def verify_log(
    archive: Archive,
    trust: Trust | None,
    statements: dict[str, Checked],
    report: Report,
) -> LogCheck:
    """Verify the log of an archive against its statements."""
    size, root = _verify_checkpoint(archive, trust, report)
    if size is None:
        return LogCheck(None, b"", {CHECKPOINT})
    stored = _stored_entries(archive, size, report)
    entries = _entries(archive, statements, stored, report)
    tree = Tree([leaf_hash(entry) for entry in entries])
    if tree.root != root:
        report.add(
            "log-root",
            CHECKPOINT,
            f"the statements hash to the root {tree.root.hex()},"
            f" expected the signed root {root.hex()}",
        )
    files = _verify_tiles(archive, entries, report)
    _verify_pending(archive, statements, entries, report)
    _verify_receipts(archive, trust, statements, tree, report)
    report.count("log entries", size)
    return LogCheck(size, root, files | {CHECKPOINT}, tuple(entries))


def _verify_checkpoint(
    archive: Archive, trust: Trust | None, report: Report
) -> tuple[int | None, bytes]:
    """Open the checkpoint; where its signature fails, go on with what it says."""
    try:
        note = read_file(archive, CHECKPOINT, MAX_NOTE)
        head = parse_checkpoint(parse_note(note).text)
        layout(head.size)  # refuses a size that no log has
    except SourcebookError as error:
        report.add("checkpoint", CHECKPOINT, str(error), hint=_RESTORE)
        return None, b""
    if trust is not None:
        try:
            open_checkpoint(note, trust.policy, archive.config.origin)
        except SourcebookError as error:
            report.add("checkpoint", CHECKPOINT, str(error), hint=_RESTORE)
    return head.size, head.root


def _stored_entries(archive: Archive, size: int, report: Report) -> list[bytes | None]:
    """Read the entry bundles; None for each entry of a bundle that cannot be read."""
    found: list[bytes | None] = []
    for number in range((size + 255) // 256):
        width = min(256, size - number * 256)
        rel = f"{LOG}/{entries_path(number, width)}"
        try:
            entries = list(parse_entries(read_file(archive, rel, MAX_BUNDLE)))
            if len(entries) != width:
                raise VerificationError(f"{len(entries)} entries, expected {width}")
        except SourcebookError as error:
            report.add("log-entries", rel, str(error), hint=_RESTORE)
            found.extend([None] * width)
        else:
            found.extend(entries)
    return found


def _entries(
    archive: Archive,
    statements: dict[str, Checked],
    stored: list[bytes | None],
    report: Report,
) -> list[bytes]:
    """Build each entry from its statement, else take the one that is stored."""
    by_index = {
        checked.receipt.index: checked
        for checked in statements.values()
        if checked.receipt
    }
    entries = []
    for index, raw in enumerate(stored):
        named = _named(raw)
        checked = by_index.get(index) or statements.get(named)
        if checked is None:
            _report_lost(archive, index, named, report)
            entries.append(raw or b"")
        else:
            entries.append(format_entry(checked.statement.type, checked.envelope))
    return entries


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
        hint=_RESTORE,
    )


def _verify_tiles(archive: Archive, entries: list[bytes], report: Report) -> set[str]:
    leaves = [leaf_hash(entry) for entry in entries]
    wanted = {**tiles_of(leaves), **bundles_of(entries)}
    for path in layout(len(entries)):
        rel = f"{LOG}/{path}"
        report.count("log tiles")
        try:
            data = read_file(archive, rel, MAX_BUNDLE)
        except SourcebookError as error:
            report.add("missing", rel, str(error), hint=_RESTORE)
            continue
        if data != wanted[path]:
            report.add(
                "changed",
                rel,
                f"{len(data)} bytes that are not what the statements hash to,"
                f" expected {len(wanted[path])} bytes",
                hint=_RESTORE,
            )
    return {f"{LOG}/{path}" for path in layout(len(entries))}


def _verify_pending(
    archive: Archive,
    statements: dict[str, Checked],
    entries: list[bytes],
    report: Report,
) -> None:
    logged = {_named(entry) for entry in entries}
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
    statements: dict[str, Checked],
    tree: Tree,
    report: Report,
) -> None:
    for statement_id, checked in statements.items():
        if checked.receipt is None:
            continue
        report.count("receipts")
        try:
            _check_receipt(archive, trust, checked, tree)
        except SourcebookError as error:
            checked.sound = False
            place = receipt_file(statement_id)
            report.add("receipt", place, str(error), hint=_RESTORE)


def _check_receipt(
    archive: Archive, trust: Trust | None, checked: Checked, tree: Tree
) -> None:
    """Check that the receipt proves its entry in a head that this log had."""
    if trust is None or checked.receipt is None:
        return
    entry = format_entry(checked.statement.type, checked.envelope)
    head = check_receipt(checked.receipt, entry, trust.policy).checkpoint
    if head.origin != archive.config.origin:
        raise VerificationError(
            f"its checkpoint is of {head.origin}, expected {archive.config.origin}"
        )
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
