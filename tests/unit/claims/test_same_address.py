"""What else there is of one address is found without looking through all there is."""

import re
import sqlite3

import pytest

from claims.website import claim_pages, lead_pages, record_pages, same_address
from tests.publication_fixture import SCHEMA

QUERIES = {
    "other snapshots": (same_address._OTHERS, 4),
    "attempts": (same_address._ATTEMPTS, 1),
    "a claim's evidence": (claim_pages._EVIDENCE, 3),
    "what came of leads": (lead_pages._CAME, 1),
    "what was tried": (lead_pages._TRIED, 1),
    "a statement": (record_pages._STATEMENT, 1),
}


@pytest.mark.parametrize("name", QUERIES)
def test_no_table_is_looked_through_from_end_to_end(name):
    sql, values = QUERIES[name]
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA.read_text())
    plan = connection.execute(f"explain query plan {sql}", ["[]"] * values).fetchall()
    connection.close()
    scans = [row[3] for row in plan if row[3].startswith("SCAN")]
    assert [scan for scan in scans if not re.match("SCAN json_each", scan)] == []
