"""The page of a snapshot: what came, what speaks against it, what may not be had."""

import sqlite3
from contextlib import closing

import pytest

from archiver.text import HTML, PDF, PLAIN, TELEGRAM
from claims.capture_words import EXTRACTORS
from tests.publication_client import ask, open_site


@pytest.fixture(scope="module")
def shas(harbour_database):
    """Return the snapshots of the invented case by what they are."""
    sql = "select coalesce(driver, document_name), sha256 from snapshots"
    with closing(sqlite3.connect(harbour_database)) as connection:
        return dict(connection.execute(sql).fetchall())


@pytest.fixture
def change(harbour_database, edit_copy, harbour_archive):
    return lambda sql: open_site(edit_copy(harbour_database, sql), harbour_archive)


def page_of(site, sha256):
    return ask(site, f"/snapshot/{sha256}").text


def test_what_speaks_against_a_snapshot_stands_before_its_facts(harbour_site, shas):
    page = page_of(harbour_site, shas["browser"])
    facts = page.index('<dl class="facts">')
    assert page.index("The server answered 404: an error.") < facts
    assert page.index("Labelled <em>soft-404</em>") < facts
    page = page_of(harbour_site, shas["client"])
    assert page.index("Labelled <em>consent-wall</em>") < page.index('<dl class="f')
    assert "The server answered" not in page


def test_each_extractor_is_told_in_words(harbour_site, shas):
    assert set(EXTRACTORS) == {HTML, PLAIN, TELEGRAM, PDF}
    words = f"<code>html@1</code> ({EXTRACTORS[HTML]})"
    assert words in page_of(harbour_site, shas["client"])


def test_the_same_address_at_other_times_stands_beside_a_snapshot(harbour_site, shas):
    told = ask(harbour_site, f"/snapshot/{shas['client']}.json").json()
    (other,) = told["same_address"]["snapshots"]
    assert (other["sha256"], other["same_text"]) == (shas["memento"], False)
    page = page_of(harbour_site, shas["client"])
    assert f'href="/snapshot/{shas["memento"]}"' in page
    assert "Its text is <strong>not the same</strong>." in page
    assert "nothing of the time between" in page
    attempts = ask(harbour_site, f"/snapshot/{shas['browser']}.json").json()
    assert len(attempts["same_address"]["attempts"]) == 2
    assert "Tried in vain" in page_of(harbour_site, shas["browser"])


def test_a_text_that_is_the_same_is_said_to_be_and_one_withheld_is_not_compared(
    change, shas
):
    same = "update snapshots set text_sha256 = 'aa' where text_sha256 is not null;"
    page = page_of(change(same), shas["client"])
    assert "Its text is the same." in page
    closed = "update snapshots set text_sha256 = null where memento is not null;"
    page = page_of(change(closed), shas["client"])
    assert "The same address at other times" in page
    assert "Its text is" not in page


def test_the_attempt_that_a_snapshot_came_of_is_told_from_others(change, shas):
    told = "This snapshot is what came on the way."
    assert told not in page_of(change(""), shas["browser"])
    came = (
        "update attempts set snapshot ="
        " (select sha256 from snapshots where driver = 'browser')"
        " where statement = (select min(statement) from attempts);"
    )
    assert page_of(change(came), shas["browser"]).count(told) == 1


def test_a_snapshot_without_an_address_has_no_other_times(change, shas):
    alone = "update snapshots set claimed_url = null, requested_url = null;"
    page = page_of(change(alone), shas["memento"])
    assert "The same address at other times" not in page


def test_a_claim_says_that_its_page_was_captured_again(change, shas):
    again = (
        "update snapshots set requested_url = 'http://harbour.example/news'"
        " where driver = 'browser';"
    )
    told = f'<a href="/snapshot/{shas["client"]}#again">captured at another time</a>'
    assert told in ask(change(again), "/claim/c-har60001").text


def test_of_bytes_that_are_withheld_no_command_is_shown_that_fetches_them(
    harbour_site, change, shas
):
    fetches = 'curl -sSo snapshot "'
    assert fetches in page_of(harbour_site, shas["client"])
    page = page_of(harbour_site, shas["minutes.txt"])
    assert fetches not in page
    assert "The statement and its place in the log can be checked." in page
    named = (
        "update snapshots set text_elided = 1;"
        "update statements set sealed = 1, said_on = null, payload = null,"
        " bundle = null, bundle_path = null where type = 'snapshot';"
    )
    page = page_of(change(named), shas["client"])
    assert fetches not in page
    assert "What was signed of them is withheld as well" in page
    assert "at a time that is withheld" in page
    assert "at an unknown time" not in page
    assert "Somebody is named in it who must not be named." in page


def test_a_snapshot_without_a_text_layer_says_that_nothing_can_be_quoted(change, shas):
    change = change("update snapshots set extractor = null, text = null;")
    assert "It has no text layer: nothing in it can be quoted." in (
        page_of(change, shas["client"])
    )


def test_a_text_without_words_is_not_said_to_be_withheld(change, shas):
    site = change("update snapshots set text = '' where text is not null;")
    page = page_of(site, shas["browser"])
    assert "is empty: it found no words." in page
    assert "Withheld by the operator" not in page


def test_the_frame_of_a_post_is_said_to_be_one(change, shas):
    site = change(
        "update snapshots set extractor = 'telegram@1',"
        " final_url = requested_url || '?embed=1' where driver = 'client';"
    )
    assert "the frame of the page that holds the words of the post" in (
        page_of(site, shas["client"])
    )


def test_a_reader_is_given_every_file_that_the_verifier_asks_for(shipped_site):
    rows = ask(shipped_site, "/sourcebook/snapshots.json?_shape=array").json()
    told = ask(shipped_site, f"/snapshot/{rows[0]['sha256']}.json").json()
    paths = [one["path"] for one in told["files"]]
    ends = (".warc.gz", ".records.jsonl", ".text", ".sigstore.json", ".tlog-proof")
    for end in (*ends, "trust/1/policy", "trust/1/signers"):
        (path,) = [one for one in paths if one.endswith(end)]
        assert ask(shipped_site, f"/archive/{path}").status_code == 200
    page = page_of(shipped_site, rows[0]["sha256"])
    assert all(f'href="/archive/{path}"' in page for path in paths)
    assert 'href="/static/verify.html"' in page


def test_a_recorded_pdf_is_offered_to_be_saved_and_not_to_be_looked_at(change, shas):
    site = change("update snapshots set extractor = 'pdf@1' where driver = 'client';")
    assert "The recorded PDF, to download" in page_of(site, shas["client"])
