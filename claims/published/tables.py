"""All tables of the published database, from one edition, each in order of its key.

Every string passes the elider, so that a withheld name that some row did not think of
is taken out all the same.  What was signed is never changed: a statement or a file that
names somebody withheld is not given out at all.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final

from archiver.statements import parse_entry
from archiver.trust import POLICY
from claims.assessed import assessment_row, verdict_row
from claims.dossier import WRITTEN
from claims.leads import Lead
from claims.published import case_rows, claim_rows, record_rows
from claims.published.edition import Edition, Shown
from claims.published.given_out import list_files, resting_on_hidden, sealed_statements
from claims.published.held import read_records
from claims.published.record_rows import HeldSnapshot, Row
from claims.published.visits import (
    attempt_row,
    lead_attempt_rows,
    lead_snapshot_rows,
    read_attempts,
)

Tables = dict[str, list[Row]]

AS_SIGNED: Final = frozenset(
    (
        *("bundle", "checkpoint_note", "entry", "payload", "policy", "receipt"),
        *("signature", "spki"),
    )
)
_CLAIM_TABLES: Final = (
    *("claims", "claim_revisions", "claim_about", "evidence", "quotes"),
    *("chain_links", "wanted", "related", "assessments"),
)
_HASH_OR_ID = re.compile(r"[0-9a-f]{32,64}|c-[0-9a-z]{8}")


def make_tables(edition: Edition, notice: str = "") -> Tables:
    """Return the rows of every table but those that are derived from them.

    Raises:
        ArchiveError: a snapshot's file is absent or unreadable.
        VerificationError: a snapshot's file is not the one that was signed.
    """
    tables = {
        "about": [_about(edition, notice)],
        **_log_tables(edition),
        **_source_tables(edition),
        **_snapshot_tables(edition),
        **_claim_tables(edition),
        "findings": list(_findings(edition)),
        "files": sorted(list_files(edition), key=itemgetter("path")),
    }
    return {
        name: [_clean(row, edition) for row in rows] for name, rows in tables.items()
    }


def _clean(row: Row, edition: Edition) -> Row:
    return {
        column: edition.elider.elide(value)
        if isinstance(value, str)
        and column not in AS_SIGNED
        and not _HASH_OR_ID.fullmatch(value)
        else value
        for column, value in row.items()
    }


def _about(edition: Edition, notice: str) -> Row:
    release = edition.release
    config = release.archive.config
    predicate = release.statement.statement.predicate
    place = f"trust/{release.trust.number}/{POLICY}"
    policy = next(file for file in release.files if file.path == place)
    return {
        "one": 1,
        "archive": config.id,
        "title": config.title,
        "operator": config.operator,
        "origin": config.origin,
        "notice": notice,
        "draft": int(release.draft),
        "release": release.number,
        "release_statement": release.statement.id,
        "release_index": release.index,
        "release_on": predicate["on"],
        "release_changes": str(predicate.get("changes", "")),
        "checkpoint_size": release.checkpoint.size,
        "checkpoint_root": release.checkpoint.root.hex(),
        "checkpoint_note": release.note,
        "policy": policy.data.decode(errors="backslashreplace"),
        "pin": release.trust.pin,
    }


def _log_tables(edition: Edition) -> Tables:
    release = edition.release
    sealed = sealed_statements(edition)
    return {
        "signers": record_rows.signer_rows(release.trust.signers),
        "log_entries": [
            record_rows.entry_row(index, data, parse_entry(data))
            for index, data in enumerate(release.entries)
        ],
        "statements": [
            record_rows.statement_row(each, sealed=each.envelope.id in sealed)
            for each in sorted(release.logged, key=lambda each: each.envelope.id)
        ],
    }


def _source_tables(edition: Edition) -> Tables:
    sources = [source for _, source in sorted(edition.dossier.sources.items())]
    return {
        "sources": [case_rows.source_row(source) for source in sources],
        "source_names": [row for each in sources for row in case_rows.name_rows(each)],
    }


def _snapshot_tables(edition: Edition) -> Tables:
    folders = sorted(edition.dossier.cases.items())
    held = [
        snapshot
        for _, snapshot in sorted(edition.held.items())
        if snapshot.exposure.level != "sealed"
    ]
    leads = [(name, lead) for name, folder in folders for lead in folder.leads]
    leads.sort(key=lambda each: each[1].id)
    return {
        "cases": [case_rows.case_row(folder.case) for _, folder in folders],
        "snapshots": [record_rows.snapshot_row(each, edition.elider) for each in held],
        "records": [row for each in held for row in _records(edition, each)],
        "snapshot_aliases": [
            row
            for name, folder in folders
            for row in case_rows.alias_rows(folder.case, edition.around(name).held)
        ],
        "leads": [case_rows.lead_row(*each) for each in leads],
        **_visit_tables(edition, [lead for _, lead in leads], held),
    }


def _visit_tables(
    edition: Edition, leads: Sequence[Lead], held: Iterable[HeldSnapshot]
) -> Tables:
    """Return what was tried, and what came of the pages of leads.

    An attempt whose statement is closed is in no table.
    """
    sealed = sealed_statements(edition)
    tried = [
        each
        for each in edition.release.of_type("attempt")
        if each.envelope.id not in sealed
    ]
    attempts = read_attempts(tried)
    rows = [attempt_row(each, attempts[each.envelope.id]) for each in tried]
    return {
        "attempts": sorted(rows, key=itemgetter("statement")),
        "lead_attempts": list(lead_attempt_rows(leads, attempts)),
        "lead_snapshots": list(lead_snapshot_rows(leads, held)),
    }


def _records(edition: Edition, held: HeldSnapshot) -> Iterator[Row]:
    records = read_records(edition.release.archive.root, held)
    for opening in held.openings:
        record = records.get(opening.index)
        yield record_rows.record_row(held.facts.sha256, opening, record, held.exposure)


def _claim_tables(edition: Edition) -> Tables:
    tables: Tables = {name: [] for name in _CLAIM_TABLES}
    places = _places(edition)
    for claim_id, shown in sorted(edition.shown.items()):
        verdict = verdict_row(shown.counting, shown.last.number, shown.forced)
        tables["claims"].append(
            claim_rows.claim_row(
                shown.last,
                case=shown.case,
                position=places[claim_id],
                slug=shown.slug,
                verdict=verdict,
            )
        )
        tables["assessments"] += map(assessment_row, shown.judged)
        for name, rows in _revision_tables(edition, shown):
            tables[name] += rows
    tables["assessments"].sort(key=lambda row: str(row["statement"]))
    return tables


def _revision_tables(
    edition: Edition, shown: Shown
) -> Iterator[tuple[str, Iterable[Row]]]:
    """Yield the rows of each table for each revision of a claim."""
    around = edition.around(shown.case)
    for revision in shown.revisions:
        yield "claim_revisions", [claim_rows.revision_row(revision, around)]
        yield "claim_about", claim_rows.about_rows(revision)
        yield "evidence", claim_rows.evidence_rows(revision, around)
        yield "quotes", claim_rows.quote_rows(revision, around)
        yield "chain_links", claim_rows.link_rows(revision, around)
        yield "wanted", claim_rows.wanted_rows(revision)
        yield "related", claim_rows.related_rows(revision, edition.shown)


def _places(edition: Edition) -> dict[str, int]:
    """Return each claim's place in its case: the order of reading its first quotes."""
    ordered = sorted(edition.shown.items(), key=lambda item: _place(edition, *item))
    counts: Counter[str] = Counter()
    places = {}
    for claim_id, shown in ordered:
        places[claim_id] = counts[shown.case]
        counts[shown.case] += 1
    return places


def _place(edition: Edition, claim_id: str, shown: Shown) -> tuple[bool, str, int, str]:
    """Return where a claim's first quote stands; what is sealed puts none in order."""
    around = edition.around(shown.case)
    for item in shown.last.claim.evidence:
        anchors = shown.last.anchors.get(item.id, ())
        if around.is_sealed(item.snapshot):
            continue
        if anchors and anchors[0].start is not None:
            return False, item.snapshot, anchors[0].start, claim_id
    return True, "", 0, claim_id  # after those that stand somewhere


def _findings(edition: Edition) -> Iterator[Row]:
    """Yield the findings but those of claims that may not be shown.

    Of a claim whose file was taken away there are its revisions, and what they say.
    """
    owners = {
        each.file: each.claim.id
        for folder in edition.dossier.cases.values()
        for each in folder.claims
    }
    for file in edition.release.files:
        match = WRITTEN.fullmatch(file.path)
        if match and match["revision"]:
            owners[file.path] = match["revision"]
    found = [
        (finding, owners.get(finding.place.rpartition(":")[0]))
        for finding in edition.findings
    ]
    yield from case_rows.finding_rows(
        (each for each in found if each[1] not in edition.hidden),
        resting_on_hidden(edition),
    )
