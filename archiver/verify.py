"""Verifying an archive: its bytes, its log, its trust, its release.

Every file is looked at, and the checking goes on to the end: trust, statements, log,
snapshots, release, in this order.  What is signed is opened with the archive's own
signers; that those are the right ones is what the pin says.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from archiver.errors import MalformedError, SourcebookError, VerificationError
from archiver.findings import Report
from archiver.keys import recall_pin
from archiver.lockrecord import lock_record
from archiver.log import is_unfinished
from archiver.release import compare_release, release_number
from archiver.store import Archive, receipt_file, statement_file, walk_files
from archiver.trust import Trust, read_trust, trust_versions
from archiver.verify_log import LogCheck, verify_log
from archiver.verify_snapshot import snapshot_files, verify_snapshot
from archiver.verify_statements import Checked, verify_statements

Progress = Callable[[str, int, int], None]  # what is looked at, how many done, of all


@dataclass(slots=True)
class Verified:
    """The report of an archive, and what later checks build upon."""

    report: Report
    trust: Trust | None
    statements: dict[str, Checked] = field(default_factory=dict)
    log: LogCheck | None = None
    sound: set[str] = field(default_factory=set)  # snapshots in which nothing is wrong


def verify_archive(archive: Archive, progress: Progress) -> Verified:
    """Verify everything that the archive holds, without asking whose keys they are."""
    report = Report()
    verified = Verified(report, _verify_trust(archive, report))
    verified.statements = verify_statements(archive, verified.trust, report)
    verified.log = verify_log(archive, verified.trust, verified.statements, report)
    _verify_snapshots(archive, verified, progress)
    _verify_release(archive, verified)
    _verify_trust_chain(archive, verified)
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


def _verify_trust(archive: Archive, report: Report) -> Trust | None:
    try:
        trust = read_trust(archive)
    except SourcebookError as error:
        report.add(
            "trust",
            "trust",
            f"{error}: no signature can be checked",
            hint=error.hint or "restore trust/ from a copy",
        )
        return None
    report.count("trust folders", trust.number)
    return trust


def _verify_snapshots(archive: Archive, verified: Verified, progress: Progress) -> None:
    wanted = [
        checked
        for checked in verified.statements.values()
        if checked.statement.type == "snapshot"
    ]
    for done, checked in enumerate(wanted):
        progress("snapshots", done, len(wanted))
        before = len(verified.report.errors)
        verify_snapshot(archive, checked.statement, verified.report)
        if len(verified.report.errors) == before and checked.sound:
            verified.sound.add(checked.statement.subjects[0].sha256)
    progress("snapshots", len(wanted), len(wanted))


def _verify_release(archive: Archive, verified: Verified) -> None:
    report = verified.report
    releases = _releases(verified)
    try:
        last = max(
            releases, key=lambda checked: release_number(checked.stored), default=None
        )
    except VerificationError as error:
        report.add("release", "statements", str(error))
        return
    if last is None:
        report.add("release", "statements", "there is no release, expected one or more")
        return
    for difference in compare_release(archive, last.statement):
        report.add(
            difference.code,
            difference.file,
            f"found {difference.found}, expected {difference.expected}",
            hint="'sourcebook release' signs the files as they are, if that is meant"
            if difference.code == "not-released"
            else "restore it from a copy; 'sourcebook release' only if the change is "
            "meant",
        )
    report.count("released files", len(last.statement.subjects))


def _releases(verified: Verified) -> list[Checked]:
    """Return the releases that are signed and logged as they must be, else all."""
    found = [
        checked
        for checked in verified.statements.values()
        if checked.statement.type == "release"
    ]
    return [checked for checked in found if checked.sound] or found


def _verify_trust_chain(archive: Archive, verified: Verified) -> None:
    """Each version of trust/ is the subject of a logged policy statement."""
    covered = {
        subject.name
        for checked in verified.statements.values()
        if checked.statement.type == "policy" and checked.sound
        for subject in checked.statement.subjects
    }
    for number in trust_versions(archive):
        for name in ("policy", "signers"):
            rel = f"trust/{number}/{name}"
            if rel not in covered:
                verified.report.add(
                    "trust-chain",
                    rel,
                    "no policy statement in the log covers this file",
                )


def _verify_names(archive: Archive, verified: Verified) -> None:
    """Report each file in the three folders that no statement accounts for."""
    known = set(verified.log.files) if verified.log else set()
    for statement_id, checked in verified.statements.items():
        known |= {statement_file(statement_id), receipt_file(statement_id)}
        if checked.statement.type == "snapshot":
            known |= snapshot_files(checked.statement)
    known |= {checked.file for checked in verified.statements.values()}
    for folder in ("snapshots", "statements", "logs"):
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
    except (SourcebookError, MalformedError) as error:
        verified.report.add("lock-record", "logs/1", str(error), "warning")
        return
    if head is None or is_unfinished(archive, check.entries, head):
        return
    if head.size > check.size or (head.size == check.size and head.root != check.root):
        verified.report.add(
            "rolled-back",
            "logs/1/checkpoint",
            f"the log has {check.size} entries, but this machine signed {head.size}"
            f" with root {head.root.hex()[:16]}…: an older copy, or another log",
            hint="bring back the newest copy of the archive",
        )
