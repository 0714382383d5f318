"""Find the place that a lost quote is most like, and show the difference.

Only for the report: a likeness never anchors (docs/claims.md).  The distance is
Levenshtein's, found by Myers's bit-parallel search in windows around the places that
share pieces of the quote, the rarest first.  The work for one quote is bounded,
whatever the page holds.
"""

from array import array
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from heapq import nsmallest
from typing import Literal, NamedTuple

from claims.edges import tokens
from claims.folding import BORDER, GRAM, Folded
from claims.negations import is_negation
from claims.scripts import kind

Mark = Literal["", "number", "negation", "name"]

LIKENESS = 0.6  # of the folded quote's characters, at least so much must be there

_POSTINGS = 3_000  # places of shared pieces that are looked at for one quote
_EACH = 400  # of them for any one piece, the first on the page
_WINDOWS = 3  # of the best of them, so many are measured
_SCANNED = 20_000  # a short quote is measured against a whole text of this length
_SHORT = 16  # characters; up to here a change may leave no piece whole
_MEASURED = 4_000  # characters; a longer quote is measured by its beginning
_CONTEXTS = 50  # places of a prefix that are tried
_GAP = 200  # characters, beyond twice the quote's own length
_COMPARED = 400  # tokens; beyond, only the two ends are compared


class Piece(NamedTuple):
    """A part of a comparison: in both, in the quote only, or on the page only."""

    op: Literal["same", "quote", "page"]
    text: str
    mark: Mark = ""


def find_nearest(layer: Folded, quote: str) -> tuple[int, int] | None:
    """Return the folded span most like ``quote`` (folded), if it is like enough."""
    measured = quote[:_MEASURED]
    best = None
    for start, end in _windows(layer, measured):
        distance, first, last = _measure(measured, layer.text[start:end])
        if best is None or distance < best[0]:
            best = (distance, start + first, start + last)
    if best is None or best[0] > (1 - LIKENESS) * len(measured) or best[1] == best[2]:
        return None
    missing = len(quote) - len(measured)
    return best[1], min(best[2] + missing, len(layer.text))


def find_gap(
    layer: Folded, prefix: str, suffix: str, size: int
) -> tuple[int, int] | None:
    """Return the first folded span that ``prefix`` and ``suffix`` stand around.

    The span is trimmed, may be empty, and is about as long as ``size`` at most.
    """
    text, at = layer.text, layer.text.find(prefix)
    for _ in range(_CONTEXTS):
        if at == -1:
            break
        start = at + len(prefix)
        end = text.find(suffix, start, start + 2 * size + _GAP + len(suffix))
        if end != -1:
            return _trimmed(text, start, end)
        at = text.find(prefix, at + 1)
    return None


def compare(quote: str, page: str) -> tuple[Piece, ...]:
    """Compare two folded texts word by word; mark numbers, negations and names."""
    left, right = tokens(quote), tokens(page)
    pieces: list[Piece] = []
    for is_same, ours, theirs in _blocks(left, right):
        if is_same:
            pieces.append(Piece("same", _shown(ours)))
        else:
            pieces += _marked("quote", ours)
            pieces += _marked("page", theirs)
    return tuple(pieces)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    start += len(inner) - len(inner.lstrip())
    return start, max(start, end - len(inner) + len(inner.rstrip()))


def _windows(layer: Folded, quote: str) -> list[tuple[int, int]]:
    """Return the stretches of the text that share the rarest pieces of the quote."""
    size = len(quote)
    step, slack = size // 4 + 8, size // 2 + 8
    votes = _vote(_shared(layer, quote), step)
    if not votes and size <= _SHORT and len(layer.text) <= _SCANNED:
        return [(0, len(layer.text))]
    most = max(votes.values(), default=0)
    weights = {
        bucket: 2 * cast + max(votes.get(bucket - 1, 0), votes.get(bucket + 1, 0))
        for bucket, cast in votes.items()
        if 2 * cast >= most
    }
    ranked = nsmallest(_WINDOWS, weights, key=lambda one: (-weights[one], one))
    return [
        (max(0, bucket * step - slack), (bucket + 1) * step + size + slack)
        for bucket in ranked
        if 2 * weights[bucket] >= weights[ranked[0]]
    ]


def _vote(shared: list[tuple["array[int]", int]], step: int) -> Counter[int]:
    """Count, in buckets of ``step``, where the quote would begin by each shared piece.

    No piece has more than ``_EACH`` votes, or a page that repeats it would have all.
    """
    votes: Counter[int] = Counter()
    budget = _POSTINGS
    for places, offset in shared:
        cast = places[: min(budget, _EACH)]
        votes.update((place - offset) // step for place in cast)
        budget -= len(cast)
        if budget <= 0:
            break
    return votes


def _shared(layer: Folded, quote: str) -> list[tuple["array[int]", int]]:
    """Return the places and the offset of each piece of the quote, the rarest first."""
    found = [
        (layer.grams[piece], offset)
        for offset in range(len(quote) - GRAM + 1)
        if (piece := quote[offset : offset + GRAM]) in layer.grams
    ]
    return sorted(found, key=lambda one: (len(one[0]), one[1]))


def _measure(quote: str, text: str) -> tuple[int, int, int]:
    """Return the least distance of ``quote`` to a part of ``text``, and that part."""
    distance, end = _search(quote, text)
    tail = text[max(0, end - 2 * len(quote)) : end]
    _, length = _search(quote[::-1], tail[::-1], anchored=True)
    return distance, end - length, end


def _search(quote: str, text: str, *, anchored: bool = False) -> tuple[int, int]:
    """Return the least distance of ``quote``, and where in ``text`` it ends.

    Myers (1999): a column of the table is two integers of one bit a character.
    ``anchored`` begins at the text's beginning, else anywhere.
    """
    size = len(quote)
    full, high = (1 << size) - 1, 1 << (size - 1)
    masks: dict[str, int] = {}
    for at, char in enumerate(quote):
        masks[char] = masks.get(char, 0) | 1 << at
    above, below, score = full, 0, size
    best = (size, 0)
    for at, char in enumerate(text):
        equal = masks.get(char, 0)
        vertical = equal | below
        level = (((equal & above) + above) ^ above) | equal
        rising, falling = below | (full & ~(level | above)), above & level
        score += bool(rising & high) - bool(falling & high)
        rising = ((rising << 1) | anchored) & full
        above = ((falling << 1) | (full & ~(vertical | rising))) & full
        below = rising & vertical
        if score < best[0]:
            best = (score, at + 1)
    return best


def _blocks(
    left: list[str], right: list[str]
) -> Iterator[tuple[bool, list[str], list[str]]]:
    """Yield the runs of tokens that are the same, and those that are not."""
    if len(left) + len(right) > _COMPARED:
        yield from _ends(left, right)
        return
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for op, i1, i2, j1, j2 in matcher.get_opcodes():
        yield op == "equal", left[i1:i2], right[j1:j2]


def _ends(
    left: list[str], right: list[str]
) -> Iterator[tuple[bool, list[str], list[str]]]:
    """Yield the same beginning, what differs in between, and the same end."""
    short = min(len(left), len(right))
    head = 0
    while head < short and left[head] == right[head]:
        head += 1
    tail = 0
    while tail < short - head and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    for is_same, ours, theirs in (
        (True, left[:head], left[:head]),
        (False, left[head : len(left) - tail], right[head : len(right) - tail]),
        (True, left[len(left) - tail :], left[len(left) - tail :]),
    ):
        if ours or theirs:
            yield is_same, ours, theirs


def _marked(op: Literal["quote", "page"], run: list[str]) -> list[Piece]:
    """Return a run that differs, parted where the mark changes."""
    return [
        Piece(op, _shown(part), mark or _mark_whole(part))
        for mark, part in _by_mark(run)
    ]


def _by_mark(run: list[str]) -> list[tuple[Mark, list[str]]]:
    parts: list[tuple[Mark, list[str]]] = []
    for token in run:
        mark = parts[-1][0] if parts and token.isspace() else _mark(token)
        if parts and parts[-1][0] == mark:
            parts[-1][1].append(token)
        else:
            parts.append((mark, [token]))
    return parts


def _mark(token: str) -> Mark:
    if any(kind(char).numeral for char in token):
        return "number"
    if is_negation(token):
        return "negation"
    return "name" if token[0].isupper() else ""


def _mark_whole(part: list[str]) -> Mark:
    """Mark what negates only as a whole: a word of several clusters, without spaces."""
    return "negation" if is_negation("".join(part)) else ""


def _shown(run: list[str]) -> str:
    return "".join(run).replace(BORDER, "\n\n")
