"""Character classes that decide where a quote may begin and end.

The standard library names the category of a character and not its script, so the
ranges of the scripts that matter here are written out (Unicode Scripts.txt).  Letters,
marks and numerals are those of the general category.
"""

import unicodedata
from functools import cache
from typing import NamedTuple

NOTHING = "\0"  # stands where a text has no neighbour: of no class

# Scripts that are written without spaces between words, as parts of a pattern's class.
HAN = "\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff"
HAN += "\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\U0001aff0-\U0001b16f"
THAI = "\u0e01-\u0e3a\u0e40-\u0e5b"
LAO = "\u0e81-\u0edf"
KHMER = "\u1780-\u17f9"
BURMESE = "\u1000-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f"
SPACELESS = HAN + KANA + THAI + LAO + KHMER + BURMESE

# Full stops, commas and brackets that such scripts use, and their other widths.
SPACELESS_MARKS = "\u3001-\u3003\u3008-\u3011\u3014-\u301b\u30fb"
SPACELESS_MARKS += "\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff9f"

_HEBREW = (0x05D0, 0x05F2)
_HANGUL_TAILS = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))  # conjoining vowels and finals
_KIRAT_VOWELS = ((0x16D63, 0x16D6A),)  # letters that compose, since Unicode 16
_STACKING = "\u1039\u17d2"  # Burmese virama, Khmer coeng: the next letter goes below
_TRAILING_VOWELS = "\u0e33\u0eb3"  # Thai and Lao AM: letters that extend a cluster
_UNLISTED_NUMERALS = "两兩"  # "two" before a measure; no numeric value in Unicode


class CharacterKind(NamedTuple):
    """What a character is, as far as the edges of quotes are concerned.

    ``trails`` belongs to the grapheme cluster of the character before it; ``leads``
    draws the next character into its own.
    """

    word: bool
    numeral: bool
    spaceless: bool
    trails: bool
    leads: bool


@cache
def kind(char: str) -> CharacterKind:
    """Return the classes of one character."""
    category = unicodedata.category(char)
    numeral = (
        category[0] == "N"
        or char in _UNLISTED_NUMERALS
        or unicodedata.numeric(char, None) is not None
    )
    return CharacterKind(
        word=category[0] in "LMN",
        numeral=numeral,
        spaceless=is_spaceless(char),
        trails=category[0] == "M" or char in _TRAILING_VOWELS,
        leads=char in _STACKING,
    )


@cache
def is_spaceless(char: str) -> bool:
    """Tell whether the character is of a script written without spaces."""
    return _within(ord(char), _ranges(SPACELESS))


@cache
def is_joining(char: str) -> bool:
    """Tell whether the character may compose with, or be ordered among, those before.

    A text may be normalised piece by piece if each piece begins with a character for
    which this is false (UAX #15, "stabilized" boundaries; here a wider set).
    """
    if unicodedata.category(char)[0] == "M":
        return True
    return _within(ord(char), _HANGUL_TAILS + _KIRAT_VOWELS)


def is_hebrew(char: str) -> bool:
    """Tell whether the character is a Hebrew letter."""
    return _within(ord(char), (_HEBREW,))


def count_spaceless(text: str) -> int:
    """Count the letters and numerals of scripts written without spaces."""
    return sum(is_spaceless(char) and not kind(char).trails for char in text)


@cache
def _ranges(pattern: str) -> tuple[tuple[int, int], ...]:
    """Return the code points that a pattern's class names."""
    found: list[tuple[int, int]] = []
    for index, char in enumerate(pattern):
        if char == "-":
            found[-1] = (found[-1][0], ord(pattern[index + 1]))
        elif pattern[index - 1 : index] != "-":
            found.append((ord(char), ord(char)))
    return tuple(found)


def _within(point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= point <= last for first, last in ranges)
