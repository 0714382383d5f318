"""The text layer of a document: the one text that quotes are anchored in.

``plain@1``: the characters, CR and CRLF as LF, no byte order mark; nothing else.

``html@1``: the visible text in document order, whatever a style sheet would hide.

- One blank line between blocks: headings, paragraphs, list items, table cells, captions
  and every other element that a browser sets apart.  Inside a block white space is one
  space.  A ``<br>``, and a line end in ``<pre>``, is a line end; two of them in a row
  end the block.
- It is the page as a browser without scripts has it, so ``<noscript>`` is in it, and so
  is a ``<template>`` that is the shadow tree of its parent.  Left out is what no style
  can show there: comments, scripts, styles, other templates, what stands for frames,
  media and gauges in a browser without them, and the names and alternative texts in
  attributes.  What is ``hidden``, or so for assistive programs, stays in.
- The digits of a superscript or subscript that is nothing but numbers are written as
  such, since ``5<sup>2</sup>`` is not 52, nor ``2020<sup>1,2</sup>`` 20201,2.  In other
  ones, and between the parts of a formula, a space stands between two digits.
- A heading is one by its element, or by ``role="heading"``.

``telegram@1`` and ``pdf@1`` are in ``archiver.documents``.

An extractor never changes; a better one gets another number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from archiver.documents.burden import is_too_much, tags
from archiver.documents.charsets import decode
from archiver.documents.raised import DIGITS, is_numbers, run_together
from archiver.openings import Zone

HTML: Final = "html@1"
PLAIN: Final = "plain@1"
TELEGRAM: Final = "telegram@1"
PDF: Final = "pdf@1"
# those at hand: their layers can be derived again
EXTRACTORS: Final = (HTML, PLAIN, TELEGRAM, PDF)


_HEADINGS = tags("h1 h2 h3 h4 h5 h6 title")
_CAPTIONS = tags("figcaption caption")
_PREFORMATTED = tags("pre textarea listing xmp plaintext")
_BLOCKS = _HEADINGS | _CAPTIONS | _PREFORMATTED
_BLOCKS |= tags(
    "address article aside blockquote body button center dd details dialog dir div dl"
    " dt fieldset figure footer form header hgroup hr html legend li main menu nav ol"
    " optgroup option p search section select summary table tbody td tfoot th thead tr"
    " ul"
)
_LEFT_OUT = tags(
    "script style template noembed noframes iframe audio video canvas datalist"
    " meter progress"
)
_LEFT_OUT_IN_SVG = tags("title desc metadata")
_SCRIPTS = {"msup": "sup", "msub": "sub"}  # the second part of a formula is that

_ROLE = re.compile(r"\brole\s*=\s*[\"']?\s*heading\b", re.IGNORECASE)
_WHITE = re.compile(r"[ \t\n\f\r]+")  # HTML's white space, and no other
_WHITE_IN_LINE = re.compile(r"[ \t\f]+")
_LINE_END = re.compile(r"\r\n?")


Block = tuple[str, str]  # its text, and its zone


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

    None where no extractor reads it: another media type, or markup that is more than is
    read (``archiver.documents.burden``).
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
    if is_too_much(html):
        return None
    reader = BlockReader(roles=_ROLE.search(html) is not None)
    reader.read(LexborHTMLParser(html).root)
    return layer_of(HTML, reader.blocks)


def layer_of(extractor: str, blocks: Sequence[Block]) -> TextLayer:
    """Join blocks to the text of ``extractor``, with one blank line between them."""
    zones = []
    start = 0
    for block, zone in blocks:
        zones.append((start, start + len(block), zone))
        start += len(block) + 2
    return TextLayer(extractor, "\n\n".join(text for text, _ in blocks), tuple(zones))


@dataclass(frozen=True, slots=True)
class Place:
    """What holds for the text inside an element."""

    zone: str = "body"
    preformatted: bool = False
    quoted: bool = (
        False  # the words of another document; only ``archiver.documents.telegram``
    )
    svg: bool = False
    shift: str = ""  # sup or sub; "none" inside one that is not numbers alone
    parted: bool = False  # what its elements hold is not to be read as one number


_Element = tuple[Iterator[LexborNode], Place, bool]  # children, place, is it a block


class BlockReader:
    """Walks a tree in document order, without recursion, and collects its blocks.

    ``roles``: look at the ``role`` of elements, which costs time.
    """

    def __init__(self, *, roles: bool = False) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[str] = []
        self._titled = False
        self._roles = roles
        self._at_part = False

    def read(self, root: LexborNode | None, place: Place = Place()) -> None:
        """Read everything inside ``root``, which stands in ``place``."""
        open_elements = [(_children(root), place, True)]
        while open_elements:
            children, place, is_block = open_elements[-1]
            node = next(children, None)
            if node is not None:
                open_elements.extend(self._read_node(node, place))
                continue
            open_elements.pop()
            if is_block:
                self._end_block(place.zone)

    def leaves_out(self, node: LexborNode, place: Place) -> bool:
        """Say whether no style can show an element; of titles the first is shown."""
        tag = node.tag or ""
        if tag in _LEFT_OUT or tag.startswith("-"):
            return not (tag == "template" and _is_shadow(node))
        if place.svg:
            return tag in _LEFT_OUT_IN_SVG
        again = tag == "title" and self._titled
        self._titled = self._titled or tag == "title"
        return again

    def enter(self, node: LexborNode, outer: Place) -> Place:
        """Return what holds inside ``node``, which stands in ``outer``."""
        tag = node.tag or ""
        if tag in _HEADINGS or (self._roles and _is_heading(node)):
            return replace(outer, zone="heading")
        if tag in _CAPTIONS:
            return replace(outer, zone="caption")
        if tag in _PREFORMATTED:
            return replace(outer, preformatted=True)
        if tag == "svg":
            return replace(outer, svg=True)
        if tag == "math":
            return replace(outer, parted=True)
        return outer if outer.shift else _shifted(node, tag, outer)

    def _read_node(self, node: LexborNode, place: Place) -> Iterator[_Element]:
        """Take what one node shows; yield it if it is an element to go into."""
        tag = node.tag or ""
        if tag == "-text":
            self._add_text(node.text_content or "", place)
        elif tag == "br":
            self._pieces.append("\n")
        elif not self.leaves_out(node, place):
            inner = self.enter(node, place)
            is_block = _is_block(tag, place, inner)
            if is_block:
                self._end_block(place.zone)
            self._at_part = self._at_part or inner.parted
            yield _children(node), inner, is_block

    def _add_text(self, text: str, place: Place) -> None:
        if place.shift in DIGITS:
            text = text.translate(DIGITS[place.shift])
        if place.preformatted:
            text = _WHITE_IN_LINE.sub(" ", _LINE_END.sub("\n", text))
        else:
            text = _WHITE.sub(" ", text)
        if self._at_part and text:
            self._part(text, place)
        self._pieces.append(text)

    def _part(self, text: str, place: Place) -> None:
        """Set a number apart from the one before, where elements had parted them."""
        last = self._pieces[-1] if self._pieces else ""
        if place.shift not in DIGITS and run_together(last, text):
            self._pieces.append(" ")
        self._at_part = False

    def _end_block(self, zone: str) -> None:
        self.blocks.extend((each, zone) for each in paragraphs("".join(self._pieces)))
        self._pieces.clear()


def paragraphs(text: str) -> Iterator[str]:
    """Yield the blocks of a text: lines with nothing to see stand between them."""
    lines = [_WHITE.sub(" ", line).strip(" ") for line in text.split("\n")]
    for seen, group in groupby(lines, key=lambda line: bool(line.strip())):
        if seen:
            yield "\n".join(group)


def _children(node: LexborNode | None) -> Iterator[LexborNode]:
    if node is not None and node.tag == "template":
        node = next(iter(node.template_fragments()), None)
    return iter(()) if node is None else node.iter(include_text=True)


def _is_block(tag: str, outer: Place, inner: Place) -> bool:
    """Say whether an element is set apart from what is around it."""
    is_other = (inner.zone, inner.quoted) != (outer.zone, outer.quoted)
    return tag in _BLOCKS or is_other or (outer.svg and tag == "text")


def _is_heading(node: LexborNode) -> bool:
    roles = (node.attributes.get("role") or "").lower().split()
    return roles[:1] == ["heading"]


def _is_shadow(node: LexborNode) -> bool:
    """Say whether a template is the tree that its parent shows (HTML, 13.2.6.4.4)."""
    mode = node.attributes.get("shadowrootmode") or ""
    return mode.lower() in ("open", "closed")


def _shifted(node: LexborNode, tag: str, outer: Place) -> Place:
    """Return what holds inside an element that may be raised or lowered."""
    script = tag if tag in DIGITS else ""
    if outer.parted and node.parent and _follows_another(node):
        script = _SCRIPTS.get(node.parent.tag or "", script)
    if not script:
        return outer
    if is_numbers(node.text()):
        return replace(outer, shift=script)
    return replace(outer, shift="none", parted=True)


def _follows_another(node: LexborNode) -> bool:
    before = node.prev
    if before is not None and before.tag == "-text":
        before = before.prev
    return before is not None
