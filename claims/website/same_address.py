"""What else this archive has of one address: other snapshots, and attempts in vain.

A page that was captured once says what it said then.  Whether it was there again, and
whether its words were the same, is told beside it, so that nobody takes one moment for
all.  Addresses are compared as they stand: what was taken out of one as a secret makes
it another.
"""

import sqlite3
from typing import Final

from claims.website.rows import Row, fetch


def same_address(connection: sqlite3.Connection, snapshot: Row) -> Row:
    """Return the other snapshots of a snapshot's address, and the attempts at it.

    ``same_text`` is None where one of the two has no text layer that may be compared.
    """
    url = snapshot["requested_url"] or snapshot["claimed_url"]
    if not url:
        return {"snapshots": [], "attempts": []}
    own = snapshot["sha256"]
    others = fetch(connection, _OTHERS, (snapshot["text_sha256"], url, url, own))
    for one in others:
        one["same_text"] = None if one["same_text"] is None else bool(one["same_text"])
    return {"snapshots": others, "attempts": fetch(connection, _ATTEMPTS, (url,))}


_OTHERS: Final = """
    select s.sha256, s.custody, s.authenticated, s.labels, s.outcome, s.http_status,
        s.started_on, t.said_on, s.text_sha256 = ? as same_text
    from snapshots s join statements t on t.id = s.statement
    where (s.requested_url = ? or s.requested_url is null and s.claimed_url = ?)
        and s.sha256 <> ?
    order by t.log_index"""

_ATTEMPTS: Final = """
    select statement, started_on, driver, failure, reason, snapshot from attempts
    where requested_url = ? order by log_index"""
