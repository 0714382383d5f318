"""Search in any script."""

import sqlite3
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.website import searching
from tests.publication_fixture import SCHEMA
from tests.publication_harbour import make_publication

NAMES = (
    "Семён Бажуков",
    "Semyon Bazhukov",
    "مكتب مرفأ الاختبار",
    "测试港务局",
    "Movláev",
    "Åse Høiby",
    "اسکلهٔ ۱۲۳۴",
)


@pytest.fixture
def names():
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA.read_text())
    for position, name in enumerate(NAMES):
        source = f"person/p{position}"
        connection.execute(
            "insert into sources (id, kind, name, naming, file)"
            " values (?, 'person', ?, 'public', '')",
            (source, name),
        )
        connection.execute(
            "insert into source_names (source, position, name) values (?, 0, ?)",
            (source, name),
        )
    searching.fill_search(connection)
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def harbour(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search")
    connection = sqlite3.connect(make_publication(folder / "archive"))
    yield connection
    connection.close()


def titles(connection, query, page=0):
    return [one["title"] for one in searching.find(connection, query, page)["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Бажуков", NAMES[0]),
        ("бажук", NAMES[0]),
        ("СЕМЕН", NAMES[0]),
        ("Bazhukov", NAMES[1]),
        ("zhuk", NAMES[1]),
        ("semyon bazhukov", NAMES[1]),
        ("مرفأ", NAMES[2]),
        ("مَرفأ", NAMES[2]),
        ("الاختبـار", NAMES[2]),
        ("港务局", NAMES[3]),
        ("港务", NAMES[3]),
        ("港", NAMES[3]),
        ("movlaev", NAMES[4]),
        ("Movláev", NAMES[4]),
        ("hoiby", NAMES[5]),
        ("HØIBY", NAMES[5]),
        ("اسكلة", NAMES[6]),
        ("1234", NAMES[6]),
        ('"semyon bazhukov"', NAMES[1]),
        ("«Semyon  Bazhukov»", NAMES[1]),
        ('"semyon', NAMES[1]),
    ],
)
def test_a_name_is_found_in_its_script_whole_or_in_part(names, query, found):
    assert titles(names, query) == [found]


def test_every_word_of_a_query_must_stand_there(names):
    assert titles(names, "semyon бажуков") == []
    assert titles(names, "bazhukov se") == [NAMES[1]]
    assert titles(names, "bazhukov xx") == []
    assert titles(names, "bazhukov semyon") == [NAMES[1]]
    assert titles(names, '"bazhukov semyon"') == []


@pytest.mark.parametrize("query", ["", "   ", "\u200b", "\x00", "\u0301"])
def test_a_query_without_a_letter_finds_nothing(names, query):
    assert searching.find(names, query) == {"terms": [], "results": [], "more": False}


@pytest.mark.parametrize(
    "query",
    ['"', '""" OR 1', "*", "NEAR(a b)", "a AND", "folded:bazh", "-bazh", "^baz", "(("],
)
def test_the_syntax_of_the_index_means_nothing_in_a_query(names, query):
    assert isinstance(titles(names, query), list)


@given(st.text(max_size=60))
def test_any_text_is_a_query(query):
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA.read_text())
    searching.fill_search(connection)
    assert searching.find(connection, query)["results"] == []
    connection.close()


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text):
    once = searching.fold_for_search(text)
    assert searching.fold_for_search(once) == once


def test_a_query_has_at_most_eight_words_of_two_hundred_characters():
    assert len(searching.split_query(" ".join(map(str, range(20))))) == 8
    assert searching.split_query("a" * 300) == ("a" * 200,)
    assert searching.split_query("a A á") == ("a",)


def test_claims_quotes_sources_leads_and_public_texts_are_found(harbour):
    kinds = {
        one["kind"]
        for query in ("الرصيف", "harbour", "recording", "码头")
        for one in searching.find(harbour, query)["results"]
    }
    assert kinds == {"claim", "quote", "source", "lead", "snapshot"}


def test_sources_come_before_claims_and_whole_texts_last(harbour):
    found = [one["kind"] for one in searching.find(harbour, "مرفأ")["results"]]
    ranks = [("source", "claim", "quote", "lead", "snapshot").index(k) for k in found]
    assert ranks == sorted(ranks)
    assert set(found) >= {"source", "snapshot"}


def test_a_text_of_which_only_quotes_are_public_is_not_in_the_index(harbour):
    assert titles(harbour, "Minutes of the harbour board") == []
    assert titles(harbour, "The third quay is shut") != []


def test_a_long_list_of_results_has_pages(names, monkeypatch):
    monkeypatch.setattr(searching, "PAGE_SIZE", 1)
    first = searching.find(names, "person")
    assert first["more"]
    second = searching.find(names, "person", 1)
    assert first["results"] != second["results"]
    assert not searching.find(names, "person", len(NAMES) - 1)["more"]


def test_a_snippet_marks_the_words_as_they_stand():
    text = "x" * 200 + " Évènement à Paris, évènement"
    parts = searching.snippet(text, ("evenement",))
    assert [part for part, hit in parts if hit] == ["Évènement", "évènement"]
    assert parts[0] == ("…", False)
    assert "".join(part for part, _ in parts).endswith("à Paris, évènement")


def test_a_snippet_of_a_long_text_ends_where_it_is_cut():
    parts = searching.snippet("word " * 200, ("word",))
    assert parts[-1] == ("…", False)
    assert len("".join(part for part, _ in parts)) < 300


@pytest.mark.parametrize("before", [0, 1, 89, 2040, 2047, 4095, 9999])
def test_a_hit_deep_in_a_text_is_shown_as_one_at_its_beginning(before):
    text = "ж\u0301" * before + " Événe\u0301ment " + "ж\u0301" * 3000
    parts = searching.snippet(text, ("evenement",))
    assert [words for words, hit in parts if hit] == ["Événe\u0301ment"]
    assert parts[-1] == ("…", False)
    assert (parts[0] == ("…", False)) == (before > 44)
    shown = "".join(words for words, _ in parts).strip("…")
    assert shown in text
    assert len(shown) <= 270


def test_a_snippet_of_a_text_full_of_hits_takes_no_square_of_its_length():
    text = "e m " * 500_000
    begun = time.process_time()
    parts = searching.snippet(text, ("e", "m"))
    assert parts[:3] == [("e", True), (" ", False), ("m", True)]
    assert searching.snippet(text, ("zz",))[-1] == ("…", False)
    assert time.process_time() - begun < 20


def test_hits_that_overlap_are_marked_once():
    parts = searching.snippet("aaaa", ("aaa", "aa"))
    assert "".join(part for part, _ in parts) == "aaaa"


def test_filling_the_index_again_gives_the_same_rows(harbour):
    rows = list(harbour.execute("select * from search order by id"))
    assert rows
    assert len({row[0] for row in rows}) == len(rows)
