"""Verifying a whole archive: the archiver's checks, then the rules of the claims."""

import re
from collections.abc import Sequence

from archiver.errors import SourcebookError, VerificationError
from archiver.findings import Finding
from archiver.holdings import match_id
from archiver.store import Archive, receipt_file, statement_file
from archiver.verify import WHOLE, Scope, Verified, verify_archive
from archiver.verifying.snapshot import snapshot_files
from archiver.verifying.snapshots import Progress
from claims.case import Checked, KnownStatements, examine_archive
from claims.patterns import CLAIM_ID

# what concerns everything: whose keys, whether the log and the release hold
COMMON = frozenset(
    (
        *("trust", "trust-chain", "not-pinned", "pin", "checkpoint", "log-root"),
        *("rolled-back", "forked", "seen-head"),
        *("release", "release-order", "claims"),
    )
)


def verify_whole(
    archive: Archive, progress: Progress, scope: Scope = WHOLE
) -> Verified:
    """Verify bytes, log, trust and release, then every claim, to the end.

    A quick verification judges no claim, and neither does one of named snapshots: what
    claims rest on was not read.
    """
    verified = verify_archive(archive, progress, scope)
    report = verified.report
    if scope.quick or scope.ids:
        verified.left_out.append("the rules of the claims")
        return verified
    if verified.trust is None:
        report.add(
            "claims",
            "cases",
            "not checked: the snapshots cannot be opened without keys",
        )
        return verified
    try:
        checked = _check_claims(archive, verified)
    except SourcebookError as error:
        report.add("claims", "cases", f"not checked: {error}", hint=error.hint)
        return verified
    report.findings += checked.findings
    _count(verified, checked)
    return verified


def concerning(
    archive: Archive, verified: Verified, ids: Sequence[str]
) -> list[Finding]:
    """Return the findings that concern the things that ``ids`` name.

    Raises:
        VerificationError: one of them names nothing in the archive, or several things.
        MalformedError: one of them is no id.
    """
    places: set[str] = set()
    for wanted in ids:
        places |= _places(archive, verified, wanted)
    return [
        finding
        for finding in verified.report.findings
        if finding.code in COMMON or _is_at(finding.place, places)
    ]


def _check_claims(archive: Archive, verified: Verified) -> Checked:
    """Apply the rules, to what was verified already."""
    sound = {
        statement_id: each.stored
        for statement_id, each in verified.statements.items()
        if each.sound
    }
    known = KnownStatements(sound, verified.faults)
    return examine_archive(archive, verified.trust, known)


def _count(verified: Verified, checked: Checked) -> None:
    quotes = sum(
        len(parts) for each in checked.examined for parts in each.anchors.values()
    )
    verified.report.count("claims", len(checked.examined))
    verified.report.count("quotes", quotes)


def _places(archive: Archive, verified: Verified, wanted: str) -> set[str]:
    if re.match(CLAIM_ID.regex, wanted):
        return _places_of_claim(archive, verified, wanted)
    snapshots = {
        each.statement.subjects[0].sha256
        for each in verified.statements.values()
        if each.statement.type == "snapshot"
    }
    found = match_id([*verified.statements, *snapshots], wanted)
    if found in verified.statements:
        return _places_of_statement(verified, found)
    return _places_of_snapshot(verified, found)


def _places_of_statement(verified: Verified, statement_id: str) -> set[str]:
    places = {statement_file(statement_id), receipt_file(statement_id)}
    statement = verified.statements[statement_id].statement
    if statement.type == "snapshot":
        places |= snapshot_files(statement)
    return places


def _places_of_snapshot(verified: Verified, sha256: str) -> set[str]:
    """Return the snapshot's files, and those of each statement that is about it."""
    places = {f"snapshots/{sha256[:2]}/{sha256}"}
    for statement_id, each in verified.statements.items():
        if sha256 in {subject.sha256 for subject in each.statement.subjects}:
            places |= {statement_file(statement_id), receipt_file(statement_id)}
    return places


def _places_of_claim(archive: Archive, verified: Verified, wanted: str) -> set[str]:
    """Return the claim's own file, its case's, and those of the snapshots it quotes."""
    for name, folder in _check_claims(archive, verified).dossier.cases.items():
        for each in folder.claims:
            if each.claim.id == wanted:
                quoted = {item.snapshot for item in each.claim.evidence}
                pins = folder.case.snapshots.items()
                files = (
                    _places_of_snapshot(verified, pinned.sha256)
                    for alias, pinned in pins
                    if alias in quoted
                )
                return {each.file, f"cases/{name}/case.toml"}.union(*files)
    raise VerificationError(
        f"no claim of this archive is {wanted}",
        hint="'sourcebook list' shows what the archive holds",
    )


def _is_at(place: str, places: set[str]) -> bool:
    return any(place.startswith(each) for each in places)
