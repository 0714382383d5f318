"""The database is the same bytes for the same rows, and takes its place only whole."""

import sqlite3
from contextlib import closing

import pytest

from archiver.errors import ArchiveError
from claims.published.database import PAGE_SIZE, write_database
from claims.website.searching import fill_search

SOURCE = {
    "id": "org/a",
    "kind": "org",
    "naming": "public",
    "file": "sources/org/a.toml",
}


def tables(*names):
    ids = [f"org/{name}" for name in names]
    return {
        "sources": [SOURCE | {"id": each, "name": each} for each in ids],
        "source_names": [{"source": each, "position": 0, "name": each} for each in ids],
    }


def rows(place, sql):
    with closing(sqlite3.connect(place)) as connection:
        return connection.execute(sql).fetchall()


def test_the_same_rows_give_the_same_bytes_wherever_and_over_whatever(tmp_path):
    first, second = tmp_path / "a" / "site.db", tmp_path / "elsewhere" / "x.db"
    second.parent.mkdir()
    second.write_bytes(b"an older file")
    for place in (first, second):
        write_database(place, tables("a", "b", "ж"), fill_search)
    assert first.read_bytes() == second.read_bytes()
    assert rows(first, "select id from sources") == [("org/a",), ("org/b",), ("org/ж",)]
    assert rows(first, "select count(*) from search_fts('\"org/\"')") == [(3,)]
    assert rows(first, "pragma integrity_check") == [("ok",)]
    assert rows(first, "pragma page_size") == [(PAGE_SIZE,)]
    assert rows(first, "pragma journal_mode") == [("delete",)]


def test_nothing_but_the_database_is_left_beside_it(tmp_path):
    write_database(tmp_path / "site.db", {}, fill_search)
    assert [place.name for place in tmp_path.iterdir()] == ["site.db"]


def test_what_fails_half_way_leaves_the_older_database_in_its_place(tmp_path):
    place = tmp_path / "site.db"
    write_database(place, tables("a"), fill_search)
    before = place.read_bytes()

    def fail(connection):
        assert connection.execute("select count(*) from sources").fetchone() == (2,)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_database(place, tables("b", "c"), fail)
    assert place.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["site.db"]


def test_a_row_that_breaks_a_rule_of_the_schema_is_a_mistake_of_ours(tmp_path):
    with pytest.raises(sqlite3.IntegrityError):
        write_database(tmp_path / "site.db", tables("a", "a"), fill_search)
    named = {"sources": [SOURCE | {"naming": "withheld", "name": "Ann"}]}
    with pytest.raises(sqlite3.IntegrityError):
        write_database(tmp_path / "site.db", named, fill_search)


def test_a_reference_to_nothing_is_refused_when_all_is_in(tmp_path):
    link = {"source": "org/none", "position": 0, "name": "None"}
    with pytest.raises(sqlite3.IntegrityError):
        write_database(tmp_path / "x.db", {"source_names": [link]}, fill_search)


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ArchiveError, match="cannot be written"):
        write_database(tmp_path / "file" / "x.db", {}, fill_search)
    (tmp_path / "folder" / "full").mkdir(parents=True)
    with pytest.raises(ArchiveError, match="cannot be written"):
        write_database(tmp_path / "folder", {}, fill_search)
