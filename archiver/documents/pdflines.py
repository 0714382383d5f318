"""The lines and blocks of a page that is only glyphs with places.

A PDF says where each glyph stands, and nothing of words, lines or paragraphs.  The
glyphs are taken in the order in which the page draws them, which is the order of
reading wherever the page was made from a text; columns come out one after another.

- A line goes on as long as the next glyph stands beside the last one.
- A gap is a space from ``SPACE`` of the height of a glyph, and ends the line, as
  between the cells of a table, from ``REACH`` of it.
- A block goes on as long as the next line stands below, no further than ``LEADING`` of
  the height of the smaller one.

A line that looks as it was drawn is put in the order of reading
(``archiver.documents.visualorder``).  Ligatures, presentation forms, soft hyphens and
words that are broken at the end of a line stay as they are; a glyph whose letter the
file does not tell is U+FFFD.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from archiver.documents.visualorder import has_right_to_left, to_logical

SPACE: Final = 0.15
REACH: Final = 2.0
LEADING: Final = 0.8

_SPACES = re.compile(r"[\x00-\x20\x7f-\x9f]+")  # no control character is a letter
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Glyph:
    """Letters drawn as one, and their box, turned so that the words go to the right.

    ``turn`` is by how many quarters the words are turned on the page.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    turn: int = 0

    @property
    def height(self) -> float:
        """Return the height of the box: the size of the letters."""
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    box: Glyph


def text_blocks(glyphs: Iterable[Glyph]) -> Iterator[str]:
    """Yield the text of each block of a page, a line of it in a line."""
    block: list[_Line] = []
    for line in filter(lambda line: line.text, map(_line, _runs(glyphs))):
        if block and not _is_below(block[-1].box, line.box):
            yield "\n".join(each.text for each in block)
            block.clear()
        block.append(line)
    if block:
        yield "\n".join(each.text for each in block)


def _runs(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Part the glyphs of a page into lines."""
    run: list[Glyph] = []
    for glyph in glyphs:
        if run and not _is_beside(run[-1], glyph):
            yield run
            run = []
        run.append(glyph)
    if run:
        yield run


def _is_beside(last: Glyph, glyph: Glyph) -> bool:
    overlap = min(last.y1, glyph.y1) - max(last.y0, glyph.y0)
    return (
        last.turn == glyph.turn
        and overlap >= min(last.height, glyph.height) / 2
        and _gap(last, glyph) < REACH * max(last.height, glyph.height)
    )


def _is_below(last: Glyph, line: Glyph) -> bool:
    size = min(last.height, line.height)
    return (
        last.turn == line.turn
        and line.y1 < last.y1
        and last.y0 - line.y1 < LEADING * size
        and _gap(last, line) < 0
    )


def _gap(one: Glyph, other: Glyph) -> float:
    """Return how far apart two boxes stand, to the left or right; negative: over it."""
    return max(other.x0 - one.x1, one.x0 - other.x1)


def _line(run: Sequence[Glyph]) -> _Line:
    box = Glyph(
        "",
        min(glyph.x0 for glyph in run),
        min(glyph.y0 for glyph in run),
        max(glyph.x1 for glyph in run),
        max(glyph.y1 for glyph in run),
        run[0].turn,
    )
    letters = list(_with_spaces(run))
    if _goes_to_the_right(run):
        letters = to_logical(letters)
    text = _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", "".join(letters))
    return _Line(_SPACES.sub(" ", text).strip(), box)


def _with_spaces(run: Sequence[Glyph]) -> Iterator[str]:
    """Yield the letters of a line, and a space for each gap that is wide enough."""
    yield run[0].text
    for last, glyph in pairwise(run):
        wide = SPACE * max(last.height, glyph.height)
        is_set = last.text[-1:].isspace() or glyph.text[:1].isspace()
        if not is_set and _gap(last, glyph) > wide:
            yield " "
        yield glyph.text


def _goes_to_the_right(run: Sequence[Glyph]) -> bool:
    """Say whether letters that are read to the left were drawn to the right."""
    turned = [glyph for glyph in run if has_right_to_left(glyph.text)]
    pairs = list(pairwise(turned))
    right = sum(last.x0 < glyph.x0 for last, glyph in pairs)
    return right > len(pairs) - right
