"""Leads: what came of each is told wherever it is named, and none is left out."""

import pytest

from claims.website.lead_pages import captured
from tests.publication_client import ask, open_site

LEAD = "/lead/harbour-recording"
QUIET = "delete from lead_snapshots; delete from lead_attempts;"
CAPTURED = "update snapshots set labels = '[]', http_status = 200;"
UNASKED = "delete from wanted; update chain_links set lead = null, missing = 'x' where"


@pytest.fixture
def change(harbour_database, edit_copy):
    return lambda sql: open_site(edit_copy(harbour_database, sql))


def snapshot(status=200, *labels):
    return {"labels": list(labels), "http_status": status}


@pytest.mark.parametrize(
    ("snapshots", "came"),
    [
        ([], "nothing"),
        ([snapshot()], "page"),
        ([snapshot(None)], "page"),
        ([snapshot(200, "paywall")], "page"),
        ([snapshot(404)], "else"),
        ([snapshot(200, "soft-404"), snapshot(403, "bot-check")], "else"),
        ([snapshot(200, "empty"), snapshot()], "page"),
    ],
)
def test_what_came_of_a_lead_is_its_page_or_something_else_or_nothing(snapshots, came):
    assert captured(snapshots) == came


def test_a_wall_or_an_error_is_not_said_to_be_the_page_of_a_lead(harbour_site):
    page = ask(harbour_site, LEAD).text
    assert "A lead, not in hand: what came is likely not its page" in page
    assert "nothing here shows what the page says" in page
    assert "What it might do, once it is captured" in page
    assert "likely not of the page that was meant" in ask(harbour_site, "/wanted").text
    claim = ask(harbour_site, "/claim/c-har60002").text
    assert claim.count(", not in hand: what came is likely not its page. ") == 1
    assert "(not in hand: what came is likely not its page)" in (
        ask(harbour_site, "/case/harbour").text
    )


def test_a_lead_of_whose_page_there_is_a_snapshot_is_not_said_to_be_missing(change):
    site = change(CAPTURED)
    assert "A lead; of its page there is a snapshot" in ask(site, LEAD).text
    claim = ask(site, "/claim/c-har60002").text
    told = "; of its page there is a snapshot, which this chain does not quote. A lead"
    assert told in claim
    assert '<span class="holding">A lead, not quoted</span>' in claim
    case = ask(site, "/case/harbour").text
    assert "1 page that bears on the case is known of; of 1 there is a snapshot" in case
    assert "1 lead, not in hand" not in case


def test_what_was_only_tried_is_not_in_hand(change):
    site = change("delete from lead_snapshots;")
    assert "A lead, not in hand: tried in vain" in ask(site, LEAD).text
    site = change(QUIET)
    page = ask(site, "/case/harbour").text
    assert "(not in hand)" in page
    assert "1 page that bears on the case is known of and not in hand." in page


def test_a_lead_says_in_which_chains_it_stands(harbour_site):
    page = ask(harbour_site, LEAD).text
    assert "Chains in which it stands" in page
    assert '"/claim/c-har60002#e1"' in page
    told = ask(harbour_site, f"{LEAD}.json").json()
    assert [(one["id"], one["source"]) for one in told["chains"]] == [
        ("c-har60002", "person/unnamed-7q2k")
    ]


def test_a_lead_that_stands_in_a_chain_alone_is_wanted_for_that_claim(change):
    data = ask(change("delete from wanted;"), "/wanted.json").json()
    assert [(one["id"], one["claims"]) for one in data["leads"]] == [(LEAD[1:], 1)]
    assert data["others"] == []


def test_a_lead_that_no_claim_asks_for_is_listed_all_the_same(change):
    site = change(f"{UNASKED} lead is not null;")
    data = ask(site, "/wanted.json").json()
    assert data["leads"] == []
    assert [one["id"] for one in data["others"]] == [LEAD[1:]]
    page = ask(site, "/wanted").text
    assert "Known of, and asked for by no claim" in page
    assert "2 times in vain" in page
    assert f'href="{LEAD}"' in page


def test_a_case_without_claims_says_so_and_blames_no_choice(change):
    site = change(
        "insert into cases (id, title, language, file)"
        " values ('bare', 'Bare', 'en', 'cases/bare/case.toml');"
    )
    page = ask(site, "/case/bare").text
    assert "There is no claim in this case yet." in page
    assert "None yet." in page
    assert "was chosen" not in page


def test_a_case_tells_its_snapshots_apart_and_how_many_are_quoted(harbour_site):
    page = ask(harbour_site, "/case/harbour").text
    assert "http://harbour.example/news" in page
    assert "minutes" in page
    assert "drawn from 2 snapshots." in page


def test_a_lead_is_found_by_its_id(harbour_site):
    found = ask(harbour_site, "/search.json?q=lead/harbour-recording").json()
    assert [one["target"] for one in found["results"]] == [LEAD]


def test_a_snapshot_that_is_found_says_how_it_was_had_and_what_speaks_against_it(
    harbour_site,
):
    page = ask(harbour_site, "/search?q=radio.example/items").text
    assert "Snapshot: observed by this archive, <time" in page
    assert "<strong>Status 404.</strong>" in page
    assert "Labelled <em>soft-404</em>" in page


def test_doubts_about_a_snapshot_stand_beside_every_chain_that_begins_with_it(
    change,
):
    doubts = "update snapshots set outcome = 'truncated', http_status = 403"
    site = change(f"{doubts} where custody = 'observed';")
    for address in ("/case/harbour", "/claim/c-har60001"):
        page = ask(site, address).text
        assert '<strong class="label-mark">not whole</strong>' in page
        assert "labelled <em>consent-wall</em>" in page
        assert "What this archive was sent when it asked" in page or "case" in address
    assert "The page as this archive fetched it" not in page
