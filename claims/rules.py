"""The rules, applied: what one claim file is found to be (docs/claims.md).

Each rule has a stable code; a finding of it has the file and line, what was found, what
was expected and what to do.  :func:`examine` looks at one claim against its context;
what only shows across files is in ``claims.sharing``.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from archiver.findings import Finding
from claims.ceilings import Ceiling, find_ceiling
from claims.chains import check_chains, check_primary, check_wanted
from claims.holdings import Context
from claims.inspection import Inspection
from claims.model import Claim
from claims.moments import check_dates
from claims.places import Places
from claims.quoting import (
    check_anchors,
    check_completeness,
    check_labels,
    check_snapshots,
    check_translations,
    check_zones,
)
from claims.references import check_leads, check_references
from claims.standings import Anchors, anchor_claim, find_ground
from claims.verdicts import Assessment, State, check_named, check_verdict, state_of
from claims.wording import check_claim, check_quotes

MALFORMED: Final = frozenset(("C17", "C19", "C20"))  # exit 3 in `claim check`


@dataclass(frozen=True, slots=True)
class Examined:
    """A claim with all that the rules found, and what its evidence permits."""

    claim: Claim
    anchors: Anchors
    ceiling: Ceiling
    state: State
    findings: tuple[Finding, ...]


def examine(
    claim: Claim,
    context: Context,
    places: Places | None = None,
    assessments: Sequence[Assessment] = (),
) -> Examined:
    """Apply every rule to ``claim``; ``assessments`` are those of this very revision.

    The findings come in the order of the rules, each rule's in file order.
    """
    anchors = anchor_claim(claim, context)
    ceiling = find_ceiling(claim, find_ground(claim, context, anchors, ()))
    view = Inspection(claim, context, places or Places(), anchors)
    findings = [finding for rule in RULES for finding in rule(view)]
    for assessment in assessments:
        ground = find_ground(claim, context, anchors, assessment.sets_aside)
        findings += check_verdict(assessment, find_ceiling(claim, ground))
        findings += check_named(assessment, claim)
    findings.sort(key=lambda finding: finding.code)
    return Examined(claim, anchors, ceiling, state_of(ceiling), tuple(findings))


def exit_code(findings: Iterable[Finding]) -> int:
    """Return the exit code of ``claim check``: 3 malformed, 1 wrong, 0 it holds."""
    codes = {each.code for each in findings if each.severity == "error"}
    return 3 if codes & MALFORMED else int(bool(codes))


def check_own_ids(view: Inspection) -> Iterator[Finding]:
    """C19: evidence ids are unique in the file, and the case is the folder's."""
    first: dict[str, int] = {}
    for path, item in view.evidence():
        if item.id in first:
            message = f"the evidence id {item.id} stands in line {first[item.id]} too"
            hint = "give the newer one the next number; a number is never used again"
            place = (*path, "id")
            yield view.finding("C19", place, f"{message}, expected its own", hint)
        first.setdefault(item.id, view.places.line(*path, "id"))
    if view.claim.case != view.context.case.id:
        message = f"case is {view.claim.case!r}, expected {view.context.case.id!r}"
        yield view.finding("C19", ("case",), f"{message}, the case it lies in")


RULES: Final[tuple[Callable[[Inspection], Iterator[Finding]], ...]] = (
    check_primary,
    check_leads,
    check_anchors,
    check_snapshots,
    check_chains,
    check_translations,
    check_quotes,
    check_completeness,
    check_dates,
    check_references,
    check_own_ids,
    check_wanted,
    check_zones,
    check_claim,
    check_labels,
)
