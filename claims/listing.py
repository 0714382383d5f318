"""What an archive holds, thing by thing: each as an object and as one line.

A line begins with the id by which ``show`` knows the thing.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from archiver.errors import MalformedError, VerificationError
from archiver.findings import Finding
from archiver.holdings import (
    StoredSnapshot,
    StoredStatement,
    log_order,
    read_snapshots,
    read_statements,
)
from archiver.store import Archive
from archiver.trust import read_trust
from claims.case import Checked, examine_archive
from claims.claim_commands import claim_object
from claims.dossier import WRITTEN
from claims.rules import Examined
from claims.showing import list_snapshot
from claims.snapshot_lines import snapshot_line
from claims.snapshot_objects import snapshot_object
from claims.statement_lines import statement_line, statement_object
from claims.tried import attempt_line, attempt_object

Thing = tuple[dict[str, object], str]  # as an object, as a line
Found = Callable[[], Thing]
Listing = Callable[[Archive], Iterator[Found]]


def written_thing(checked: Checked, wanted: str) -> Thing:
    """Return a source or a lead; a withheld person has no name here either.

    Raises:
        VerificationError: there is none.
    """
    source = checked.dossier.sources.get(wanted)
    if source is not None:
        names = [] if source.naming == "withheld" else [n.text for n in source.names]
        thing: dict[str, object] = {
            "source": wanted,
            "names": names,
            "family": source.family,
            "naming": source.naming or "public",
        }
        return thing, f"{wanted}  {', '.join(names) or 'name withheld'}"
    lead = checked.dossier.leads.get(wanted)
    if lead is None:
        raise VerificationError(
            f"nothing in this archive is {wanted!r}",
            hint="'sourcebook list sources leads' shows what there is",
        )
    thing = {"lead": wanted, "url": lead.url, "publisher": lead.publisher}
    return thing, f"{wanted}  a lead, not in hand: {lead.url}"


def _list_snapshots(archive: Archive) -> Iterator[Found]:
    for snapshot in read_snapshots(archive, read_trust(archive)).values():
        yield partial(_snapshot_thing, snapshot)


def _list_statements(archive: Archive) -> Iterator[Found]:
    for stored in _read_in_order(archive):
        yield partial(_statement_thing, stored)


def _list_attempts(archive: Archive) -> Iterator[Found]:
    for stored in _read_in_order(archive):
        if stored.statement.type == "attempt":
            yield partial(_attempt_thing, stored)


def _list_claims(archive: Archive) -> Iterator[Found]:
    checked = examine_archive(archive)
    for each in checked.examined:
        yield partial(_claim_thing, each)
    for finding in _find_unread(checked):
        yield partial(_refuse, finding)


def _list_sources(archive: Archive) -> Iterator[Found]:
    checked = examine_archive(archive)
    for wanted in checked.dossier.sources:
        yield partial(written_thing, checked, wanted)


def _list_leads(archive: Archive) -> Iterator[Found]:
    checked = examine_archive(archive)
    for wanted in checked.dossier.leads:
        yield partial(written_thing, checked, wanted)


def _read_in_order(archive: Archive) -> list[StoredStatement]:
    """Read all statements, in the order of the log, those that wait for it last."""
    return sorted(read_statements(archive, read_trust(archive)), key=log_order)


def _snapshot_thing(snapshot: StoredSnapshot) -> Thing:
    shown = list_snapshot(snapshot)
    return snapshot_object(shown), snapshot_line(shown)


def _statement_thing(stored: StoredStatement) -> Thing:
    return statement_object(stored), statement_line(stored)


def _attempt_thing(stored: StoredStatement) -> Thing:
    return attempt_object(stored), attempt_line(stored)


def _claim_thing(examined: Examined) -> Thing:
    claim, ceiling = examined.claim, examined.ceiling
    line = f"{claim.id}  at most {ceiling.strength}  {claim.claim}"
    return claim_object(examined), line


def _find_unread(checked: Checked) -> Iterable[Finding]:
    """Return the first finding of each file by which claims cannot be read."""
    cases = checked.dossier.cases
    known = {each.file for folder in cases.values() for each in folder.claims}
    unread: dict[str, Finding] = {}
    for finding in checked.findings:
        match = WRITTEN.fullmatch(finding.place.rpartition(":")[0])
        if match is None:
            continue
        is_claim = match["claim"] and match.string not in known
        if is_claim or (match["case"] and match["folder"] not in cases):
            unread.setdefault(match.string, finding)
    return unread.values()


def _refuse(finding: Finding) -> Thing:
    """Raise what keeps a file from being listed.

    Raises:
        MalformedError: always.
    """
    hint = finding.hint or "'sourcebook claim check' tells all that is wrong"
    raise MalformedError(f"{finding.place}: {finding.message}", hint=hint)


LISTINGS: Final[dict[str, Listing]] = {
    "snapshots": _list_snapshots,
    "attempts": _list_attempts,
    "claims": _list_claims,
    "sources": _list_sources,
    "leads": _list_leads,
    "statements": _list_statements,
}
"""What can be listed: each yields what gives one thing, or raises for it alone."""
