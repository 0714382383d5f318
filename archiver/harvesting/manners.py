"""Manners of a harvest towards sites: what robots.txt says, and who said "later".

The robots.txt of an origin is captured as any page is, once in a run: a snapshot of its
own, signed and logged, that each capture of the origin names by its SHA-256.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from archiver.capture import observe
from archiver.chance import Clock, Token
from archiver.errors import MalformedError, NetworkError, UnreachedError
from archiver.failures import Failure
from archiver.harvesting.robots import (
    MAX_ROBOTS,
    Robots,
    read_robots,
    robots_url,
    unreachable,
)
from archiver.harvesting.seeds import Seed
from archiver.records import read_block, walk_records
from archiver.wire.guard import ParsedUrl
from archiver.wire.messages import Message
from archiver.wire.observation import CaptureOptions, Driver, Observation
from archiver.wire.retries import retry_after
from archiver.wire.unpacking import Unpacker
from archiver.writer import Writer, take_attempt, take_capture

TOO_MANY: Final = 429
UNAVAILABLE: Final = 503
MOST_HOPS: Final = 5  # redirects to a robots.txt: RFC 9309, 2.3.1.2
PATIENCE: Final = 30.0  # seconds for one
MAX_WIRE: Final = MAX_ROBOTS + (64 << 10)  # its bytes on the wire, with the heads
MAX_DECODED: Final = 16 * MAX_ROBOTS

_SEE_SITE: Final = (
    "see whether the site answers at all; --robots record asks whatever its rules say"
)


@dataclass(slots=True)
class Asking:
    """A driver that also takes down whether its server asked to be left alone.

    ``later`` is None where it did not, else the seconds of Retry-After, or 0 where it
    named none.  ``robots`` is what the site's own says, None where it was not asked.
    """

    driver: Driver
    robots: dict[str, Any] | None = None
    later: float | None = None
    data: bytes | None = None
    keeps: bool = False  # the body, in ``data``
    _redirects: list[dict[str, Any]] = field(default_factory=list)

    def note(self, robots: dict[str, Any]) -> None:
        """Take down what a robots.txt says of where a redirect leads; in any thread."""
        self._redirects.append(robots)

    @property
    def said(self) -> dict[str, Any] | None:
        """What the rules on the way say, as it goes into what is seen."""
        if self.robots and self._redirects:
            return {**self.robots, "redirects": [*self._redirects]}
        return self.robots

    def __call__(
        self,
        url: str,
        options: CaptureOptions,
        workdir: Path,
        *,
        clock: Clock,
        token: Token,
    ) -> Observation:
        """Capture ``url``; raises as the driver does."""
        try:
            seen = self.driver(url, options, workdir, clock=clock, token=token)
        except UnreachedError as error:
            if error.seen:
                error.seen = replace(error.seen, robots=self.said)
            raise
        if seen.status in (TOO_MANY, UNAVAILABLE):
            self.later = _asked_to_wait(seen, clock())
        if self.keeps:
            self.data = _read_body(seen)
        return replace(seen, robots=self.said)


@dataclass(frozen=True, slots=True)
class RobotsAnswer:
    """The robots.txt of an origin, and whether its server asked to be left alone."""

    robots: Robots
    later: float | None


def ask_robots(
    writer: Writer, asked: ParsedUrl, options: CaptureOptions
) -> RobotsAnswer:
    """Capture the robots.txt for a URL, by the plain client and without a login.

    Raises:
        ArchiveError: the archive could not be written.
    """
    url = robots_url(asked)
    bounds = replace(
        options,
        max_bytes=min(options.max_bytes, MAX_WIRE),
        max_redirects=MOST_HOPS,
        timeout=min(options.timeout, PATIENCE),
        login=None,
    )
    asking = Asking(observe, keeps=True)
    try:
        taken, seen = take_capture(writer, url, bounds, driver=asking)
    except (NetworkError, MalformedError) as error:
        why = str(error).removeprefix(f"{url}: ")
        return RobotsAnswer(unreachable(url, why), asking.later)
    sha256 = taken.stored.sha256
    cut = seen.outcome == "malformed" or (
        seen.outcome == "truncated" and len(asking.data or b"") < MAX_ROBOTS
    )
    if cut or asking.data is None:
        why = f"the answer is {seen.outcome}: {seen.reason}"
        return RobotsAnswer(unreachable(url, why, sha256), asking.later)
    return RobotsAnswer(
        read_robots(url, seen.status, asking.data, sha256), asking.later
    )


def refuse_by_robots(writer: Writer, seed: Seed, robots: Robots) -> UnreachedError:
    """Sign an attempt at a page that was not asked for; return the error that says so.

    Raises:
        ArchiveError: the archive could not be written.
    """
    why = why_refused(robots)
    now = writer.now()
    failure = Failure(
        url=seed.asked.url, kind="robots", reason=why, started=now, finished=now
    )
    error = UnreachedError(
        f"{seed.url}: {why}; it was not asked for",
        [failure],
        hint=_SEE_SITE if robots.state else "",  # what rules ask for is told by advice
    )
    error.statement_id = take_attempt(writer, seed.url, error)
    return error


def why_refused(robots: Robots) -> str:
    """Say why a page is not asked for, of one whose robots.txt does not allow it."""
    if robots.state:
        return f"{robots.url} is out of reach ({robots.why}), which allows nothing"
    return f"{robots.url} does not allow it"


def _asked_to_wait(seen: Observation, now: datetime) -> float:
    """Return the seconds that the answer's Retry-After asks for, 0 where it is none."""
    message = Message("", seen.status, b"", seen.fields, 0, 0)
    return retry_after(message, now) or 0.0


def _read_body(seen: Observation) -> bytes | None:
    """Return the beginning of the main response's body, as much as robots.txt has.

    None where its coding cannot be undone.
    """
    with seen.warc.open("rb") as stream:
        record = list(walk_records(stream))[seen.main_record]
        block = read_block(stream, record, MAX_WIRE + (1 << 20))
    body = Unpacker(max_bytes=MAX_DECODED)
    data = b"".join(body.feed(block))
    return None if body.coding_fault and len(data) < MAX_ROBOTS else data
