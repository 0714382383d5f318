"""The text layer of a document: the one text that quotes are anchored in.

``plain@1``: the characters, CR and CRLF as LF, no byte order mark; nothing else.

``html@1``: the visible text in document order, whatever a style sheet would hide.

- One blank line between blocks: headings, paragraphs, list items, table cells, captions
  and every other element that a browser sets apart.  Inside a block white space is one
  space.  A ``<br>``, and a line end in ``<pre>``, is a line end; two of them in a row
  end the block.
- It is the page as a browser without scripts has it, so ``<noscript>`` is in it.  Left
  out is what no style can show there: comments, scripts, styles, templates, what stands
  for frames and media in a browser without them, and the names and alternative texts
  in attributes.  What is ``hidden``, or so for assistive programs, stays in.
- The digits of a superscript or subscript that is nothing but digits are written as
  such, since ``5<sup>2</sup>`` is not 52.

An extractor never changes; a better one gets another number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archiver.charsets import decode
from archiver.openings import Zone

HTML: Final = "html@1"
PLAIN: Final = "plain@1"
EXTRACTORS: Final = (HTML, PLAIN)  # those at hand: their layers can be derived again
MAX_DEPTH: Final = 10_000  # elements; the parser's time grows with the square of it


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_HEADINGS = _tags("h1 h2 h3 h4 h5 h6 title")
_CAPTIONS = _tags("figcaption caption")
_PREFORMATTED = _tags("pre textarea listing xmp plaintext")
_BLOCKS = _HEADINGS | _CAPTIONS | _PREFORMATTED
_BLOCKS |= _tags(
    "address article aside blockquote body button center dd details dialog dir div dl"
    " dt fieldset figure footer form header hgroup hr html legend li main menu nav ol"
    " optgroup option p search section select summary table tbody td tfoot th thead tr"
    " ul"
)
_LEFT_OUT = _tags(
    "script style template noembed noframes iframe audio video canvas datalist"
)
_LEFT_OUT_IN_SVG = _tags("title desc metadata")
_UNNESTED = _tags(  # they have no content, or end where the next one begins
    "area base br col embed hr img input link meta param source track wbr"
    " p li dt dd td th tr thead tbody tfoot option optgroup rt rp"
)
_SHIFTED = {
    "sup": str.maketrans("0123456789+-\u2212", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻"),
    "sub": str.maketrans("0123456789+-\u2212", "₀₁₂₃₄₅₆₇₈₉₊₋₋"),
}

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)")
_WHITE = re.compile(r"[ \t\n\f\r]+")  # HTML's white space, and no other
_WHITE_IN_LINE = re.compile(r"[ \t\f]+")
_LINE_END = re.compile(r"\r\n?")
_DIGITS = re.compile(r"[+\-\u2212]?[0-9]+")


@dataclass(frozen=True, slots=True)
class TextLayer:
    """A text, the extractor that made it, and the zones of its blocks, in order.

    A plain text has no zones: nobody can tell a heading from the body there.
    """

    extractor: str
    text: str
    zones: tuple[Zone, ...]


def extract(data: bytes, media_type: str, charset: str | None) -> TextLayer | None:
    """Extract the text of a document of ``media_type``, in lower case.

    None where no extractor reads it: another media type, or elements nested deeper
    than ``MAX_DEPTH``.
    """
    if media_type == "text/html":
        return extract_html(data, charset)
    if media_type == "text/plain":
        return extract_plain(data, charset)
    return None


def extract_plain(data: bytes, charset: str | None) -> TextLayer:
    """Extract a plain text (``plain@1``)."""
    return TextLayer(PLAIN, _LINE_END.sub("\n", decode(data, charset)), ())


def extract_html(data: bytes, charset: str | None) -> TextLayer | None:
    """Extract the visible text of an HTML document (``html@1``)."""
    html = decode(data, charset, html=True)
    if _is_too_deep(html):
        return None
    reader = _Reader()
    reader.read(LexborHTMLParser(html).root)
    return reader.layer()


def _is_too_deep(html: str) -> bool:
    """Say whether tags nest deeper than ``MAX_DEPTH``, without building the tree."""
    depth = 0
    for closing, name in _TAG.findall(html):
        if name.lower() not in _UNNESTED:
            depth = max(0, depth - 1) if closing else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Place:
    """What holds for the text inside an element."""

    zone: str = "body"
    preformatted: bool = False
    svg: bool = False
    shift: str = ""  # sup or sub; "none" inside one that is not digits alone


_Element = tuple[Iterator[LexborNode], _Place, bool]  # children, place, is it a block


class _Reader:
    """Walks a tree in document order, without recursion, and collects its blocks."""

    def __init__(self) -> None:
        self._blocks: list[tuple[str, str]] = []
        self._pieces: list[str] = []
        self._titled = False

    def read(self, root: LexborNode | None) -> None:
        """Read everything inside ``root``."""
        open_elements = [(_children(root), _Place(), True)]
        while open_elements:
            children, place, is_block = open_elements[-1]
            node = next(children, None)
            if node is not None:
                open_elements.extend(self._read_node(node, place))
                continue
            open_elements.pop()
            if is_block:
                self._end_block(place.zone)

    def _read_node(self, node: LexborNode, place: _Place) -> Iterator[_Element]:
        """Take what one node shows; yield it if it is an element to go into."""
        tag = node.tag or ""
        if tag == "-text":
            self._add_text(node.text_content or "", place)
        elif tag == "br":
            self._pieces.append("\n")
        elif not self._is_left_out(tag, place):
            is_block = tag in _BLOCKS
            if is_block:
                self._end_block(place.zone)
            yield _children(node), _enter(node, tag, place), is_block

    def layer(self) -> TextLayer:
        """Join the blocks with one blank line between them."""
        zones = []
        start = 0
        for block, zone in self._blocks:
            zones.append((start, start + len(block), zone))
            start += len(block) + 2
        text = "\n\n".join(block for block, _ in self._blocks)
        return TextLayer(HTML, text, tuple(zones))

    def _is_left_out(self, tag: str, place: _Place) -> bool:
        """Say whether no style can show an element; of titles the first is shown."""
        if tag in _LEFT_OUT or tag.startswith("-"):
            return True
        if place.svg:
            return tag in _LEFT_OUT_IN_SVG
        again = tag == "title" and self._titled
        self._titled = self._titled or tag == "title"
        return again

    def _add_text(self, text: str, place: _Place) -> None:
        if place.shift in _SHIFTED:
            text = text.translate(_SHIFTED[place.shift])
        if place.preformatted:
            text = _WHITE_IN_LINE.sub(" ", _LINE_END.sub("\n", text))
        else:
            text = _WHITE.sub(" ", text)
        self._pieces.append(text)

    def _end_block(self, zone: str) -> None:
        """End a block; lines with nothing to see part it into several."""
        lines = [
            _WHITE.sub(" ", line).strip(" ")
            for line in "".join(self._pieces).split("\n")
        ]
        self._pieces.clear()
        for seen, group in groupby(lines, key=lambda line: bool(line.strip())):
            if seen:
                self._blocks.append(("\n".join(group), zone))


def _children(node: LexborNode | None) -> Iterator[LexborNode]:
    return iter(()) if node is None else node.iter(include_text=True)


def _enter(node: LexborNode, tag: str, outer: _Place) -> _Place:
    """Return what holds inside ``node``, which stands in ``outer``."""
    if tag in _HEADINGS:
        return replace(outer, zone="heading")
    if tag in _CAPTIONS:
        return replace(outer, zone="caption")
    if tag in _PREFORMATTED:
        return replace(outer, preformatted=True)
    if tag == "svg":
        return replace(outer, svg=True)
    if tag in _SHIFTED and not outer.shift:
        return replace(outer, shift=_shift(node, tag))
    return outer


def _shift(node: LexborNode, tag: str) -> str:
    """Return how the digits inside are set: raised, lowered, or neither."""
    return tag if _DIGITS.fullmatch(node.text().strip()) else "none"
