"""Verifying an archive: its bytes, its log, its trust, its release.

Every file is looked at, and the checking goes on to the end: trust, statements, log,
snapshots, release, in this order.  What is signed is opened with the archive's own
signers; that those are the right ones is what the pin says.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from archiver.errors import SourcebookError
from archiver.findings import Report
from archiver.keys import recall_pin
from archiver.lockrecord import lock_record
from archiver.log import is_unfinished
from archiver.merkle import Tree, leaf_hash
from archiver.store import HELD, Archive, receipt_file, statement_file, walk_files
from archiver.trust import Trust
from archiver.verifying.attempts import verify_attempts
from archiver.verifying.log import LogCheck, verify_log
from archiver.verifying.order import verify_order
from archiver.verifying.release import verify_releases
from archiver.verifying.snapshot import snapshot_files, snapshot_path, verify_snapshot
from archiver.verifying.statements import UNLOGGED, CheckedStatement, verify_statements
from archiver.verifying.trust import verify_policies, verify_trust

Progress = Callable[[str, int, int], None]  # what is looked at, how many done, of all


@dataclass(slots=True)
class Verified:
    """The report of an archive, and what later checks build upon."""

    report: Report
    trust: Trust | None
    statements: dict[str, CheckedStatement] = field(default_factory=dict)
    log: LogCheck | None = None
    sound: set[str] = field(default_factory=set)  # snapshots in which nothing is wrong


def verify_archive(archive: Archive, progress: Progress) -> Verified:
    """Verify everything that the archive holds, without asking whose keys they are."""
    report = Report()
    trust = verify_trust(archive, report)
    statements = verify_statements(archive, trust, report)
    log = verify_log(archive, trust, statements, report)
    verified = Verified(report, trust, statements, log)
    verify_order(statements, log.logged, report)
    verify_attempts(statements, report)
    _verify_snapshots(archive, verified, progress)
    verify_releases(archive, statements, log.logged, report)
    verify_policies(archive, trust, statements.values(), report)
    _verify_names(archive, verified)
    return verified


def verify_pin(archive: Archive, verified: Verified, given: str | None) -> str:
    """Compare the trust folder with the pin ``given``, else with the one remembered.

    Returns the sentence that says whose keys these are.
    """
    report, trust = verified.report, verified.trust
    pin = given or recall_pin(archive.config.origin)
    if trust is None:
        return "keys not read"
    if pin is None:
        report.add(
            "not-pinned",
            "trust/1",
            f"consistent with itself at best; whose keys these are is not known here"
            f" (pin sha256:{trust.pin})",
            hint="compare the pin with the one its operator publishes, then --trust"
            " sha256:…; or ask for less with --self-consistent",
        )
        return "keys not pinned"
    if pin != trust.pin:
        report.add(
            "pin", "trust/1", f"the pin is sha256:{trust.pin}, expected sha256:{pin}"
        )
        return "keys of another archive"
    return f"keys pinned: sha256:{pin}"


def _verify_snapshots(archive: Archive, verified: Verified, progress: Progress) -> None:
    """Verify each snapshot by the statement that counts: the first one in the log."""
    wanted: dict[str, CheckedStatement] = {}
    for checked in sorted(verified.statements.values(), key=_precedence):
        if checked.statement.type != "snapshot":
            continue
        first = wanted.setdefault(checked.statement.subjects[0].sha256, checked)
        if first is not checked and checked.sound:
            verified.report.add(
                "second-statement",
                checked.file,
                f"a second statement of the snapshot {snapshot_path(first.statement)},"
                f" expected {first.file} alone, which is before it in the log",
                hint="the first one counts; see what this one says otherwise",
            )
    for done, (sha256, checked) in enumerate(wanted.items()):
        progress("snapshots", done, len(wanted))
        before = len(verified.report.findings)
        verify_snapshot(archive, checked.statement, verified.report)
        if len(verified.report.findings) == before and checked.sound:
            verified.sound.add(sha256)
    progress("snapshots", len(wanted), len(wanted))


def _precedence(checked: CheckedStatement) -> tuple[bool, int]:
    """Order statements: what a stranger signed never comes before what is ours."""
    return not checked.sound, checked.receipt.index if checked.receipt else UNLOGGED


def _verify_names(archive: Archive, verified: Verified) -> None:
    """Report each file in the three folders that no statement accounts for."""
    known = set(verified.log.files) if verified.log else set()
    for statement_id, checked in verified.statements.items():
        known |= {statement_file(statement_id), receipt_file(statement_id)}
        if checked.statement.type == "snapshot":
            known |= snapshot_files(checked.statement)
    known |= {checked.file for checked in verified.statements.values()}
    for folder in HELD:
        for rel in walk_files(archive.path(folder)):
            place = f"{folder}/{rel}"
            if archive.path(place).is_symlink():
                verified.report.add(
                    "unknown", place, "a symbolic link, expected a file"
                )
            elif place not in known:
                verified.report.add(
                    "unknown",
                    place,
                    "no statement or log accounts for this file",
                    hint="a killed command's own files are taken up by its next run",
                )


def verify_head(archive: Archive, verified: Verified) -> None:
    """Compare the log with the head that this machine signed last, where it has one."""
    check = verified.log
    if check is None or check.size is None:
        return
    try:
        head = lock_record(archive.config.origin).read()
    except SourcebookError as error:
        verified.report.add("lock-record", "logs/1", str(error), "warning")
        return
    if head is None or is_unfinished(archive, check.entries, head):
        return
    tree = Tree([leaf_hash(entry) for entry in check.entries])
    if head.size > check.size or tree.root_of(head.size) != head.root:
        verified.report.add(
            "rolled-back",
            "logs/1/checkpoint",
            f"the log has {check.size} entries and not the first {head.size} of them"
            f" that this machine signed, with root {head.root.hex()[:16]}…: an older"
            " copy, or another log",
            hint="bring back the newest copy of the archive",
        )
