"""Rules of dates: they parse, and what is said of their order can be so.

C17 (docs/claims.md).
"""

from collections.abc import Iterator

from archiver.errors import MalformedError
from archiver.findings import Finding
from claims.dates import Edtf, begins_before, overlaps, parse_edtf
from claims.inspection import Inspection


def check_dates(view: Inspection) -> Iterator[Finding]:
    """C17: EDTF parses; claims that are related in time can be so (warnings)."""
    for key, text in (("holds", view.claim.holds), ("as_of", view.claim.as_of)):
        if text:
            yield from refuse_date(text, key, view.places.at(key))
    ours = _holds(view.claim.holds)
    for index, related in enumerate(view.claim.related):
        other = view.context.claims.get(related.claim)
        theirs = _holds(other.holds) if other else None
        if ours and theirs:
            yield from _check_order(view, index, ours, theirs)


def refuse_date(text: str, what: str, place: str) -> Iterator[Finding]:
    """C17: yield a finding at ``place`` where ``text`` is no EDTF."""
    try:
        parse_edtf(text, what)
    except MalformedError as error:
        yield Finding("C17", place, str(error), hint=error.hint)


def _holds(text: str) -> Edtf | None:
    try:
        return parse_edtf(text)
    except MalformedError:
        return None  # there is no date, or another finding says what is wrong with it


def _check_order(
    view: Inspection, index: int, ours: Edtf, theirs: Edtf
) -> Iterator[Finding]:
    related = view.claim.related[index]
    path = ("related", index)
    if related.relation == "overtakes" and begins_before(ours, theirs):
        yield view.finding(
            "C17",
            path,
            f"this holds {ours.text!r} and overtakes {related.claim}, which holds"
            f" {theirs.text!r}, expected one that does not begin before it",
            severity="warning",
        )
    if related.relation == "same-event" and not overlaps(ours, theirs):
        yield view.finding(
            "C17",
            path,
            f"this holds {ours.text!r} and is the same event as {related.claim}, which"
            f" holds {theirs.text!r}, expected dates that overlap",
            severity="warning",
        )
