"""Verifying an archive: its bytes, its log, its trust, its release.

Every file is looked at, and the checking goes on to the end: trust, statements, log,
snapshots, release, in this order.  What is signed is opened with the archive's own
signers; that those are the right ones is what the pin says.

A *quick* verification leaves out what takes long: it reads no snapshot, and says so.
"""

import os
from dataclasses import dataclass, field

from archiver.findings import Report
from archiver.keys import recall_pin
from archiver.store import HELD, Archive, receipt_file, statement_file, walk_files
from archiver.trust import Trust
from archiver.verifying.attempts import verify_attempts
from archiver.verifying.bodies import verify_same_bodies
from archiver.verifying.links import verify_links
from archiver.verifying.log import LogCheck, verify_log
from archiver.verifying.order import verify_order
from archiver.verifying.presence import verify_presence
from archiver.verifying.release import verify_releases
from archiver.verifying.snapshot import snapshot_files
from archiver.verifying.snapshots import Progress, choose_snapshots, verify_snapshots
from archiver.verifying.statements import CheckedStatement, verify_statements
from archiver.verifying.trust import verify_policies, verify_trust


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is verified: ``quick`` reads no snapshot; in so many processes.

    With ``ids``, beginnings of the SHA-256 of snapshots and statements, only the
    snapshots that they name are read.
    """

    quick: bool = False
    jobs: int = 1
    ids: tuple[str, ...] = ()


WHOLE = Scope()


@dataclass(slots=True)
class Verified:
    """The report of an archive, and what later checks build upon.

    ``faults`` holds the first fault of each snapshot whose bytes were read, "" where
    there is none, by the id of its statement.  ``left_out`` is what was not looked at.
    """

    report: Report
    trust: Trust | None
    statements: dict[str, CheckedStatement] = field(default_factory=dict)
    log: LogCheck | None = None
    faults: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def leave_out(self, number: int, what: str) -> None:
        """Note that so many snapshots, which ``what`` names one of, were not read."""
        if number:
            counted = f"{number} {what}{'' if number == 1 else 's'}"
            self.left_out.append(
                f"the bytes, records, facts and text layers of {counted}"
            )


def verify_archive(
    archive: Archive, progress: Progress, scope: Scope = WHOLE
) -> Verified:
    """Verify everything that the archive holds, without asking whose keys they are."""
    report = Report()
    trust = verify_trust(archive, report)
    statements = verify_statements(archive, trust, report)
    log = verify_log(archive, trust, statements, report)
    verified = Verified(report, trust, statements, log)
    verify_order(statements, log.logged, report)
    verify_attempts(statements, report)
    verify_links(statements, report)
    _verify_snapshots(archive, verified, progress, scope)
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


def _verify_snapshots(
    archive: Archive, verified: Verified, progress: Progress, scope: Scope
) -> None:
    report = verified.report
    every = choose_snapshots(verified.statements.values(), report)
    chosen = every
    if scope.ids:
        wanted = _named(verified, scope.ids)
        chosen = [e for e in every if e.statement.subjects[0].sha256 in wanted]
        verified.leave_out(len(every) - len(chosen), "other snapshot")
    if scope.quick:
        for each in chosen:
            verify_presence(archive, each.statement, report)
        verified.leave_out(len(chosen), "snapshot")
        return
    for each, found in verify_snapshots(archive, chosen, scope.jobs, progress):
        report.merge(found)
        verified.faults[each.envelope.id] = (
            found.errors[0].message if found.errors else ""
        )
    mementos, captures = (
        [each.statement for each in some if each.sound] for some in (chosen, every)
    )
    verify_same_bodies(archive, mementos, captures, report)


def _named(verified: Verified, ids: tuple[str, ...]) -> set[str]:
    """Return what ``ids`` name, and what the statements that they name are about."""
    found = set()
    for statement_id, each in verified.statements.items():
        about = {subject.sha256 for subject in each.statement.subjects}
        if any(name.startswith(ids) for name in (statement_id, *about)):
            found |= about
    return found


def _verify_names(archive: Archive, verified: Verified) -> None:
    """Report each file in the three folders that no statement accounts for."""
    known = set(verified.log.files) if verified.log else set()
    for statement_id, checked in verified.statements.items():
        known |= {statement_file(statement_id), receipt_file(statement_id)}
        if checked.statement.type == "snapshot":
            known |= snapshot_files(checked.statement)
    known |= {checked.file for checked in verified.statements.values()}
    root = str(archive.root)  # of many thousands: names are far quicker than paths
    for folder in HELD:
        for rel in walk_files(archive.path(folder)):
            place = f"{folder}/{rel}"
            if os.path.islink(f"{root}/{place}"):  # noqa: PTH114
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
