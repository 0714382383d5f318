"""Seeds: the URLs that a harvest begins from, read from a list or a table.

A list is a text with one URL a line; empty lines and ``#`` comments mean nothing.  A
table is CSV (RFC 4180) with a header line, of which only the column ``url`` is read; it
may be separated by semicolons or tabs, as spreadsheets write it.  Each line that names
no URL for a capture is a fault, with its place; a harvest begins only without faults.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from archiver.errors import MalformedError
from archiver.strict import show
from archiver.wire.guard import ParsedUrl, parse_url

MAX_LIST: Final = 64 << 20  # bytes
COLUMN: Final = "url"
_SEPARATORS = ",;\t"
_TABLES = (".csv", ".tsv")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """A URL as it was given; ``place`` is file and line, "" on the command line."""

    url: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Seed:
    """A URL that a harvest asks for: as it was given, and as it is asked for."""

    url: str
    place: str
    asked: ParsedUrl

    @property
    def host(self) -> str:
        """The host that is asked; a name has one, whatever the port."""
        return self.asked.host


@dataclass(frozen=True, slots=True)
class SeedFault:
    """A line that names no URL for a capture, and what to do about it."""

    place: str
    why: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A line that asks for what another one before it asks for."""

    place: str
    first: Seed


@dataclass(frozen=True, slots=True)
class Seeds:
    """What the lines come to: each URL once, in their order."""

    seeds: tuple[Seed, ...]
    repeats: tuple[Repeat, ...]
    faults: tuple[SeedFault, ...]


def parse_list(data: bytes, name: str) -> tuple[Line, ...]:
    """Parse a list or a table of URLs; ``name`` is what its places are called by.

    It is a table where ``name`` ends as one, or a column of its first line is ``url``.

    Raises:
        MalformedError: it is longer than 64 MiB, not UTF-8, no CSV, a table without
            that column, or it names no URL.
    """
    text = _decode(data, name)
    separator = _separator(text)
    if separator is None and name.lower().endswith(_TABLES):
        first = text.split("\n", 1)[0].rstrip("\r")
        raise MalformedError(
            f"{name}:1: the columns are {show(first)}, expected one called {COLUMN}",
            hint="name the column of the addresses in the first line, or give a list"
            " of one URL a line whose name does not end in .csv",
        )
    rows = _table(text, name, separator) if separator else _lines(text)
    found = tuple(Line(url, f"{name}:{number}") for number, url in rows)
    if not found:
        raise MalformedError(
            f"{name} names no URL, expected one at least",
            hint="give one URL a line, or a CSV with a column url",
        )
    return found


def collect_seeds(lines: Iterable[Line], *, fragments: bool = False) -> Seeds:
    """Check each line, and take each URL once.

    Two URLs are one where the same is asked for; ``fragments`` count where a browser
    asks, since a page may show something else by them.
    """
    seeds: dict[tuple[str, str], Seed] = {}
    repeats: list[Repeat] = []
    faults: list[SeedFault] = []
    for line in lines:
        try:
            asked = parse_url(line.url)
        except MalformedError as error:
            faults.append(SeedFault(line.place, str(error), error.hint))
            continue
        key = (asked.url, asked.fragment if fragments else "")
        if key in seeds:
            repeats.append(Repeat(line.place, seeds[key]))
        else:
            seeds[key] = Seed(line.url, line.place, asked)
    return Seeds(tuple(seeds.values()), tuple(repeats), tuple(faults))


def _decode(data: bytes, name: str) -> str:
    if len(data) > MAX_LIST:
        raise MalformedError(f"{name} is longer than {MAX_LIST} bytes")
    try:
        return data.decode().removeprefix(_BOM)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MalformedError(
            f"{name}:{line}: the byte 0x{data[error.start]:02x} is no UTF-8, expected a"
            " text in UTF-8",
            hint="save the list again as UTF-8",
        ) from error


def _separator(text: str) -> str | None:
    """Return what separates the columns, where one of the first line is ``url``."""
    first = text.split("\n", 1)[0].strip()
    for separator in _SEPARATORS:
        if COLUMN in _header(first, separator):
            return separator
    return None


def _header(line: str, separator: str) -> list[str]:
    cells = line.split(separator)
    return [cell.strip().strip('"').strip().lower() for cell in cells]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        url, *comment = line.split(maxsplit=1) or [""]
        if not url or url.startswith("#"):
            continue
        if comment and not comment[0].startswith("#"):
            url = line.strip()  # a blank in a URL is a fault, and is shown as it stands
        yield number, url


def _table(text: str, name: str, separator: str) -> Iterator[tuple[int, str]]:
    """Yield the URL of each row that is not empty, with the line it begins in."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        header = [cell.strip().lower() for cell in next(rows)]
        column = header.index(COLUMN)
        line = rows.line_num
        for row in rows:
            if any(map(str.strip, row)):
                yield line + 1, row[column].strip() if column < len(row) else ""
            line = rows.line_num
    except (csv.Error, ValueError) as error:
        raise MalformedError(
            f"{name}:{rows.line_num}: no CSV: {error}, expected RFC 4180",
            hint="look for a quotation mark that is not closed in that line or above",
        ) from error
