"""What a recheck found, in objects for a program: one a line."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from claims.rechecking.plan import CitedPage, InHand, LeftOut, Quoted, RecheckPlan
from claims.rechecking.verdicts import (
    DIFFERS,
    UNTOLD,
    Answered,
    Counted,
    Judged,
    NoAnswer,
    Verdict,
    count_verdicts,
    find_notes,
    find_touched,
)


def plan_objects(plan: RecheckPlan) -> Iterator[dict[str, object]]:
    """Yield one object for each page to ask, then one for each that is left out."""
    for page in plan.pages:
        yield {**_page_object(page), "quotes": page.quotes}
    yield from map(left_out_object, plan.left_out)


def left_out_object(left_out: LeftOut) -> dict[str, object]:
    """Return what is not asked for again as an object."""
    return {
        "page": left_out.url or None,
        "leftOut": left_out.why,
        "snapshot": left_out.snapshot,
        "fault": left_out.is_fault,
        "claims": sorted({quoted.claim.id for quoted in left_out.quoted}),
    }


def page_objects(answered: Answered) -> Iterator[dict[str, object]]:
    """Yield one object for a page, then one for each quote of it."""
    page = answered.page
    yield {**_page_object(page), **_answer_object(page, answered.answer)}
    for one in answered.judged:
        code = answered.code_of(one)
        yield {"page": page.url, **_judged_object(one), "exit": code}


def summary_object(answered: Sequence[Answered], code: int) -> dict[str, object]:
    """Return the counts of all verdicts, and the exit code.

    ``touched`` are the claims of which a quote does not stand; ``untold`` those of
    which one was not reached, or cannot be told.
    """
    found = list(find_touched(answered))
    return {
        "pages": len(answered),
        "verdicts": dict(count_verdicts(answered)),
        "touched": _claims(found, DIFFERS),
        "untold": _claims(found, UNTOLD),
        "exit": code,
    }


def _claims(
    found: Iterable[tuple[Quoted, Counted]], verdicts: Collection[Verdict]
) -> list[str]:
    """Return the claims of which a quote came to one of ``verdicts``."""
    return [
        quoted.claim.id
        for quoted, counted in found
        if any(verdict in verdicts for verdict, _ in counted)
    ]


def _page_object(page: CitedPage) -> dict[str, object]:
    return {
        "page": page.url,
        "driver": page.driver,
        "claimed": all(one.held.custody != "observed" for one in page.cited),
        "snapshots": [one.held.sha256 for one in page.cited],
    }


def _answer_object(page: CitedPage, answer: InHand | NoAnswer) -> dict[str, object]:
    if isinstance(answer, NoAnswer):
        return {"new": None, "attempt": answer.attempt or None, "why": answer.why}
    exchange = answer.facts.exchange
    return {
        "new": answer.sha256,
        "statement": answer.statement,
        "index": answer.index,
        "finalUrl": answer.final,
        "status": exchange.status if exchange else None,
        "outcome": answer.facts.outcome,
        "reason": answer.facts.reason,
        "labels": list(answer.facts.labels),
        "notes": list(find_notes(page, answer)),
    }


def _judged_object(one: Judged) -> dict[str, object]:
    quoted, anchor = one.quoted, one.anchor
    return {
        "case": quoted.case.id,
        "claim": quoted.claim.id,
        "file": quoted.file,
        "evidence": quoted.item.id,
        "role": quoted.item.role,
        "part": one.part,
        "quote": one.words,
        "verdict": one.verdict,
        "why": one.why,
        "was": one.was,
        "status": anchor.status if anchor else None,
        "reason": anchor.reason if anchor else None,
        "at": anchor.span if anchor else None,
        "places": anchor.places if anchor else (),
        "nearest": anchor.nearest if anchor else None,
        "diff": [[piece.op, piece.text, piece.mark] for piece in one.diff],
        "notes": list(one.notes),
    }
