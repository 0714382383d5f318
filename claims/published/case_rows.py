"""Rows of the published database for sources, cases, aliases, leads and files."""

from collections.abc import Iterable, Iterator, Mapping

from archiver.findings import Finding
from archiver.redacting.urlsecrets import hide_secrets
from claims.dates import describe
from claims.leads import Lead
from claims.model import Case
from claims.published.record_rows import HeldSnapshot, LoggedStatement, Row
from claims.sources import Source

WITHHELD = "withheld"
_ABOUT_HIDDEN = "what was found is withheld, since the claim rests on words that are"


def source_row(source: Source) -> Row:
    """Return the row of a source; of one withheld, nothing that tells who it is."""
    row: Row = {
        "id": source.id,
        "kind": source.kind,
        "naming": source.naming,
        "file": f"sources/{source.id}.toml",
    }
    if source.naming == WITHHELD:
        return row
    family = source.family or None
    return row | {"name": source.name, "family": family, "note": source.note}


def name_rows(source: Source) -> Iterator[Row]:
    """Yield every name of a source; none of one that is withheld."""
    names = () if source.naming == WITHHELD else source.names
    for position, name in enumerate(names):
        yield {
            "source": source.id,
            "position": position,
            "name": name.text,
            "lang": name.lang,
            "script": name.script or None,
            "scheme": name.scheme or None,
            "seen_in": name.seen_in or None,
        }


def case_row(case: Case) -> Row:
    """Return the row of a case."""
    return {
        "id": case.id,
        "title": case.title,
        "language": case.language,
        "file": f"cases/{case.id}/case.toml",
    }


def alias_rows(case: Case, held: Mapping[str, HeldSnapshot]) -> Iterator[Row]:
    """Yield what a case calls its snapshots; nothing of those that are sealed."""
    for alias, pinned in sorted(case.snapshots.items()):
        if alias in held and held[alias].exposure.level != "sealed":
            yield {
                "case_id": case.id,
                "alias": alias,
                "snapshot": pinned.sha256,
                "publisher": pinned.publisher,
                "language": pinned.language,
                "published": pinned.published,
                "published_words": in_words(pinned.published),
            }


def lead_row(case: str, lead: Lead) -> Row:
    """Return the row of a lead; what lets somebody in is left out of its address."""
    return {
        "id": lead.id,
        "case_id": case,
        "url": hide_secrets(lead.url),
        "publisher": lead.publisher,
        "language": lead.language,
        "published": lead.published,
        "published_words": in_words(lead.published),
        "about": lead.about,
        "bears_on": lead.bears_on,
    }


def in_words(date: str) -> str:
    """Say a date in words, empty where it is not known; C17 has seen that it is one."""
    return describe(date) if date else ""


def finding_rows(
    findings: Iterable[tuple[Finding, str | None]], sealed: Iterable[str]
) -> Iterator[Row]:
    """Yield the findings, each with the claim that it is about.

    A finding may quote the page: of a claim in ``sealed`` it keeps its code alone.
    """
    hidden = frozenset(sealed)
    for position, (finding, claim) in enumerate(findings):
        silent = claim in hidden
        yield {
            "position": position,
            "code": finding.code,
            "severity": finding.severity,
            "place": finding.place,
            "message": _ABOUT_HIDDEN if silent else finding.message,
            "hint": "" if silent else finding.hint,
            "claim": claim,
        }


def file_row(path: str, kind: str, length: int | None, sha256: str | None) -> Row:
    """Return the row of a file that /archive/ gives out."""
    return {"path": path, "kind": kind, "length": length, "sha256": sha256}


def receipt_row(logged: LoggedStatement) -> Row:
    """Return the row of a receipt, which gains cosignatures and has no fixed hash."""
    return file_row(logged.receipt_file, "receipt", None, None)
