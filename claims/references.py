"""Rules of what a claim file names: every id resolves, and a lead is no evidence.

C03 and C18 (docs/claims.md).
"""

from collections.abc import Collection, Iterator

from archiver.findings import Finding
from archiver.strict import show
from claims.inspection import Inspection
from claims.mismatches import nearest
from claims.model import Claim
from claims.places import Path, words

_NO_EVIDENCE = "capture the page; it is evidence on the day that it is in hand"


def check_leads(view: Inspection) -> Iterator[Finding]:
    """C03: a lead is no evidence; ``snapshot`` may not name one."""
    for path, name in list_snapshots(view.claim):
        lead = find_lead(view, name)
        if lead:
            message = f"{words(path)} is {show(name)}, which is the lead {lead},"
            message = f"{message} expected the alias of a snapshot in hand"
            yield view.finding("C03", path, message, _NO_EVIDENCE)


def find_lead(view: Inspection, name: str) -> str:
    """Return the id of the lead whose id, slug or address ``name`` is, or ''."""
    if name.startswith("lead/"):
        return name
    if name in view.context.case.snapshots:
        return ""
    leads = view.context.leads.values()
    found = (lead.id for lead in leads if name in (lead.id[len("lead/") :], lead.url))
    return next(found, "")


def check_references(view: Inspection) -> Iterator[Finding]:
    """C18: every id that the file names is there."""
    context = view.context
    for path, by in _sources(view):
        yield from _resolve(view, path, by, "a source", context.sources)
    for path, lead in _leads(view):
        yield from _resolve(view, path, lead, "a lead", context.leads)
    for index, related in enumerate(view.claim.related):
        others = context.claims.keys() - {view.claim.id}
        path = ("related", index, "claim")
        yield from _resolve(view, path, related.claim, "another claim", others)
    for index, item in enumerate(view.claim.evidence):
        if item.copy_of and not find_lead(view, item.copy_of):
            ids = {each.id for each in view.claim.evidence} - {item.id}
            known = ids | context.case.snapshots.keys()
            path = ("evidence", index, "copy_of")
            yield from _resolve(view, path, item.copy_of, "other evidence", known)


def _resolve(
    view: Inspection, path: Path, found: str, what: str, known: Collection[str]
) -> Iterator[Finding]:
    if found not in known:
        hint = nearest(found, tuple(sorted(known))) or "add it, or mend the id"
        message = f"{words(path)} is {show(found)}, expected {what} that is there"
        yield view.finding("C18", path, message, hint)


def list_snapshots(claim: Claim) -> Iterator[tuple[Path, str]]:
    """Yield each name that should be a snapshot's alias, with its path."""
    for place, item in enumerate(claim.evidence):
        path = ("evidence", place)
        yield (*path, "snapshot"), item.snapshot
        if item.copy_of:
            yield (*path, "copy_of"), item.copy_of
        for index, link in enumerate(item.chain):
            if link.snapshot:
                yield (*path, "chain", index, "snapshot"), link.snapshot


def _sources(view: Inspection) -> Iterator[tuple[Path, str]]:
    for index, by in enumerate(view.claim.about):
        yield ("about", index), by
    for path, item in view.evidence():
        for index, link in enumerate(item.chain):
            yield (*path, "chain", index, "by"), link.by


def _leads(view: Inspection) -> Iterator[tuple[Path, str]]:
    for index, wanted in enumerate(view.claim.wanted):
        if wanted.lead:
            yield ("wanted", index, "lead"), wanted.lead
    for path, item in view.evidence():
        for index, link in enumerate(item.chain):
            if link.lead:
                yield (*path, "chain", index, "lead"), link.lead
