"""The way of one capture by the plain client: from hop to hop, and what failed on it.

Each hop is one exchange, goes through the guard, and stands in the file as soon as it
is over; a request that is asked again, and one that failed, stand there too.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from archiver.chance import Clock
from archiver.errors import MalformedError, NetworkError, UnreachedError
from archiver.failures import Failure, FailureKind
from archiver.strict import show
from archiver.wire.client import fetch
from archiver.wire.exchanges import (
    Failed,
    Kept,
    MetadataFields,
    Seen,
    drive_exchange,
    failure_at,
)
from archiver.wire.guard import ParsedUrl, format_address, parse_url, redirect_url
from archiver.wire.login import origin_of
from archiver.wire.messages import (
    SUCCESSFUL,
    Message,
    media_type_and_charset,
    redirect_location,
)
from archiver.wire.observation import CaptureOptions, Observation, come_to_no_page
from archiver.wire.recorder import Exchange, Route
from archiver.wire.recording import Recording
from archiver.wire.retries import (
    asks_for_later,
    failure_passes,
    pause_before,
    response_passes,
)
from archiver.wire.routes import allowed_fields, naming

Came = tuple[Seen, Kept]  # a response, and where its record is


@dataclass(slots=True)
class Way:
    """The way of one capture from hop to hop, and what failed on it.

    ``typed`` is the URL as it was given.  ``trusted`` is the origin that the login goes
    to, if it still goes anywhere; ``hops`` is how the last exchange was come to, and
    ``last`` the last response that came.
    """

    route: Route
    options: CaptureOptions
    recording: Recording
    clock: Clock
    typed: str
    failures: list[Failure] = field(default_factory=list)
    trusted: tuple[str, str, int] | None = None
    hops: str = ""
    last: Came | None = None

    def log_in(self, first: ParsedUrl) -> None:
        """Send the login, if there is one, to the origin of ``first``."""
        if self.options.login:
            self.recording.learn_login(self.options.login)
            self.trusted = origin_of(first)

    def reach(self, first: ParsedUrl) -> Came:
        """Follow the way from ``first`` to its end.

        Raises:
            UnreachedError: it came to no page; the message says of what, and why not.
        """
        self.recording.learn(self.typed)
        try:
            return self.follow(first)
        except NetworkError as error:
            raise self.recording.unreached(
                self.typed, error, self.failures, hint=error.hint
            ) from error

    def go_further(self, came: Came) -> Came:
        """Ask for the address where the words of the page stand, if it has such a one.

        What came from there is returned if it is a page; else ``came``, which is.
        """
        message, uri = came[0].message, came[0].uri
        further = self.options.further(uri) if _is_page(message) else None
        if further:
            self.recording.learn_hop(further)
            fields = [("via", uri), ("hopsFromSeed", f"{self.hops}E")]
            with suppress(NetworkError):  # it is kept, and the page is there
                target = parse_url(further)
                self._heed(target)
                other = self.ask(target, [*fields, *allowed_fields(self.route)])
                return other if _is_page(other[0].message) else came
        return came

    def end(self, came: Came) -> Observation:
        """Finish the file of a way that came to ``came``, and say what was seen."""
        warc = self.recording.finish()
        return self.recording.redact(describe(warc, came, self))

    def leave(self, error: UnreachedError) -> Observation | None:
        """Finish the file of a way that came to no page; None where nothing came."""
        if self.last is None:
            return None
        return come_to_no_page(self.end(self.last), error)

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
            self.recording.learn_hop(location)
            shown = show(self.recording.conceal(location))
            if hop > most:
                why = f"more than {most} redirects, the last to {shown}"
                self._fail(came[0], "redirects", why)
            with naming(f"redirected to {shown}"):
                url = self._target(came[0], location)
                self._heed(url)
                self.hops += "R"
                fields = [("via", came[0].uri), ("hopsFromSeed", self.hops)]
                came = self.ask(url, [*fields, *allowed_fields(self.route)])
        raise AssertionError("the last hop returns or raises")

    def ask(self, url: ParsedUrl, fields: MetadataFields) -> Came:
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

    def _take(self, url: ParsedUrl, fields: MetadataFields) -> Came:
        """Have one exchange, and write it down, whatever became of it."""
        recording = self.recording
        exchange = Exchange(
            url=url,
            route=self.route,
            started=recording.date(self.clock()),
            request=recording.spool(),
            response=recording.spool(),
        )

        def ask() -> None:
            fetch(exchange, self.options.user_agent, self._credentials(url))

        def keep_failure(failed: Failed) -> None:
            self.failures.append(recording.redact_failure(failed.failure))
            recording.keep_failure(failed, fields)

        seen = drive_exchange(exchange, ask, self.clock, keep_failure)
        self.last = seen, recording.keep(seen, fields)
        return self.last

    def _credentials(self, url: ParsedUrl) -> Mapping[str, str]:
        """Return the login, where it goes; another origin ends it for good."""
        if self.trusted != origin_of(url):
            self.trusted = None
        login = self.options.login
        return login.headers() if login and self.trusted else {}

    def _waits(self, turn: int, message: Message | None) -> bool:
        """Wait before retry ``turn``; False where there is to be none."""
        pause = pause_before(turn, message, self.clock())
        left = self.route.budget.deadline - time.monotonic()
        if turn > self.options.retries or pause is None or pause >= left:
            return False
        return self.options.pause(pause)

    def _target(self, seen: Seen, location: str) -> ParsedUrl:
        """Return where a redirect leads.

        Raises:
            NetworkError: nowhere that a capture may go to.
        """
        try:
            return redirect_url(seen.uri, location)
        except MalformedError as error:
            return self._fail(seen, "redirects", str(error))

    def _heed(self, url: ParsedUrl) -> None:
        """Check that the way may go on to ``url``; asking takes none of its time.

        Raises:
            NetworkError: the site does not wish it, and is obeyed.
        """
        began = time.monotonic()
        why = self.route.why_not(url)
        self.route.budget.deadline += time.monotonic() - began
        if why:
            now = self.recording.date(self.clock())
            failure = Failure(
                url=url.url, kind="robots", reason=why, started=now, finished=now
            )
            self.failures.append(self.recording.redact_failure(failure))
            raise NetworkError(why)

    def _fail(self, seen: Seen, kind: FailureKind, reason: str) -> NoReturn:
        """Note that the way ended at a response, and stop."""
        failure = failure_at(seen, kind, reason)
        self.failures.append(self.recording.redact_failure(failure))
        raise NetworkError(reason)

    def _first_fields(self, first: ParsedUrl) -> MetadataFields:
        """Return what the client knows of the first hop and the wire does not."""
        typed = [("typed-url", self.typed), ("fragment", first.fragment)]
        return [*typed, *allowed_fields(self.route)]


def describe(warc: Path, came: Came, way: Way) -> Observation:
    """Return what was seen on a way that came to a response, kept in ``warc``."""
    seen, kept = came
    tls = seen.exchange.tls
    media_type, charset = media_type_and_charset(seen.message)
    return Observation(
        warc=warc,
        main_record=kept.index,
        requested_url=way.typed,
        final_url=kept.uri,
        status=seen.message.status,
        started=way.recording.started,
        finished=seen.finished,
        outcome=seen.completeness.outcome,
        reason=seen.completeness.reason,
        allowed_addresses=tuple(map(format_address, way.route.allowed)),
        tls=tls.as_dict() if tls else None,
        media_type=media_type,
        charset=charset,
        fields=seen.message.fields,
    )


def _is_page(message: Message) -> bool:
    return message.status in SUCCESSFUL


def _worth(came: Came) -> tuple[bool, bool]:
    """Rank responses to one request: what a page answers comes before "later"."""
    seen = came[0]
    return not asks_for_later(seen.message), seen.completeness.outcome == "complete"
