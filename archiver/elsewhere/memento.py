"""A web archive's copy of a page at an earlier time, as it names it (RFC 7089).

A response is a *memento* where it has ``Memento-Datetime``; its ``Link`` says of which
*original* resource.  Both are the web archive's word: what we observe is that it
answered so.  The addresses of the Wayback Machine, and of the software that others run,
have the time and the original in them, and a form that gives the bytes as they were
recorded, without what is put in to show them (``id_``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from archiver.errors import MalformedError
from archiver.strict import show
from archiver.wire.guard import parse_url
from archiver.wire.messages import OK, Message

MAX_ORIGINAL: Final = 16_000  # characters
MAX_LINKS: Final = 1 << 16  # characters of all Link fields together
SKEW: Final = timedelta(hours=1)  # by which a web archive's clock may be ahead of ours

ARCHIVES: Final = {
    "web.archive.org": "Wayback Machine",
    "wayback.archive-it.org": "Archive-It",
    "archive.ph": "archive.today",
    "archive.today": "archive.today",
    "archive.is": "archive.today",
    "archive.md": "archive.today",
    "archive.li": "archive.today",
    "archive.fo": "archive.today",
    "archive.vn": "archive.today",
    "perma.cc": "Perma.cc",
    "arquivo.pt": "Arquivo.pt",
    "www.webarchive.org.uk": "UK Web Archive",
    "webarchive.nationalarchives.gov.uk": "UK Government Web Archive",
    "webarchive.loc.gov": "Library of Congress Web Archive",
    "webarchive.nla.gov.au": "Australian Web Archive",
    "swap.stanford.edu": "Stanford Web Archive Portal",
    "vefsafn.is": "Vefsafn.is",
}

# /web/20260203090000id_/https://…: a folder, a time, how it is shown, the original.
_DATED = re.compile(
    r"(?P<before>https?://[^/?#]+(?:/[^/?#]+)*?/)(?P<time>[0-9]{1,14})"
    r"(?P<form>[a-z]{2}_)?/(?P<original>https?:/{1,2}[^/].*)",
    re.DOTALL,
)
_FOLDER = re.compile(r"https?://[^/]+/.+")  # archive.today has no folder, and no id_
_RAW: Final = "id_"
_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4})"
    r" ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)
_LINK = re.compile(r"\s*<([^<>]*)>((?:\"(?:[^\"\\]|\\.)*+\"|[^\",])*+)(?:,|\Z)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
_STAMP = re.compile(r"[0-9]{14}")


@dataclass(frozen=True, slots=True)
class Memento:
    """What a web archive says of a response: the time and the original of it.

    ``uri`` is what was asked for, by the bytes that were sent.  ``named_by`` tells
    where the original's URL comes from: the ``Link`` field, or the address.
    """

    uri: str
    original: str
    moment: datetime
    status: int
    named_by: str
    timegate: str = ""
    timemap: str = ""

    @property
    def host(self) -> str:
        """The host that serves it: whose word it is."""
        return urlsplit(self.uri).hostname or ""

    @property
    def archive(self) -> str:
        """The web archive: its host, and its name where that is known."""
        name = ARCHIVES.get(self.host)
        return f"{self.host} ({name})" if name else self.host

    @property
    def datetime(self) -> str:
        """The time that the web archive gives, in UTC."""
        return self.moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def raw(self) -> bool:
        """Whether its address asks for the bytes as they were recorded."""
        found = _DATED.fullmatch(self.uri)
        return found is not None and found["form"] == _RAW

    @property
    def supplied_by(self) -> str:
        """Say in words whose deposit this is."""
        return f"a memento by {self.archive} of {self.original}, dated {self.datetime}"


@dataclass(frozen=True, slots=True)
class OwnCapture:
    """What a memento is compared with: a capture of ours.

    ``job`` is the web archive's name for the request that made the memento.
    """

    job: str | None = None
    snapshot: str | None = None
    body: str | None = None  # SHA-256 of the capture's body, without codings


def is_memento(message: Message) -> bool:
    """Tell whether a response says that it is a memento (RFC 7089, 2.1.1)."""
    return bool(message.values("memento-datetime"))


def read_memento(uri: str, message: Message, now: datetime) -> Memento:
    """Read whose memento a response is, of what, and of when.

    Where ``Link`` names no original, the one in a dated address counts.

    Raises:
        MalformedError: there is no ``Memento-Datetime``, several that differ, none
            that is a date in GMT, or one that lies ahead; or no original is named, or
            one whose URL cannot be signed.
    """
    moment = _read_moment(message, now)
    links = dict(reversed(list(_links(message))))  # the first of a relation counts
    original, named_by = links.get("original", ""), "Link"
    if not original:
        original, named_by = original_in(uri) or "", "its address"
    if not original:
        raise MalformedError(
            f"{show(uri)} has a Memento-Datetime and names no original, expected a Link"
            ' with rel="original" (RFC 7089, 2.2.1)'
        )
    return Memento(
        uri=uri,
        original=_check_original(original),
        moment=moment,
        status=message.status,
        named_by=named_by,
        timegate=links.get("timegate", ""),
        timemap=links.get("timemap", ""),
    )


def raw_form(url: str) -> str:
    """Return the address of the same memento in the bytes that were recorded.

    Only a dated address below a folder has such a form; any other is returned as it is.
    """
    found = _DATED.fullmatch(url)
    if not found or not _FOLDER.fullmatch(found["before"]):
        return url
    return f"{found['before']}{found['time']}{_RAW}/{found['original']}"


def original_in(url: str) -> str | None:
    """Return the original's URL that a dated address has in it."""
    found = _DATED.fullmatch(url)
    if not found:
        return None
    scheme, rest = found["original"].split(":", 1)
    return f"{scheme}://{rest.lstrip('/')}"  # proxies make one slash of two


def parse_stamp(text: str) -> datetime | None:
    """Return the moment that 14 digits stand for in a dated address, in UTC, or None.

    A shorter time is no moment: the web archive looks for one near it.
    """
    if not _STAMP.fullmatch(text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def remarks(memento: Memento, asked: str) -> list[str]:
    """Say what a person should know of a memento before resting anything on it."""
    found = []
    wanted = original_in(asked)
    if wanted and not same_url(wanted, memento.original):
        found.append(
            f"asked for the memento of {wanted}, and got one of {memento.original}"
        )
    at = _DATED.fullmatch(memento.uri)
    stamp = parse_stamp(at["time"]) if at else None
    if stamp and stamp != memento.moment:
        found.append(
            f"its address says {stamp:%Y-%m-%dT%H:%M:%SZ}, its Memento-Datetime"
            f" {memento.datetime}"
        )
    if memento.status != OK:
        found.append(f"what was recorded is a response with status {memento.status}")
    if memento.host not in ARCHIVES:
        found.append(f"{memento.host} is no web archive that this version knows")
    if not memento.raw:
        found.append(
            f"it is the page as {memento.host} shows it: links, scripts and words in it"
            " may be its own"
        )
    return found


def memento_facts(
    memento: Memento,
    asked: str,
    allowed: tuple[str, ...],
    own: OwnCapture,
    body: str,
) -> dict[str, Any]:
    """Return what the statement of a deposit says of a memento.

    ``own`` is what it is compared with; ``body`` is the SHA-256 of its body, without
    codings; ``allowed`` are the inner addresses that were let through.
    """
    return {
        "uri": memento.uri,
        "asked": asked,
        "original": memento.original,
        "datetime": memento.datetime,
        "archive": memento.archive,
        "status": memento.status,
        "raw": memento.raw,
        "allowedAddresses": list(allowed),
        "jobId": own.job,
        "comparedWith": own.snapshot,
        "sameBody": None if own.body is None else own.body == body,
    }


def same_url(one: str, other: str) -> bool:
    """Tell whether two URLs are the same but for a port that goes without saying."""
    return one == other or _plain(one) == _plain(other)


def _plain(url: str) -> str:
    try:
        return parse_url(url).url
    except MalformedError:
        return url


def _read_moment(message: Message, now: datetime) -> datetime:
    found = set(message.values("memento-datetime"))
    values = sorted(value.decode("latin-1") for value in found)
    date = _DATE.fullmatch(values[0]) if len(values) == 1 else None
    if date is None or date[2] not in _MONTHS.split():
        raise MalformedError(
            f"Memento-Datetime is {show(', '.join(values) or None)}, expected one date"
            " as Tue, 03 Feb 2026 09:00:00 GMT (RFC 7089, 2.1.1)"
        )
    try:
        month = _MONTHS.split().index(date[2]) + 1
        day, year, hour, minute, second = map(int, date.group(1, 3, 4, 5, 6))
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise MalformedError(
            f"Memento-Datetime is {show(values[0])}, expected a date: {error}"
        ) from error
    if moment > now + SKEW:
        raise MalformedError(
            f"Memento-Datetime is {show(values[0])}, expected a time before"
            f" {now:%Y-%m-%dT%H:%M:%SZ}"
        )
    return moment


def _links(message: Message) -> Iterator[tuple[str, str]]:
    """Yield relation and target of each link, in order (RFC 8288, 3)."""
    text = b", ".join(message.values("link"))[:MAX_LINKS].decode("utf-8", "replace")
    place = 0
    while found := _LINK.match(text, place):
        place = found.end()
        rel = _REL.search(found[2])
        target = found[1].strip()
        if rel and _is_uri(target):
            relations = (rel[1] or rel[2] or "").lower().split()
            yield from ((relation, target) for relation in relations)


def _is_uri(target: str) -> bool:
    return target.isprintable() and _URI.fullmatch(target) is not None


def _check_original(original: str) -> str:
    if len(original) > MAX_ORIGINAL or not _is_uri(original) or "\ufffd" in original:
        raise MalformedError(
            f"the original of the memento is {show(original)}, expected a URL of at"
            f" most {MAX_ORIGINAL} characters that can be shown as they are"
        )
    return original
