"""Capture of one URL: ask for it, follow its redirects, and write down what was seen.

Each hop of the way is one exchange, goes through the guard, and stands in the file;
the last is the main one.  A capture that comes to no response writes nothing.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urljoin

from archiver.client import fetch
from archiver.errors import ArchiveError, MalformedError, NetworkError
from archiver.exchanges import (
    Fields,
    Seen,
    Token,
    judge_exchange,
    record_id,
    write_exchange,
)
from archiver.guard import Address, ParsedUrl, check_url, format_address, parse_address
from archiver.messages import media_type_and_charset, redirect_location
from archiver.recorder import Budget, Exchange, Resolver, Route, resolve_host
from archiver.responses import Outcome
from archiver.strict import show
from archiver.tls import read_roots
from archiver.version import VERSION
from archiver.warcfile import RecordHead, WarcFile

SOFTWARE = f"Sourcebook/{VERSION}"
TICK = timedelta(microseconds=1)

_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f-\x9f]|\s")

Clock = Callable[[], datetime]


def format_user_agent(contact: str) -> str:
    """Write a User-Agent that says whom a server's operator can ask."""
    return f"{SOFTWARE} (archives sources; contact: {quote(contact, safe=' @./:+,-')})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOptions:
    """Bounds of one capture, all hops together, and what it may do.

    ``timeout`` in seconds from the first DNS question to the last byte; ``max_bytes``
    of responses on the wire; ``allow_addresses`` as ``parse_address`` reads them.
    """

    timeout: float = 60
    max_bytes: int = 100 << 20
    allow_addresses: tuple[str, ...] = ()
    max_redirects: int = 20
    user_agent: str = format_user_agent("none was given")
    ca_file: Path | None = None
    resolve: Resolver = resolve_host


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a capture saw; ``warc`` is a finished file, ``main_record`` an index in it.

    ``final_url`` is what the last request asked for, by the bytes that were sent;
    outcome and reason are those of its response.  ``media_type`` and ``charset`` are
    as declared.
    """

    warc: Path
    main_record: int
    requested_url: str
    final_url: str
    status: int
    started: datetime
    finished: datetime
    outcome: Outcome
    reason: str
    labels: tuple[str, ...]
    allowed_addresses: tuple[str, ...]
    tls: dict[str, Any] | None
    media_type: str
    charset: str | None


def observe(
    url: str, options: CaptureOptions, workdir: Path, *, clock: Clock, token: Token
) -> Observation:
    """Capture ``url``, and write what came into a WARC in ``workdir``.

    A transfer that was cut is an observation too: its outcome says so.

    Raises:
        MalformedError: ``url`` is no URL for a capture, an allowed address is none, or
            the file of certificates has none.
        NetworkError: no response came; the message says of what, and why not.
        ArchiveError: what came cannot be kept.
    """
    first = check_url(url)
    allowed = tuple(map(parse_address, options.allow_addresses))
    budget = Budget(options.max_bytes, time.monotonic() + options.timeout)
    route = Route(budget, allowed, read_roots(options.ca_file), options.resolve)
    with _disk(workdir), _named(url), ExitStack() as spools:
        hops = _follow(_Desk(route, options, workdir, clock, spools), first)
        fields = _driver_fields(url, first, hops, allowed)
        warc, main = _write(workdir, hops, fields, token)
    last = hops[-1]
    tls = last.exchange.tls
    media_type, charset = media_type_and_charset(last.message)
    return Observation(
        warc=warc,
        main_record=main,
        requested_url=url,
        final_url=last.uri,
        status=last.message.status,
        started=hops[0].exchange.started,
        finished=last.finished,
        outcome=last.completeness.outcome,
        reason=last.completeness.reason,
        labels=(),
        allowed_addresses=tuple(map(format_address, allowed)),
        tls=tls.as_dict() if tls else None,
        media_type=media_type,
        charset=charset,
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every hop of one capture needs."""

    route: Route
    options: CaptureOptions
    workdir: Path
    clock: Clock
    spools: ExitStack

    def take(self, url: ParsedUrl, after: datetime | None) -> Seen:
        """Have one exchange, dated later than the one before it."""
        now = self.clock()
        exchange = Exchange(
            url=url,
            route=self.route,
            started=max(now, after + TICK) if after else now,
            request=self._spool(),
            response=self._spool(),
        )
        try:
            fetch(exchange, self.options.user_agent)
        finally:
            exchange.close()
        return judge_exchange(exchange, max(self.clock(), exchange.started))

    def _spool(self) -> BinaryIO:
        return self.spools.enter_context(tempfile.TemporaryFile(dir=self.workdir))


def _follow(desk: _Desk, first: ParsedUrl) -> list[Seen]:
    """Have the first exchange, and one for each redirect after it."""
    hops = [desk.take(first, None)]
    most = desk.options.max_redirects
    while (location := redirect_location(hops[-1].message)) is not None:
        if len(hops) > most:
            raise NetworkError(
                f"more than {most} redirects, the last to {show(location)}"
            )
        with _named(f"redirected to {show(location)}"):
            url = _target(hops[-1].uri, location)
            hops.append(desk.take(url, hops[-1].exchange.started))
    return hops


def _target(base: str, location: str) -> ParsedUrl:
    """Return where a redirect leads; blanks in it are escaped, as browsers do.

    Raises:
        NetworkError: nowhere that a capture may go to.
    """
    escaped = _NOT_IN_URLS.sub(lambda found: quote(found[0]), location.strip())
    try:
        return check_url(urljoin(base, escaped))
    except (MalformedError, ValueError) as error:
        raise NetworkError(str(error)) from error


def _driver_fields(
    url: str, first: ParsedUrl, hops: Sequence[Seen], allowed: Iterable[Address]
) -> list[Fields]:
    """Return for each hop what the client knows and the wire does not."""
    typed = [("typed-url", url), ("fragment", first.fragment)]
    addresses = [("allowed-address", format_address(each)) for each in allowed]
    return [
        [
            *(typed if place == 0 else [("via", hops[place - 1].uri)]),
            ("hopsFromSeed", "R" * place),
            *addresses,
        ]
        for place in range(len(hops))
    ]


def _write(
    workdir: Path, hops: Sequence[Seen], fields: Sequence[Fields], token: Token
) -> tuple[Path, int]:
    """Write the file to the disk, or none; return it and its main record's index."""
    handle, name = tempfile.mkstemp(".warc.gz", "capture-", workdir)
    try:
        with os.fdopen(handle, "wb") as stream:
            main = _write_records(WarcFile(stream), hops, fields, token)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        Path(name).unlink()
        raise
    return Path(name), main


def _write_records(
    warc: WarcFile, hops: Sequence[Seen], fields: Sequence[Fields], token: Token
) -> int:
    warc.write_warcinfo(
        RecordHead(record_id=record_id(token), date=hops[0].exchange.started),
        software=SOFTWARE,
        nonce=token(16).hex(),
    )
    places = [
        write_exchange(warc, seen, token, more)
        for seen, more in zip(hops, fields, strict=True)
    ]
    return places[-1]


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Say in a failure of the network what it happened to."""
    try:
        yield
    except NetworkError as error:
        raise NetworkError(f"{what}: {error}", hint=error.hint) from error


@contextmanager
def _disk(workdir: Path) -> Iterator[None]:
    """Tell a failure of the disk from one of the network, which has its own error."""
    try:
        yield
    except OSError as error:
        raise ArchiveError(
            f"the capture cannot be kept in {workdir}: {error}"
        ) from error
