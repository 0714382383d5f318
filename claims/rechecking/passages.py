"""The passage that is nearest to a quote that changed, word by word beside it.

Only for a reader: a likeness never anchors (docs/claims.md).  The passage is taken in
whole words, and with what was beside the quote in its file.
"""

from itertools import takewhile

from claims.anchoring import Anchor
from claims.edges import cuts
from claims.folding import fold
from claims.model import Evidence
from claims.nearest import Piece, compare
from claims.rechecking.plan import InHand, Quoted

_BORDER = "\n\n"  # between two blocks of a text layer
_WORD = 40  # characters to the end of a word that a passage cuts, at most
_SPELLED = str.maketrans(
    {"\u2019": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-", "\u00a0": " "}
)
_COMPARED = frozenset(("edge", "context", "words"))


def find_difference(
    quoted: Quoted, part: int, anchor: Anchor, held: InHand, answer: InHand
) -> tuple[Piece, ...]:
    """Compare the words as they stood with the passage that is nearest to them.

    Where the words themselves are there, the difference is in what stands beside them;
    where the last one is not, in what stands in its place.
    """
    if anchor.reason not in _COMPARED or anchor.nearest is None:
        return anchor.diff
    text, (start, end) = answer.holding.text or "", anchor.nearest
    before = quoted.item.parts[part]
    room = _room(text, start, end)
    sizes = (
        min(_missing(anchor.diff), room[0]),
        min(_missing(anchor.diff[::-1]), room[1]),
    )
    if anchor.reason != "words":
        prefix, suffix = _beside(quoted.item, part)
        sizes = len(prefix), len(suffix)
        was = quoted.was[part].span if quoted.was else None
        before = " ".join(filter(None, (prefix, before, suffix)))
        if was:
            before = _around(held.holding.text or "", was, sizes)
    after = _around(text, anchor.nearest, sizes)
    return compare(fold(before).text, fold(after).text)


def _beside(item: Evidence, part: int) -> tuple[str, str]:
    """Return prefix and suffix of one part: the first one's, and the last one's."""
    is_last = part == len(item.parts) - 1
    return "" if part else item.prefix, item.suffix if is_last else ""


def _room(text: str, start: int, end: int) -> tuple[int, int]:
    """Return how much of its own block stands before a passage, and how much behind."""
    passage = text[start:end]
    left = len(passage) - len(passage.lstrip())
    right = len(passage) - len(passage.rstrip())
    before = text[: start + left].rpartition(_BORDER)[2]
    after = text[end - right :].partition(_BORDER)[0]
    return max(0, len(before) - left), max(0, len(after) - right)


def _missing(diff: tuple[Piece, ...]) -> int:
    """Return how much further the passage goes at the beginning of ``diff``, at least.

    What stands in the place of a word may be shorter; it is taken to its end.
    """
    edge = list(takewhile(lambda piece: piece.op != "same", diff))
    sizes = {
        op: sum(len(piece.text) for piece in edge if piece.op == op)
        for op in ("quote", "page")
    }
    return max(0, sizes["quote"] - sizes["page"] + 1) // 2


def _around(text: str, span: tuple[int, int], sizes: tuple[int, int]) -> str:
    """Return a passage with so much beside it, and on to where no edge cuts."""
    first = max(0, span[0] - sizes[0])
    last = min(len(text), span[1] + sizes[1])
    begin, end = max(0, first - _WORD), last + _WORD
    near = text[begin:end].translate(_SPELLED)
    while cuts(near, first - begin):
        first -= 1
    while cuts(near, last - begin):
        last += 1
    return text[first:last]
