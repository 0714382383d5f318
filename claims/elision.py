r"""Taking out the names of people who must not be named.

Of a person whose ``naming`` is ``withheld``, no name may stand in anything published.
Every string that is published passes here, whatever table it is for, so that no single
place has to remember it.  A name is found without regard to case, accents, invisible
characters, the kind of white space or the kind of hyphen, and also where an address
(``%D0%9E``), a TOML or JSON string (``\u041e``) or HTML (``&#1054;``) escapes it; it
begins at the beginning of a word, and takes the rest of its last word with it.  An
inflected form that begins otherwise has to be listed in the source's file as a name of
its own.  What is taken out keeps its length, so that places in a text stay where they
are.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

MARK: Final = "▒"
_LONG: Final = 2000  # characters of a text that is worth to be remembered
_SHORT: Final = 4  # a name with fewer letters is taken out as a whole word only
_HYPHENS: Final = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212_/.+")

_MARKS: Final = "%\\&"  # one of them begins whatever is escaped
_SPACES: Final = re.compile(" {2,}")

# One character that is escaped: of an address (one UTF-8 sequence), of TOML (a line
# that is continued, a code point), of TOML and JSON (a UTF-16 unit, or a pair of them),
# of HTML.
_ESCAPE: Final = re.compile(
    r"(?P<address>%[0-7][0-9A-F]|%[CD][0-9A-F]%[89AB][0-9A-F]"
    r"|%E[0-9A-F](?:%[89AB][0-9A-F]){2}|%F[0-7](?:%[89AB][0-9A-F]){3})"
    r"|(?P<continued>\\[ \t]*\r?\n\s*)"
    r"|\\U(?P<point>000[0-9A-F]{5}|0010[0-9A-F]{4})"
    r"|(?P<units>\\u(?:D[89AB][0-9A-F]{2}\\uD[C-F][0-9A-F]{2}|[0-9A-F]{4}))"
    r"|(?P<entity>&(?:\#[0-9]{1,7}|\#x[0-9A-F]{1,6}|[a-z][a-z0-9]{1,31});)",
    re.IGNORECASE,
)
_CHARACTER: Final = re.compile(  # the same, or one as it stands
    f"{_ESCAPE.pattern}|.", re.IGNORECASE | re.DOTALL
)


class Elider:
    """Takes ``names`` out of texts; without names it changes nothing."""

    def __init__(self, names: Iterable[str]) -> None:
        folded = {_fold(name)[0].strip() for name in names}
        self.names = sorted(folded - {""}, key=lambda name: (-len(name), name))
        self._known: dict[str, str] = {}

    def elide(self, text: str) -> str:
        """Return ``text`` with every name in it overwritten, one mark a character.

        A long text is remembered: each quote of a page asks for the whole of it.
        """
        if text in self._known:
            return self._known[text]
        found = self._find(text)
        if not found:
            return text
        elided = list(text)
        for start, end in found:
            elided[start:end] = MARK * (end - start)
        whole = "".join(elided)
        if len(text) >= _LONG:
            self._known[text] = whole
        return whole

    def is_named_in(self, text: str) -> bool:
        """Say whether a name stands in ``text``."""
        return bool(self._find(text))

    def clean(self, value: Any) -> Any:
        """Return a JSON value with the names taken out of each string."""
        if isinstance(value, str):
            return self.elide(value)
        if isinstance(value, Mapping):
            return {self.clean(key): self.clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean(item) for item in value]
        return value

    def _find(self, text: str) -> list[tuple[int, int]]:
        if not self.names:
            return []
        whole = _fold_whole(text)  # fast, as most texts name nobody
        if not any(name in whole for name in self.names):
            return []
        folded, places = _fold(text)
        found = []
        for name in self.names:
            start = folded.find(name)
            while start >= 0:
                end = _whole_word(folded, start, start + len(name))
                if end:
                    found.append((places[start], places[end]))
                start = folded.find(name, start + 1)
        return found


def _whole_word(folded: str, start: int, end: int) -> int:
    """Return where the word at the end of a name ends; 0 where the name is no name."""
    if start and folded[start - 1].isalnum() and folded[start].isalnum():
        return 0 if _has_spaces(folded[start]) else end
    last = end
    while (
        last < len(folded) and folded[last].isalnum() and _has_spaces(folded[end - 1])
    ):
        last += 1
    return 0 if last > end and end - start < _SHORT else last


def _has_spaces(letter: str) -> bool:
    """Say whether a letter is of a script that puts spaces between words."""
    name = unicodedata.name(letter, "")
    return not name.startswith(
        ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
    )


def _fold(text: str) -> tuple[str, list[int]]:
    """Fold ``text``; return with it where each character stood, and the end."""
    letters: list[str] = []
    places: list[int] = []
    for place, characters in _read(text):
        for letter in unicodedata.normalize("NFKD", characters.casefold()):
            kept = _keep(letter)
            if kept and not (kept == " " and letters[-1:] == [" "]):
                letters.append(kept)
                places.append(place)
    return "".join(letters), [*places, len(text)]


def _fold_whole(text: str) -> str:
    """Fold ``text`` as :func:`_fold` does, fast, without the places."""
    if any(mark in text for mark in _MARKS):
        text = _ESCAPE.sub(_unescape, text)
    table = {ord(letter): _fold_letter(letter) for letter in set(text)}
    return _SPACES.sub(" ", text.translate(table))


@lru_cache(maxsize=1 << 16)
def _fold_letter(letter: str) -> str:
    return _fold(letter)[0]


def _read(text: str) -> Iterator[tuple[int, str]]:
    """Yield each character, and what an escape stands for, with its place."""
    if not any(mark in text for mark in _MARKS):
        yield from enumerate(text)
        return
    for match in _CHARACTER.finditer(text):
        yield match.start(), _unescape(match)


def _unescape(match: re.Match[str]) -> str:
    if match["address"]:
        return bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "replace")
    if match["units"]:
        units = re.sub(r"\\u", "", match[0], flags=re.IGNORECASE)
        return bytes.fromhex(units).decode("utf-16-be", "replace")
    if match["point"]:
        return chr(int(match["point"], 16))
    if match["entity"]:
        return html.unescape(match[0])
    return " " if match["continued"] else match[0]


def _keep(letter: str) -> str:
    """Return what a letter counts as: a hyphen or white space as one space."""
    if letter.isspace() or letter in _HYPHENS:
        return " "
    return (
        "" if unicodedata.category(letter) in ("Mn", "Me", "Cf", "Cc", "Lm") else letter
    )
