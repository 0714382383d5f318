"""Which requests are asked again, and after what pause (RFC 9110, 10.2.3 and 15).

Only what may pass by itself: a connection that broke or was refused, a cut transfer,
and the statuses by which a server says "later".  A name that does not exist, a
certificate that does not verify and an answer are what they are.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from archiver.failures import FailureKind
from archiver.wire.messages import SERVER_ERROR, Message
from archiver.wire.responses import Completeness

LATER: Final = (408, 425, 429)
FIRST_PAUSE: Final = 1.0  # seconds; each one after it is four times as long
LONGEST_PAUSE: Final = 120.0  # seconds; a server that asks for more is not waited for

_BROKEN: tuple[FailureKind, ...] = ("connect", "no-response")
_SECONDS = re.compile(rb"[0-9]{1,9}")


def failure_passes(kind: FailureKind) -> bool:
    """Tell whether a request that failed so may come to a response later."""
    return kind in _BROKEN


def response_passes(message: Message, completeness: Completeness) -> bool:
    """Tell whether the same request may come to a better response later."""
    return completeness.truncated == "disconnect" or asks_for_later(message)


def asks_for_later(message: Message) -> bool:
    """Tell whether a response is none of the page, but one of the server's troubles."""
    return says_later(message.status)


def says_later(status: int) -> bool:
    """Tell whether a status is one by which a server says "later"."""
    return status in LATER or status >= SERVER_ERROR


def pause_before(turn: int, message: Message | None, now: datetime) -> float | None:
    """Return the seconds to wait before retry ``turn`` (1 is the first), or None.

    What the server asks for with Retry-After counts; None where that is too long.
    """
    asked = retry_after(message, now) if message else None
    if asked is None:
        return float(FIRST_PAUSE * 4 ** (turn - 1))
    return asked if asked <= LONGEST_PAUSE else None


def retry_after(message: Message, now: datetime) -> float | None:
    """Return the seconds that Retry-After asks for: a number, or a date as it is now.

    None where there is no such field, or nothing that can be read.
    """
    values = message.values("retry-after")
    if not values:
        return None
    if _SECONDS.fullmatch(values[-1]):
        return float(values[-1])
    try:
        moment = parsedate_to_datetime(values[-1].decode("latin-1"))
    except (ValueError, OverflowError):  # the latter for numbers that no date has
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
