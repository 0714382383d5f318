"""Dates of events: EDTF, level 0, with open and unknown ends and with seasons.

A date of lower precision stands for some day within it, so it has bounds and not one
day.  Two dates are compared by their bounds only: what is said here of their order is
certain, or is not said.  Nothing is padded.  Of level 1 we take the intervals
``a/..``, ``../b``, ``a/``, ``/b`` and the seasons 21 to 24; of qualified and
unspecified dates (``2026~``, ``202X``) nothing, since their bounds are anybody's guess.

>>> parse_edtf("2026-02").latest
datetime.date(2026, 2, 28)
>>> describe("/2026-02-02")
'from an unknown day to 2 February 2026'
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from archiver.errors import MalformedError
from archiver.strict import show

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_TIME = re.compile(
    r"((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])"
    r"(Z|[+-](?:0[0-9]|1[0-4])(?::[0-5][0-9])?)?"
)
_OPEN, _UNKNOWN = "..", ""
_HINT = "such as 2026, 2026-02, 2026-02-02, 2025-23 (autumn), 2026-01/2026-02, 2026/.."

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)

# In the northern hemisphere, wide enough for the calendar's months and the sun's days.
# For other places one writes the months.
_SEASONS = {
    21: ("spring", (3, 1), (6, 21)),
    22: ("summer", (6, 1), (9, 23)),
    23: ("autumn", (9, 1), (12, 22)),
    24: ("winter", (12, 1), (3, 21)),  # begins in the year that is named
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and the last day that may be meant; none where there is no bound."""

    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class Edtf:
    """A date or an interval: the bounds of its beginning and of its end."""

    text: str
    begins: Bounds
    ends: Bounds

    @property
    def earliest(self) -> date | None:
        """The first day that may be meant."""
        return self.begins.earliest

    @property
    def latest(self) -> date | None:
        """The last day that may be meant."""
        return self.ends.latest


def parse_edtf(text: str, what: str = "the date") -> Edtf:
    """Parse a date, a date with time, a season or an interval; ``what`` names it.

    A date with time counts as the day that it names, in its own zone.

    Raises:
        MalformedError: the text is none of these, names a day that no calendar has,
            has no bound at all, or ends before it begins.
    """
    first, slash, last = text.partition("/")
    if not slash:
        bounds = _parse_point(text, text, what)
        return Edtf(text, bounds, bounds)
    if {first, last} <= {_OPEN, _UNKNOWN}:
        raise _malformed(text, what, "has no bound")
    begins, ends = _parse_end(first, text, what), _parse_end(last, text, what)
    if _is_earlier(ends.latest, begins.earliest):
        raise _malformed(text, what, "ends before it begins")
    if first in {_OPEN, _UNKNOWN}:
        begins = Bounds(None, ends.latest)
    if last in {_OPEN, _UNKNOWN}:
        ends = Bounds(begins.earliest, None)
    return Edtf(text, begins, ends)


def before(one: Edtf, other: Edtf) -> bool:
    """Tell whether all of ``one`` is certainly before all of ``other``."""
    return _is_earlier(one.latest, other.earliest)


def overlaps(one: Edtf, other: Edtf) -> bool:
    """Tell whether the two may share a day: neither is certainly before the other."""
    return not before(one, other) and not before(other, one)


def begins_before(one: Edtf, other: Edtf) -> bool:
    """Tell whether ``one`` certainly begins before ``other`` does."""
    return _is_earlier(one.begins.latest, other.begins.earliest)


def describe(text: str) -> str:
    """Say a date in words, as a page shows it.

    Raises:
        MalformedError: as ``parse_edtf``.
    """
    parse_edtf(text)
    first, slash, last = text.partition("/")
    if not slash:
        return _describe_point(text)
    if last == _OPEN:
        return f"from {_describe_point(first)} on"
    if first == _OPEN:
        return f"up to {_describe_point(last)}"
    return f"from {_describe_end(first)} to {_describe_end(last)}"


def _is_earlier(one: date | None, other: date | None) -> bool:
    return one is not None and other is not None and one < other


def _parse_end(text: str, whole: str, what: str) -> Bounds:
    if text in {_OPEN, _UNKNOWN}:
        return Bounds()
    if "T" in text:
        raise _malformed(whole, what, "has a time in an interval")
    return _parse_point(text, whole, what)


def _parse_point(text: str, whole: str, what: str) -> Bounds:
    day_text, has_time, time = text.partition("T")
    match = _DATE.fullmatch(day_text)
    if not match or (has_time and not (match[3] and _TIME.fullmatch(time))):
        raise _malformed(whole, what, "is no date")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        return _bounds(year or 0, month, day)
    except ValueError as error:
        raise _malformed(whole, what, "is in no calendar") from error


def _bounds(year: int, month: int | None, day: int | None) -> Bounds:
    """Return the days that a date of any precision may mean."""
    if month is None:
        return Bounds(date(year, 1, 1), date(year, 12, 31))
    if day is None and month in _SEASONS:
        _, (first_month, first_day), (last_month, last_day) = _SEASONS[month]
        last_year = year + (last_month < first_month)
        return Bounds(
            date(year, first_month, first_day), date(last_year, last_month, last_day)
        )
    if day is None:
        first = date(year, month, 1)
        return Bounds(first, date(year, month, monthrange(year, month)[1]))
    return Bounds(date(year, month, day), date(year, month, day))


def _describe_end(text: str) -> str:
    return _describe_point(text) if text else "an unknown day"


def _describe_point(text: str) -> str:
    """Say a date that was parsed, the day first and without its zero."""
    day_text, has_time, time = text.partition("T")
    year, *rest = (int(part) for part in day_text.split("-"))
    if not rest:
        return f"{year}"
    if rest[0] in _SEASONS:
        name = _SEASONS[rest[0]][0]
        return f"{name} {year}" + (f" to {year + 1}" if name == "winter" else "")
    words = f"{_MONTHS[rest[0] - 1]} {year}"
    if len(rest) > 1:
        words = f"{rest[1]} {words}"
    if not has_time:
        return words
    clock, zone = time[:8], time[8:]
    return f"{words}, {clock}" + (f" UTC{zone.removeprefix('Z')}" if zone else "")


def _malformed(text: str, what: str, found: str) -> MalformedError:
    return MalformedError(f"{what} {show(text)} {found}, expected EDTF", hint=_HINT)
