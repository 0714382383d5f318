"""What the front page and the pages of cases show, as data.

Each function returns one page's data; the JSON beside the page is the same data.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final

from claims.ceilings import STRENGTHS
from claims.website import lead_pages
from claims.website.rows import Row, fetch, fetch_one

FACETS: Final = ("strength", "person", "source")


def about(connection: sqlite3.Connection) -> Row:
    """Return the archive and the release that the database was made from."""
    return fetch_one(connection, "select * from about", (), "no archive is described")


def home(connection: sqlite3.Connection) -> Row:
    """Return the cases and how much of each thing there is."""
    cases = fetch(
        connection,
        """select c.id, c.title, c.language,
               (select count(*) from claims where case_id = c.id) as claims,
               (select count(*) from claims where case_id = c.id
                   and strength is not null) as assessed,
               (select count(*) from leads where case_id = c.id) as leads,
               (select count(*) from snapshot_aliases where case_id = c.id)
                   as snapshots
           from cases c order by c.id""",
    )
    for case in cases:
        case["strengths"] = _strengths(connection, case["id"])
    counts = fetch_one(
        connection,
        """select (select count(*) from claims) as claims,
               (select count(*) from quotes join claims c on c.id = quotes.claim
                   and c.revision = quotes.revision) as quotes,
               (select count(*) from sources) as sources,
               (select count(*) from snapshots) as snapshots,
               (select count(*) from snapshots where custody = 'observed') as observed,
               (select count(*) from attempts) as attempts,
               (select count(*) from leads) as leads,
               (select count(*) from claims where strength is not null) as assessed""",
        (),
        "no counts",
    )
    return {"cases": cases, "counts": counts}


def case(connection: sqlite3.Connection, name: str, wanted: Mapping[str, str]) -> Row:
    """Return a case: its claims that pass the facets in ``wanted``, and the facets.

    Raises:
        NoPageError: there is no such case.
    """
    found = fetch_one(
        connection,
        "select * from cases where id = ?",
        (name,),
        f"No case {name!r} is published here.",
    )
    claims = _claims_of(connection, name)
    chosen = {key: wanted[key] for key in FACETS if wanted.get(key)}
    return {
        "case": found,
        "claims": [claim for claim in claims if _passes(claim, chosen)],
        "total": len(claims),
        "chosen": chosen,
        "facets": [
            {"name": key, "values": _facet(connection, claims, chosen, key)}
            for key in FACETS
        ],
        "tensions": tensions(connection, name),
        "snapshots": _aliases_of(connection, name),
        "quoted": len(_quoted(claims)),
        "leads": lead_pages.of_case(connection, name),
    }


def tensions(connection: sqlite3.Connection, name: str) -> list[Row]:
    """Return the pairs of a case's claims that pull against or overtake each other."""
    pairs = fetch(
        connection,
        """select r.relation, r.claim, a.claim as sentence, r.other,
               b.claim as other_sentence, a.position
           from related r
           join claims a on a.id = r.claim and a.revision = r.revision
           join claims b on b.id = r.other
           where a.case_id = ?
               and r.relation in ('conflicts-with', 'overtakes', 'same-event')
           order by case r.relation when 'conflicts-with' then 0
               when 'overtakes' then 1 else 2 end, a.position, r.position""",
        (name,),
    )
    seen: set[tuple[str, frozenset[str]]] = set()
    return [pair for pair in pairs if _is_new(pair, seen)]


def _strengths(connection: sqlite3.Connection, case_id: str) -> list[Row]:
    counts = connection.execute(
        "select ceiling, count(*) from claims where case_id = ? group by ceiling",
        (case_id,),
    )
    found = dict(list(counts))
    return [
        {"strength": strength, "claims": found[strength]}
        for strength in reversed(STRENGTHS)
        if strength in found
    ]


def _claims_of(connection: sqlite3.Connection, case_id: str) -> list[Row]:
    claims = fetch(
        connection,
        """select c.*, r.note, r.as_of_words, r.holds_words,
               (select count(*) from wanted w where w.claim = c.id
                   and w.revision = c.revision) as wanted
           from claims c join claim_revisions r
               on r.claim = c.id and r.revision = c.revision
           where c.case_id = ? order by c.position""",
        (case_id,),
    )
    people = _grouped(connection, _PEOPLE_OF_CASE, case_id)
    links = _grouped(connection, _LINKS_OF_CASE, case_id)
    for one in claims:
        one["people"] = people.get(one["id"], [])
        one["chains"] = _chains(links.get(one["id"], []))
    return claims


def _grouped(
    connection: sqlite3.Connection, sql: str, case_id: str
) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in fetch(connection, sql, (case_id,)):
        groups.setdefault(row.pop("claim"), []).append(row)
    return groups


def _chains(links: Sequence[Row]) -> list[list[Row]]:
    chains: dict[str, list[Row]] = {}
    for link in links:
        chains.setdefault(link.pop("evidence"), []).append(link)
    return list(chains.values())


def _quoted(claims: Sequence[Row]) -> set[str]:
    """Return the snapshots that the chains of a case's claims begin with."""
    return {
        chain[0]["snapshot"]
        for claim in claims
        for chain in claim["chains"]
        if chain[0]["snapshot"]
    }


def _values(claim: Mapping[str, Any], facet: str) -> set[str]:
    """Return the values that a claim has for a facet."""
    if facet == "strength":
        return {claim["ceiling"]}
    if facet == "person":
        return {one["id"] for one in claim["people"]}
    return {link["id"] for chain in claim["chains"] for link in chain}


def _passes(claim: Mapping[str, Any], chosen: Mapping[str, str]) -> bool:
    return all(value in _values(claim, key) for key, value in chosen.items())


def _facet(
    connection: sqlite3.Connection,
    claims: Sequence[Row],
    chosen: Mapping[str, str],
    facet: str,
) -> list[Row]:
    """Return a facet's values with how many claims the other facets leave to each."""
    others = {key: value for key, value in chosen.items() if key != facet}
    counts: dict[str, int] = {}
    for one in claims:
        if _passes(one, others):
            for value in _values(one, facet):
                counts[value] = counts.get(value, 0) + 1
    names = dict(list(connection.execute("select id, name from sources")))
    found: list[Row] = [
        {
            "value": value,
            "label": value if facet == "strength" else names[value],
            "claims": count,
            "chosen": chosen.get(facet) == value,
        }
        for value, count in counts.items()
    ]
    return sorted(found, key=lambda one: (-one["claims"], one["value"]))


def _is_new(pair: Row, seen: set[tuple[str, frozenset[str]]]) -> bool:
    """Tell whether a pair was not there yet the other way round; remember it."""
    key = (pair["relation"], frozenset((pair["claim"], pair["other"])))
    fresh = pair["relation"] == "overtakes" or key not in seen
    seen.add(key)
    return fresh


def _aliases_of(connection: sqlite3.Connection, case_id: str) -> list[Row]:
    return fetch(
        connection,
        """select a.*, s.custody, s.access, s.outcome, s.authenticated, s.labels,
               s.http_status, s.started_on, p.name as publisher_name,
               coalesce(s.requested_url, s.claimed_url) as url, s.document_name
           from snapshot_aliases a join snapshots s on s.sha256 = a.snapshot
           left join sources p on p.id = a.publisher
           where a.case_id = ? order by a.alias""",
        (case_id,),
    )


_PEOPLE_OF_CASE: Final = """
    select a.claim, p.id, p.name from claim_about a
    join claims c on c.id = a.claim and c.revision = a.revision
    join sources p on p.id = a.source and p.kind = 'person'
    where c.case_id = ? order by a.claim, a.position"""

_LINKS_OF_CASE: Final = """
    select l.claim, l.evidence, p.id, p.name, l.holding, l.snapshot, s.labels,
        s.outcome, s.http_status
    from link_holdings l
    left join snapshots s on s.sha256 = l.snapshot
    join claims c on c.id = l.claim and c.revision = l.revision
    join evidence e on e.claim = l.claim and e.revision = l.revision
        and e.evidence = l.evidence
    join sources p on p.id = l.source
    where c.case_id = ? order by l.claim, e.position, l.position"""
