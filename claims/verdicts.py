"""Rules of a verdict: it is permitted, and it rests on evidence of its own revision.

C01 and C08 (docs/claims.md).  An assessment is a signed statement; here it
is plain facts, judged against the revision of the claim that is its subject.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from archiver.findings import Finding
from claims.ceilings import Ceiling, Strength, rank
from claims.model import Claim

State = Literal["none", "disputed", "refuted", "superseded", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """A reviewer's judgement of one revision; ``place`` is its file in the archive."""

    place: str
    claim: str
    revision: int
    reviewer: str
    strength: Strength
    state: State
    why: str
    rests_on: tuple[str, ...] = ()
    sets_aside: tuple[str, ...] = ()


def state_of(ceiling: Ceiling) -> State:
    """Return the state that the evidence forces on a claim, whoever assesses it."""
    return "disputed" if ceiling.contradicted_by else "none"


def check_verdict(assessment: Assessment, ceiling: Ceiling) -> Iterator[Finding]:
    """C01: the strength is at most the ceiling, and the state is one it permits.

    ``ceiling`` is that of the assessed revision without what the assessment sets aside.
    """
    if rank(assessment.strength) > rank(ceiling.strength):
        yield Finding(
            "C01",
            assessment.place,
            f"the verdict on {assessment.claim} is {assessment.strength}, expected at"
            f" most {ceiling.strength}, the ceiling",
            hint="'sourcebook claim show' says what the evidence permits, and why",
        )
    permitted = _permitted(ceiling)
    if assessment.state not in permitted:
        yield Finding(
            "C01",
            assessment.place,
            f"the state of {assessment.claim} is {assessment.state}, expected"
            f" {' or '.join(permitted)}: {_why(ceiling)}",
        )


def check_named(assessment: Assessment, claim: Claim) -> Iterator[Finding]:
    """C08: ``restsOn`` and ``setsAside`` name evidence of this revision only."""
    known = {item.id for item in claim.evidence}
    for key, names in (
        ("restsOn", assessment.rests_on),
        ("setsAside", assessment.sets_aside),
    ):
        for name in names:
            if name not in known:
                yield Finding(
                    "C08",
                    assessment.place,
                    f"{key} names {name!r}, expected evidence of revision"
                    f" {assessment.revision} of {claim.id}:"
                    f" {', '.join(sorted(known)) or 'there is none'}",
                )


def _permitted(ceiling: Ceiling) -> tuple[State, ...]:
    """Return the states that the evidence leaves open to a reviewer."""
    refuted: tuple[State, ...] = ("refuted",) if ceiling.refutable else ()
    if ceiling.contradicted_by:
        return ("disputed", *refuted, "withdrawn")
    return ("none", *refuted, "superseded", "withdrawn")


def _why(ceiling: Ceiling) -> str:
    if not ceiling.contradicted_by:
        return "nothing that contradicts it is open"
    return f"{', '.join(ceiling.contradicted_by)} contradicts it and is not set aside"
