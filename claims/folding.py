"""Fold a text, so that typography alone does not keep a quote from its page.

It is not NFKC, which reads 5² as 52.  Case, accents, ё, vowel signs, look-alike
letters, superscript digits and punctuation stay.  Each folded character knows what it
came from, in code points of the source; what several came from, or what came from
several, is one and may not be cut.

>>> fold("Son œuvre : « non »").text
'Son oeuvre: "non"'
"""

import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from claims.scripts import SPACELESS, SPACELESS_MARKS, is_joining, is_spaceless

BORDER = "\u2029"  # PARAGRAPH SEPARATOR: what a border between blocks folds to
GRAM = 3  # characters of the pieces by which a lost quote is looked for
_FEW = 64  # up to so many characters, replacing each in turn is quicker
_STRIDE_FROM = 500_000  # from this length on, every second place is enough

_DROPPED = frozenset(
    map(
        chr,
        (
            0x00AD,  # soft hyphen
            0x0640,  # tatweel
            0x061C,  # Arabic letter mark
            *range(0x180B, 0x1810),  # Mongolian selectors and vowel separator
            *range(0x200B, 0x2010),  # zero-width space and joiners, bidi marks
            *range(0x202A, 0x202F),  # bidi embeddings and overrides
            *range(0x2060, 0x2065),  # word joiner, invisible operators
            *range(0x2066, 0x206A),  # bidi isolates
            *range(0xFE00, 0xFE10),  # variation selectors
            0xFEFF,  # zero-width no-break space, the BOM
            *range(0xE0100, 0xE01F0),  # variation selectors supplement
        ),
    )
)
_SINGLE_QUOTES = "\u2019\u2018\u201a\u201b\u02bc\u2032`\u00b4\u2039\u203a"
_DOUBLE_QUOTES = "“”„‟«»"
_MINUS = "\u2212\u02d7\u2043\u2796"  # not of the category of dashes
_SPELLED = {
    **dict.fromkeys(_SINGLE_QUOTES, "'"),
    **dict.fromkeys(_DOUBLE_QUOTES, '"'),
    **dict.fromkeys(_MINUS, "-"),
    "…": "...",
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "Æ": "AE",
}
_LATIN_FORMS = (0xFB00, 0xFB06)
_ARABIC_FORMS = ((0xFB50, 0xFDFF), (0xFE70, 0xFEFC))

_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028]")
_SPACES = re.compile(r"\s\s+")
_BETWEEN_SPACELESS = re.compile(
    f"(?<=[{SPACELESS}{SPACELESS_MARKS}]) (?=[{SPACELESS}{SPACELESS_MARKS}])"
)
# «mot» or »Wort«: a mark that follows a word closes, one that a word follows opens.
_INSIDE_GUILLEMETS = re.compile(r'(?<=(?<![\w.,!?…)\]"”“])«) | (?=»(?!\w))')
_BEFORE_MARKS = re.compile(" (?=[:;!?])")


@dataclass(frozen=True, eq=False)
class Folded:
    """A folded text and, for each of its characters, the span in the source.

    ``eq`` is identity: a layer is folded once and kept.
    """

    source: str
    text: str
    starts: "array[int]"
    ends: "array[int]"

    def parts(self, place: int) -> bool:
        """Tell whether ``place`` lies between what different originals became."""
        if not 0 < place < len(self.text):
            return True
        return self.ends[place - 1] <= self.starts[place]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the source of the folded characters start to end."""
        return self.starts[start], self.ends[end - 1]

    @cached_property
    def grams(self) -> "dict[str, array[int]]":
        """The places of each piece of ``GRAM`` characters, made when first needed."""
        stride = 2 if len(self.text) >= _STRIDE_FROM else 1
        places: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for at in range(0, len(self.text) - GRAM + 1, stride):
            places[self.text[at : at + GRAM]].append(at)
        return dict(places)


def fold(text: str) -> Folded:
    """Fold ``text``: drop what does not show, plain typography, compose (NFC).

    A run of white space becomes one space, or one ``BORDER`` where it holds two or
    more line ends.  Folding what is folded changes nothing.
    """
    starts = array("I", range(len(text)))
    ends = starts[1:]
    ends.append(len(text))
    layer = Folded(text, text, starts, ends[: len(text)])
    present = set(text)
    present.update(*map(plain, present))
    for stage in _STAGES:
        layer = stage(layer, present)
    return layer


@cache
def plain(char: str) -> str:
    """Return what one character folds to, white space and its neighbours aside."""
    decomposed = unicodedata.normalize("NFD", char)
    return unicodedata.normalize("NFC", "".join(map(_plain_part, decomposed)))


def _plain_part(char: str) -> str:
    if char in _DROPPED:
        return ""
    if unicodedata.category(char) == "Pd":
        return "-"
    inner = _SPELLED.get(char) or _unpresented(char)
    if inner == char:
        return char
    return "".join(map(_plain_part, unicodedata.normalize("NFD", inner)))


def _unpresented(char: str) -> str:
    """Return the letters that a presentation, full-width or superscript form shows."""
    point = ord(char)
    if any(first <= point <= last for first, last in (_LATIN_FORMS, *_ARABIC_FORMS)):
        return unicodedata.normalize("NFKC", char)
    form, _, points = unicodedata.decomposition(char).partition(" ")
    superscript = form == "<super>" and unicodedata.category(char)[0] == "L"
    if form in {"<wide>", "<narrow>"} or superscript:
        return "".join(chr(int(part, 16)) for part in points.split())
    return char


def _drop(layer: Folded, present: set[str]) -> Folded:
    chars = present & _DROPPED
    return _rewrite(layer, f"[{_listed(chars)}]+", lambda _: "") if chars else layer


def _expand(layer: Folded, present: set[str]) -> Folded:
    chars = {char for char in present if len(plain(char)) > 1}
    return _rewrite(layer, f"[{_listed(chars)}]", _expanded) if chars else layer


def _expanded(match: re.Match[str]) -> str:
    """Write Œ and Æ as their word does: OEUVRE, but Oeuvre."""
    letters = plain(match[0])
    if unicodedata.normalize("NFD", match[0])[0] not in "ŒÆ":
        return letters
    after = match.end()
    while is_joining(match.string[after : after + 1] or " "):
        after += 1
    is_title = match.string[after : after + 1].islower()
    return letters[0] + letters[1:].lower() if is_title else letters


def _space(layer: Folded, present: set[str]) -> Folded:
    layer = _rewrite(layer, _SPACES, _spaced)
    singles = {char for char in present if char.isspace()} - {BORDER}
    return _translate(layer, dict.fromkeys(singles, " "))


def _spaced(match: re.Match[str]) -> str:
    run = match[0]
    is_border = BORDER in run or len(_LINE_END.findall(run)) > 1
    return BORDER if is_border else " "


def _close_up(layer: Folded, present: set[str]) -> Folded:
    if present & {"«", "»"}:
        layer = _rewrite(layer, _INSIDE_GUILLEMETS, lambda _: "")
    if any(map(is_spaceless, present)):
        layer = _rewrite(layer, _BETWEEN_SPACELESS, lambda _: "")
    return layer


def _make_plain(layer: Folded, present: set[str]) -> Folded:
    one_to_one = {char: plain(char) for char in present if len(plain(char)) == 1}
    layer = _translate(layer, one_to_one)
    return _rewrite(layer, _BEFORE_MARKS, lambda _: "")


def _compose(layer: Folded, present: set[str]) -> Folded:
    if unicodedata.is_normalized("NFC", layer.text):
        return layer
    joining = _listed({char for char in present if is_joining(char)})
    return _rewrite(
        layer,
        f"(?s:.)?[{joining}]+",
        lambda match: unicodedata.normalize("NFC", match[0]),
    )


_STAGES = (_drop, _expand, _space, _close_up, _make_plain, _compose)


def _listed(chars: set[str]) -> str:
    """Return ``chars`` as the inside of a pattern's class."""
    return "".join(map(re.escape, sorted(chars)))


def _translate(layer: Folded, table: dict[str, str]) -> Folded:
    """Replace characters one by one; the spans stay."""
    changed = {char: new for char, new in table.items() if char != new}
    text = layer.text
    if len(changed) > _FEW:
        text = text.translate({ord(char): new for char, new in changed.items()})
    else:
        for char, new in changed.items():
            text = text.replace(char, new)
    return Folded(layer.source, text, layer.starts, layer.ends)


def _rewrite(
    layer: Folded,
    pattern: str | re.Pattern[str],
    replace: Callable[[re.Match[str]], str],
) -> Folded:
    """Replace each match; every new character has the span of the whole match."""
    pieces: list[str] = []
    starts, ends = array("I"), array("I")
    done = 0
    for match in re.finditer(pattern, layer.text):
        first, last = match.span()
        new = replace(match)
        if new == match[0]:
            continue
        pieces += layer.text[done:first], new
        starts += layer.starts[done:first]
        ends += layer.ends[done:first]
        starts.extend([layer.starts[first]] * len(new))
        ends.extend([layer.ends[last - 1]] * len(new))
        done = last
    if not done:
        return layer
    text = "".join([*pieces, layer.text[done:]])
    starts += layer.starts[done:]
    ends += layer.ends[done:]
    return Folded(layer.source, text, starts, ends)
