"""The ceiling: the highest strength that the evidence permits (docs/claims.md).

It is a pure function of the claim, its anchored evidence, the custody of what is
quoted, the sources, and the evidence that an assessment sets aside.  A person may stay
below it and never above.  It comes with its reasons in plain words, step by step.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from claims.groups import group_evidence
from claims.model import Claim
from claims.sources import Source
from claims.weights import LEGAL_TEXTS, Standing, Weight, weigh

Strength = Literal["open", "reported", "attested", "corroborated", "established"]
STRENGTHS: Final[tuple[Strength, ...]] = get_args(Strength)

_OPINIONS: Final = {
    "attribution": "the words of X show that X said it, not that it is so",
    "quotation": "that the words are X's does not make them true",
    "evaluation": "a judgement of value is somebody's, however many share it",
    "prediction": "what is to come can be said, not known",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One strength: whether what it asks for is there, and why, in plain words."""

    strength: Strength
    reached: bool
    why: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit, whatever else there is: of the claim, or of the evidence named."""

    strength: Strength
    why: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The highest strength permitted; the steps weakest first, then the caps.

    ``contradicted_by`` are the anchored contradictions that nobody set aside: they make
    the state *disputed*.  ``refutable`` says whether that side alone is strong enough
    for a reviewer to say *refuted*.
    """

    strength: Strength
    steps: tuple[Step, ...]
    caps: tuple[Cap, ...] = ()
    contradicted_by: tuple[str, ...] = ()
    refutable: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What a ceiling is computed from, beside the claim itself."""

    standings: tuple[Standing, ...]
    sources: Mapping[str, Source]
    pins: Mapping[str, str]  # SHA-256 of the case's snapshots, by alias
    set_aside: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Side:
    """What the evidence of one role can show, by evidence id."""

    weights: Mapping[str, Weight]
    voices: Mapping[str, int]  # the group of each one that is attested
    neutral: bool  # one of the groups has no side in the matter

    @property
    def attested(self) -> tuple[str, ...]:
        return tuple(self.voices)

    @property
    def groups(self) -> int:
        return len(set(self.voices.values()))

    @property
    def corroborated(self) -> bool:
        return self.groups > 1 and self.neutral

    def primary(self, kinds: Collection[str] = ()) -> tuple[str, ...]:
        """Return the evidence that is a primary document (of one of ``kinds``)."""
        return tuple(
            name
            for name, weight in self.weights.items()
            if weight.primary and (not kinds or weight.primary in kinds)
        )


def rank(strength: Strength) -> int:
    """Return the place of ``strength`` among the five; the weakest has 0."""
    return STRENGTHS.index(strength)


def find_ceiling(claim: Claim, ground: Ground) -> Ceiling:
    """Return the highest strength that the evidence permits, with its reasons.

    Evidence that is set aside supports and contradicts nothing; it still binds groups
    together.
    """
    support = _side("supports", claim, ground)
    against = _side("contradicts", claim, ground)
    steps = (
        Step("open", reached=True, why="a claim begins here"),
        _reported(support),
        _attested(support),
        _corroborated(support),
        _established(support, tuple(against.weights)),
    )
    caps = (*_kind_caps(claim, support), *_evidence_caps(support))
    reached = [rank(step.strength) for step in steps if step.reached]
    limit = [rank(cap.strength) for cap in caps if not cap.evidence]
    return Ceiling(
        STRENGTHS[min(max(reached), *limit, len(STRENGTHS) - 1)],
        steps,
        caps,
        tuple(against.weights),
        _is_refutable(claim, against),
    )


def _side(role: str, claim: Claim, ground: Ground) -> _Side:
    groups = group_evidence(claim.evidence, ground.sources, ground.pins)
    counted = {
        standing.evidence.id: standing.evidence
        for standing in ground.standings
        if standing.evidence.role == role
        and standing.anchored
        and standing.evidence.id not in ground.set_aside
    }
    weights = {
        standing.evidence.id: weigh(standing, claim, ground.sources)
        for standing in ground.standings
        if standing.evidence.id in counted
    }
    voices = {name: groups[name] for name, weight in weights.items() if weight.attested}
    parties = {link.by for item in claim.evidence for link in item.chain if link.party}
    neutral = any(counted[name].origin.by not in parties for name in voices)
    return _Side(weights, voices, neutral)


def _reported(side: _Side) -> Step:
    names = tuple(side.weights)
    if names:
        return Step("reported", reached=True, why="somebody says so", evidence=names)
    why = "no quote that supports it stands in a snapshot; leads count for nothing"
    return Step("reported", reached=False, why=why)


def _attested(side: _Side) -> Step:
    if side.attested:
        why = (
            "we hold the statement of one who says they know; it shows that they said"
            " it, not that it is so"
        )
        return Step("attested", reached=True, why=why, evidence=side.attested)
    reasons = [
        f"{name}: {'; '.join((*weight.lacks, *weight.limits))}"
        for name, weight in side.weights.items()
    ]
    why = ". ".join(reasons) or "there is nothing that supports it"
    return Step("attested", reached=False, why=why, evidence=tuple(side.weights))


def _corroborated(side: _Side) -> Step:
    names = side.attested
    if side.corroborated:
        why = f"{side.groups} that do not depend on each other say they know, and agree"
        return Step("corroborated", reached=True, why=why, evidence=names)
    if side.groups > 1:
        why = "all who say they know have a side in the matter"
    elif side.groups == 1:
        why = "all who say they know count as one: the same origin, family or text"
        why = why if len(names) > 1 else "one alone says that they know"
    else:
        why = "there are no two who say they know, independent of each other"
    return Step("corroborated", reached=False, why=why, evidence=names)


def _established(side: _Side, open_against: tuple[str, ...]) -> Step:
    primary = side.primary()
    if not primary and not side.corroborated:
        why = "it is not corroborated, and no primary document of it is in hand"
        return Step("established", reached=False, why=why)
    if open_against:
        why = f"{', '.join(open_against)} contradicts it, and nobody has set that aside"
        return Step("established", reached=False, why=why, evidence=open_against)
    why = (
        "the document itself is in hand"
        if primary
        else "it is corroborated, and nothing in hand contradicts it"
    )
    why = f"{why}; the verdict needs a second reviewer"
    return Step("established", reached=True, why=why, evidence=primary or side.attested)


def _kind_caps(claim: Claim, side: _Side) -> tuple[Cap, ...]:
    """Return the limit of a kind of claim, whatever its evidence."""
    if claim.kind in _OPINIONS:
        why = f"{_article(claim.kind)} ends at attested: {_OPINIONS[claim.kind]}"
        return (Cap("attested", why),)
    if claim.kind == "norm" and not side.primary(LEGAL_TEXTS):
        texts = ", ".join(LEGAL_TEXTS)
        why = f"a norm ends at reported without the legal text itself ({texts})"
        return (Cap("reported", why),)
    return ()


def _evidence_caps(side: _Side) -> tuple[Cap, ...]:
    return tuple(
        Cap("reported", f"{name}: {limit}", (name,))
        for name, weight in side.weights.items()
        for limit in weight.limits
    )


def _is_refutable(claim: Claim, against: _Side) -> bool:
    """Say whether the other side alone is corroborated or a primary document."""
    capped = _kind_caps(claim, against)
    return bool(against.primary()) or (against.corroborated and not capped)


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "ae" else f"a {kind}"
