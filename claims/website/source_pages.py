"""What the pages about sources and corrections show, as data."""

import sqlite3
from typing import Final

from claims.website.rows import Row, fetch, fetch_one


def source(connection: sqlite3.Connection, name: str) -> Row:
    """Return a source: its names, what is about it, and what rests on it.

    Raises:
        NoPageError: there is no such source.
    """
    found = fetch_one(
        connection,
        _SOURCE,
        (name,),
        f"No source {name!r} is published here.",
    )
    return {
        "source": found,
        "names": fetch(
            connection,
            "select * from source_names where source = ? order by position",
            (name,),
        ),
        "family": fetch(
            connection,
            "select id, name from sources where family = ? and id <> ? order by id",
            (found["family"], name),
        ),
        "about": fetch(connection, _CLAIMS_ABOUT, (name,)),
        "cited": fetch(connection, _CLAIMS_CITING, (name,)),
        "snapshots": fetch(connection, _PUBLISHED_BY, (name,)),
    }


def corrections(connection: sqlite3.Connection) -> Row:
    """Return what was wrong, disputed or overtaken, the newest first."""
    return {"corrections": fetch(connection, _CORRECTIONS)}


_SOURCE: Final = """
    select s.*, exists (select 1 from files where path = s.file) as is_given_out
    from sources s where s.id = ?"""

_CLAIMS_ABOUT: Final = """
    select c.id, c.claim, c.ceiling, c.strength, c.state, k.language from claim_about a
    join claims c on c.id = a.claim and c.revision = a.revision
    join cases k on k.id = c.case_id
    where a.source = ? order by c.case_id, c.position"""

_CLAIMS_CITING: Final = """
    select c.id, c.claim, c.ceiling, c.strength, c.state, l.evidence, l.position,
        l.voice, l.attribution, l.party, l.knows, l.holding, k.language
    from link_holdings l
    join claims c on c.id = l.claim and c.revision = l.revision
    join cases k on k.id = c.case_id
    where l.source = ? order by c.case_id, c.position, l.evidence, l.position"""

_PUBLISHED_BY: Final = """
    select a.case_id, a.alias, a.snapshot, a.language, a.published_words, s.custody,
        s.authenticated, s.labels, s.outcome, s.http_status, s.started_on,
        coalesce(s.requested_url, s.claimed_url) as url, s.document_name
    from snapshot_aliases a join snapshots s on s.sha256 = a.snapshot
    where a.publisher = ? order by a.case_id, a.alias"""

_CORRECTIONS: Final = """
    select a.*, t.said_on, t.signer, t.log_index, r.sentence, k.language,
        b.claim as by_claim_sentence
    from assessments a join statements t on t.id = a.statement
    join claim_revisions r on r.claim = a.claim and r.revision = a.revision
    join claims c on c.id = a.claim
    join cases k on k.id = c.case_id
    left join claims b on b.id = a.by_claim
    where a.state in ('disputed', 'refuted', 'superseded', 'withdrawn')
        or a.correction_effect is not null
    order by t.log desc, t.log_index desc"""
