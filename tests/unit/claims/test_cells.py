"""Cells of the tables that lead to pages."""

import pytest

from claims.website.cells import link_cell
from tests.publication_client import ask


@pytest.mark.parametrize(
    ("table", "column", "value", "link"),
    [
        ("claims", "id", "c-1", '<a href="/claim/c-1">c-1</a>'),
        ("evidence", "claim", "c-1", '<a href="/claim/c-1">c-1</a>'),
        ("sources", "id", "org/a", '<a href="/source/org/a">org/a</a>'),
        ("wanted", "lead", "lead/a", '<a href="/lead/a">lead/a</a>'),
        ("log_entries", "idx", 3, '<a href="/log/3">3</a>'),
        (
            "chain_links",
            "source",
            {"value": "org/a", "label": "A <b>"},
            '<a href="/source/org/a">A &lt;b&gt;</a>',
        ),
        (
            "claims",
            "case_id",
            {"value": "a", "label": None},
            '<a href="/case/a">a</a>',
        ),
    ],
)
def test_a_cell_that_names_a_thing_is_a_link(table, column, value, link):
    assert link_cell(table, column, value, str) == link


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("claims", "claim", "A sentence."),
        ("leads", "publisher", "A paper"),
        ("leads", "url", "https://a.example"),
        ("statements", "sealed", 1),
        ("claims", "kind", "fact"),
        ("evidence", "snapshot", None),
        ("evidence", "snapshot", b"x"),
    ],
)
def test_any_other_cell_is_left_to_datasette(table, column, value):
    assert link_cell(table, column, value, str) is None


def test_the_tables_link_to_the_pages(harbour_site):
    page = ask(harbour_site, "/sourcebook/claims").text
    assert '<a href="/sourcebook/claims/c-har60001">c-har60001</a>' in page
    assert '<a href="/case/harbour">مرفأ الاختبار</a>' in page


def test_a_row_has_a_page(harbour_site):
    page = ask(harbour_site, "/sourcebook/leads/lead~2Fharbour-recording").text
    assert "a recording of the witness" in page
    assert "Rows of other tables that name it" in page


def test_every_table_and_column_is_described(harbour_site):
    described = harbour_site.metadata("databases")["sourcebook"]["tables"]
    for table in ask(harbour_site, "/sourcebook.json").json()["tables"]:
        if table["hidden"]:
            continue
        about = described[table["name"]]
        assert about["title"]
        assert about["description"]
        assert set(about["columns"]) == set(table["columns"]), table["name"]
