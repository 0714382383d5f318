"""Capture of one URL by the plain client: ask, follow redirects, write what was seen.

Each hop of the way is one exchange, goes through the guard, and stands in the file as
soon as it is over; a request that is asked again, and one that failed, stand there too.
The last response is the main one.  A capture that comes to none leaves no file: what
was tried is in the error.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, urljoin

from archiver.client import fetch
from archiver.errors import (
    ArchiveError,
    MalformedError,
    NetworkError,
    UnreachedError,
)
from archiver.exchanges import (
    Fields,
    Kept,
    Seen,
    judge_exchange,
    judge_failure,
)
from archiver.failures import Failure, FailureKind
from archiver.guard import (
    Address,
    ParsedUrl,
    check_address,
    check_url,
    format_address,
    parse_address,
)
from archiver.messages import Message, media_type_and_charset, redirect_location
from archiver.observation import CaptureOptions, Clock, Observation, Token
from archiver.recorder import Budget, Exchange, Route
from archiver.recording import Recording
from archiver.retries import (
    asks_for_later,
    failure_passes,
    pause_before,
    response_passes,
)
from archiver.strict import show
from archiver.tls import is_address, read_roots

Came = tuple[Seen, Kept]  # a response, and where its record is

_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f-\x9f]|\s")


def observe(
    url: str, options: CaptureOptions, workdir: Path, *, clock: Clock, token: Token
) -> Observation:
    """Capture ``url``, and write what came into a WARC in ``workdir``.

    A transfer that was cut is an observation too: its outcome says so.

    Raises:
        MalformedError: ``url`` is no URL for a capture, an allowed address is none, or
            the file of certificates has none.
        NetworkError: ``url`` itself is an inner address; nothing was tried.
        UnreachedError: no response came; the message says of what, and why not.
        ArchiveError: what came cannot be kept.
    """
    first = check_url(url)
    route = open_route(first, options)
    with (
        keeping(workdir),
        Recording(workdir, started=clock(), token=token) as recording,
    ):
        way = Way(route, options, recording, clock, url)
        came = way.reach(first)
        warc = recording.finish()
    return _observation(warc, came, way)


def open_route(first: ParsedUrl, options: CaptureOptions) -> Route:
    """Return how a capture that begins at ``first`` reaches servers; its time runs.

    Raises:
        MalformedError: an allowed address is none, or the file of certificates has
            none.
        NetworkError: ``first`` itself is an inner address; nothing was tried.
    """
    allowed = tuple(map(parse_address, options.allow_addresses))
    budget = Budget(options.max_bytes, time.monotonic() + options.timeout)
    route = Route(
        budget,
        allowed,
        read_roots(options.ca_file),
        options.resolve,
        connect_timeout=options.connect_timeout,
        first_byte_timeout=options.first_byte_timeout,
    )
    if is_address(first.host):  # so nothing has to be asked to know that it may not be
        with _named(first.url):
            check_address(Address(first.host, first.port), allowed)
    return route


@dataclass(slots=True)
class Way:
    """The way of one capture from hop to hop, and what failed on it.

    ``typed`` is the URL as it was given.
    """

    route: Route
    options: CaptureOptions
    recording: Recording
    clock: Clock
    typed: str
    failures: list[Failure] = field(default_factory=list)

    def reach(self, first: ParsedUrl) -> Came:
        """Follow the way from ``first`` to its end.

        Raises:
            UnreachedError: no response came; the message says of what, and why not.
        """
        try:
            return self.follow(first)
        except NetworkError as error:
            raise UnreachedError(
                f"{self.typed}: {error}", self.failures, hint=error.hint
            ) from error

    def follow(self, first: ParsedUrl) -> Came:
        """Have the first exchange, and one for each redirect after it.

        Raises:
            NetworkError: no response came of one of them, or they do not end.
        """
        most = self.options.max_redirects
        came = self.ask(first, self._first_fields(first))
        for hop in range(1, most + 2):
            location = redirect_location(came[0].message)
            if location is None:
                return came
            if hop > most:
                why = f"more than {most} redirects, the last to {show(location)}"
                self._fail(came[0], "redirects", why)
            with _named(f"redirected to {show(location)}"):
                url = self._target(came[0], location)
                fields = [("via", came[0].uri), ("hopsFromSeed", "R" * hop)]
                came = self.ask(url, [*fields, *self._addresses()])
        raise AssertionError("the last hop returns or raises")

    def ask(self, url: ParsedUrl, fields: Fields) -> Came:
        """Have one exchange, and again while it may pass; each is kept.

        The best response is returned, of equal ones the last.

        Raises:
            NetworkError: none of them came to a response.
        """
        best: Came | None = None
        turn = 0
        while True:
            more = [*fields, *([("retry", str(turn))] if turn else [])]
            turn += 1
            try:
                came = self._take(url, more)
            except NetworkError:
                passes = failure_passes(self.failures[-1].kind)
                if passes and self._waits(turn, None):
                    continue
                if best is None:
                    raise
                return best
            best = max(came, best or came, key=_worth)
            seen = came[0]
            passes = response_passes(seen.message, seen.completeness)
            if not (passes and self._waits(turn, seen.message)):
                return best

    def _take(self, url: ParsedUrl, fields: Fields) -> Came:
        """Have one exchange, and write it down, whatever became of it."""
        recording = self.recording
        exchange = Exchange(
            url=url,
            route=self.route,
            started=recording.date(self.clock()),
            request=recording.spool(),
            response=recording.spool(),
        )
        try:
            fetch(exchange, self.options.user_agent)
            exchange.close()
            seen = judge_exchange(exchange, max(self.clock(), exchange.started))
        except NetworkError as error:
            exchange.close()
            finished = max(self.clock(), exchange.started)
            failed = judge_failure(exchange, finished, str(error))
            self.failures.append(failed.failure)
            recording.keep_failure(failed, fields)
            raise
        return seen, recording.keep(seen, fields)

    def _waits(self, turn: int, message: Message | None) -> bool:
        """Wait before retry ``turn``; False where there is to be none."""
        pause = pause_before(turn, message, self.clock())
        left = self.route.budget.deadline - time.monotonic()
        if turn > self.options.retries or pause is None or pause >= left:
            return False
        time.sleep(pause)
        return True

    def _target(self, seen: Seen, location: str) -> ParsedUrl:
        """Return where a redirect leads; blanks in it are escaped, as browsers do.

        Raises:
            NetworkError: nowhere that a capture may go to.
        """
        escaped = _NOT_IN_URLS.sub(lambda found: quote(found[0]), location.strip())
        try:
            return check_url(urljoin(seen.uri, escaped))
        except (MalformedError, ValueError) as error:
            return self._fail(seen, "redirects", str(error))

    def _fail(self, seen: Seen, kind: FailureKind, reason: str) -> NoReturn:
        """Note that the way ended at a response, and stop."""
        self.failures.append(
            Failure(
                url=seen.uri,
                kind=kind,
                reason=reason,
                started=seen.exchange.started,
                finished=seen.finished,
                answers=seen.exchange.answers,
                peer=seen.exchange.peer,
                received=seen.exchange.received,
            )
        )
        raise NetworkError(reason)

    def _first_fields(self, first: ParsedUrl) -> Fields:
        """Return what the client knows of the first hop and the wire does not."""
        typed = [("typed-url", self.typed), ("fragment", first.fragment)]
        return [*typed, *self._addresses()]

    def _addresses(self) -> Fields:
        return [
            ("allowed-address", format_address(each)) for each in self.route.allowed
        ]


def _worth(came: Came) -> tuple[bool, bool]:
    """Rank responses to one request: what a page answers comes before "later"."""
    seen = came[0]
    return not asks_for_later(seen.message), seen.completeness.outcome == "complete"


def _observation(warc: Path, came: Came, way: Way) -> Observation:
    seen, kept = came
    tls = seen.exchange.tls
    media_type, charset = media_type_and_charset(seen.message)
    return Observation(
        warc=warc,
        main_record=kept.index,
        requested_url=way.typed,
        final_url=seen.uri,
        status=seen.message.status,
        started=way.recording.started,
        finished=seen.finished,
        outcome=seen.completeness.outcome,
        reason=seen.completeness.reason,
        allowed_addresses=tuple(map(format_address, way.route.allowed)),
        tls=tls.as_dict() if tls else None,
        media_type=media_type,
        charset=charset,
    )


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Say in a failure of the network what it happened to."""
    try:
        yield
    except NetworkError as error:
        raise NetworkError(f"{what}: {error}", hint=error.hint) from error


@contextmanager
def keeping(workdir: Path) -> Iterator[None]:
    """Tell a failure of the disk from one of the network, which has its own error."""
    try:
        yield
    except OSError as error:
        raise ArchiveError(
            f"the capture cannot be kept in {workdir}: {error}"
        ) from error
