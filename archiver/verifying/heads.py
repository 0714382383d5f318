"""Verifying the log's head against those that this user knows from before.

Whoever writes a log has its lock record: the head that this machine signed last.
Whoever only reads an archive has the newest head that ``verify`` saw of it.  A log that
does not go on from there was rolled back, or forked; nothing in its folder can tell.
"""

from archiver.checkpoints import Checkpoint
from archiver.consistency import check_goes_on, check_not_older, open_held
from archiver.errors import SourcebookError, VerificationError
from archiver.findings import Report
from archiver.lockrecord import lock_record
from archiver.log import CHECKPOINT, is_unfinished
from archiver.seenheads import (
    comparing_heads,
    recall_head,
    remember_head,
    seen_head_file,
)
from archiver.store import Archive
from archiver.trust import Trust
from archiver.verifying.log import LogCheck


def verify_known_heads(
    archive: Archive, trust: Trust | None, check: LogCheck | None, report: Report
) -> None:
    """Compare the log with the heads known of it; remember the new one.

    Whatever is wrong elsewhere: a log whose head is signed can be compared.
    """
    if check is None or trust is None or check.head is None:
        return
    if _verify_signed(archive, check, report):
        _verify_seen(archive, trust, check, report)


def _verify_signed(archive: Archive, check: LogCheck, report: Report) -> bool:
    """Compare the log with the head that this machine signed last, where it has one."""
    origin = archive.config.origin
    try:
        head = lock_record(origin).read()
    except SourcebookError as error:
        report.add("lock-record", "logs/1", str(error), "warning")
        return True
    if head is None or is_unfinished(archive, check.entries, head):
        return True
    try:
        _check(check, Checkpoint(origin, head.size, head.root))
    except VerificationError as error:
        report.add(
            "rolled-back",
            CHECKPOINT,
            f"{error}: this machine signed that",
            hint="bring back the newest copy of the archive",
        )
        return False
    return True


def _verify_seen(
    archive: Archive, trust: Trust, check: LogCheck, report: Report
) -> None:
    """Compare the log with the newest head seen, and keep the new one."""
    place = seen_head_file(trust.pin)
    try:
        with comparing_heads():
            note = recall_head(trust.pin)
            if note is not None:
                seen = open_held(note, trust.policy, archive.config.origin)
                if not _goes_on(check, seen, str(place), report):
                    return
            if check.holds:
                remember_head(trust.pin, check.note)
    except SourcebookError as error:
        report.add(
            "seen-head",
            "logs/1",
            f"not compared with the newest head seen, {place}: {error}",
            "warning",
            hint="a log that is rolled back or forked is not found out so; where that"
            " file is damaged, move it away",
        )


def _goes_on(check: LogCheck, seen: Checkpoint, place: str, report: Report) -> bool:
    """Tell whether the log goes on from the head ``seen``; report it if not."""
    try:
        _check(check, seen)
    except VerificationError as error:
        shrank = check.head is not None and seen.size > check.head.size
        report.add(
            "rolled-back" if shrank else "forked",
            CHECKPOINT,
            f"{error}: 'verify' saw that before",
            hint=f"this is an older copy, or entries were taken out: {place} is signed"
            " by the log's key and proves that they were there"
            if shrank
            else f"keep {CHECKPOINT} and {place}: both are signed by the log's key, and"
            " together they prove the fork",
        )
        return False
    return True


def _check(check: LogCheck, held: Checkpoint) -> None:
    """Check that the log goes on from ``held``, as far as its entries let that be told.

    Raises:
        VerificationError: it is shorter, or a fork.
    """
    if check.holds:
        check_goes_on(check.tree, held)
    elif check.head:  # which entries are wrong is told already
        check_not_older(check.head, held)
