r"""The line on which each key of a TOML file stands (TOML 1.0).

``tomllib`` says what a file means and not where it says so.  A message that names a
file and a line needs both, so the text is scanned a second time here, for places only.
The scanner never decides what a file means; where the text is no TOML it stops, and
keeps the places found until then.

>>> places = locate('id = "x"\n[[evidence]]\nlang = "fr"\n', "a.toml")
>>> places.at("evidence", 0, "lang")
'a.toml:3'
"""

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

Path = tuple[str | int, ...]

MAX_DEPTH: Final = 16  # arrays and inline tables inside one another; ours need 4
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*+")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BASIC = re.compile(r'"((?:[^"\\\n]|\\.)*+)"')
_LITERAL = re.compile(r"'([^'\n]*+)'")
_LONG_BASIC = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}', re.DOTALL)
_LONG_LITERAL = re.compile(r"'''(?:[^']|'(?!''))*+'{3,5}")
_SCALAR = re.compile(r"[^\s,\]}#'\"\[{][^,\]}#\n]*+")
_SPACE = re.compile(r"[ \t]*+")
_DOT = re.compile(r"[ \t]*\.")
_CLOSE = re.compile(r"[ \t]*\]")
_CLOSE_TWO = re.compile(r"[ \t]*\]\]")
_OPEN_ARRAY, _END_ARRAY = re.compile(r"\["), re.compile(r"\]")
_OPEN_TABLE, _END_TABLE = re.compile(r"\{"), re.compile(r"\}")
_COMMA = re.compile(",")
_EQUALS = re.compile(r"[ \t]*+=[ \t]*+")
_VALUES = (_LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL, _SCALAR)  # the long ones first
_ESCAPES: Final = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")


@dataclass(frozen=True, slots=True)
class Places:
    """Where the keys and values of one file stand; offsets count code points."""

    file: str = ""
    lines: Mapping[Path, int] = field(default_factory=dict)
    spans: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    twice: tuple[tuple[Path, int], ...] = ()

    def line(self, *path: str | int) -> int:
        """Return the line (from 1) of ``path``, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def at(self, *path: str | int) -> str:
        """Return the place of ``path`` as ``file:line``."""
        return f"{self.file}:{self.line(*path)}"


def words(path: Path) -> str:
    """Return ``path`` in words, the innermost first: ``role of [[evidence]] 2``."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, str):
            parts.append(step)
        elif len(parts) == 1:
            parts[-1] = f"[[{parts[-1]}]] {step + 1}"
        else:
            parts[-1] = f"{parts[-1]} {step + 1}"
    return " of ".join(reversed(parts))


def locate(text: str, file: str) -> Places:
    """Return the places of every key of ``text``, the contents of ``file``.

    Array elements have their index, from 0, in the path.  A key that stands twice is
    listed in ``twice`` with its second line, and keeps its first one in ``lines``.
    """
    scanner = _Scanner(text)
    with suppress(_NoTomlError):  # tomllib says what is wrong; what was found is true
        scanner.read_document()
    return Places(file, scanner.lines, scanner.spans, tuple(scanner.twice))


class _NoTomlError(Exception):
    """The text goes on in a way that TOML does not."""


class _Scanner:
    """One walk through a TOML text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.ends = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[Path, int] = {}
        self.spans: dict[Path, tuple[int, int]] = {}
        self.twice: list[tuple[Path, int]] = []
        self.counts: dict[Path, int] = {}

    def read_document(self) -> None:
        """Read headers and keys to the end of the text."""
        table: Path = ()
        while True:
            self.take(_BLANK)
            if self.place == len(self.text):
                return
            if self.text.startswith("[", self.place):
                table = self.read_header()
            else:
                self.read_pair(table, 0)

    def read_header(self) -> Path:
        """Read ``[a.b]`` or ``[[a.b]]``; return the path of the table it opens."""
        start = self.place
        many = self.text.startswith("[[", start)
        self.place += 2 if many else 1
        *outer, last = self.read_key()
        if not self.take(_CLOSE_TWO if many else _CLOSE):
            raise _NoTomlError
        path = (*self.resolve(outer), last)
        if not many:
            self.record(path, start)
            return path
        index = self.counts.get(path, 0)
        self.counts[path] = index + 1
        self.lines.setdefault(path, self.line_of(start))
        self.record((*path, index), start)
        return (*path, index)

    def resolve(self, parts: Iterable[str]) -> Path:
        """Return the path of a header's outer parts: of an array, its last table."""
        path: Path = ()
        for part in parts:
            path = (*path, part)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def read_pair(self, table: Path, depth: int) -> None:
        """Read ``key = value`` in ``table``."""
        start = self.place
        path = (*table, *self.read_key())
        if not self.take(_EQUALS):
            raise _NoTomlError
        self.record(path, start)
        self.read_value(path, depth)

    def read_key(self) -> list[str]:
        """Read a bare, quoted or dotted key."""
        parts = [self.read_simple_key()]
        while self.take(_DOT):
            parts.append(self.read_simple_key())
        return parts

    def read_simple_key(self) -> str:
        self.take(_SPACE)
        if found := self.take(_BARE) or self.take(_LITERAL):
            return found.strip("'")
        if found := self.take(_BASIC):
            return _ESCAPE.sub(_unescape, found[1:-1])
        raise _NoTomlError

    def read_value(self, path: Path, depth: int) -> None:
        """Read one value, and the places of what is inside it."""
        start = self.place
        if depth > MAX_DEPTH:
            raise _NoTomlError
        if self.take(_OPEN_ARRAY):
            self.read_array(path, depth)
        elif self.take(_OPEN_TABLE):
            self.read_inline(path, depth)
        elif not any(map(self.take, _VALUES)):
            raise _NoTomlError
        self.spans.setdefault(path, (start, self.place))

    def read_array(self, path: Path, depth: int) -> None:
        index = 0
        self.take(_BLANK)
        while not self.take(_END_ARRAY):
            self.record((*path, index), self.place)
            self.read_value((*path, index), depth + 1)
            index += 1
            self.read_comma("]")

    def read_inline(self, path: Path, depth: int) -> None:
        self.take(_BLANK)
        while not self.take(_END_TABLE):
            self.read_pair(path, depth + 1)
            self.read_comma("}")

    def read_comma(self, closing: str) -> None:
        self.take(_BLANK)
        if self.take(_COMMA):
            self.take(_BLANK)
        elif not self.text.startswith(closing, self.place):
            raise _NoTomlError

    def take(self, pattern: re.Pattern[str]) -> str:
        """Take what ``pattern`` matches here; return it, or an empty string."""
        match = pattern.match(self.text, self.place)
        if match is None:
            return ""
        self.place = match.end()
        return match.group()

    def record(self, path: Path, offset: int) -> None:
        line = self.line_of(offset)
        if path in self.lines:
            self.twice.append((path, line))
        else:
            self.lines[path] = line

    def line_of(self, offset: int) -> int:
        return bisect_right(self.ends, offset - 1) + 1


def _unescape(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    if code := short or long:
        number = int(code, 16)
        return chr(number) if number <= sys.maxunicode else match.group()
    return _ESCAPES.get(letter, letter)
