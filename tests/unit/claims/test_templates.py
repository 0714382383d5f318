"""The templates: whatever stands in the database, a page shows it and no more."""

import shutil
import sqlite3
from contextlib import closing, suppress

import pytest

from claims.website.hardening import DENIED
from claims.website.rows import JSON_COLUMNS
from tests.publication_client import ask, open_site
from tests.publication_harbour import SEALED_ALIAS, SEALED_TEXT, WITHHELD_NAME

POISON = '"\'><script>alert(1)</script><img src=x onmouseover="x">'
ADDRESS = "javascript:alert(1)"

ADDRESSES = (
    *("/", "/case/harbour", "/log", "/wanted", "/corrections", "/method", "/verify"),
    *("/claim/c-har60001", "/claim/c-har60002", "/claim/c-har60003"),
    *("/claim/c-har60004", "/claim/c-har60005", "/claim/c-har60001/1"),
    *("/source/org/harbour-office", "/lead/harbour-recording", "/log/1", "/log/4"),
    *("/search?q=quay", "/search?q=harbour", "/sourcebook"),
)


def every_page(site):
    """Return every kind of page, those of the tables' rows among them."""
    log = ask(site, "/log.json").json()["entries"]
    tables = ask(site, "/sourcebook.json").json()["tables"]
    names = [table["name"] for table in tables if not table["hidden"]]
    shown = ask(site, "/sourcebook/snapshots.json?_shape=array").json()
    return [
        *ADDRESSES,
        *(f"/statement/{entry['statement']}" for entry in log),
        *(f"/snapshot/{row['sha256']}" for row in shown),
        *(f"/snapshot/{row['sha256']}/records" for row in shown),
        *(f"/sourcebook/{name}" for name in names if name not in DENIED),
    ]


def test_no_page_names_a_person_whose_name_is_withheld(harbour_site):
    for address in every_page(harbour_site):
        page = ask(harbour_site, address).text
        assert WITHHELD_NAME not in page
        assert SEALED_ALIAS not in page
        assert SEALED_TEXT not in page
        assert ">None<" not in page, address
    assert "a person whose name is withheld" in (
        ask(harbour_site, "/claim/c-har60002").text
    )


@pytest.fixture
def poisoned(harbour_database, tmp_path):
    """Return the site with markup in every text that is no key, and no checked code."""
    database = tmp_path / "poisoned.db"
    shutil.copyfile(harbour_database, database)
    with closing(sqlite3.connect(database)) as connection, connection:
        for table, column in free_texts(connection):
            value = ADDRESS if "url" in column else POISON
            sql = (
                f'update {table} set "{column}" = ?'  # noqa: S608 - the schema's names
                f' where "{column}" is not null'
            )
            with suppress(sqlite3.IntegrityError):
                connection.execute(sql, (value,))
        for sql in JSON_CHANGES:
            connection.execute(sql, {"poison": POISON})
    return open_site(database)


def free_texts(connection):
    """Yield each text column that names no row and holds no JSON."""
    tables = connection.execute(
        "select name from sqlite_master"
        " where type = 'table' and name not like 'search%'"
    )
    for (table,) in tables.fetchall():
        links = connection.execute(f"pragma foreign_key_list({table})").fetchall()
        keys = {link[3] for link in links} | JSON_COLUMNS
        for _, column, kind, _, _, key in connection.execute(
            f"pragma table_info({table})"
        ).fetchall():
            if kind == "TEXT" and not key and column not in keys:
                yield table, column


JSON_CHANGES = (
    """update evidence set translations = json_array(json_object(
        'lang', :poison, 'text', :poison, 'by', :poison)) where withheld = 0""",
    """update claim_revisions set citation_csl = json_object('title', :poison),
        ceiling_steps = json_array(json_object(
        'strength', 'corroborated', 'met', json('false'), 'why', :poison))""",
    """update snapshots set labels = json_array(:poison),
        redactions = json_array(:poison)""",
)


def test_the_poison_reaches_every_kind_of_text(harbour_database):
    with closing(sqlite3.connect(harbour_database)) as connection:
        found = set(free_texts(connection))
    assert {
        ("claims", "claim"),
        ("claim_revisions", "note"),
        ("leads", "url"),
        ("quotes", "matched"),
        ("source_names", "name"),
        ("snapshots", "text"),
        ("statements", "payload"),
        ("about", "title"),
    } <= found


def test_what_stands_in_any_text_of_the_database_is_never_markup(poisoned):
    escaped = 0
    for address in every_page(poisoned):
        answer = ask(poisoned, address)
        assert answer.status_code == 200, address
        page = answer.text
        assert "<script" not in page, address
        assert "<img" not in page, address
        assert f'href="{ADDRESS}' not in page, address
        escaped += "&lt;script&gt;" in page
    assert escaped > 30


def test_json_of_a_poisoned_page_is_data_and_not_sniffed(poisoned):
    answer = ask(poisoned, "/claim/c-har60001.json")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["claim"]["claim"] == POISON
