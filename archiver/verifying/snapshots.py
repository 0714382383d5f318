"""Verifying the snapshots of an archive, each by the statement that counts.

In one process or in several: what is found is the same, in the same order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing

from archiver.findings import Report
from archiver.store import Archive
from archiver.verifying.crew import Crew
from archiver.verifying.snapshot import snapshot_path, verify_snapshot
from archiver.verifying.statements import UNLOGGED, CheckedStatement
from archiver.verifying.worker import parse_report

Progress = Callable[[str, int, int], None]  # what is looked at, how many done, of all
VerifiedSnapshot = tuple[CheckedStatement, Report]


def choose_snapshots(
    statements: Iterable[CheckedStatement], report: Report
) -> list[CheckedStatement]:
    """Return the statement that counts of each snapshot: the first one in the log.

    A second one is reported.
    """
    wanted: dict[str, CheckedStatement] = {}
    for checked in sorted(statements, key=_precedence):
        if checked.statement.type != "snapshot":
            continue
        first = wanted.setdefault(checked.statement.subjects[0].sha256, checked)
        if first is not checked and checked.sound:
            report.add(
                "second-statement",
                checked.file,
                f"a second statement of the snapshot {snapshot_path(first.statement)},"
                f" expected {first.file} alone, which is before it in the log",
                hint="the first one counts; see what this one says otherwise",
            )
    return list(wanted.values())


def verify_snapshots(
    archive: Archive,
    wanted: Sequence[CheckedStatement],
    jobs: int,
    progress: Progress,
) -> Iterator[VerifiedSnapshot]:
    """Verify each snapshot; yield what was found, in the order of ``wanted``.

    With several ``jobs`` all of it is yielded at the end.

    Raises:
        UnavailableError: several processes are asked for, and none can be started.
    """
    if jobs > 1 and len(wanted) > 1:
        yield from _verify_in_crew(archive, wanted, jobs, progress)
        return
    for done, checked in enumerate(wanted):
        progress("snapshots", done, len(wanted))
        found = Report()
        verify_snapshot(archive, checked.statement, found)
        yield checked, found
    progress("snapshots", len(wanted), len(wanted))


def _verify_in_crew(
    archive: Archive,
    wanted: Sequence[CheckedStatement],
    jobs: int,
    progress: Progress,
) -> Iterator[VerifiedSnapshot]:
    found: dict[int, Report] = {}
    crew = Crew(archive.root, [each.envelope.payload for each in wanted], jobs)
    progress("snapshots", 0, len(wanted))
    with closing(crew.answers()) as answers:
        for place, answer, how in answers:
            checked = wanted[place]
            found[place] = parse_report(answer) if answer else _lost(checked, how)
            progress("snapshots", len(found), len(wanted))
    for place, checked in enumerate(wanted):
        yield checked, found[place]


def _lost(checked: CheckedStatement, how: str) -> Report:
    """Report a snapshot whose verification did not come to its end."""
    report = Report()
    report.add(
        "not-checked",
        snapshot_path(checked.statement),
        f"the process that verified it {how}, expected a report: nothing is known of"
        " its bytes",
        hint="where memory ran out, give fewer --jobs",
    )
    return report


def _precedence(checked: CheckedStatement) -> tuple[bool, int]:
    """Order statements: what a stranger signed never comes before what is ours."""
    return not checked.sound, checked.receipt.index if checked.receipt else UNLOGGED
