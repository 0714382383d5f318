"""What a page shows at a glance: its title, headings, words, and what is wired into it.

A look is bounded, whatever the page: the first ``LOOKED_AT`` bytes of its markup and
the first ``READ`` characters of its text.  Words are folded, so that case, typography
and the ways of writing one Arabic letter do not matter.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from archiver.documents.charsets import decode
from archiver.openings import Zone

LOOKED_AT: Final = 1 << 20  # bytes of markup
READ: Final = 50_000  # characters of text
MARKUP: Final = ("text/html", "application/xhtml+xml")

_SHOWN: Final = "article time[datetime], [itemtype*=NewsArticle] [itemprop=articleBody]"
_SAID: Final = 'meta[property="og:type"][content="article"]'
_WIRED: Final = 200_000  # characters of scripts and addresses
_ONE_WIRE: Final = 20_000  # of one script or address
_SHORT: Final = 400  # characters of one title or heading
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2212"
_ALIKE: Final = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4", "'"),
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys("\u064a\u0649", "\u06cc"),  # Arabic yeh, and alef maksura
        **dict.fromkeys("\u0622\u0623\u0625\u0671", "\u0627"),  # alef with signs
        "\u0643": "\u06a9",  # kaf
        "\u0629": "\u0647",  # teh marbuta
        "\u0640": "",  # tatweel
        "\u200c": " ",  # it parts what Persian writes as one word, or as two
        "\u0451": "\u0435",  # Russian io
    }
)
_BETWEEN = re.compile(rf" [|·•»«{_DASHES}-]+ |::|\|")
_SIGNS = re.compile(r"[^\w%']+")


@dataclass(frozen=True, slots=True)
class Page:
    """A document as it came: where from, with which response, and its text layer.

    ``document`` is decoded of its codings, or the serialised DOM; ``fields`` are the
    header fields of the response; ``media_type`` is in lower case.
    """

    requested_url: str
    final_url: str
    status: int
    fields: tuple[tuple[bytes, bytes], ...]
    media_type: str
    document: bytes
    charset: str | None = None
    text: str | None = None
    zones: tuple[Zone, ...] = ()


@dataclass(frozen=True, slots=True)
class PageAddress:
    """Where a page is: the host and the path of an address, both in lower case."""

    host: str
    path: str
    query: str

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path that are not empty."""
        return tuple(filter(None, self.path.split("/")))


def parse_page_address(url: str) -> PageAddress:
    """Return host and path of an address; empty ones where it is none."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return PageAddress("", "", "")
    return PageAddress(host, unquote(parts.path, errors="replace").lower(), parts.query)


class Look:
    """One look at a page; everything is found when it is first asked for.

    A page of markup without a text layer is nested too deep to be read, or of a coding
    that cannot be undone: of its markup nothing is looked at.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requested = parse_page_address(page.requested_url)
        self.final = parse_page_address(page.final_url)

    @property
    def is_redirected(self) -> bool:
        """Whether the address that answered is another one than was asked for."""
        return (self.requested.host, self.requested.path) != (
            self.final.host,
            self.final.path,
        )

    @cached_property
    def tree(self) -> LexborHTMLParser | None:
        """The page's elements, of the beginning of its markup."""
        page = self.page
        if page.media_type not in MARKUP or page.text is None:
            return None
        data = page.document
        end = LOOKED_AT
        if len(data) > LOOKED_AT:
            end = data.rfind(b">", 0, LOOKED_AT) + 1 or LOOKED_AT
        return LexborHTMLParser(decode(data[:end], page.charset, html=True))

    def has(self, selector: str) -> bool:
        """Say whether the page has an element of that selector."""
        return self.tree is not None and self.tree.css_first(selector) is not None

    def attributes(self, selector: str, name: str) -> Iterator[str]:
        """Yield an attribute of all elements of a selector; of those that have it."""
        for node in self.tree.css(selector) if self.tree else ():
            value = node.attributes.get(name)
            if value:
                yield value

    def texts(self, selector: str) -> Iterator[str]:
        """Yield the text inside of all elements of a selector."""
        for node in self.tree.css(selector) if self.tree else ():
            yield node.text()

    def field(self, name: bytes) -> str:
        """Return a header field of the response, empty where there is none."""
        values = [value for key, value in self.page.fields if key.lower() == name]
        return b", ".join(values).decode("latin-1")

    @cached_property
    def shows_article(self) -> bool:
        """Whether its elements are those of a dated article, however short it is."""
        return self.has(_SHOWN)

    @cached_property
    def is_article(self) -> bool:
        """Whether it shows an article, or says that it is one."""
        return self.shows_article or self.has(_SAID)

    @cached_property
    def title(self) -> str:
        """What the page calls itself, as it is written."""
        return " ".join(next(self.texts("title"), "").split())[:_SHORT]

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The headings of the text below the title; where there are none, its block."""
        text = self.page.text or ""
        found = [
            " ".join(text[start:end].split())[:_SHORT]
            for start, end, zone in self.page.zones
            if zone == "heading" and start < READ
        ]
        if not self.page.zones:
            found = [" ".join(block.split())[:_SHORT] for block in self.blocks[:1]]
        return tuple(found[1:] if found[:1] == [self.title] else found)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts of the title, between strokes and dashes."""
        return tuple(filter(None, map(str.strip, _BETWEEN.split(self.title))))

    @property
    def titles(self) -> tuple[str, ...]:
        """The parts of the title, and the headings."""
        return (*self.parts, *self.headings)

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The blocks of the text."""
        return tuple(filter(None, (self.page.text or "")[:READ].split("\n\n")))

    @cached_property
    def words(self) -> str:
        """The text, folded."""
        return fold_for_labels((self.page.text or "")[:READ])

    @cached_property
    def letters(self) -> int:
        """How many letters and digits it shows, without title and ``<noscript>``."""
        beside = [self.title] if self.title in self.blocks[:1] else []
        beside += self.texts("noscript")
        shown = count_letters((self.page.text or "")[:READ])
        return max(0, shown - sum(map(count_letters, beside)))

    @cached_property
    def wiring(self) -> str:
        """Scripts, and the addresses of scripts, frames and forms; in lower case."""
        pieces = [
            *self.attributes("script[src], iframe[src]", "src"),
            *self.attributes("form[action]", "action"),
            *self.texts("script:not([src])"),
        ]
        cut = [piece[:_ONE_WIRE] for piece in pieces]
        return "\n".join(cut)[:_WIRED].lower()


def fold_for_labels(text: str) -> str:
    """Fold words: one case, one apostrophe, one hyphen, one space, no marks unseen."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    unseen = filter(_is_unseen, set(folded))  # a text has few different characters
    return " ".join(folded.translate(dict.fromkeys(map(ord, unseen))).split())


def bare(text: str) -> str:
    """Return the words alone of a title or heading, folded."""
    return " ".join(_SIGNS.sub(" ", fold_for_labels(text)).split())


def count_letters(text: str) -> int:
    """Count letters and digits; one of a script without spaces weighs three."""
    times = Counter(text).items()  # of many characters few are different
    return sum(n * (3 if _is_dense(each) else 1) for each, n in times if each.isalnum())


def _is_dense(letter: str) -> bool:
    return "\u2e80" <= letter <= "\uffef"  # Han, kana, Hangul and their like


def _is_unseen(letter: str) -> bool:
    """Say whether a character is a joiner, a mark of direction, or an Arabic vowel."""
    return unicodedata.category(letter) == "Cf" or "\u064b" <= letter <= "\u065f"
