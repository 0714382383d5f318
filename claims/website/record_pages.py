"""What the pages about snapshots, statements and the log show, as data."""

import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from claims.capture_words import account
from claims.charset_words import charset_stored
from claims.website.rows import NoPageError, OtherAddressError, Row, fetch, fetch_one
from claims.website.same_address import same_address
from claims.website.verifier_page import page_sha256

SHORTEST = 8  # digits of a hash that may stand for the whole
WHOLE = 64
LOG_PAGE = 200  # entries
VIEWS: Final = {"screenshot": "image/png", "pdf": "application/pdf"}  # beside a page


def snapshot(connection: sqlite3.Connection, digits: str) -> Row:
    """Return a snapshot: what it is, how it was had, and what is drawn from it.

    Raises:
        NoPageError: there is none, or several that begin so.
        OtherAddressError: ``digits`` is a unique beginning of its hash.
    """
    name = complete(connection, "snapshot", digits)
    found = fetch_one(connection, _SNAPSHOT, (name,), f"There is no snapshot {name}.")
    text = found.pop("text")
    spans = fetch(connection, _SPANS, (name,))
    return {
        "snapshot": found,
        "browser": account(found["browser"]),
        "charset": charset_stored(found["charset"]),
        "views": [
            kind for kind in VIEWS if fetch(connection, _VIEW, (name, VIEWS[kind]))
        ],
        "leads": fetch(connection, _LEADS, (name,)),
        "shown_beside": _shown_beside(connection, found),
        "same_address": same_address(connection, found),
        "aliases": fetch(connection, _ALIASES, (name,)),
        "records": fetch(connection, _RECORDS, (name,)),
        "quoted": fetch(connection, _QUOTED, (name,)),
        "text": mark_quotes(text, spans) if text is not None else None,
        "statement": statement(connection, found["statement"])["statement"],
        "findings": fetch(
            connection,
            "select * from findings where snapshot = ? order by position",
            (name,),
        ),
        "files": fetch(
            connection, _FILES, (f"snapshots/{name[:2]}/{name}", found["statement"])
        ),
    }


def snapshot_text(connection: sqlite3.Connection, digits: str) -> str:
    """Return the text layer of a snapshot.

    Raises:
        NoPageError: there is no such snapshot, it has none, or it is withheld.
        OtherAddressError: ``digits`` is a unique beginning of its hash.
    """
    name = complete(connection, "snapshot", digits)
    found = fetch_one(connection, _SNAPSHOT, (name,), f"There is no snapshot {name}.")
    if found["text"] is None:
        raise NoPageError(
            "The text layer is withheld by the operator, not checkable here."
            if found["extractor"]
            else "This snapshot has no text layer: no extractor reads its type."
        )
    text: str = found["text"]
    return text


def showable(connection: sqlite3.Connection, digits: str) -> Row:
    """Return the file and main record of a snapshot whose page may be shown.

    Raises:
        NoPageError: there is no such snapshot, its bytes are not public, the page names
            a person whose name is withheld, it has no main record, or the record was
            taken down.
        OtherAddressError: ``digits`` is a unique beginning of its hash.
    """
    name = complete(connection, "snapshot", digits)
    found = fetch_one(connection, _SNAPSHOT, (name,), f"There is no snapshot {name}.")
    if found["access"] != "public":
        raise NoPageError("Withheld by the operator, not checkable here.")
    if found["text_elided"]:
        raise NoPageError("The page names a person whose name is withheld.")
    if found["main_record"] is None:
        raise NoPageError("This snapshot has no page: no record of it is the main one.")
    place = (found["sha256"], found["main_record"])
    missing = "The record of the page is not in the file."
    return found | fetch_one(connection, _PLACE, place, missing)


def view(connection: sqlite3.Connection, digits: str, kind: str) -> Row:
    """Return the file and the record of a view of a page, one of ``VIEWS``.

    Raises:
        NoPageError: there is none, or the page may not be shown.
        OtherAddressError: ``digits`` is a unique beginning of its hash.
    """
    found = showable(connection, digits)
    missing = f"This snapshot holds no {kind} of the page."
    record = fetch_one(connection, _VIEW, (found["sha256"], VIEWS[kind]), missing)
    return record | {"path": found["path"]}


def keys(connection: sqlite3.Connection) -> Row:
    """Return what an outsider needs to check the archive: whose keys count."""
    return {
        "signers": fetch(connection, _SIGNERS),
        "verifier_sha256": page_sha256(),
    }


def _shown_beside(connection: sqlite3.Connection, found: Row) -> list[str]:
    """Return the other snapshots that its statement names and that have a page here."""
    named = [
        (found["memento"] or {}).get("comparedWith"),
        (found["robots"] or {}).get("sha256"),
    ]
    return [
        name
        for name in named
        if isinstance(name, str) and fetch(connection, _SNAPSHOT, (name,))
    ]


def mark_quotes(text: str, spans: Sequence[Row]) -> list[Row]:
    """Cut a text at every edge of a quote: each piece with the claims that quote it."""
    edges: dict[int, list[int]] = {0: [], len(text): []} | {
        place: [] for one in spans for place in (one["start"], one["end"])
    }
    for number, one in enumerate(spans):
        if one["start"] < one["end"]:
            edges[one["start"]].append(number)
            edges[one["end"]].append(number)
    pieces = []
    quoting: set[int] = set()  # the spans that the piece stands in, by number
    for start, end in pairwise(sorted(edges)):
        quoting.symmetric_difference_update(edges[start])
        claims = [spans[number]["claim"] for number in sorted(quoting)]
        pieces.append({"text": text[start:end], "claims": claims})
    return pieces


def statement(connection: sqlite3.Connection, digits: str) -> Row:
    """Return a statement, readable and as signed, with its log entry.

    Raises:
        NoPageError: there is none, or several that begin so.
        OtherAddressError: ``digits`` is a unique beginning of its id.
    """
    name = complete(connection, "statement", digits)
    found = fetch_one(connection, _STATEMENT, (name,), f"There is no statement {name}.")
    attempts = fetch(connection, "select * from attempts where statement = ?", (name,))
    return {"statement": found, "attempt": attempts[0] if attempts else None}


def log(connection: sqlite3.Connection, page: int = 0) -> Row:
    """Return the checkpoint of the release, and the log's entries, newest first."""
    entries = fetch(connection, _ENTRIES, (LOG_PAGE + 1, page * LOG_PAGE))
    return {
        "checkpoint": fetch_one(connection, _CHECKPOINT, (), "no checkpoint"),
        "entries": entries[:LOG_PAGE],
        "page": page,
        "more": len(entries) > LOG_PAGE,
        "signers": fetch(connection, _SIGNERS),
    }


def entry(connection: sqlite3.Connection, index: int) -> Row:
    """Return one entry of the first log.

    Raises:
        NoPageError: the release's checkpoint does not cover it.
    """
    found = fetch_one(
        connection,
        _ENTRY,
        (index,),
        f"The log has no entry {index} at the checkpoint of this release.",
    )
    last = fetch_one(connection, _CHECKPOINT, (), "no checkpoint")
    return {"entry": found, "checkpoint": last}


def complete(connection: sqlite3.Connection, kind: str, digits: str) -> str:
    """Return ``digits``, which are a whole hash in hex that the database holds.

    Raises:
        NoPageError: no hash, or more than one, begins so; or it is too short.
        OtherAddressError: they are a unique beginning, or not in lower case.
    """
    beginning = digits.lower()
    if len(beginning) < SHORTEST:
        raise NoPageError(
            f"{digits!r} is too short: a {kind} is named by at least {SHORTEST} digits."
        )
    found = fetch(connection, _BEGINNINGS[kind], (beginning, beginning + "g"))
    if not found:
        raise NoPageError(f"No {kind} {digits} is published here.")
    if len(found) > 1:
        raise NoPageError(
            f"Several {kind}s begin with {digits}: give more of its {WHOLE} digits."
        )
    whole: str = found[0]["id"]
    if whole != digits:
        raise OtherAddressError(whole)
    return whole


_BEGINNINGS: Final = {
    "snapshot": """select sha256 as id from snapshots
        where sha256 >= ? and sha256 < ? limit 2""",
    "statement": """select id from statements where id >= ? and id < ? limit 2""",
}

_SNAPSHOT: Final = """
    select s.*, s.text is not null as has_text, t.log_index, t.said_on,
        coalesce(m.type = 'conversion', 0) as is_derived
    from snapshots s join statements t on t.id = s.statement
    left join records m on m.snapshot = s.sha256 and m.position = s.main_record
    where s.sha256 = ?"""

_ALIASES: Final = """
    select a.*, p.name as publisher_name, k.title as case_title
    from snapshot_aliases a join cases k on k.id = a.case_id
    left join sources p on p.id = a.publisher
    where a.snapshot = ? order by a.case_id, a.alias"""

_RECORDS: Final = "select * from records where snapshot = ? order by position"

# All that the reader's verifier asks for.
_FILES: Final = """
    select f.path, f.length, f.kind from files f where f.path like ? || '%'
    union
    select f.path, f.length, f.kind from statements t
    join files f on f.path in (t.bundle_path, t.receipt_path) where t.id = ?
    union
    select path, length, kind from files
    where path in ('trust/1/policy', 'trust/1/signers')
    order by path"""

_PLACE: Final = """
    select offset, length from records
    where snapshot = ? and position = ? and offset is not null"""

_VIEW: Final = """
    select offset, length, media_type from records
    where snapshot = ? and type = 'resource' and uri like 'urn:view:%'
        and media_type = ? and offset is not null
    order by position limit 1"""

_LEADS: Final = """
    select l.id, l.publisher, l.published_words, t.how
    from lead_snapshots t join leads l on l.id = t.lead
    where t.snapshot = ? order by l.id"""

_QUOTED: Final = """
    select c.id, c.claim, c.ceiling, k.language, e.evidence, e.role, e.withheld,
        min(q.start) as start, max(q."end") as "end"
    from evidence e
    join claims c on c.id = e.claim and c.revision = e.revision
    join cases k on k.id = c.case_id
    left join quotes q on q.claim = e.claim and q.revision = e.revision
        and q.evidence = e.evidence
    where e.snapshot = ?
    group by c.id, e.evidence order by start, c.case_id, c.position, e.position"""

_SPANS: Final = """
    select distinct q.claim, q.start, q."end" from quotes q
    join claims c on c.id = q.claim and c.revision = q.revision
    join evidence e on e.claim = q.claim and e.revision = q.revision
        and e.evidence = q.evidence
    where e.snapshot = ? and q.start is not null order by q.start, q.claim"""

_STATEMENT: Final = """
    select t.*, e.entry, e.leaf_hash, e.signature, g.spki, g.roles, s.sha256 as snapshot
    from statements t
    join log_entries e on e.log = t.log and e.idx = t.log_index
    left join signers g on g.keyid = t.keyid
        and g.position = (select min(position) from signers where keyid = t.keyid)
    left join snapshots s on s.statement = t.id
    where t.id = ?"""

_SIGNERS: Final = "select * from signers order by position"

_CHECKPOINT: Final = """
    select archive, origin, checkpoint_size, checkpoint_root, checkpoint_note, release,
        release_index, release_on, release_changes, release_statement
    from about"""

_ENTRIES: Final = """
    select e.log, e.idx, e.type, e.statement, e.leaf_hash, t.said_on, t.signer,
        t.sealed, s.sha256 as snapshot, s.document_name,
        coalesce(s.requested_url, s.claimed_url, a.requested_url) as url
    from log_entries e left join statements t on t.id = e.statement
    left join snapshots s on s.statement = e.statement
    left join attempts a on a.statement = e.statement
    order by e.log desc, e.idx desc limit ? offset ?"""

_ENTRY: Final = """
    select e.*, t.said_on, t.signer, t.sealed, t.receipt, t.receipt_path
    from log_entries e left join statements t on t.id = e.statement
    where e.log = 1 and e.idx = ?"""
