"""What the pages about leads, and about what is wanted, show as data.

Of a lead it is told what came of it, wherever it is named: nothing, snapshots of what
is likely its page, or of what is likely something else, such as a test or an error.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from claims.capture_words import is_likely_the_page
from claims.website.rows import Row, fetch, fetch_one


def captured(snapshots: Iterable[Row]) -> str:
    """Return what came of a lead: its ``page``, something ``else``, or ``nothing``."""
    likely = [
        is_likely_the_page(one["labels"] or [], one["http_status"]) for one in snapshots
    ]
    return "page" if any(likely) else "else" if likely else "nothing"


def tell(connection: sqlite3.Connection, rows: Iterable[Row]) -> list[Row]:
    """Return rows that name a ``lead``, or are one, with what came of it."""
    named = [(row["lead"] if "lead" in row else row["id"], row) for row in rows]
    leads = (json.dumps([name for name, _ in named]),)
    snapshots = defaultdict(list)
    for one in fetch(connection, _CAME, leads):
        snapshots[one["lead"]].append(one)
    tried = {one.pop("lead"): one for one in fetch(connection, _TRIED, leads)}
    found = []
    for name, row in named:
        came = snapshots[name]
        told = {"captured": captured(came), "snapshots": len(came)}
        told |= tried.get(name, {"attempts": 0, "last_attempt": None})
        found.append(row | told if name else row)
    return found


def of_case(connection: sqlite3.Connection, case_id: str) -> list[Row]:
    """Return the leads of a case, with what came of each."""
    sql = "select * from leads where case_id = ? order by id"
    return tell(connection, fetch(connection, sql, (case_id,)))


def lead(connection: sqlite3.Connection, name: str) -> Row:
    """Return a lead, and what it would bear on.

    Raises:
        NoPageError: there is no such lead.
    """
    found = fetch_one(
        connection,
        """select l.*, k.title as case_title, k.language as case_language
           from leads l join cases k on k.id = l.case_id where l.id = ?""",
        (name,),
        f"No lead {name!r} is published here.",
    )
    return {
        "lead": tell(connection, [found])[0],
        "wanted": fetch(connection, _WANTED_FROM, (name,)),
        "chains": fetch(connection, _CHAINS_TO, (name,)),
        "snapshots": fetch(connection, _SNAPSHOTS_OF, (name,)),
        "attempts": fetch(connection, _ATTEMPTS_AT, (name,)),
    }


def wanted(connection: sqlite3.Connection) -> Row:
    """Return what is wanted: leads by how many claims they bear on, then the rest.

    ``others`` are the leads that no claim asks for, and that stand in no chain.
    """
    leads = tell(connection, fetch(connection, _LEADS))
    for one in leads:
        one["wanted"] = fetch(connection, _WANTED_FROM, (one["id"],))
        one["chains"] = fetch(connection, _CHAINS_TO, (one["id"],))
    return {
        "leads": [one for one in leads if one["claims"]],
        "without_lead": fetch(connection, _WANTED_WITHOUT_LEAD),
        "others": [one for one in leads if not one["claims"]],
    }


_CAME: Final = """
    select t.lead, s.labels, s.http_status from lead_snapshots t
    join snapshots s on s.sha256 = t.snapshot
    where t.lead in (select value from json_each(?))"""

_TRIED: Final = """
    select t.lead, count(*) as attempts, max(a.started_on) as last_attempt
    from lead_attempts t join attempts a on a.statement = t.statement
    where t.lead in (select value from json_each(?)) group by t.lead"""

_LEADS: Final = """
    with asking as (
        select w.lead, w.claim from wanted w
        join claims c on c.id = w.claim and c.revision = w.revision
        union
        select k.lead, k.claim from chain_links k
        join claims c on c.id = k.claim and c.revision = k.revision)
    select l.*, (select count(*) from asking a where a.lead = l.id) as claims
    from leads l order by claims desc, l.id"""

_CHAINS_TO: Final = """
    select l.claim as id, l.evidence, p.id as source, p.name, c.claim, c.ceiling,
        c.strength, c.state, k.language
    from chain_links l
    join claims c on c.id = l.claim and c.revision = l.revision
    join cases k on k.id = c.case_id
    join sources p on p.id = l.source
    where l.lead = ? order by c.case_id, c.position, l.evidence, l.position"""

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
