"""Verifying what the log shows as a whole: entries twice, times going backwards.

An honest log holds a statement once.  Its times are claims: a statement that was signed
on another machine may come into the log late, so an earlier time is told, and fails
nothing.
"""

from collections.abc import Mapping

from archiver.findings import Report
from archiver.statements import Entry, parse_time
from archiver.store import LOG
from archiver.verifying.statements import CheckedStatement

# They change what other statements mean, and nothing here does what they say yet: an
# archive that holds one is not called whole.
UNCHECKED = ("custody", "revoke", "tombstone")


def verify_order(
    statements: Mapping[str, CheckedStatement],
    logged: Mapping[int, Entry],
    report: Report,
) -> None:
    """Verify the order of the log's entries, given by their index."""
    first: dict[str, int] = {}
    latest = ("", 0)
    for index in sorted(logged):
        statement_id = logged[index].statement_id
        if statement_id in first:
            report.add(
                "twice-in-log",
                f"{LOG} entry {index}",
                f"the log holds the statement {statement_id} a second time, expected it"
                f" at index {first[statement_id]} alone",
                hint="its place in the log is in doubt; the first one counts",
            )
            continue
        first[statement_id] = index
        checked = statements.get(statement_id)
        if checked is not None:
            _report_unchecked(checked, report)
            latest = _verify_time(checked, index, latest, report)


def _verify_time(
    checked: CheckedStatement, index: int, latest: tuple[str, int], report: Report
) -> tuple[str, int]:
    """Compare a claimed time with the latest one before it."""
    on = str(checked.statement.predicate["on"])
    if latest[0] and parse_time(on, "on") < parse_time(latest[0], "on"):
        report.add(
            "time-order",
            checked.file,
            f"it is entry {index} and says that it was signed on {on}, before entry"
            f" {latest[1]}, which says {latest[0]}",
            "warning",
            hint="a claimed time; so it is where a statement waited for the log, and"
            " where a clock was wrong or somebody dates back",
        )
        return latest
    return on, index


def _report_unchecked(checked: CheckedStatement, report: Report) -> None:
    kind = checked.statement.type
    if kind in UNCHECKED:
        report.add(
            "not-checked",
            checked.file,
            f"a {kind} statement, which this version does not act upon",
            hint="what it revokes, takes down or hands over is judged without it here",
        )
