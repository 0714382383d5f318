"""What a capture may do, and what it saw: shared by every driver.

A driver asks for one URL and writes what came into a WARC.  The plain client is one,
the browser is another; all that follows (signing, storing, logging) is the same.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import quote

from archiver.chance import Clock, Token
from archiver.documents.telegram import embed_url
from archiver.errors import UnreachedError
from archiver.version import VERSION
from archiver.wire.login import Login
from archiver.wire.recorder import Resolver, WhyNot, follow_all, resolve_host
from archiver.wire.responses import Outcome

SOFTWARE = f"Sourcebook/{VERSION}"

Pause = Callable[[float], bool]
DriverName = Literal["client", "browser"]


def format_user_agent(contact: str) -> str:
    """Write a User-Agent that says whom a server's operator can ask."""
    return f"{SOFTWARE} (archives sources; contact: {quote(contact, safe=' @./:+,-')})"


def sleep(seconds: float) -> bool:
    """Wait; another one that waits may be told to stop, and then returns False."""
    time.sleep(seconds)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOptions:
    """Bounds of one capture, all its requests together, and what it may do.

    ``timeout`` in seconds from the first DNS question to the last byte, and within it
    ``connect_timeout`` for each connection, with its name and its handshake, and
    ``first_byte_timeout`` from there until a server says something; ``max_bytes`` of
    responses on the wire; ``allow_addresses`` as ``parse_address`` reads them;
    ``retries`` of one request, where the failure or the status says that it may pass;
    ``login`` goes to the origin of the first URL and nowhere else; ``further`` gives
    the address where the words of a page stand, if that is another one.  ``why_not``
    is asked before a redirect is followed, from any thread, and says why it is not to
    be, "" where it may.
    """

    timeout: float = 60
    connect_timeout: float = 30
    first_byte_timeout: float = 60
    max_bytes: int = 100 << 20
    allow_addresses: tuple[str, ...] = ()
    max_redirects: int = 20
    retries: int = 0
    user_agent: str = format_user_agent("none was given")
    ca_file: Path | None = None
    resolve: Resolver = resolve_host
    login: Login | None = None
    pause: Pause = sleep  # before a retry; none where it returns False
    further: Callable[[str], str | None] = embed_url
    why_not: WhyNot = follow_all


# The label of a snapshot that holds what came on a way that came to no page.
NO_PAGE = "no-page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What a capture saw; ``warc`` is a finished file, ``main_record`` an index in it.

    ``final_url`` is what the main record is of, by the bytes that were sent; outcome
    and reason are those of its response.  ``media_type`` and ``charset`` are as
    declared.  ``browser`` is the browser's own account, where one was the driver;
    ``robots`` what the site's robots.txt says, where it was asked for.
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
    allowed_addresses: tuple[str, ...]
    tls: dict[str, Any] | None
    media_type: str
    charset: str | None
    fields: tuple[tuple[bytes, bytes], ...] = ()  # of the main response's head
    driver: DriverName = "client"
    browser: dict[str, Any] | None = None
    robots: dict[str, Any] | None = None
    redactions: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # those that the capture itself gives
    label_reasons: tuple[tuple[str, str], ...] = ()  # of each of them, why


def come_to_no_page(seen: Observation, error: UnreachedError) -> Observation:
    """Say of what came on a way that it came to no page, and why not."""
    reason = f"No page came: {error.failures[-1].reason}."
    return replace(
        seen,
        labels=(*seen.labels, NO_PAGE),
        label_reasons=(*seen.label_reasons, (NO_PAGE, reason)),
    )


class Driver(Protocol):
    """Whatever asks for a URL and writes down what came."""

    def __call__(
        self,
        url: str,
        options: CaptureOptions,
        workdir: Path,
        *,
        clock: Clock,
        token: Token,
    ) -> Observation:
        """Capture ``url`` into a WARC in ``workdir``.

        Raises:
            MalformedError: ``url`` is no URL for a capture.
            UnreachedError: it came to no page; what came on the way is in it.
            ArchiveError: what came cannot be kept.
        """
