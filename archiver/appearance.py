"""Words of a page that it holds and does not show, or shows as somebody else's.

The text layer leaves nothing out for style's sake, so that nothing can be kept from it:
words that are hidden stand in it as well, and nobody may have read them.  Whoever
quotes should know.  What is looked at is the page's own markup: attributes, ``style``,
and plain rules in ``<style>``.  A style sheet of another address, a script, letters in
the colour of their ground, or a font that draws one letter as another are not seen.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from archiver.documents.burden import is_too_much
from archiver.documents.charsets import decode
from archiver.text import BlockReader, Place

MOST_RULES: Final = 200  # that hide; each goes through the whole page
MOST_STYLED: Final = 4 << 20  # characters of a page whose rules are looked at

_MARK: Final = "data-sourcebook-hidden"
_UNSHOWN: Final = "[hidden], dialog:not([open]), noscript"
_HIDES = re.compile(
    r"(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|content-visibility\s*:\s*hidden|(?:opacity|font-size)\s*:\s*0(?![.0-9]*[1-9])"
    r"|color\s*:\s*transparent|(?:text-indent|left|top|margin-left)\s*:\s*-[0-9]{4}"
    r"|clip\s*:\s*rect\(\s*0)",
    re.IGNORECASE,
)
# One that does not end goes on to the end: looked for again and again it would take
# the square of time.
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_PIECE = re.compile(r"[{}]|[^{}]+")


@dataclass(frozen=True, slots=True)
class Appearance:
    """Texts of a page: all of it, what is shown, and what is shown as its own words."""

    whole: str
    shown: str
    own: str


def read_appearance(data: bytes, charset: str | None) -> Appearance | None:
    """Read how the words of an HTML document appear; None where it is too much."""
    html = decode(data, charset, html=True)
    if is_too_much(html):
        return None
    tree = LexborHTMLParser(html)
    whole = _read(tree)
    for node in _hidden(tree, len(html)):
        node.attrs[_MARK] = ""
    shown = _read(tree)
    for node in tree.css("blockquote, q"):
        node.attrs[_MARK] = ""
    return Appearance(whole, shown, _read(tree))


class _Reader(BlockReader):
    """Leaves out what is marked."""

    def leaves_out(self, node: LexborNode, place: Place) -> bool:
        return _MARK in node.attributes or super().leaves_out(node, place)


def _read(tree: LexborHTMLParser) -> str:
    reader = _Reader()
    reader.read(tree.root)
    return "\n\n".join(text for text, _ in reader.blocks)


def _hidden(tree: LexborHTMLParser, length: int) -> Iterator[LexborNode]:
    yield from tree.css(_UNSHOWN)
    for node in tree.css("[style]"):
        if _HIDES.search(node.attributes.get("style") or ""):
            yield node
    if length <= MOST_STYLED:
        for selector in _selectors(tree):
            try:
                yield from tree.css(selector)
            except (SelectolaxError, ValueError):  # none that is known here
                continue


def _selectors(tree: LexborHTMLParser) -> list[str]:
    """Return the selectors of plain rules that hide; states and media are left out."""
    sheets = (_COMMENT.sub(" ", node.text()) for node in tree.css("style"))
    rules = (rule for sheet in sheets for rule in _rules(sheet))
    found = (
        selector
        for selector, said in rules
        if _HIDES.search(said) and not {":", "@"} & set(selector)
    )
    return list(islice(found, MOST_RULES))


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield selector and declarations of each rule that stands in no other one."""
    depth, before, said = 0, "", ""
    for piece in _PIECE.findall(sheet):
        if piece == "{":
            depth += 1
        elif piece == "}":
            if depth == 1:
                yield before.rpartition(";")[2].strip(), said
                before = said = ""
            depth = max(0, depth - 1)
        elif depth == 0:
            before = piece
        elif depth == 1:
            said = piece
