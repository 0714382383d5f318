"""Characters that a reader does not see, and that change what is read.

Bidirectional controls reorder a line ("Trojan Source", CVE-2021-42574), zero-width
characters part words that look whole, fillers look like nothing.  A page's own words
are quoted as they stand; everywhere else such a character has no business in a file
that people write (rule C20).  Two of them, U+200C and U+200D, are spelling in some
scripts, Persian among them, and stay between two letters of those.
"""

import unicodedata
from typing import Final

# General categories: controls, format characters, line and paragraph separators,
# private use, surrogates, and what is not assigned.
_CATEGORIES: Final = frozenset(("Cc", "Cf", "Zl", "Zp", "Co", "Cs", "Cn"))
_FINE: Final = frozenset("\t\n\r")
# Format characters that are seen: signs which enclose the number after them.
_SEEN: Final = frozenset(
    map(
        chr, (*range(0x600, 0x606), 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD)
    )
)
# Seen by nobody, and of another category: joiner, fillers, variation selectors, blank.
_UNSEEN: Final = frozenset(
    map(
        chr,
        (
            *(0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
_JOINERS: Final = frozenset("\u200c\u200d")
# Arabic, Syriac and the like; the scripts of India and Sri Lanka; Mongolian; Arabic's
# later blocks.
_JOINED: Final = ((0x600, 0x8FF), (0x900, 0xDFF), (0x1800, 0x18AF), (0x1E900, 0x1E95F))


def find_invisible(text: str, start: int = 0) -> int:
    """Return where the first such character stands from ``start`` on, or -1."""
    places = range(start, len(text))
    return next((place for place in places if _is_invisible(text, place)), -1)


def name_character(character: str) -> str:
    """Return the code point of ``character`` with its Unicode name."""
    name = unicodedata.name(character, "a control character")
    return f"U+{ord(character):04X} ({name})"


def _is_invisible(text: str, place: int) -> bool:
    character = text[place]
    if character.isascii() and character.isprintable():
        return False  # nearly all of them
    if character in _UNSEEN:
        return True
    if character in _FINE or character in _SEEN:
        return False
    if unicodedata.category(character) not in _CATEGORIES:
        return False
    return character not in _JOINERS or not _joins(text, place)


def _joins(text: str, place: int) -> bool:
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    return bool(before and after) and _is_joined(before) and _is_joined(after)


def _is_joined(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LM" and any(
        first <= ord(letter) <= last for first, last in _JOINED
    )
