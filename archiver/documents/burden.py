"""How much work a page's markup is to a parser, told from its characters alone.

A parser of HTML takes the square of the time, or of the memory, for pages that are made
so: very deep ones, a tag of a million attributes, formatting that every paragraph opens
again.  What is too much is bounded by counts and not by a clock, so that whoever
derives a text again comes to the same, on any machine.

The counts are of what looks like a tag, wherever it stands, and err on the safe side:
what no parser takes for an open element is counted as one, and hardly the reverse.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final, cast

MAX_MARKUP: Final = 32 << 20  # characters; the parser's memory is thirty times as much
MAX_TAGS: Final = 2_000_000  # a page of nothing else is ten seconds of work
MAX_DEPTH: Final = 10_000  # elements inside one another
MAX_STEPS: Final = (
    1 << 30
)  # open elements at each tag, together: a parser looks at them
MAX_ATTRIBUTES: Final = 1000  # of one tag; each is compared with all before it
MAX_COPIES: Final = 4_000_000  # open formatting at each tag, which may be opened again
MAX_ROOTS: Final = 100  # tags of html and body, whose attributes all go to one element
LOOKED_AT: Final = 16  # characters of tags for each one of the page; more are nested


def tags(names: str) -> frozenset[str]:
    """Return the names of elements, from one text."""
    return frozenset(names.split())


_UNNESTED = tags(  # they have no content, or end where the next one begins
    "area base br col embed hr img input link meta param source track wbr"
    " p li dt dd td th tr thead tbody tfoot option optgroup rt rp"
)
_FORMATTING = tags("a b big code em font i nobr s small strike strong tt u")
_COPIES: Final = 3  # of the same formatting: the list has no more (HTML, 13.2.4.3)
_ONE = tags("a nobr")  # where one is open, the next one closes it
_ROOTS = tags("html body")
_FOREIGN = tags("svg math")
_DRAWN = tags(  # they end with "/>" inside of a drawing, and there alone
    "animate circle ellipse g image line path polygon polyline rect stop text use"
)

# A tag as the tokenizer has it (HTML, 13.2.5): nothing in it is tried twice.
_WHITE = r"\t\n\f\r "
_NAME = rf"[A-Za-z][^{_WHITE}/>]*+"
_VALUE = rf"""(?:"[^"]*+"|'[^']*+'|[^{_WHITE}>"'][^{_WHITE}>]*+)?+"""
_ATTRIBUTE = (
    rf"[{_WHITE}/]*+[^{_WHITE}/>][^{_WHITE}/>=]*+"
    rf"(?:[{_WHITE}]*+=[{_WHITE}]*+{_VALUE})?+"
)
_START = re.compile(
    rf"<{_NAME}(?:{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES}}}+({_ATTRIBUTE})?+([{_WHITE}/]*+)"
)
_TAG = re.compile(rf"<(/?)({_NAME})")
_PLAIN = re.compile("[a-z][a-z0-9:_.-]*")


def is_too_much(html: str) -> bool:
    """Say whether markup is more than is read, without its tree."""
    if len(html) > MAX_MARKUP:
        return True
    burden = _Burden(LOOKED_AT * len(html))
    for found in _TAG.finditer(html):
        if found[1]:
            burden.close(found[2].lower())
        else:
            tag = cast("re.Match[str]", _START.match(html, found.start()))
            burden.open(found[2].lower(), tag)
        if burden.is_too_much():
            return True
    return False


@dataclass(slots=True)
class _Burden:
    """What a parser has to do so far; ``left`` are characters that tags may have.

    ``odd`` are open elements of names that none has, since in a script ``a<b&&c`` is
    no tag: they count for the steps alone.
    """

    left: int
    tags: int = 0
    depth: int = 0
    odd: int = 0
    steps: int = 0
    copies: int = 0
    roots: int = 0
    in_drawing: bool = False
    has_crowd: bool = False
    names: Counter[str] = field(default_factory=Counter)
    formatting: dict[str, list[str]] = field(default_factory=dict)
    formats: Counter[str] = field(default_factory=Counter)
    formatted: int = 0

    def is_too_much(self) -> bool:
        """Say whether one of the bounds is passed."""
        return (
            self.tags > MAX_TAGS
            or self.depth > MAX_DEPTH
            or self.steps > MAX_STEPS
            or self.copies > MAX_COPIES
            or self.roots > MAX_ROOTS
            or self.left < 0
            or self.has_crowd
        )

    def open(self, name: str, tag: re.Match[str]) -> None:
        """Take a start tag."""
        self.left -= tag.end() - tag.start()
        self.has_crowd = tag[1] is not None
        self.roots += name in _ROOTS
        self.in_drawing = name in _FOREIGN or (self.in_drawing and name in _DRAWN)
        if name in _ONE:
            self._end(name)
        is_ended = self.in_drawing and tag[2].endswith("/")
        if name not in _UNNESTED and not is_ended:
            self._nest(name, 1)
        if name in _FORMATTING:
            self._format(name, tag[0])
        self._count()

    def close(self, name: str) -> None:
        """Take an end tag; one of no open element closes nothing."""
        self.in_drawing = self.in_drawing and name in _DRAWN
        self._end(name)
        self._count()

    def _end(self, name: str) -> None:
        if self.names[name]:
            self._nest(name, -1)
        if self.formatting.get(name):
            self.formats[self.formatting[name].pop()] -= 1
            self.formatted -= 1

    def _nest(self, name: str, more: int) -> None:
        self.names[name] += more
        if _PLAIN.fullmatch(name):
            self.depth += more
        else:
            self.odd += more

    def _format(self, name: str, tag: str) -> None:
        """Take formatting, which is open until it is closed, whatever is around it."""
        if self.formats[tag] < _COPIES:
            self.formats[tag] += 1
            self.formatting.setdefault(name, []).append(tag)
            self.formatted += 1

    def _count(self) -> None:
        self.tags += 1
        self.steps += self.depth + self.odd
        self.copies += self.formatted
