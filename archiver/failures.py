"""What a capture tried and did not get: one request that came to no response.

A failure is a fact about the attempt alone.  That nobody answered one machine at one
moment says nothing of the page.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

FailureKind = Literal[
    "dns",
    "refused-address",
    "connect",
    "tls",
    "timeout",
    "no-response",
    "redirects",
    "robots",
    "service",
]
FAILURES: Final[tuple[FailureKind, ...]] = (
    "dns",  # the name does not resolve
    "refused-address",  # it resolves to an address that a capture may not go to
    "connect",  # nobody answers there, or the connection was refused
    "tls",  # the handshake failed, or the certificate does not verify
    "timeout",  # the time was up before a response
    "no-response",  # the connection was there, and no response head came
    "redirects",  # they lead nowhere, or have no end
    "robots",  # the site asks not to be fetched, and was obeyed: nothing was asked
    "service",  # a web archive that was asked answered, and not with what was asked for
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One request that came to no response: what was asked of whom, and how it ended.

    ``answers`` are all addresses that the name had, ``peer`` the one that was spoken
    to, "" where it did not come to that; ``received`` counts bytes.
    """

    url: str
    kind: FailureKind
    reason: str
    started: datetime
    finished: datetime
    answers: tuple[str, ...] = ()
    peer: str = ""
    received: int = 0
