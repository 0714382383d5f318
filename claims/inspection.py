"""One claim under inspection: the claim, what it is read against, and what was found.

The rules are functions of an :class:`Inspection` that yield findings.  Each finding has
the file and line of the key that it is about.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from archiver.findings import Finding, Severity
from claims.holdings import Context, Holding
from claims.model import Claim, Evidence
from claims.places import Path, Places
from claims.standings import Anchors


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a rule may look at.  ``anchors`` has one anchor for each part of a quote."""

    claim: Claim
    context: Context
    places: Places
    anchors: Anchors

    def evidence(self) -> Iterator[tuple[Path, Evidence]]:
        """Yield the evidence in file order, each with its path."""
        for index, item in enumerate(self.claim.evidence):
            yield ("evidence", index), item

    def holding(self, alias: str) -> Holding | None:
        """Return the snapshot in hand that the case calls ``alias``."""
        return self.context.holdings.get(alias)

    def finding(
        self,
        code: str,
        path: Path,
        message: str,
        hint: str = "",
        severity: Severity = "error",
    ) -> Finding:
        """Make a finding about what stands at ``path`` in the claim file."""
        return Finding(code, self.places.at(*path), message, severity, hint)
