"""Rules of wording: what a quote must take in, and what a claim may say on it.

C15 and C23 (docs/claims.md).
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from archiver.findings import Finding
from archiver.strict import show
from claims.folding import fold
from claims.inspection import Inspection
from claims.model import Claim, Evidence
from claims.negations import is_long_enough, negations_beside
from claims.sources import Source

# Digits in groups of three, however they are parted; or digits with one separator.
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[ .,']\d{3})+(?!\d)|\d+(?:[.,]\d+)?")
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_WORD_CHARACTER = re.compile(r"[^\W_]")
_SENTENCE_END = re.compile(r"[.!?:]\W*$")
_CAPITAL_NOUNS: Final = ("de", "lb", "nds")  # where every noun has a capital letter
_NUMERALS: Final = {
    word: str(number)
    for number, word in enumerate(
        (
            *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
            *("eleven", "twelve"),
        ),
        start=2,
    )
}


def check_quotes(view: Inspection) -> Iterator[Finding]:
    """C15: a quote is long enough, and leaves no negation outside of its edges."""
    for path, item in view.evidence():
        for index, part in enumerate(item.parts):
            place = (*path, "quotes", index) if item.quotes else (*path, "quote")
            if not is_long_enough(part) and not any(_context(item, index)):
                yield view.finding(
                    "C15",
                    place,
                    f"the quote {show(part)} of {item.id} is very short, expected 3"
                    " words (6 characters without spaces), or a prefix or suffix",
                )
            for side, word in _negations(view, item, index):
                yield view.finding(
                    "C15",
                    place,
                    f"the quote {show(part)} of {item.id} leaves out {word!r}, which"
                    f" stands directly {side} it, expected it in the quote, or in a"
                    " prefix or suffix",
                    "a negation left out turns a sentence round: take it in",
                )


def _context(item: Evidence, index: int) -> tuple[str, str]:
    """Return the prefix and the suffix of one part; one without a word is none."""
    first, last = index == 0, index == len(item.parts) - 1
    return (
        item.prefix if first and _WORD_CHARACTER.search(item.prefix) else "",
        item.suffix if last and _WORD_CHARACTER.search(item.suffix) else "",
    )


def _negations(
    view: Inspection, item: Evidence, index: int
) -> Iterator[tuple[str, str]]:
    """Yield each negation that a part leaves out, with the side on which it stands."""
    anchors = view.anchors.get(item.id, ())
    holding = view.holding(item.snapshot)
    if index >= len(anchors) or holding is None or holding.text is None:
        return
    start, end = anchors[index].start, anchors[index].end
    if start is None or end is None:
        return
    beside = negations_beside(holding.text, start, end, item.lang)
    sides = zip(("before", "behind"), beside, _context(item, index), strict=True)
    yield from ((side, word) for side, word, given in sides if word and not given)


def check_claim(view: Inspection) -> Iterator[Finding]:
    """C23: the claim says no more than its quotes (warning)."""
    claim = view.claim
    if not claim.evidence:
        return
    said = "\n".join(_said(claim))
    numbers = [one for one in _numbers(claim.claim) if one not in _numbers(said)]
    known = _words(said)
    sources = view.context.sources
    names = [
        name
        for name in _names(claim.claim, view.context.case.language, sources)
        if name.casefold() not in known and not _is_variant(name, known, sources)
    ]
    if more := [*dict.fromkeys(numbers + names)]:
        yield view.finding(
            "C23",
            ("claim",),
            f"the claim says {', '.join(map(repr, more))}, expected nothing that"
            " stands in no quote, prefix, suffix or translation",
            "lengthen the quote, translate it, or say less",
            severity="warning",
        )


def _said(claim: Claim) -> Iterator[str]:
    for item in claim.evidence:
        yield from (item.prefix, *item.parts, item.suffix)
        yield from item.translations.values()


def _numbers(text: str) -> list[str]:
    """Return the numbers of ``text``, each in one spelling, in the order they stand."""
    folded = fold(text).text
    found = [
        (match.start(), _spell(match.group())) for match in _NUMBER.finditer(folded)
    ]
    found += [
        (match.start(), _NUMERALS[match.group().casefold()])
        for match in _WORD.finditer(folded)
        if match.group().casefold() in _NUMERALS
    ]
    return [number for _, number in sorted(found)]


def _spell(number: str) -> str:
    """Spell a number without group separators, and with a full stop for the point."""
    parts = re.split(r"[ .,']", number)
    if len(parts) > 1 and all(len(part) == len("000") for part in parts[1:]):
        return "".join(parts)
    return ".".join(parts)


@lru_cache(maxsize=4096)  # names of sources come again with each claim
def _cased(text: str) -> tuple[str, ...]:
    """Return the words of ``text`` as they are written."""
    return tuple(_WORD.findall(fold(text).text))


def _words(text: str) -> frozenset[str]:
    """Return the words of ``text``, whole and in their parts, in small letters."""
    whole = [word.casefold() for word in _cased(text)]
    return frozenset(
        (*whole, *(part for word in whole for part in re.split("[-']", word)))
    )


def _names(text: str, lang: str, sources: Mapping[str, Source]) -> Iterator[str]:
    """Yield the words with a capital letter.

    At the beginning of a sentence any word has one: there only those count that are
    in the name of a source.
    """
    folded = fold(text).text
    of_sources = {
        word
        for source in sources.values()
        for name in source.names
        for word in _cased(name.text)
    }
    if lang.partition("-")[0] in _CAPITAL_NOUNS:
        return
    for match in _WORD.finditer(folded):
        before = folded[: match.start()]
        begins = not before.strip("\"'([ ") or _SENTENCE_END.search(before)
        word = match.group().removesuffix("'s")
        if word[0].isupper() and (not begins or word in of_sources):
            yield word


def _is_variant(
    name: str, known: frozenset[str], sources: Mapping[str, Source]
) -> bool:
    """Say whether ``name`` is part of a name of a source that ``known`` words name."""
    for source in sources.values():
        variants = [_words(each.text) for each in source.names]
        if any(name.casefold() in words for words in variants) and any(
            words and words <= known for words in variants
        ):
            return True
    return False
