"""Assessments as signed, which of them count, and the verdict that a claim has.

An assessment is a reviewer's judgement of one revision, the subject of the statement.
``established``, ``refuted``, ``withdrawn`` and whatever is said of a sensitive claim
count only once another reviewer, who is not the claim's author either, has seconded it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar, get_args

from archiver.errors import MalformedError
from archiver.jsonobject import JsonObject
from archiver.strict import show
from claims.ceilings import STRENGTHS, Strength
from claims.model import Claim
from claims.published.record_rows import LoggedStatement, Row, canonical
from claims.verdicts import Assessment, State

Word = TypeVar("Word", bound=str)

STATES: Final[tuple[State, ...]] = get_args(State)
EFFECTS: Final = ("verdict", "none", "void", "update")
_SUBJECT = re.compile(
    r"cases/[^/]+/revisions/(?P<claim>[^/]+)/(?P<number>[1-9][0-9]{0,5})\.toml"
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """One assessment and its signer; ``file`` and ``sha256`` are the revision's."""

    statement_id: str
    place: str
    index: int
    keyid: str
    signer: str
    claim: str
    revision: int
    file: str
    sha256: str
    strength: Strength
    state: State
    by_claim: str | None
    from_date: str | None
    effect: str | None
    reason: str | None
    rests_on: tuple[str, ...]
    sets_aside: tuple[str, ...]
    why: str
    seconds: str | None

    @property
    def facts(self) -> Assessment:
        """The assessment as the rules judge it."""
        return Assessment(
            place=self.place,
            claim=self.claim,
            revision=self.revision,
            reviewer=self.signer,
            strength=self.strength,
            state=self.state,
            why=self.why,
            rests_on=self.rests_on,
            sets_aside=self.sets_aside,
        )


def parse_judgement(logged: LoggedStatement) -> Judgement:
    """Read an ``assessment`` statement.

    Raises:
        MalformedError: the subject is no revision of a claim, or of another claim, or a
            fact is missing or of another type.
    """
    predicate = JsonObject(logged.statement.predicate, "the predicate")
    subject = logged.statement.subjects[0]
    match = _SUBJECT.fullmatch(subject.name)
    claim = predicate.text("claim")
    if match is None or match["claim"] != claim:
        raise MalformedError(
            f"the assessment of {show(claim)} has the subject {show(subject.name)},"
            " expected a revision of that claim"
        )
    correction = _object(predicate, "correction")
    return Judgement(
        statement_id=logged.envelope.id,
        place=logged.bundle_file,
        index=logged.index,
        keyid=logged.envelope.keyid,
        signer=logged.signer,
        claim=claim,
        revision=int(match["number"]),
        file=subject.name,
        sha256=subject.sha256,
        strength=_chosen(predicate, "strength", STRENGTHS),
        state=_chosen(predicate, "state", STATES),
        by_claim=_text(predicate, "byClaim"),
        from_date=_text(predicate, "from"),
        effect=correction.one_of("effect", EFFECTS) if correction else None,
        reason=correction.text("reason") if correction else None,
        rests_on=predicate.texts("restsOn"),
        sets_aside=predicate.texts("setsAside"),
        why=predicate.text("why"),
        seconds=_text(predicate, "seconds"),
    )


def effective(
    judgements: Sequence[Judgement], claim: Claim, revision: int
) -> list[Judgement]:
    """Return the judgements of one revision of ``claim`` that count, oldest first."""
    ours = [
        each
        for each in judgements
        if (each.claim, each.revision) == (claim.id, revision)
    ]
    return [
        each
        for each in ours
        if not _needs_second(each, claim) or _has_second(each, ours, claim)
    ]


def may_be_published(
    claim: Claim, revision: int, judgements: Sequence[Judgement]
) -> bool:
    """Say whether a revision may be shown: a sensitive one once it is seconded."""
    return not claim.sensitive or bool(effective(judgements, claim, revision))


def verdict_row(judgements: Iterable[Judgement], revision: int, forced: State) -> Row:
    """Return the verdict of a claim: the newest judgement that counts.

    ``judgements`` are those that count, of all its revisions; ``forced`` is the state
    that the evidence of the ``revision`` in force asks for where nobody judged it.
    """
    newest = max(judgements, key=lambda each: each.index, default=None)
    if newest is None:
        return {"strength": None, "state": _or_null(forced), "stale": 0}
    return {
        "strength": newest.strength,
        "state": _or_null(newest.state),
        "stale": int(newest.revision != revision),
    }


def assessment_row(judgement: Judgement) -> Row:
    """Return the row of one assessment."""
    return {
        "statement": judgement.statement_id,
        "claim": judgement.claim,
        "revision": judgement.revision,
        "strength": judgement.strength,
        "state": _or_null(judgement.state),
        "by_claim": judgement.by_claim,
        "from_date": judgement.from_date,
        "correction_effect": judgement.effect,
        "correction_reason": judgement.reason,
        "rests_on": canonical(judgement.rests_on),
        "sets_aside": canonical(judgement.sets_aside),
        "why": judgement.why,
        "seconds": judgement.seconds,
    }


def _needs_second(judgement: Judgement, claim: Claim) -> bool:
    return (
        bool(claim.sensitive)
        or judgement.strength == "established"
        or judgement.state in ("refuted", "withdrawn")
    )


def _has_second(
    judgement: Judgement, others: Iterable[Judgement], claim: Claim
) -> bool:
    """Say whether somebody else agreed, with the same verdict."""
    return any(
        each.seconds == judgement.statement_id
        and each.index > judgement.index
        and each.keyid != judgement.keyid
        and each.signer not in (judgement.signer, claim.author)
        and (each.strength, each.state) == (judgement.strength, judgement.state)
        for each in others
    )


def _or_null(state: State) -> str | None:
    return None if state == "none" else state


def _chosen(predicate: JsonObject, key: str, allowed: tuple[Word, ...]) -> Word:
    found = predicate.one_of(key, allowed)
    return next(each for each in allowed if each == found)


def _text(predicate: JsonObject, key: str) -> str | None:
    return predicate.text(key) if predicate.members.get(key) is not None else None


def _object(predicate: JsonObject, key: str) -> JsonObject | None:
    return predicate.object(key) if predicate.members.get(key) is not None else None
