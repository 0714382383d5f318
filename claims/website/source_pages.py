"""What the pages about sources, leads, wanted things and corrections show, as data."""

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
        f"There is no source {name!r} in this archive.",
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


def lead(connection: sqlite3.Connection, name: str) -> Row:
    """Return a lead, and what it would bear on.

    Raises:
        NoPageError: there is no such lead.
    """
    found = fetch_one(
        connection,
        "select * from leads where id = ?",
        (name,),
        f"There is no lead {name!r} in this archive.",
    )
    return {
        "lead": found,
        "wanted": fetch(connection, _WANTED_FROM, (name,)),
        "snapshots": fetch(connection, _SNAPSHOTS_OF, (name,)),
        "attempts": fetch(connection, _ATTEMPTS_AT, (name,)),
    }


def wanted(connection: sqlite3.Connection) -> Row:
    """Return what is wanted: leads by how many claims they bear on, then the rest."""
    leads = fetch(
        connection,
        """select l.*, count(distinct w.claim) as claims,
               (select count(*) from lead_snapshots s where s.lead = l.id)
                   as snapshots,
               (select count(*) from lead_attempts t where t.lead = l.id) as attempts,
               (select max(a.started_on) from lead_attempts t
                   join attempts a on a.statement = t.statement where t.lead = l.id)
                   as last_attempt
           from leads l
           join wanted w on w.lead = l.id
           join claims c on c.id = w.claim and c.revision = w.revision
           group by l.id order by claims desc, l.id""",
    )
    for one in leads:
        one["wanted"] = fetch(connection, _WANTED_FROM, (one["id"],))
    unnamed = fetch(connection, _WANTED_WITHOUT_LEAD)
    return {"leads": leads, "without_lead": unnamed}


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
        s.authenticated, s.labels
    from snapshot_aliases a join snapshots s on s.sha256 = a.snapshot
    where a.publisher = ? order by a.case_id, a.alias"""

_WANTED_FROM: Final = """
    select w.claim as id, w.what, w.may, c.claim, c.ceiling, k.language from wanted w
    join claims c on c.id = w.claim and c.revision = w.revision
    join cases k on k.id = c.case_id
    where w.lead = ? order by c.case_id, c.position, w.position"""

_SNAPSHOTS_OF: Final = """
    select t.how, s.sha256, s.custody, s.authenticated, s.access, s.outcome, s.labels,
        s.started_on, s.http_status, n.log_index, n.said_on,
        (select count(distinct e.claim) from evidence e
            join claims c on c.id = e.claim and c.revision = e.revision
            where e.snapshot = s.sha256) as claims
    from lead_snapshots t
    join snapshots s on s.sha256 = t.snapshot
    join statements n on n.id = s.statement
    where t.lead = ? order by n.log_index"""

_ATTEMPTS_AT: Final = """
    select a.* from lead_attempts t join attempts a on a.statement = t.statement
    where t.lead = ? order by a.log_index"""

_WANTED_WITHOUT_LEAD: Final = """
    select w.claim as id, w.what, w.may, c.claim, c.ceiling, k.language from wanted w
    join claims c on c.id = w.claim and c.revision = w.revision
    join cases k on k.id = c.case_id
    where w.lead is null order by c.case_id, c.position, w.position"""

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
