"""The list of leads: pages that are known of and not in hand; never evidence.

``leads.csv`` is CSV (RFC 4180) in UTF-8 with one header line, one lead a row.  Each
column is a fact about the page that somebody wrote down; ``publisher`` and ``about``
are in words.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final

from archiver.findings import Finding
from archiver.strict import show
from claims.characters import find_invisible, name_character
from claims.faults import open_struct
from claims.patterns import LANGUAGE, LEAD_ID

MAX_BYTES: Final = 4 << 20
_URL = re.compile(r"https?://[^\s/?#@]+(?:[/?#]\S*)?")


@dataclass(frozen=True, slots=True)
class Lead:
    """One page that is known of.  ``line`` is where it stands in the list."""

    line: int
    id: str
    url: str
    publisher: str
    language: str
    published: str
    about: str
    bears_on: str


COLUMNS: Final = tuple(field.name for field in fields(Lead) if field.name != "line")


class _RefusedError(ValueError):
    """Carries the first fault out of the reading, with its rule and line."""

    def __init__(self, line: int, message: str, code: str = "C20") -> None:
        super().__init__(message)
        self.line = line
        self.code = code


def read_leads(data: bytes, file: str) -> tuple[Lead, ...] | Finding:
    """Read ``leads.csv``, or say what is wrong with it and where."""
    leads: dict[str, Lead] = {}
    try:
        for line, row in _rows(_decode(data)):
            lead = Lead(line, *row)
            _check_lead(lead, leads.get(lead.id))
            leads[lead.id] = lead
    except _RefusedError as error:
        return Finding(error.code, f"{file}:{error.line}", str(error))
    return tuple(leads.values())


def parse_leads(data: bytes, file: str) -> tuple[Lead, ...]:
    """Parse ``leads.csv``.

    Stricter than RFC 4180: the header names these columns in this order, a row has all
    of them, and no field holds a line end or an invisible character.

    Raises:
        MalformedError: it is no such list, an id or a language is not well formed, an
            id stands twice, or an address is no http(s) URL; the message begins
            ``file:line:``.
    """
    return open_struct(read_leads(data, file))


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data)} bytes, expected {MAX_BYTES} at most"
        raise _RefusedError(1, message)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{data[error.start]:02x} is no UTF-8 ({error.reason})"
        raise _RefusedError(line, f"{found}, expected UTF-8") from error
    place = find_invisible(text)
    if place >= 0:
        message = (
            f"an invisible character, {name_character(text[place])}, expected none"
        )
        raise _RefusedError(text.count("\n", 0, place) + 1, message)
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the header, each with its line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    last = 1
    try:
        header = next(reader, [])
        if tuple(header) != COLUMNS:
            message = f"the columns are {show(','.join(header))}"
            raise _RefusedError(1, f"{message}, expected {','.join(COLUMNS)}")
        for row in reader:
            last += 1
            if len(row) != len(COLUMNS):
                message = f"{len(row)} fields in a row, expected {len(COLUMNS)}"
                raise _RefusedError(last, message)
            if reader.line_num != last:
                raise _RefusedError(last, "a line end in a field, expected none")
            yield last, row
    except csv.Error as error:
        message = f"no CSV: {error}, expected RFC 4180"
        raise _RefusedError(reader.line_num, message) from error


def _check_lead(lead: Lead, other: Lead | None) -> None:
    if not re.search(LEAD_ID.regex, lead.id):
        message = f"id is {show(lead.id)}, expected {LEAD_ID.words}"
        raise _RefusedError(lead.line, message, "C19")
    if not _URL.fullmatch(lead.url):
        message = f"url is {show(lead.url)}, expected an http or https address"
        raise _RefusedError(lead.line, message)
    if not re.search(LANGUAGE.regex, lead.language):
        message = f"language is {show(lead.language)}, expected {LANGUAGE.words}"
        raise _RefusedError(lead.line, message)
    if other is not None:
        message = f"the lead {lead.id} stands twice, in line {other.line} and here"
        raise _RefusedError(lead.line, f"{message}, expected once", "C19")
