"""What the rules may know of a snapshot in hand, and of everything else beside a claim.

A :class:`Holding` is built from a verified statement by the shell; here it is plain
facts.  A :class:`Context` holds what one claim is read against: the case, the sources,
the leads, the other claims, the holdings by the case's aliases.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from archiver.wire.messages import SUCCESSFUL
from claims.folding import Folded
from claims.leads import Lead
from claims.model import Case, Claim
from claims.sources import Source

Custody = Literal["observed", "supplied"]

# Labels of a page that is likely another one than the page that was meant.
NOT_THE_PAGE: Final = ("bot-check", "consent-wall", "login-wall", "soft-404", "empty")
PAYWALL: Final = "paywall"  # the label of a page whose text may break off


@dataclass(frozen=True, slots=True)
class Holding:
    """One snapshot in hand.  ``custody`` is as it counts under our own signers.

    ``authenticated``: an ``authentication`` statement that another reviewer seconds.
    ``fault`` says in words where the snapshot's file, text layer or extractor is not
    that of its signed statement; it is empty where all of them are.  ``status`` is that
    of the response, where one was observed.  Zones are (start, end, zone) in code
    points of ``text``.
    """

    sha256: str
    custody: Custody
    authenticated: bool = False
    outcome: str = "complete"
    labels: tuple[str, ...] = ()
    status: int | None = None
    text: str | None = None
    layer: Folded | None = None
    zones: tuple[tuple[int, int, str], ...] = ()
    extractor: str = ""
    fault: str = ""

    @property
    def in_hand(self) -> bool:
        """Whether it counts: observed, or supplied and authenticated."""
        return self.custody == "observed" or self.authenticated

    @property
    def consistent(self) -> bool:
        """Whether all that is used of it is what its statement signs."""
        return not self.fault

    @property
    def searchable(self) -> bool:
        """Whether words that are not found in it are absent from the page."""
        return bool(self.text) and is_whole_page(self.outcome, self.labels, self.status)

    @property
    def misfits(self) -> tuple[str, ...]:
        """The labels that say that it is likely not the page that was meant."""
        return tuple(label for label in self.labels if label in NOT_THE_PAGE)

    @property
    def mismatch(self) -> str:
        """Why it is likely not the page that was meant, in words; or empty."""
        said = [f"labelled {' and '.join(self.misfits)}"] if self.misfits else []
        if not is_success(self.status):
            said.append(f"what the server sent with status {self.status}")
        return " and ".join(said)


def is_whole_page(outcome: str, labels: Collection[str], status: int | None) -> bool:
    """Tell whether a snapshot is likely all of the page that was meant."""
    labelled = {*labels} & {*NOT_THE_PAGE, PAYWALL}
    return outcome == "complete" and not labelled and is_success(status)


def is_success(status: int | None) -> bool:
    """Tell whether a response was the page (RFC 9110, 15.3), or none was observed."""
    return status is None or status in SUCCESSFUL


@dataclass(frozen=True, slots=True)
class Context:
    """What one claim is read against.  ``claims`` are those of the whole archive."""

    case: Case
    holdings: Mapping[str, Holding] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    leads: Mapping[str, Lead] = field(default_factory=dict)
    claims: Mapping[str, Claim] = field(default_factory=dict)
