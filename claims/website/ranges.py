"""Byte ranges and conditions of a request (RFC 9110, sections 13 and 14)."""

import re
from dataclasses import dataclass

MAX_DIGITS = 18
_ONE = re.compile(rf"bytes=([0-9]{{0,{MAX_DIGITS}}})-([0-9]{{0,{MAX_DIGITS}}})")


class UnsatisfiableError(Exception):
    """The range lies outside the file: 416."""


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes ``start`` up to, not including, ``end``."""

    start: int
    end: int

    def content_range(self, length: int) -> str:
        """Return the Content-Range of this part of ``length`` bytes."""
        return f"bytes {self.start}-{self.end - 1}/{length}"


def parse_range(header: str | None, length: int) -> Span | None:
    """Return the one range asked for, or None where the whole file is to be sent.

    A range that we do not understand, or several of them, means the whole file (14.2).
    A suffix longer than the file is the whole file, as a range (14.1.2).

    Raises:
        UnsatisfiableError: the range begins behind the end, or is an empty suffix.
    """
    match = _ONE.fullmatch(header.strip()) if header else None
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return _suffix(int(last), length)
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= length:
        raise UnsatisfiableError
    return Span(start, min(int(last) + 1, length) if last else length)


def _suffix(count: int, length: int) -> Span:
    if not count or not length:
        raise UnsatisfiableError
    return Span(max(0, length - count), length)


def range_holds(if_range: str | None, etag: str) -> bool:
    """Tell whether If-Range lets a range through: it is absent or our strong ETag.

    A date never does: we send no Last-Modified (13.1.5).
    """
    return if_range is None or if_range.strip() == etag


def none_match_holds(if_none_match: str | None, etag: str) -> bool:
    """Tell whether If-None-Match lets the body be sent (13.1.2): weak comparison."""
    if if_none_match is None:
        return True
    if if_none_match.strip() == "*":
        return False
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return etag not in tags
