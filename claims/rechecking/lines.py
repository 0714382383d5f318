"""What a recheck found, in lines for a person.

A difference is read without colour: ``[-…-]`` is what the quote has and the page has
not, ``{+…+}`` what the page has in its place, each in a whole line of its own, so that
it can be read in either direction of writing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from claims.edges import tokens
from claims.nearest import Mark, Piece
from claims.rechecking.plan import CitedPage, InHand, LeftOut, RecheckPlan
from claims.rechecking.verdicts import (
    VERDICTS,
    Answered,
    Counted,
    Judged,
    NoAnswer,
    Verdict,
    count_verdicts,
    find_notes,
    find_touched,
)

_SHOWN = 5  # claims that are named, of those that quote what is left out
_QUOTE = 90  # characters of a quote that are shown
_SAME = 40  # of what is the same, on either side of a difference
_BLOCKS: Final = re.compile(r"\s*\n\s*\n\s*")
_MARKS: Final[tuple[Mark, ...]] = ("number", "negation", "name")
_OPEN: Final = {"quote": ("[-", "-]"), "page": ("{+", "+}")}
_REASONS: Final = {
    "several": "it stands in several places",
    "edge": "it stands only inside longer words or numbers",
    "context": "what stands beside it is no longer there",
    "order": "it stands before an earlier part of the quote",
    "zone": "it stands in another zone than the other parts",
    "gap": "other words stand between what was before and behind it",
    "empty": "nothing but white space is in it",
    "no-text": "the new snapshot has no text",
    "doubtful": "what came is likely not the page, or not all of it",
}


def list_plan(plan: RecheckPlan) -> Iterator[str]:
    """Yield what would be asked, and by what, and what is left out."""
    for page in plan.pages:
        claims = {quoted.claim.id for one in page.cited for quoted in one.quoted}
        yield page.url
        yield from _list_in_hand(page)
        looked_for = f"{_count(page.quotes, 'quote')} of {_count(len(claims), 'claim')}"
        yield f"  to ask   by the {page.driver}; {looked_for}"
    yield from list_left_out(plan.left_out)


def list_left_out(left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield what is not asked for again, and why, and which claims quote it."""
    for each in left_out:
        quotes = _count(sum(len(one.item.parts) for one in each.quoted), "quote")
        claims = list(dict.fromkeys(case_and_slug(one.file) for one in each.quoted))
        shown = ", ".join(claims[:_SHOWN]) + ("" if len(claims) <= _SHOWN else " …")
        yield f"left out: {each.url or 'no address'}"
        yield f"  in hand  {each.snapshot}"
        yield f"  why      {each.why}"
        yield f"  so       {quotes} of {_count(len(claims), 'claim')} not looked for:"
        yield f"           {shown}"


def list_page(answered: Answered) -> Iterator[str]:
    """Yield what became of the quotes of one page, claim by claim."""
    page, answer = answered.page, answered.answer
    yield page.url
    yield from _list_in_hand(page)
    if isinstance(answer, NoAnswer):
        tried = answer.attempt or "nothing was signed"
        yield f"  attempt  {tried}"
        yield f"  why      {answer.why.removeprefix(f'{page.url}: ')}"
    else:
        yield f"  new      {_tell_snapshot(answer)}"
        yield from (f"  note     {note}" for note in find_notes(page, answer))
    by_claim = groupby(
        sorted(answered.judged, key=lambda one: one.quoted.file),
        lambda one: one.quoted.file,
    )
    for file, group in by_claim:
        found = list(group)
        yield f"  {found[0].quoted.claim.id}  {case_and_slug(file)}"
        for one in found:
            yield from _list_judged(one)


def list_touched(answered: Sequence[Answered]) -> Iterator[str]:
    """Yield the claims of which a quote does not stand, with their sentences."""
    for quoted, counted in find_touched(answered):
        name = f"{quoted.claim.id}  {case_and_slug(quoted.file)}"
        yield f"{name}: {_tell_counts(counted)}"
        yield f"    {_cut(quoted.claim.claim, _QUOTE)}"


def summarise(answered: Sequence[Answered], left_out: Sequence[LeftOut]) -> str:
    """Return how many quotes of how many pages came to which verdict."""
    counted = count_verdicts(answered)
    told = _tell_counts(counted)
    quotes = sum(number for _, number in counted)
    missed = sum(len(q.item.parts) for each in left_out for q in each.quoted)
    looked = f"{_count(quotes, 'quote')} on {_count(len(answered), 'page')}"
    said = f"{looked}: {told}" if told else looked
    return f"{said}; {_count(missed, 'quote')} left out" if missed else said


def case_and_slug(file: str) -> str:
    """Return CASE/SLUG of a claim's file."""
    _, case, _, name = file.split("/")
    return f"{case}/{name.removesuffix('.toml')}"


def format_diff(diff: Sequence[Piece], op: str) -> str:
    """Write one side of a difference: the quote's or the page's."""
    written = []
    last = len(diff) - 1
    for at, piece in enumerate(diff):
        text = _one_line(piece.text)
        if piece.op == "same":
            written.append(_shorten(text, is_first=at == 0, is_last=at == last))
        elif piece.op == op:
            opening, closing = _OPEN[op]
            written.append(f"{opening}{text}{closing}")
    return "".join(written)


def _list_judged(one: Judged) -> Iterator[str]:
    item = one.quoted.item
    words = _cut(one.words, _QUOTE)
    yield f"    {VERDICTS[one.verdict][0]:14}  {item.id} {item.role}  “{words}”"
    reason = one.why
    if one.anchor and not one.anchor.is_anchored and not reason:
        reason = _REASONS.get(one.anchor.reason, "")
    if reason:
        yield f"        why  {reason}"
    if any(piece.op != "same" for piece in one.diff):
        yield f"        was  {format_diff(one.diff, 'quote')}"
        yield f"        now  {format_diff(one.diff, 'page')}"
    yield from (f"        {mark}" for mark in _list_marks(one.diff))
    yield from (f"        note {note}" for note in one.notes)


def _list_marks(diff: Sequence[Piece]) -> Iterator[str]:
    """Yield the numbers, negations and names that differ."""
    for mark in _MARKS:
        sides = [
            ", ".join(_one_line(p.text).strip() for p in diff if (p.op, p.mark) == key)
            for key in (("quote", mark), ("page", mark))
        ]
        if any(sides):
            yield f"{mark:8} {sides[0] or 'none'} → {sides[1] or 'none'}"


def _list_in_hand(page: CitedPage) -> Iterator[str]:
    for cited in page.cited:
        yield f"  in hand  {_tell_snapshot(cited.held)}"
        deposit = cited.held.facts.deposit
        if deposit:
            yield f"  note     the address is claimed, by {deposit.supplied_by}"
        elif cited.held.custody != "observed":
            yield "  note     the address is claimed: no capturer of ours signed it"


def _tell_snapshot(held: InHand) -> str:
    facts = held.facts
    status = f", {facts.exchange.status}" if facts.exchange else ""
    waits = "" if held.index is not None else ", waits for the log"
    told = f"{facts.custody} {facts.on}, {facts.outcome}{status}{waits}"
    return f"{held.sha256}  {told}"


def _tell_counts(counted: Counted) -> str:
    return ", ".join(f"{number} {_agree(one, number)}" for one, number in counted)


def _agree(verdict: Verdict, number: int) -> str:
    """Return a verdict in words, as it goes with a number: 1 stands, 2 stand."""
    is_plural = number > 1 and verdict == "stands"
    return "stand" if is_plural else VERDICTS[verdict][0]


def _shorten(text: str, *, is_first: bool, is_last: bool) -> str:
    """Keep what is beside a difference of a text that is the same on both sides."""
    head = "" if is_first else _head(text, _SAME)
    tail = "" if is_last else _tail(text, _SAME)
    return text if len(head) + len(tail) >= len(text) else f"{head}…{tail}"


def _cut(text: str, size: int) -> str:
    line = _one_line(text)
    return line if len(line) <= size else f"{_head(line, size)}…"


def _head(text: str, size: int) -> str:
    """Return the beginning of a text, whole words and numbers of it."""
    return text if len(text) <= size else "".join(tokens(text[: size + 1])[:-1])


def _tail(text: str, size: int) -> str:
    return text if len(text) <= size else "".join(tokens(text[-size - 1 :])[1:])


def _one_line(text: str) -> str:
    """Write a text in one line; a border between blocks shows as a pilcrow."""
    return re.sub(r"\s+", " ", _BLOCKS.sub(" ¶ ", text))


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
