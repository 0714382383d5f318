"""How a claim and a snapshot are cited: one plain style, and CSL-JSON.

A reference names the thing by what never changes (id, revision, SHA-256, log entry)
before it names an address, and says in its last sentence how far it may be relied on.
Dates are EDTF; CSL-JSON takes a day, month or year as such, and the rest in words.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from claims.ceilings import Ceiling
from claims.dates import describe
from claims.model import Case, Claim, SnapshotAlias

_EXACT = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2}))?)?")
_ENDS: Final = (".", "!", "?", ".”", "!”", "?”")  # of a sentence that needs no stop
_FACE: Final = 12  # digits of a hash that a reader is shown


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who stands for what is cited: the archive, its operator, its log, its site.

    ``base`` is the site's address, without a slash at its end; empty where unknown.
    """

    archive: str
    operator: str
    origin: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a reference says, in no style yet.  ``issued`` is EDTF, empty if unknown."""

    id: str
    type: str  # of CSL: document or webpage
    title: str
    author: str
    container: str
    imprint: Imprint
    place: str  # in the archive: what never changes
    path: str  # of its page
    note: str
    issued: str = ""
    accessed: str = ""  # the day of the capture
    language: str = ""
    version: str = ""

    @property
    def address(self) -> str:
        """The address of the page; its path where the site's own is not known."""
        return self.imprint.base + self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How a snapshot came into the archive, in the words and numbers of its statement.

    ``observed`` is custody as it counts; ``url`` was observed or is claimed, and empty
    where nobody says; ``day`` is that of the capture or deposit (ISO 8601).
    """

    sha256: str
    observed: bool
    url: str
    supplied_by: str
    day: str
    log_index: int | None


def refer_claim(
    claim: Claim, case: Case, ceiling: Ceiling, revision: int, imprint: Imprint
) -> Reference:
    """Make the reference of one revision of an unassessed claim."""
    return Reference(
        id=claim.id,
        type="document",
        title=claim.claim,
        author=claim.author,
        container=case.title,
        imprint=imprint,
        place=f"claim {claim.id}, revision {revision}",
        path=f"/claim/{claim.id}/{revision}",
        note=(
            "Not assessed by a person. The evidence permits at most:"
            f" {ceiling.strength}."
        ),
        language=case.language,
        version=str(revision),
    )


def refer_snapshot(
    taken: Provenance, known: SnapshotAlias | None, publisher: str, imprint: Imprint
) -> Reference:
    """Make the reference of a snapshot; ``publisher`` is a name, empty if unknown."""
    what = taken.url or f"document {taken.sha256[:_FACE]}"
    said = "" if taken.observed or not taken.url else " (address as claimed)"
    logged = "not yet" if taken.log_index is None else f"entry {taken.log_index}"
    return Reference(
        id=f"sha256-{taken.sha256}",
        type="webpage" if taken.observed else "document",
        title=what + said,
        author=publisher,
        container="",
        imprint=imprint,
        place=f"snapshot sha256:{taken.sha256}, {logged} in the log {imprint.origin}",
        path=f"/snapshot/{taken.sha256}",
        note=_custody(taken),
        issued=known.published if known else "",
        accessed=taken.day,
        language=known.language if known else "",
    )


def format_plain(reference: Reference) -> str:
    """Return the reference in the one plain style, on one line."""
    parts = (
        reference.author,
        f"“{reference.title}”",
        f"published {describe(reference.issued)}" if reference.issued else "",
        reference.container,
        reference.imprint.archive,
        reference.imprint.operator,
        reference.place,
        reference.address,
    )
    told = [part if part.endswith(_ENDS) else f"{part}." for part in parts if part]
    return " ".join(" ".join((*told, reference.note)).split())


def format_csl(reference: Reference) -> dict[str, Any]:
    """Return the reference as one item of CSL-JSON (schema 1.0.2)."""
    imprint = reference.imprint
    item: dict[str, Any] = {
        "id": reference.id,
        "type": reference.type,
        "title": reference.title,
        "author": [{"literal": reference.author}] if reference.author else [],
        "container-title": reference.container,
        "publisher": imprint.operator,
        "archive": imprint.archive,
        "archive_location": reference.place,
        "URL": reference.address if imprint.base else "",
        "issued": _csl_date(reference.issued),
        "accessed": _csl_date(reference.accessed),
        "language": reference.language,
        "version": reference.version,
        "note": reference.note,
    }
    return {key: value for key, value in item.items() if value}


def _custody(taken: Provenance) -> str:
    if taken.observed:
        return f"Observed by the archive on {describe(taken.day)}."
    return (
        f"Supplied by {taken.supplied_by} and deposited on {describe(taken.day)};"
        " nobody here observed how it was published."
    )


def _csl_date(text: str) -> dict[str, Any]:
    """Return a date as CSL has it: parts where it is one day, month or year."""
    if not text:
        return {}
    match = _EXACT.fullmatch(text)
    if match is None:
        return {"literal": describe(text)}
    return {"date-parts": [[int(part) for part in match.groups() if part]]}
