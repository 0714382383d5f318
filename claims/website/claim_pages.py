"""What a claim's page shows, as data: one revision, and all that hangs on it."""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from claims.ceilings import STRENGTHS
from claims.website.lead_pages import tell
from claims.website.rows import Row, fetch, fetch_one

Key = tuple[str, int]


def claim(
    connection: sqlite3.Connection, name: str, revision: int | None = None
) -> Row:
    """Return a claim as it stands in ``revision``, or in the newest one.

    Raises:
        NoPageError: there is no such claim, or it has no such revision.
    """
    missing = f"No claim {name!r} is published here."
    found = fetch_one(connection, _CLAIM, (name,), missing)
    key = (name, found["revision"] if revision is None else revision)
    missing = f"The claim {name} has no revision {key[1]}."
    shown = fetch_one(connection, _REVISION, key, missing)
    assessments = fetch(connection, _ASSESSMENTS, key)
    return {
        "claim": found,
        "revision": shown,
        "newest": key[1] == found["revision"],
        "verdict": _verdict(found, key[1], assessments),
        "revisions": fetch(connection, _REVISIONS, (name,)),
        "evidence": _evidence(connection, key, found["case_id"]),
        "about": fetch(connection, _ABOUT, key),
        "wanted": tell(connection, fetch(connection, _WANTED, key)),
        "related": _related(connection, key),
        "assessments": assessments,
        "findings": fetch(connection, _FINDINGS, (name,)),
        "ladder": _ladder(shown),
    }


def _evidence(connection: sqlite3.Connection, key: Key, case_id: str) -> list[Row]:
    blocks = fetch(connection, _EVIDENCE, (case_id, *key))
    quotes = fetch(connection, _QUOTES, key)
    links = tell(connection, fetch(connection, _LINKS, (case_id, *key)))
    for block in blocks:
        name = block["evidence"]
        block["quotes"] = [one for one in quotes if one["evidence"] == name]
        block["chain"] = [one for one in links if one["evidence"] == name]
    return blocks


def _related(connection: sqlite3.Connection, key: Key) -> list[Row]:
    """Return the relations that this claim states, then those that others state of it.

    A symmetric relation that both state is listed once.
    """
    own = fetch(connection, _RELATED, key)
    stated = {(one["relation"], one["id"]) for one in own if _is_symmetric(one)}
    others = fetch(connection, _RELATED_FROM, (key[0],))
    return own + [one for one in others if (one["relation"], one["id"]) not in stated]


def _is_symmetric(relation: Row) -> bool:
    return relation["relation"] in {"conflicts-with", "same-event"}


def _verdict(claim: Row, revision: int, assessments: Sequence[Row]) -> Row | None:
    """Return what a person has judged, of this revision or of an older one; or None."""
    if revision == claim["revision"]:
        judged = claim if claim["strength"] else None
    else:
        judged = assessments[-1] if assessments else None
    if judged is None:
        return None
    return {
        "strength": judged["strength"],
        "state": judged["state"],
        "stale": bool(judged.get("stale")),
    }


def _ladder(revision: Row) -> list[Row]:
    """Return the five strengths, weakest first: reached or not, and why."""
    steps = _as_list(revision["ceiling_steps"])
    reached = STRENGTHS.index(revision["ceiling"])
    return [
        {
            "strength": strength,
            "reached": place <= reached,
            "is_ceiling": place == reached,
            "steps": [step for step in steps if step.get("strength") == strength],
            "caps": [step for step in steps if step.get("cap") == strength],
        }
        for place, strength in enumerate(STRENGTHS)
    ]


def _as_list(value: Any) -> Sequence[Row]:
    return [one for one in value if isinstance(one, dict)]


_CLAIM: Final = """
    select c.*, k.title as case_title, k.language from claims c
    join cases k on k.id = c.case_id where c.id = ?"""

_REVISION: Final = """
    select r.*, exists (select 1 from files where path = r.file) as is_given_out
    from claim_revisions r where r.claim = ? and r.revision = ?"""

_FINDINGS: Final = "select * from findings where claim = ? order by position"

_REVISIONS: Final = """
    select revision, since_release, since_index, since_on, sha256
    from claim_revisions where claim = ? order by revision desc"""

_ABOUT: Final = """
    select p.id, p.name, p.kind, p.naming from claim_about a
    join sources p on p.id = a.source
    where a.claim = ? and a.revision = ? order by a.position"""

_WANTED: Final = """
    select w.what, w.may, w.lead, l.url, l.publisher, l.language, l.published_words,
        l.bears_on
    from wanted w left join leads l on l.id = w.lead
    where w.claim = ? and w.revision = ? order by w.position"""

_EVIDENCE: Final = """
    select e.*, s.custody, s.access, s.text_length, s.outcome, s.outcome_reason,
        s.authenticated, s.labels, s.label_reasons, a.publisher,
        coalesce(m.type = 'conversion', 0) as is_derived,
        p.name as publisher_name, a.published, a.published_words,
        (select count(*) from snapshots o where o.sha256 <> s.sha256
            and o.requested_url = coalesce(s.requested_url, s.claimed_url)) as again
    from evidence e
    left join snapshots s on s.sha256 = e.snapshot
    left join records m on m.snapshot = e.snapshot and m.position = e.record
    left join snapshot_aliases a on a.case_id = ? and a.alias = e.alias
    left join sources p on p.id = a.publisher
    where e.claim = ? and e.revision = ? order by e.position"""

_QUOTES: Final = """
    select * from quotes where claim = ? and revision = ? order by evidence, part"""

_LINKS: Final = """
    select l.*, p.name, p.kind, p.naming, d.url as lead_url,
        d.publisher as lead_publisher, d.published_words as lead_published_words,
        a.published_words, h.labels, h.outcome, h.http_status
    from link_holdings l
    left join snapshots h on h.sha256 = l.snapshot
    join sources p on p.id = l.source
    left join leads d on d.id = l.lead
    left join snapshot_aliases a on a.case_id = ? and a.snapshot = l.snapshot
        and a.publisher = l.source
    where l.claim = ? and l.revision = ? order by l.evidence, l.position"""

_RELATED: Final = """
    select r.relation, 0 as reverse, c.id, c.claim, c.ceiling, c.strength, c.state,
        k.language
    from related r join claims c on c.id = r.other join cases k on k.id = c.case_id
    where r.claim = ? and r.revision = ? order by r.position"""

_RELATED_FROM: Final = """
    select r.relation, 1 as reverse, c.id, c.claim, c.ceiling, c.strength, c.state,
        k.language
    from related r join claims c on c.id = r.claim and c.revision = r.revision
    join cases k on k.id = c.case_id
    where r.other = ? order by c.case_id, c.position, r.position"""

_ASSESSMENTS: Final = """
    select a.*, t.said_on, t.signer, t.keyid, t.log_index, b.claim as by_claim_sentence
    from assessments a join statements t on t.id = a.statement
    left join claims b on b.id = a.by_claim
    where a.claim = ? and a.revision = ? order by t.log, t.log_index"""
