"""Asking a web archive to save a page: Save Page Now of the Wayback Machine (SPN2).

Each request goes through the guard and bounds of a capture, on a connection of its own,
and is written down nowhere: what was asked and failed is told, and the memento itself
is fetched and recorded as any page is.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

from archiver.chance import Clock
from archiver.elsewhere.bodies import decoded_body
from archiver.elsewhere.savepage import (
    MAX_ANSWER,
    Refused,
    Saved,
    read_job,
    read_status,
    read_words,
)
from archiver.elsewhere.service_keys import account_hint
from archiver.errors import MalformedError, NetworkError, UnreachedError
from archiver.failures import Failure, FailureKind
from archiver.wire.exchanges import Seen, drive_exchange, failure_at
from archiver.wire.guard import parse_address, parse_url
from archiver.wire.messages import OK
from archiver.wire.observation import CaptureOptions
from archiver.wire.recorder import Budget, Exchange, Route
from archiver.wire.retries import asks_for_later, retry_after
from archiver.wire.tls import read_roots

PATIENCE = 60.0  # seconds for one answer
PAUSE = 5.0  # seconds between two questions for a job
LONGEST = 60.0  # seconds of a pause that nobody asked for
KEPT = 100  # failures, the last ones: what an attempt says
NO_ACCESS = (401, 403)

_PASSING: tuple[FailureKind, ...] = ("connect", "no-response", "timeout")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Service:
    """Where pages are saved, by whose account, and how it is reached.

    ``deadline`` is of the whole errand, on the steady clock; ``pause`` in seconds.
    """

    url: str
    keys: str | None = field(repr=False)
    options: CaptureOptions
    clock: Clock
    deadline: float
    pause: float = PAUSE


@dataclass(frozen=True, slots=True)
class Job:
    """A page that was saved, and the service's name for the request."""

    job: str
    saved: Saved


class Errand:
    """What is asked of the service until the deadline, and what failed on the way."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.failures: list[Failure] = []
        self.job = ""
        self._roots = read_roots(service.options.ca_file)
        self._allowed = tuple(map(parse_address, service.options.allow_addresses))

    def save(self, page: str, *, errors: bool) -> Job:
        """Have ``page`` saved; with ``errors`` also where its server answers with one.

        Raises:
            UnreachedError: it was not saved, or not in time; says what was tried.
        """
        wishes = {"url": page, "skip_first_archive": "1"}
        if errors:
            wishes["capture_all"] = "1"
        turn = 0
        while True:
            turn += 1
            seen = self.ask("/save", urlencode(wishes).encode())
            job = self._read(seen, read_job)
            if isinstance(job, str):
                self.job = job
                return Job(job, self._await(seen))
            self.note(seen, f"it did not take the page: {job.why}")
            if not (job.later and self.wait(self.backoff(turn))):
                raise self.given_up()

    def _await(self, seen: Seen) -> Saved:
        """Ask for the job until it is done; ``seen`` is the answer that named it."""
        pause = self.service.pause
        while self.wait(pause):
            seen = self.ask(f"/save/status/{self.job}")
            state = self._read(seen, read_status)
            if isinstance(state, Saved):
                return state
            if isinstance(state, Refused):
                self.note(seen, f"it did not save the page: {state.why}")
                raise self.given_up()
            asked = retry_after(seen.message, self.service.clock())
            pause = max(self.service.pause, asked or 0)
        self.note(seen, "the time for it was up, and it was not done", "timeout")
        raise self.given_up()

    def ask(self, path: str, body: bytes | None = None) -> Seen:
        """Ask for ``path`` of the service, again while that may help.

        Raises:
            UnreachedError: there is no answer by the deadline, or none to be expected.
        """
        turn = 0
        while True:
            turn += 1
            seen, pause = self._try(f"{self.service.url}{path}", body)
            if seen:
                return seen
            if not self.wait(self.backoff(turn) if pause is None else pause):
                raise self.given_up()

    def backoff(self, turn: int) -> float:
        """Return the seconds to wait after failure number ``turn``."""
        return min(LONGEST, self.service.pause * 2.0 ** min(turn - 1, 10))

    def wait(self, seconds: float) -> bool:
        """Wait; False, and at once, where the deadline comes first."""
        if time.monotonic() + seconds >= self.service.deadline:
            return False
        time.sleep(seconds)
        return True

    def note(self, seen: Seen, reason: str, kind: FailureKind = "service") -> None:
        """Note that an answer is not what was asked for."""
        self.failures.append(failure_at(seen, kind, reason))

    def given_up(self, hint: str = "") -> UnreachedError:
        """Return the error that says what was tried; the last failure says why."""
        reason = self.failures[-1].reason
        job = f" (its job {self.job})" if self.job else ""
        return UnreachedError(
            f"{self.service.url}: {reason}{job}", self.failures[-KEPT:], hint=hint
        )

    def _try(self, url: str, body: bytes | None) -> tuple[Seen | None, float | None]:
        """Ask once: the answer, or None and for how many seconds to wait, if told."""
        try:
            seen = self._exchange(url, body)
        except NetworkError as error:
            if self.failures[-1].kind not in _PASSING:
                raise self.given_up(error.hint) from error
            return None, None
        status, completeness = seen.message.status, seen.completeness
        if asks_for_later(seen.message):
            pause = retry_after(seen.message, self.service.clock())
            told = "" if pause is None else f", and to ask again in {pause:.0f} s"
            self.note(seen, f"it answered {status}{told}")
            return None, pause
        if completeness.outcome == "truncated" and completeness.truncated != "length":
            self.note(seen, f"its answer was cut: {completeness.reason}")
            return None, None
        if status == OK and completeness.outcome == "complete":
            return seen, None
        said = completeness.reason or read_words(_body(seen))
        self.note(seen, f"it answered {status}{f': {said}' if said else ''}")
        raise self.given_up(
            account_hint(self.service.url) if status in NO_ACCESS else ""
        )

    def _exchange(self, url: str, body: bytes | None) -> Seen:
        """Have one exchange with the service; nothing of it is written down."""
        options, now = self.service.options, self.service.clock
        deadline = min(self.service.deadline, time.monotonic() + PATIENCE)
        budget = Budget(MAX_ANSWER, deadline)
        route = Route(budget, self._allowed, self._roots, options.resolve)
        exchange = Exchange(
            url=parse_url(url),
            route=route,
            started=now(),
            request=BytesIO(),
            response=BytesIO(),
        )
        return drive_exchange(
            exchange,
            lambda: _send(exchange, self._head(url, body), body or b""),
            now,
            lambda failed: self.failures.append(failed.failure),
        )

    def _head(self, url: str, body: bytes | None) -> bytes:
        """Write the head of a request; a body makes it a POST."""
        parts, keys = urlsplit(parse_url(url).url), self.service.keys
        lines = [
            f"{'GET' if body is None else 'POST'} {parts.path} HTTP/1.1",
            f"Host: {parts.netloc}",
            f"User-Agent: {self.service.options.user_agent}",
            "Accept: application/json",
            "Accept-Encoding: identity",
            "Connection: close",
            *([f"Authorization: LOW {keys}"] if keys else []),
        ]
        if body is not None:
            lines += [
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
            ]
        return "\r\n".join([*lines, "", ""]).encode("ascii")

    def _read(self, seen: Seen, read: Callable[[bytes], T]) -> T:
        try:
            return read(_body(seen))
        except MalformedError as error:
            self.note(seen, str(error))
            raise self.given_up() from error


def _send(exchange: Exchange, head: bytes, body: bytes) -> None:
    """Send a request and receive all of the response.

    Raises:
        NetworkError: there is no connection.
    """
    with suppress(OSError):  # the answer may be there all the same
        exchange.send(head + body)
    exchange.read_head()
    exchange.read_rest()


def _body(seen: Seen) -> bytes:
    return b"".join(decoded_body(seen.exchange))
