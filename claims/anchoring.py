"""Anchor a quote in a text layer: it stands there once, whole, or it does not stand.

The contract is that of docs/claims.md.  Nothing here is a likeness: a quote is found in
the folded text or it is not.  What ``claims.nearest`` finds is reported, and decides
nothing.

>>> layer = fold("Elle n'est  pas coupable, dit-il.")
>>> anchor(layer, "n'est pas coupable").status
'normalised'
>>> anchor(layer, "est pas coupable").reason
'edge'
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from archiver.openings import Zone
from claims.edges import cuts
from claims.folding import BORDER, Folded, fold
from claims.nearest import Piece, compare, find_gap, find_nearest

Status = Literal[
    "exact", "normalised", "ambiguous", "changed", "absent", "not-searchable"
]

ANCHORED = frozenset({"exact", "normalised"})
MANY = 10  # so many places of an ambiguous quote are named, and no more
_WHITE = frozenset({" ", BORDER})
_BLANK = f" {BORDER}"


class EmptyQuoteError(ValueError):
    """A quote has nothing to look for: a mistake in how the command was used."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a quote stands, or why it does not.

    ``start`` and ``end`` are code points of the unfolded text, and are there only
    where the quote is anchored.  ``reason`` is empty then; else it is ``several``,
    ``edge`` (it stands inside a word or a number), ``context`` (prefix or suffix do
    not stand beside it), ``words`` (a place is like it), ``gap`` (prefix and suffix
    stand around something else), ``order`` and ``zone`` (of quotes in parts),
    ``nowhere``, ``no-text`` or ``doubtful`` (it may stand on the page all the same).
    ``places`` are those of an ambiguous quote.
    ``nearest`` and ``diff`` are for a reader, and never an anchor.
    """

    status: Status
    start: int | None = None
    end: int | None = None
    reason: str = ""
    diff: tuple[Piece, ...] = ()
    nearest: tuple[int, int] | None = None
    places: tuple[tuple[int, int], ...] = ()

    @property
    def is_anchored(self) -> bool:
        """Whether the quote stands in the text, in one place."""
        return self.status in ANCHORED

    @property
    def span(self) -> tuple[int, int] | None:
        """Where the quote stands, as one value."""
        if self.start is None or self.end is None:
            return None
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A quote with its context, each in every way that it may fold."""

    quote: str
    readings: tuple[str, ...]
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]


def anchor(
    layer: Folded,
    quote: str,
    *,
    prefix: str = "",
    suffix: str = "",
    searchable: bool = True,
) -> Anchor:
    """Anchor ``quote``, directly behind ``prefix`` and before ``suffix``, in ``layer``.

    ``searchable`` is false where the layer is known to be no text of the page, as with
    a bot check, or not all of it.  What is absent there, or in an empty layer, is
    ``not-searchable``.

    Raises:
        EmptyQuoteError: nothing of the quote is left after trimming and folding.
    """
    readings = _readings(quote)
    if not readings:
        raise EmptyQuoteError(f"the quote {quote!r} is empty, expected words")
    wanted = _Wanted(quote.strip(), readings, _readings(prefix), _readings(suffix))
    standing, failed = _occurrences(layer, wanted)
    if len(standing) == 1:
        return _anchored(layer, wanted.quote, standing[0])
    if standing:
        return Anchor("ambiguous", reason="several", places=tuple(standing))
    if failed:
        reason = "context" if "context" in failed else "edge"
        return Anchor("changed", reason=reason, nearest=failed[reason])
    return _report(layer, wanted, searchable=searchable)


def anchor_parts(  # noqa: PLR0913 - all are of one piece of evidence
    layer: Folded,
    quotes: Sequence[str],
    prefix: str = "",
    suffix: str = "",
    zones: Sequence[Zone] = (),
    *,
    searchable: bool = True,
) -> tuple[Anchor, ...]:
    """Anchor the parts of a quote: each by itself, in order, in one zone.

    The prefix belongs to the first part, the suffix to the last.  A part that stands
    in several places is ambiguous even where the order would leave one: which of them
    was meant is not for us to say.  Without ``zones`` the zone is not looked at.

    Raises:
        EmptyQuoteError: there is no part, or one of them is empty.
    """
    if not quotes:
        raise EmptyQuoteError("there is no quote, expected at least one part")
    last = len(quotes) - 1
    found = [
        anchor(
            layer,
            quote,
            prefix=prefix if at == 0 else "",
            suffix=suffix if at == last else "",
            searchable=searchable,
        )
        for at, quote in enumerate(quotes)
    ]
    return tuple(_in_one_zone(_in_order(found), zones))


def zone_of(zones: Sequence[Zone], start: int, end: int) -> str | None:
    """Return the name of the zone that the span lies in; none if in several or none."""
    names = {name for first, last, name in zones if first < end and start < last}
    covered = sum(
        min(last, end) - max(first, start)
        for first, last, _ in zones
        if first < end and start < last
    )
    return names.pop() if len(names) == 1 and covered == end - start else None


def _in_order(found: list[Anchor]) -> Iterator[Anchor]:
    """Refuse each part that begins before the end of an earlier one."""
    reached = 0
    for part in found:
        if part.span and part.span[0] < reached:
            yield _refused(part, "order")
            continue
        reached = part.span[1] if part.span else reached
        yield part


def _in_one_zone(found: Iterator[Anchor], zones: Sequence[Zone]) -> Iterator[Anchor]:
    """Refuse each part that lies in another zone than the first, or in none."""
    name = None
    for part in found:
        if not part.span or not zones:
            yield part
            continue
        here = zone_of(zones, *part.span)
        name = name or here
        yield part if here and here == name else _refused(part, "zone")


def _refused(part: Anchor, reason: str) -> Anchor:
    return Anchor("changed", reason=reason, nearest=part.span)


def _readings(text: str) -> tuple[str, ...]:
    """Return the ways in which ``text`` may fold, trimmed; none if nothing is left.

    A guillemet at its edge is read with what a page may have beside it: » Wort « has
    spaces inside, and so has « mot »; which of the two it is, the neighbour says.
    """
    found = [fold(text).text.strip(_BLANK)]
    if "«" in text or "»" in text:
        trimmed = text.strip()
        found.append(fold("." + trimmed).text[1:])
        found.append(fold(trimmed + "x").text[:-1])
        found.append(fold("." + trimmed + "x").text[1:-1])
    return tuple(dict.fromkeys(filter(None, (one.strip(_BLANK) for one in found))))


def _occurrences(
    layer: Folded, wanted: _Wanted
) -> tuple[list[tuple[int, int]], dict[str, tuple[int, int]]]:
    """Return the spans where the quote stands, and the first of each failing kind."""
    standing: list[tuple[int, int]] = []
    failed: dict[str, tuple[int, int]] = {}
    for start, end in _hits(layer.text, wanted.readings):
        if _cuts(layer, start) or _cuts(layer, end):
            failed.setdefault("edge", layer.span(start, end))
        elif not _has_context(layer, start, end, wanted):
            failed.setdefault("context", layer.span(start, end))
        else:
            standing.append(layer.span(start, end))
            if len(standing) == MANY:
                break
    return standing, failed


def _hits(text: str, readings: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield every place of every reading, overlapping ones too."""
    for reading in readings:
        start = text.find(reading)
        while start != -1:
            yield start, start + len(reading)
            start = text.find(reading, start + 1)


def _cuts(layer: Folded, place: int) -> bool:
    return not layer.parts(place) or cuts(layer.text, place)


def _has_context(layer: Folded, start: int, end: int, wanted: _Wanted) -> bool:
    """Tell whether prefix and suffix stand beside; white space between is ignored."""
    text = layer.text
    before = start - 1 if text[start - 1 : start] in _WHITE else start
    after = end + 1 if text[end : end + 1] in _WHITE else end
    has_prefix = not wanted.prefixes or any(
        text.endswith(prefix, 0, before) and not _cuts(layer, before - len(prefix))
        for prefix in wanted.prefixes
    )
    return has_prefix and (
        not wanted.suffixes
        or any(
            text.startswith(suffix, after) and not _cuts(layer, after + len(suffix))
            for suffix in wanted.suffixes
        )
    )


def _anchored(layer: Folded, quote: str, span: tuple[int, int]) -> Anchor:
    start, end = span
    is_exact = layer.source[start:end] == quote
    return Anchor("exact" if is_exact else "normalised", start, end)


def _report(layer: Folded, wanted: _Wanted, *, searchable: bool) -> Anchor:
    """Say what stands where the quote may once have stood."""
    quote = wanted.readings[0]
    reason, place = "words", find_nearest(layer, quote)
    if place is None and wanted.prefixes and wanted.suffixes:
        reason = "gap"
        place = find_gap(layer, wanted.prefixes[0], wanted.suffixes[0], len(quote))
    if place is not None:
        start, end = place
        diff = compare(quote, layer.text[start:end])
        nearest = layer.span(start, end) if start < end else None
        return Anchor("changed", reason=reason, diff=diff, nearest=nearest)
    if not layer.text.strip(_BLANK):
        return Anchor("not-searchable", reason="no-text")
    if searchable:
        return Anchor("absent", reason="nowhere")
    return Anchor("not-searchable", reason="doubtful")
