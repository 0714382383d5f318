"""What has become of a quote since: it stands, changed, is gone, or cannot be told.

The contract is that of anchoring, on the text layer of a later snapshot; nothing here
moves an anchor.  Absence says something only of the whole page that was meant: of a
test, a wall, a cut transfer or a refusal it says nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from archiver.wire.messages import SUCCESSFUL
from claims.anchoring import Anchor, zone_of
from claims.holdings import PAYWALL
from claims.nearest import Piece
from claims.published.visits import address_of
from claims.rechecking.passages import find_difference
from claims.rechecking.plan import CLIENT, CitedPage, InHand, Quoted, anchor_quote

Verdict = Literal[
    "stands",
    "changed",
    "gone",
    "ambiguous",
    "not-searchable",
    "cannot-tell",
    "not-reached",
]
Counted = list[tuple[Verdict, int]]

# A verdict in words, and the exit code that it asks for.
VERDICTS: Final[dict[Verdict, tuple[str, int]]] = {
    "stands": ("stands", 0),
    "changed": ("changed", 1),
    "gone": ("gone", 1),
    "ambiguous": ("ambiguous", 1),
    "not-searchable": ("not searchable", 1),
    "cannot-tell": ("cannot tell", 4),
    "not-reached": ("not reached", 4),
}
DIFFERS: Final = frozenset(name for name, (_, code) in VERDICTS.items() if code == 1)
UNTOLD: Final[frozenset[Verdict]] = frozenset(("cannot-tell", "not-reached"))
INCOMPLETE: Final = 4  # what a cut transfer exits with
NOT_THERE: Final = frozenset((404, 410))  # the server says that there is no such page

_BY_STATUS: Final[dict[str, Verdict]] = {
    "exact": "stands",
    "normalised": "stands",
    "changed": "changed",
    "absent": "gone",
    "ambiguous": "ambiguous",
    "not-searchable": "not-searchable",
}


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """A page that was asked for, and did not come; ``attempt`` is the statement of it.

    ``code`` is what the failure exits with.
    """

    why: str
    attempt: str
    code: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What has become of one part of a quote, and why that is the verdict.

    ``anchor`` is where it stands in the new text, or why not; None where there is no
    text to look in.  ``diff`` is from the quote to the nearest passage.
    """

    quoted: Quoted
    part: int
    verdict: Verdict
    why: str = ""
    anchor: Anchor | None = None
    diff: tuple[Piece, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The words that were looked for."""
        return self.quoted.item.parts[self.part]

    @property
    def was(self) -> str:
        """How they stand in the snapshot that is quoted."""
        was = self.quoted.was
        return was[self.part].status if was else "not-checked"


@dataclass(frozen=True, slots=True)
class Answered:
    """A page with what it answered, and what became of each quote of it."""

    page: CitedPage
    answer: InHand | NoAnswer
    judged: tuple[Judged, ...]

    def code_of(self, one: Judged) -> int:
        """Return the exit code that a quote asks for; a cut transfer is never 0."""
        if isinstance(self.answer, NoAnswer):
            return self.answer.code
        is_cut = self.answer.facts.outcome != "complete"
        return VERDICTS[one.verdict][1] or (INCOMPLETE if is_cut else 0)


def judge_page(page: CitedPage, answer: InHand | NoAnswer) -> Answered:
    """Judge each quote of a page, part by part, by what the page answered."""
    judged: list[Judged] = []
    for cited in page.cited:
        for quoted in cited.quoted:
            if isinstance(answer, NoAnswer):
                judged += (
                    Judged(quoted, part, "not-reached", answer.why)
                    for part in range(len(quoted.item.parts))
                )
            else:
                judged += _judge_quote(cited.held, quoted, answer, page.driver)
    return Answered(page, answer, tuple(judged))


def count_verdicts(answered: Iterable[Answered]) -> Counted:
    """Count the verdicts, in their own order."""
    return _count(one for each in answered for one in each.judged)


def find_touched(answered: Iterable[Answered]) -> Iterator[tuple[Quoted, Counted]]:
    """Yield each claim of which a quote does not stand, with its verdicts counted."""
    by_claim: dict[str, list[Judged]] = {}
    for each in answered:
        for one in each.judged:
            by_claim.setdefault(one.quoted.file, []).append(one)
    for _, found in sorted(by_claim.items()):
        if any(one.verdict != "stands" for one in found):
            yield found[0].quoted, _count(found)


def find_doubts(answer: InHand, driver: str) -> tuple[str, ...]:
    """Say why words that are not found may yet stand on the page that is meant.

    ``driver`` is what the snapshot in hand was captured by.
    """
    facts, holding, status = answer.facts, answer.holding, _status(answer)
    said_so = status in NOT_THERE  # in so many words; its page need not say more
    labels = (*holding.misfits, *({PAYWALL} & {*holding.labels}))
    found = [f"it is labelled {label}" for label in labels]
    if facts.outcome != "complete" and not said_so:
        found.append(f"it is {facts.outcome}: {facts.reason or 'no reason is given'}")
    if status not in SUCCESSFUL and not said_so:
        found.append(f"the server answered {status}")
    if driver != CLIENT and answer.driver == CLIENT:
        found.append("a browser captured the page first; now its scripts did not run")
    if holding.fault:
        found.append(f"it is not as it was signed: {holding.fault}")
    return tuple(found)


def find_notes(page: CitedPage, answer: InHand) -> Iterator[str]:
    """Say what a person should know of the new snapshot beside the verdicts."""
    for doubt in find_doubts(answer, page.driver):
        yield f"{doubt}; words that are not found in it may stand on the page"
    status = _status(answer)
    if status in NOT_THERE:
        yield f"the server says that there is no such page ({status})"
    if answer.level == "sealed":
        yield "it is sealed: the public may have nothing of it"
    earlier = [cited.held for cited in page.cited]
    if not any(_same_place(each.final, answer.final) for each in earlier):
        yield f"it was led elsewhere: {answer.final} answered, not {earlier[0].final}"
    for each in earlier:
        older, newer = each.holding.extractor, answer.holding.extractor
        if older and newer and older != newer:
            yield (
                f"the text of {each.sha256[:8]} is by {older}, the new one's by"
                f" {newer}: a difference may be theirs"
            )
        if each.level == "quotes" and answer.level == "public":
            yield (
                f"the public may have quotes of {each.sha256[:8]} only, but all of the"
                " new one, until a case that pins it says otherwise"
            )


def _judge_quote(
    held: InHand, quoted: Quoted, answer: InHand, driver: str
) -> Iterator[Judged]:
    anchors = anchor_quote(quoted, answer.holding)
    doubts = find_doubts(answer, driver)
    for part in range(len(quoted.item.parts)):
        if not anchors:
            yield Judged(quoted, part, "cannot-tell", "; ".join(doubts))
            continue
        anchor = anchors[part]
        verdict, why = _judge(anchor, answer, doubts)
        yield Judged(
            quoted,
            part,
            verdict,
            why,
            anchor,
            find_difference(quoted, part, anchor, held, answer),
            tuple(_notes(quoted, part, anchor, held, answer)),
        )


def _judge(
    anchor: Anchor, answer: InHand, doubts: tuple[str, ...]
) -> tuple[Verdict, str]:
    """Return the verdict of one part, and why it is not what anchoring says."""
    verdict = _BY_STATUS[anchor.status]
    if verdict == "stands":
        return verdict, ""
    status = _status(answer)
    is_page = status in SUCCESSFUL and not answer.holding.misfits
    if doubts and not (is_page and verdict == "ambiguous"):
        return "cannot-tell", "; ".join(doubts)
    if status in NOT_THERE:
        return "gone", f"the server says that there is no such page ({status})"
    return verdict, ""


def _count(judged: Iterable[Judged]) -> Counted:
    counted = Counter(one.verdict for one in judged)
    return [(verdict, counted[verdict]) for verdict in VERDICTS if counted[verdict]]


def _status(answer: InHand) -> int:
    """Return what the server answered; of what was supplied nothing speaks against."""
    return answer.facts.exchange.status if answer.facts.exchange else SUCCESSFUL.start


def _notes(
    quoted: Quoted, part: int, anchor: Anchor, held: InHand, answer: InHand
) -> Iterator[str]:
    was = quoted.was[part] if quoted.was else None
    if was is None:
        yield "the snapshot in hand is not as it was signed: 'sourcebook verify'"
    elif not was.is_anchored:
        yield f"in the snapshot in hand it does not stand either ({was.status})"
    elif was.span and anchor.span:
        older = zone_of(held.holding.zones, *was.span)
        newer = zone_of(answer.holding.zones, *anchor.span)
        if older and newer and older != newer:
            yield f"it stood in the {older}, now it stands in the {newer}"


def _same_place(url: str, other: str) -> bool:
    """Say whether two addresses are one, but for http and https."""
    return _place(url) == _place(other)


def _place(url: str) -> str:
    """Return an address without its scheme; the usual ports are in neither."""
    return address_of(url).partition("//")[2]
