"""Words that were set from left to right on paper, put back in the order of reading.

A PDF may hold a line as it looks: the glyphs of an Arabic or Hebrew word then come from
its last letter to its first.  This turns them round, as the bidirectional algorithm
(UAX #9) had done: numbers and Latin words inside keep their own order.  What the line
looked like can come from more than one text; the direction of a line is taken to be the
one that more of its letters have, and brackets stay as they were drawn.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from unicodedata import bidirectional

_KINDS: Final = {"R": "R", "AL": "R", "L": "L", "EN": "N", "AN": "N"}
_RIGHT, _LEFT, _NUMBER, _NEUTRAL = "RLN."
_JOINS: Final = re.compile(r"[.,:/\u00a0]")  # inside one number: 12:30, 2/2/2026
_JOINS_NO_ARABIC: Final = re.compile(r"[.,:/\u00a0+\u2212-]")
_LEFT_RUN: Final = re.compile(r"L(?:[LNJ.]*[LN])?|N(?:JN|N)*")
_RIGHT_RUN: Final = re.compile(r"R(?:[RNJ.]*R)?")


def has_right_to_left(text: str) -> bool:
    """Say whether a letter of ``text`` is written from right to left."""
    return any(_KINDS.get(bidirectional(letter)) == _RIGHT for letter in text)


def to_logical(glyphs: Sequence[str]) -> list[str]:
    """Put glyphs, given from left to right as they look, in the order of reading."""
    arabic = any(bidirectional(letter) == "AL" for glyph in glyphs for letter in glyph)
    joins = _JOINS if arabic else _JOINS_NO_ARABIC
    kinds = "".join(_kind(glyph, joins) for glyph in glyphs)
    if kinds.count(_RIGHT) > kinds.count(_LEFT):
        return _turn(glyphs, kinds)
    logical: list[str] = []
    end = 0
    for run in _RIGHT_RUN.finditer(kinds):
        logical += glyphs[end : run.start()]
        logical += _turn(glyphs[run.start() : run.end()], run[0])
        end = run.end()
    return [*logical, *glyphs[end:]]


def _turn(glyphs: Sequence[str], kinds: str) -> list[str]:
    """Turn a run round; what goes from left to right in it is turned back."""
    return [glyph for part in _parts(glyphs, kinds) for glyph in part]


def _parts(glyphs: Sequence[str], kinds: str) -> Iterator[Sequence[str]]:
    end = len(glyphs)
    for run in reversed(list(_LEFT_RUN.finditer(kinds))):
        yield glyphs[run.end() : end][::-1]
        yield glyphs[run.start() : run.end()]
        end = run.start()
    yield glyphs[:end][::-1]


def _kind(glyph: str, joins: re.Pattern[str]) -> str:
    if joins.fullmatch(glyph):
        return "J"
    found = (_KINDS.get(bidirectional(letter)) for letter in glyph)
    return next(filter(None, found), _NEUTRAL)
