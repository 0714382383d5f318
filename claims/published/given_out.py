"""What of an archive's own files and statements may be given out, and what not.

What was signed is given out whole or not at all.  Closed are: what is about a sealed
snapshot or quotes it, what judges or holds a claim that may not be shown yet, the file
of a person whose name is withheld, a list of leads with an address that lets somebody
in, and everything that holds such a name, or a quote that begins or ends within it.
"""

import hashlib
from collections.abc import Iterator

from archiver.holdings import MAX_OPENINGS, MAX_TEXT
from archiver.redacting.urlsecrets import hide_secrets
from archiver.store import read_file, snapshot_file
from claims.dossier import WRITTEN
from claims.published.case_rows import WITHHELD, file_row, receipt_row
from claims.published.edition import Edition
from claims.published.record_rows import HeldSnapshot, Row
from claims.published.released import ReleasedFile
from claims.published.visits import closed_addresses, goes_to, read_attempts


def sealed_statements(edition: Edition) -> set[str]:
    """Return the statements of which only entry and receipt are shown.

    They are about a snapshot that is sealed, or of an attempt at its address, or judge
    a claim that may not be shown, or hold a name that is withheld.
    """
    closed = {
        sha256
        for sha256, held in edition.held.items()
        if not held.exposure.has_statement
    }
    attempts = _closed_attempts(edition)
    shown = {
        judgement.statement_id
        for each in edition.shown.values()
        for judgement in each.judged
    }
    return {
        each.envelope.id
        for each in edition.release.logged
        if any(subject.sha256 in closed for subject in each.statement.subjects)
        or (each.statement.type == "assessment" and each.envelope.id not in shown)
        or each.envelope.id in attempts
        or edition.elider.is_named_in(each.envelope.payload.decode())
        or edition.elider.clean(each.statement.predicate) != each.statement.predicate
    }


def _closed_attempts(edition: Edition) -> set[str]:
    """Return the attempts that would tell the address of a snapshot that is sealed."""
    addresses = closed_addresses(edition.held.values())
    attempts = read_attempts(edition.release.logged)
    return {each for each, facts in attempts.items() if goes_to(facts, addresses)}


def resting_on_hidden(edition: Edition) -> set[str]:
    """Return the claims whose file, in a revision that is shown, is not given out."""
    return {
        claim_id
        for claim_id, shown in edition.shown.items()
        for revision in shown.revisions
        if edition.around(shown.case).holds_hidden(revision)
    }


def list_files(edition: Edition) -> Iterator[Row]:
    """Yield what /archive/ gives out, outside the log's own folder."""
    sealed = sealed_statements(edition)
    for each in edition.release.logged:
        yield receipt_row(each)
        if each.envelope.id not in sealed:
            yield _whole(each.bundle_file, "statement", each.bundle)
    for held in edition.held.values():
        if held.exposure.has_bytes:
            yield from _snapshot_files(edition, held)
    claim_files = set(_claim_files(edition))
    for file in edition.release.files:
        if _is_open(edition, file, claim_files):
            yield file_row(file.path, "released", len(file.data), file.sha256)


def _is_open(edition: Edition, file: ReleasedFile, claim_files: set[str]) -> bool:
    """Say whether a released file may be given out as it is."""
    match = WRITTEN.fullmatch(file.path)
    if match and (match["claim"] or match["revision"]):
        allowed = file.path in claim_files
    elif match and match["case"]:
        held = edition.around(match["folder"]).held.values()
        allowed = all(each.exposure.level != "sealed" for each in held)
    elif match and match["leads"]:
        leads = edition.dossier.cases[match["folder"]].leads
        allowed = all(hide_secrets(lead.url) == lead.url for lead in leads)
    elif match and match["source"]:
        source = edition.dossier.sources[match["source"].removeprefix("sources/")]
        allowed = source.naming != WITHHELD
    else:
        allowed = True
    text = f"{file.path}\n{file.data.decode(errors='replace')}"
    return allowed and not edition.elider.is_named_in(text)


def _claim_files(edition: Edition) -> Iterator[str]:
    """Yield the claim files whose every word is shown, and their revisions."""
    shown = {}
    for each in edition.shown.values():
        around = edition.around(each.case)
        for revision in each.revisions:
            if not around.holds_hidden(revision):
                shown[revision.claim.id, revision.data] = revision.file
    yield from shown.values()
    data = {file.path: file.data for file in edition.release.files}
    for folder in edition.dossier.cases.values():
        for claim in folder.claims:
            if (claim.claim.id, data[claim.file]) in shown:
                yield claim.file


def _snapshot_files(edition: Edition, held: HeldSnapshot) -> Iterator[Row]:
    archive, sha256 = edition.release.archive, held.facts.sha256
    yield file_row(held.file, "snapshot", held.facts.warc.length, sha256)
    rel = snapshot_file(sha256, ".records.jsonl")
    yield _whole(rel, "openings", read_file(archive, rel, MAX_OPENINGS))
    if held.text is not None:
        rel = snapshot_file(sha256, ".text")
        yield _whole(rel, "text", read_file(archive, rel, MAX_TEXT))


def _whole(path: str, kind: str, data: bytes) -> Row:
    return file_row(path, kind, len(data), hashlib.sha256(data).hexdigest())
