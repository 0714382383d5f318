"""Verifying the log's head against those that this user knows from before.

Whoever writes a log has its lock record: the head that this machine signed last.
Whoever only reads an archive has the newest head that ``verify`` saw of it.  A log that
does not go on from there was rolled back, or forked; nothing in its folder can tell.
"""

from archiver.errors import SourcebookError
from archiver.findings import Report
from archiver.lockrecord import lock_record
from archiver.log import is_unfinished
from archiver.merkle import Tree, leaf_hash
from archiver.store import Archive
from archiver.verifying.log import LogCheck


def verify_signed_head(
    archive: Archive, check: LogCheck | None, report: Report
) -> None:
    """Compare the log with the head that this machine signed last, where it has one."""
    if check is None or check.size is None:
        return
    try:
        head = lock_record(archive.config.origin).read()
    except SourcebookError as error:
        report.add("lock-record", "logs/1", str(error), "warning")
        return
    if head is None or is_unfinished(archive, check.entries, head):
        return
    tree = Tree([leaf_hash(entry) for entry in check.entries])
    if head.size > check.size or tree.root_of(head.size) != head.root:
        report.add(
            "rolled-back",
            "logs/1/checkpoint",
            f"the log has {check.size} entries and not the first {head.size} of them"
            f" that this machine signed, with root {head.root.hex()[:16]}…: an older"
            " copy, or another log",
            hint="bring back the newest copy of the archive",
        )
