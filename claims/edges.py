"""Where a quote would cut a word, a number or a letter (docs/claims.md).

The text is a folded one.  A place is a number of code points: place 3 lies between the
third and the fourth.  A cluster is one of UAX #29, with all marks, and the stacked
letters of Khmer and Burmese, in it.  Stricter than the contract in three cases, each a
way to lose half of a word or the meaning of a number: a sign or separator of Arabic or
in superscript, a per-cent sign in front (Turkish ``%50``), and the marks inside Hebrew
and Catalan words.
"""

from claims.scripts import NOTHING, is_hebrew, kind

_SEPARATORS = ".,' /:-\u066b\u066c\u207a\u207b"
_SIGNS = "+-\u00b1\u2213\u207a\u207b"
_PER_CENT = "%\u2030\u066a"
_JOINERS = "-'\u05f3\u05f4"
_MIDDLE_DOTS = "\u00b7\u2027"


def cuts(text: str, place: int) -> bool:
    """Tell whether an edge at ``place`` cuts a cluster, a word or a number in two."""
    if not 0 < place < len(text):
        return False
    around = (
        text[place - 2] if place > 1 else NOTHING,
        text[place - 1],
        text[place],
        text[place + 1] if place + 1 < len(text) else NOTHING,
    )
    return (
        _cuts_letters(around[1], around[2])
        or _cuts_number(*around)
        or _cuts_per_cent(*around)
        or _cuts_joined(*around)
    )


def tokens(text: str) -> list[str]:
    """Split ``text`` at every place where an edge would not cut."""
    if not text:
        return []
    places = [at for at in range(1, len(text)) if not cuts(text, at)]
    return [
        text[first:last]
        for first, last in zip([0, *places], [*places, len(text)], strict=True)
    ]


def _cuts_letters(before: str, after: str) -> bool:
    left, right = kind(before), kind(after)
    if right.trails or left.leads or (left.numeral and right.numeral):
        return True
    spaceless = left.spaceless or right.spaceless
    return left.word and right.word and not spaceless


def _cuts_number(far: str, before: str, after: str, beyond: str) -> bool:
    left, right = kind(before).numeral, kind(after).numeral
    if before in _SIGNS and right:
        return True
    if after in _SEPARATORS and left and kind(beyond).numeral:
        return True
    return before in _SEPARATORS and right and kind(far).numeral


def _cuts_per_cent(far: str, before: str, after: str, beyond: str) -> bool:
    if after in _PER_CENT:
        return kind(before).numeral or (before == " " and kind(far).numeral)
    if before in _PER_CENT:
        return kind(after).numeral
    return after == " " and beyond in _PER_CENT and kind(before).numeral


def _cuts_joined(far: str, before: str, after: str, beyond: str) -> bool:
    return _joins(before, after, beyond) or _joins(far, before, after)


def _joins(left: str, mark: str, right: str) -> bool:
    """Tell whether ``mark`` makes one word of the letters on both sides of it."""
    if mark in _JOINERS:
        return kind(left).word and kind(right).word
    if mark in _MIDDLE_DOTS:
        return _is_spaced_letter(left) and _is_spaced_letter(right)
    return mark == '"' and is_hebrew(left) and is_hebrew(right)


def _is_spaced_letter(char: str) -> bool:
    return kind(char).word and not kind(char).spaceless
