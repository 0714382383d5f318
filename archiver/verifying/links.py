"""Verifying what statements say of other snapshots: each that is named is here.

An attempt names the snapshot of what came on the way, a capture those of the robots.txt
of its site and of where redirects led, a memento the capture of ours that it was
compared with.
"""

from collections.abc import Iterator, Mapping

from archiver.findings import Report
from archiver.statements import Statement
from archiver.verifying.statements import CheckedStatement

_NAMED = (("robots", "sha256"), ("memento", "comparedWith"))


def verify_links(statements: Mapping[str, CheckedStatement], report: Report) -> None:
    """Verify that each snapshot which a statement names has a statement here."""
    snapshots = {
        subject.sha256: checked.statement
        for checked in statements.values()
        if checked.statement.type == "snapshot"
        for subject in checked.statement.subjects
    }
    for checked in statements.values():
        for what, sha256 in _links(checked.statement):
            found = snapshots.get(sha256)
            if found is None:
                message = f"{what} is {sha256}, expected a snapshot of this archive"
                report.add("link", checked.file, message)
            elif what == "snapshot" and not _came_to_no_page(found):
                message = f"{what} is {sha256}, expected one of what came to no page"
                report.add("link", checked.file, message)


def _links(statement: Statement) -> Iterator[tuple[str, str]]:
    """Yield each snapshot that a statement names, and as what.

    A fact of another type is told where the facts of the statement are read.
    """
    said = statement.predicate
    if statement.type == "attempt" and isinstance(said.get("snapshot"), str):
        yield "snapshot", said["snapshot"]
    if statement.type != "snapshot":
        return
    for fact, key in _NAMED:
        members = said.get(fact)
        if isinstance(members, dict) and isinstance(members.get(key), str):
            yield f"{fact}.{key}", members[key]
    yield from _rules_on_the_way(said.get("robots"))


def _rules_on_the_way(robots: object) -> Iterator[tuple[str, str]]:
    """Yield the robots.txt of each place that a redirect led to."""
    led = robots.get("redirects") if isinstance(robots, dict) else None
    for each in led if isinstance(led, list) else ():
        if isinstance(each, dict) and isinstance(each.get("sha256"), str):
            yield "robots.redirects.sha256", each["sha256"]


def _came_to_no_page(statement: Statement) -> bool:
    said = statement.predicate
    return said.get("custody") == "observed" and said.get("mainRecord") is None
