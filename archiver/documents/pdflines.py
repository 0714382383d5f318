"""The lines and blocks of a page that is only glyphs with places.

A PDF says where each glyph stands, and nothing of words, lines or paragraphs.  The
glyphs are taken in the order in which the page draws them, which is the order of
reading wherever the page was made from a text; columns come out one after another.

- A line goes on as long as the next glyph stands beside the last one.
- A gap is a space from ``SPACE`` of the height of a glyph, and ends the line, as
  between the cells of a table, from ``REACH`` of it.
- A block goes on as long as the next line stands below, no further than ``LEADING`` of
  the height of the smaller one.

- A space on which the next letter stands is none, as where a word could be broken.
- A number that stands higher or lower, and smaller, on what is before it is written so
  (``archiver.documents.raised``), since a mark of a note is not part of a year.

- From three wide letters that stand one under another, as in Chinese or Japanese, the
  words go downwards.

A line that looks as it was drawn is put in the order of reading
(``archiver.documents.visualorder``).  Ligatures, presentation forms, soft hyphens and
words that are broken at the end of a line stay as they are; a glyph whose letter the
file does not tell is U+FFFD.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Final
from unicodedata import east_asian_width

from archiver.documents.raised import DIGITS, is_numbers, run_together
from archiver.documents.visualorder import has_right_to_left, to_logical

SPACE: Final = 0.15
REACH: Final = 2.0
LEADING: Final = 0.8
SMALL: Final = 0.95  # of the height of what a raised glyph stands on
RISE: Final = 0.2  # of that height
DROP: Final = 0.05
DOWN: Final = 3  # quarters by which words that go downwards are turned
UPRIGHT: Final = 3  # letters
UNDER: Final = 0.35  # of the height of a letter
SIDE: Final = 0.6

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
    runs = _runs(_turned_upright(glyphs))
    for line in filter(lambda line: line.text, map(_line, runs)):
        if block and not _is_below(block[-1].box, line.box):
            yield "\n".join(each.text for each in block)
            block.clear()
        block.append(line)
    if block:
        yield "\n".join(each.text for each in block)


def _turned_upright(glyphs: Iterable[Glyph]) -> Iterator[Glyph]:
    """Turn letters that stand one under another, so that the words go to the right."""
    stack: list[Glyph] = []
    for glyph in glyphs:
        if stack and not _stands_under(stack[-1], glyph):
            yield from _turned(stack)
            stack = []
        stack.append(glyph)
    yield from _turned(stack)


def _stands_under(last: Glyph, glyph: Glyph) -> bool:
    size = min(last.height, glyph.height)
    return (
        last.y0 - glyph.y0 > size / 2
        and last.y0 - glyph.y1 < UNDER * size
        and abs(glyph.x0 + glyph.x1 - last.x0 - last.x1) <= SIDE * size
        and last.turn == glyph.turn == 0
        and _is_wide(last.text)
        and _is_wide(glyph.text)
    )


def _is_wide(text: str) -> bool:
    return bool(text) and all(east_asian_width(letter) in "WF" for letter in text)


def _turned(stack: Sequence[Glyph]) -> Iterator[Glyph]:
    for each in stack:
        if len(stack) < UPRIGHT:
            yield each
        else:
            yield Glyph(each.text, -each.y1, each.x0, -each.y0, each.x1, DOWN)


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


def _line(drawn: Sequence[Glyph]) -> _Line:
    run = _with_raised(_without_false_spaces(drawn))
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


def _without_false_spaces(run: Sequence[Glyph]) -> list[Glyph]:
    """Leave out spaces that lead on by nothing."""
    kept = [glyph for glyph, behind in pairwise(run) if not _is_false(glyph, behind)]
    return [*kept, run[-1]]


def _is_false(space: Glyph, behind: Glyph) -> bool:
    shared = min(space.x1, behind.x1) - max(space.x0, behind.x0)
    return space.text.isspace() and shared > (space.x1 - space.x0) / 2


def _with_raised(run: Sequence[Glyph]) -> list[Glyph]:
    """Write numbers that are raised or lowered as such."""
    scripts = _scripts(run)
    found: list[Glyph] = []
    for script, group in groupby(
        zip(run, scripts, strict=True), key=lambda pair: pair[1]
    ):
        glyphs = [glyph for glyph, _ in group]
        text = "".join(glyph.text for glyph in glyphs)
        if script and is_numbers(text):
            glyphs = [replace(g, text=g.text.translate(DIGITS[script])) for g in glyphs]
        elif script and run_together(found[-1].text, text):
            glyphs[0] = replace(glyphs[0], text=f" {glyphs[0].text}")
        found += glyphs
    return found


def _scripts(run: Sequence[Glyph]) -> Iterator[str]:
    """Yield how each glyph stands to the last one of full size: sup, sub or neither."""
    yield ""
    base, script = run[0], ""
    for last, glyph in pairwise(run):
        touches = not last.text.isspace() and _gap(last, glyph) <= SPACE * base.height
        script = _script(base, glyph) if script or touches else ""
        if not script:
            base = glyph
        yield script


def _script(base: Glyph, glyph: Glyph) -> str:
    if base.height <= 0 or glyph.height >= SMALL * base.height:
        return ""
    rise = (glyph.y0 - base.y0) / base.height
    if rise >= RISE:
        return "sup"
    return "sub" if rise <= -DROP else ""


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
