"""Rules of what files share: ids that are their own, and the facts of a case.

C17, C18 and C19 across files (docs/claims.md).
"""

from collections.abc import Iterable, Iterator, Mapping

from archiver.findings import Finding
from claims.leads import Lead
from claims.model import Case, Claim
from claims.moments import refuse_date
from claims.places import Places
from claims.sources import Source


def check_ids(ids: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """C19: an id, given with its place, is nobody else's in the whole archive."""
    seen: dict[str, str] = {}
    for name, place in ids:
        if name in seen:
            message = f"the id {name} stands at {seen[name]} too, expected its own"
            hint = "'sourcebook claim new' makes one at random; never copy one"
            yield Finding("C19", place, message, hint=hint)
        seen.setdefault(name, place)


def check_reuse(
    claim: Claim, places: Places, earlier: Iterable[Claim]
) -> Iterator[Finding]:
    """C19: an id is never used again: not a claim's, and not that of its evidence.

    A quote may be mended; evidence of another day in another snapshot is another one.
    """
    for older in earlier:
        if older.case != claim.case:
            message = f"the id {claim.id} was published in the case {older.case!r},"
            message = f"{message} expected one that was never used"
            yield Finding("C19", places.at("id"), message)
        known = {item.id: item for item in older.evidence}
        for index, item in enumerate(claim.evidence):
            was = known.get(item.id, item)
            if was.added != item.added and was.snapshot != item.snapshot:
                message = (
                    f"the evidence id {item.id} was published for {was.snapshot!r},"
                    f" added {was.added}, expected a number that was never used"
                )
                yield Finding("C19", places.at("evidence", index, "id"), message)


def check_case(
    case: Case, places: Places, sources: Mapping[str, Source]
) -> Iterator[Finding]:
    """C17 and C18 of ``case.toml``: its dates parse, its publishers are there."""
    for alias, pinned in case.snapshots.items():
        path = ("snapshots", alias)
        what = f"published of {alias}"
        yield from refuse_date(pinned.published, what, places.at(*path, "published"))
        if pinned.publisher not in sources:
            message = f"publisher of {alias} is {pinned.publisher!r}, expected a source"
            place = places.at(*path, "publisher")
            yield Finding("C18", place, f"{message} that is there")


def check_leads_dates(leads: Iterable[Lead], file: str) -> Iterator[Finding]:
    """C17 of ``leads.csv``: a date that is given parses."""
    for lead in leads:
        if lead.published:
            what = f"published of {lead.id}"
            yield from refuse_date(lead.published, what, f"{file}:{lead.line}")
