"""Every address of the site, as a page and as JSON."""

import json
import re

import pytest

from tests.publication_client import ask, open_site
from tests.publication_harbour import HARBOUR_QUOTE, HARBOUR_TEXT, NOW

CLAIM = "c-aa9vzf4n"


@pytest.fixture(scope="module")
def shas(harbour_site):
    """Return the snapshots and statements of the invented case by what they are."""
    log = ask(harbour_site, "/log.json").json()
    page = ask(harbour_site, "/claim/c-har60001.json").json()
    minutes = ask(harbour_site, "/claim/c-har60005.json").json()
    sealed = ask(harbour_site, "/claim/c-har60002.json").json()["evidence"][1]["sealed"]
    return {
        "page": page["evidence"][0]["snapshot"],
        "minutes": minutes["evidence"][0]["snapshot"],
        "sealed": sealed,
        "release": log["archive"]["release_statement"],
    }


def addresses(shas):
    return [
        "/",
        "/case/harbour",
        "/claim/c-har60001",
        "/claim/c-har60001/1",
        "/claim/c-har60004",
        f"/snapshot/{shas['page']}",
        f"/snapshot/{shas['minutes']}",
        f"/snapshot/{shas['page']}/records",
        "/source/org/harbour-office",
        "/source/person/unnamed-7q2k",
        "/lead/harbour-recording",
        "/log",
        "/log/0",
        "/log/3",
        f"/statement/{shas['release']}",
        f"/statement/{shas['sealed']}",
        "/wanted",
        "/corrections",
        "/method",
        "/verify",
        "/search",
    ]


def test_every_address_answers_as_a_page_and_as_json(harbour_site, shas):
    for address in addresses(shas):
        page = ask(harbour_site, address)
        assert page.status_code == 200, address
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        data = ask(harbour_site, address.rstrip("/") + "/.json" * (address == "/"))
        data = data if address == "/" else ask(harbour_site, f"{address}.json")
        assert data.status_code == 200, address
        assert data.headers["content-type"] == "application/json; charset=utf-8"
        assert data.json()["archive"]["archive"] == "test-archive"


def test_every_page_links_to_its_json_and_names_the_release(harbour_site, shas):
    for address in addresses(shas):
        page = ask(harbour_site, address).text
        assert f'href="{address}.json"' in page, address
        assert "Release 1, signed" in page


def test_every_link_within_the_site_leads_somewhere(harbour_site, shas):
    found = set()
    for address in addresses(shas):
        page = ask(harbour_site, address).text
        found |= set(re.findall(r'(?:href|action|src)="(/[^"#]*)', page))
    for address in sorted(found):
        answer = ask(harbour_site, address.replace("&amp;", "&"))
        assert answer.status_code == 200, address


def test_the_json_of_a_search_keeps_the_query(harbour_site):
    page = ask(harbour_site, "/search?q=%E7%A0%81%E5%A4%B4").text
    assert 'href="/search.json?q=%E7%A0%81%E5%A4%B4"' in page
    data = ask(harbour_site, "/search.json?q=%E7%A0%81%E5%A4%B4").json()
    assert data["query"] == "码头"
    assert data["results"]


@pytest.mark.parametrize("page", ["-1", "x", "99999", "٣", ""])
def test_a_page_number_that_is_none_is_the_first(harbour_site, page):
    answer = ask(harbour_site, "/log.json", params={"page": page})
    assert answer.json()["page"] == 0


def test_a_page_behind_the_last_is_empty(harbour_site):
    assert ask(harbour_site, "/log.json?page=9").json()["entries"] == []


@pytest.mark.parametrize(
    "address",
    [
        "/case/none",
        "/claim/c-00000000",
        "/claim/c-har60001/3",
        "/claim/c-har60001/0",
        "/snapshot/0123456",
        "/snapshot/0123456789",
        "/snapshot/xyz",
        "/source/org/none",
        "/source/dog/rex",
        "/lead/none",
        "/log/9999",
        "/log/01",
        "/statement/0123456789",
        "/nothing",
        "/Claim/c-har60001",
        "/claim/c-har60001/1/2",
        "/-/versions.json",
    ],
)
def test_what_is_not_there_is_a_404_with_a_page(harbour_site, address):
    answer = ask(harbour_site, address)
    assert answer.status_code == 404
    assert "Nothing at this address" in answer.text
    data = ask(harbour_site, address + ".json" * (not address.endswith(".json")))
    assert data.status_code == 404
    assert data.json()["ok"] is False


def test_a_unique_beginning_of_a_hash_leads_to_the_whole(harbour_site, shas):
    for kind, name in (("snapshot", "page"), ("statement", "release")):
        whole = shas[name]
        for rest in ("", ".json", "/records") if kind == "snapshot" else ("", ".json"):
            answer = ask(harbour_site, f"/{kind}/{whole[:8]}{rest}")
            assert answer.status_code == 302
            assert answer.headers["location"] == f"/{kind}/{whole}{rest}"
    answer = ask(harbour_site, f"/snapshot/{shas['page'].upper()}")
    assert answer.headers["location"] == f"/snapshot/{shas['page']}"


@pytest.mark.parametrize("view", ["text", "raw"])
def test_a_beginning_leads_on_from_text_and_page_too(harbour_site, shas, view):
    whole = shas["page"]
    answer = ask(harbour_site, f"/snapshot/{whole[:10]}/{view}")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/snapshot/{whole}/{view}"


def test_the_text_layer_is_plain_text(harbour_site, shas):
    answer = ask(harbour_site, f"/snapshot/{shas['page']}/text")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == HARBOUR_TEXT


def test_a_text_that_is_withheld_is_said_to_be_and_not_shown(harbour_site, shas):
    answer = ask(harbour_site, f"/snapshot/{shas['minutes']}/text")
    assert answer.status_code == 404
    assert "withheld by the operator, not checkable here" in answer.text
    page = ask(harbour_site, f"/snapshot/{shas['minutes']}").text
    assert "Withheld by the operator, not checkable here" in page
    assert "Minutes of the harbour board" not in page


def test_a_claim_says_what_its_evidence_permits_and_why_not_more(shipped_site):
    page = ask(shipped_site, f"/claim/{CLAIM}").text
    words = re.sub(r"<[^>]+>|\s+", " ", page)
    words = re.sub(r"\s+", " ", words)
    assert "Not assessed by a person. The evidence permits at most: reported ." in words
    assert "means: Somebody says so." in words
    assert "is not in hand (its own statement)" in words
    assert "1 of 3 links in hand, as supplied" in words


def test_a_quote_stands_in_its_context_with_its_words_marked(shipped_site):
    page = ask(shipped_site, f"/claim/{CLAIM}").text
    assert '<blockquote lang="fr" dir="ltr">' in page
    quote = "Bazhukov avait le statut de demandeur d&#39;asile dans la république"
    assert f"<mark>{quote}</mark>" in page
    assert "Kazakhstan, qui a noté que </span><mark>" in page
    assert "English, translated by a machine; no person has checked it" in page
    assert '<p lang="en" dir="ltr">Bazhukov had asylum-seeker status' in page


def test_the_chain_shows_each_link_in_hand_or_missing(shipped_site):
    page = ask(shipped_site, f"/claim/{CLAIM}").text
    chain = page.partition('<ol class="chain"')[2].partition("</ol>")[0]
    holdings = re.findall(r'<li class="is-(\w+)">', chain)
    assert holdings == ["supplied", "missing", "missing"]
    assert "the piece that the article cites is not identified" in chain
    assert "does not say how it knows" in chain


def test_a_claim_of_two_parts_says_that_they_support_only_together(shipped_site):
    page = ask(shipped_site, "/claim/c-vs1rj4xw").text
    assert page.count("<mark>") == 2
    assert "The parts support only together" in page


@pytest.mark.parametrize(
    ("claim", "other", "relation"),
    [
        ("c-9h120av6", "c-kqgggfm9", "Conflicts with"),
        ("c-9h120av6", "c-rw1y5etd", "Conflicts with"),
        ("c-c7mad0m9", "c-n9xzdn79", "Conflicts with"),
        ("c-he10c4fg", "c-aa9vzf4n", "Is needed by"),
        ("c-aa9vzf4n", "c-he10c4fg", "Needs"),
    ],
)
def test_related_claims_stand_on_the_page_in_words(
    shipped_site, claim, other, relation
):
    page = ask(shipped_site, f"/claim/{claim}").text
    items = re.findall(r"<li>(<span class=\"relation.*?)</li>", page, re.DOTALL)
    assert any(f"/claim/{other}" in item and relation in item for item in items)


def test_what_pulls_against_each_other_stands_on_the_page_of_the_case(shipped_site):
    data = ask(shipped_site, "/case/kz-handover.json").json()
    pairs = {
        frozenset((pair["claim"], pair["other"]))
        for pair in data["tensions"]
        if pair["relation"] == "conflicts-with"
    }
    assert frozenset(("c-9h120av6", "c-kqgggfm9")) in pairs
    assert len(pairs) == sum(
        pair["relation"] == "conflicts-with" for pair in data["tensions"]
    )
    assert "Where the claims pull against each other" in (
        ask(shipped_site, "/case/kz-handover").text
    )


def test_the_shipped_case_has_55_claims_of_which_nobody_judged_one(shipped_site):
    data = ask(shipped_site, "/case/kz-handover.json").json()
    assert data["total"] == len(data["claims"]) == 55
    assert {claim["ceiling"] for claim in data["claims"]} == {"reported"}
    assert {claim["strength"] for claim in data["claims"]} == {None}
    for claim in data["claims"]:
        page = ask(shipped_site, f"/claim/{claim['id']}").text
        assert "Not assessed by a person. The evidence permits at most:" in page
        assert "<mark>" in page


def test_facets_narrow_the_claims_and_count_what_is_left(shipped_site):
    whole = ask(shipped_site, "/case/kz-handover.json").json()
    facets = {facet["name"]: facet["values"] for facet in whole["facets"]}
    person = next(
        one for one in facets["person"] if one["value"] == "person/mansur-movlayev"
    )
    fields = {
        "person": person["value"],
        "strength": "reported",
        "source": "org/euronews",
    }
    some = ask(shipped_site, "/case/kz-handover.json", params=fields).json()
    assert 0 < len(some["claims"]) == person["claims"] < whole["total"]
    assert all(
        person["value"] in [one["id"] for one in claim["people"]]
        for claim in some["claims"]
    )
    page = ask(shipped_site, "/case/kz-handover", params=fields).text
    assert f"{len(some['claims'])} claims of 55" in page
    none = ask(shipped_site, "/case/kz-handover?strength=established")
    assert "No claim passes all that was chosen." in none.text


def test_a_person_whose_name_is_withheld_has_a_page_without_it(shipped_site):
    answer = ask(shipped_site, "/source/person/unnamed-4t9x")
    assert "A person whose name is withheld" in answer.text
    assert answer.text.count("Claims that rest on it") == 1


def test_an_assessed_claim_shows_its_verdict_and_who_gave_it(harbour_site):
    page = ask(harbour_site, "/claim/c-har60001").text
    assert "Assessed by a person:" in page
    assert "The office says so of its own quay." in page
    assert "agrees with" in page


def test_an_older_revision_says_that_it_was_replaced(harbour_site):
    page = ask(harbour_site, "/claim/c-har60001/1").text
    assert "This is revision 1, which has been replaced." in page
    assert "أُغلق الرصيف الثالث.</h1>" in page
    assert "Not assessed by a person." in page
    now = ask(harbour_site, "/claim/c-har60001/2").text
    assert "has been replaced" not in now


def test_a_sealed_quote_is_withheld_and_says_so(harbour_site):
    page = ask(harbour_site, "/claim/c-har60002").text
    assert "withheld by the operator, not checkable here" in page
    assert "inferred from the sentence beside it" in page
    assert "has a side in the matter" in page
    assert "A lead is no evidence." in page


def test_a_stale_verdict_is_said_to_be_one(harbour_site):
    page = ask(harbour_site, "/claim/c-har60005").text
    assert "The verdict is of an older revision" in page
    assert "Overtaken from 2026-11-22" in page


def test_right_to_left_text_is_marked_as_such(harbour_site):
    page = ask(harbour_site, "/claim/c-har60001").text
    assert '<blockquote lang="ar" dir="rtl">' in page
    assert f"<mark>{HARBOUR_QUOTE}</mark>" in page
    assert '<h1 lang="ar" dir="auto"' in page


def test_custody_is_said_in_plain_words(harbour_site, shipped_site, shas):
    observed = ask(harbour_site, f"/snapshot/{shas['page']}").text
    assert "Observed: this archive’s own software fetched it." in observed
    supplied = ask(shipped_site, f"/claim/{CLAIM}.json").json()["evidence"][0]
    page = ask(shipped_site, f"/snapshot/{supplied['snapshot']}").text
    assert "Supplied: nobody here observed the exchange." in page
    assert "none was supplied with it" in page


def test_an_observation_that_a_strangers_key_signed_counts_as_supplied(
    harbour_database, shas, edit_copy
):
    database = edit_copy(
        harbour_database,
        "update snapshots set custody = 'supplied' where custody_said = 'observed'",
    )
    page = ask(open_site(database), f"/snapshot/{shas['page']}").text
    assert "Says that it was observed; counts as supplied." in page
    assert "this archive’s own software fetched it" not in page


def test_a_capture_that_is_not_whole_says_so_on_the_claim(
    harbour_database, shas, edit_copy
):
    database = edit_copy(
        harbour_database,
        "update snapshots set outcome = 'truncated', outcome_reason = 'cut at byte 9'",
    )
    site = open_site(database)
    assert "The capture is not whole: truncated (cut at byte 9)" in (
        ask(site, "/claim/c-har60001").text
    )
    assert "cut at byte 9" in ask(site, f"/snapshot/{shas['page']}").text


def test_a_draft_says_so_on_every_page(harbour_database, shas, edit_copy):
    site = open_site(edit_copy(harbour_database, "update about set draft = 1"))
    for address in (*addresses(shas), "/sourcebook", "/sourcebook/claims", "/nothing"):
        assert "These files are not released" in ask(site, address).text, address


def test_the_text_of_a_snapshot_is_marked_where_claims_quote_it(harbour_site, shas):
    data = ask(harbour_site, f"/snapshot/{shas['page']}.json").json()
    assert "".join(piece["text"] for piece in data["text"]) == HARBOUR_TEXT
    quoted = {
        piece["text"]: piece["claims"] for piece in data["text"] if piece["claims"]
    }
    assert quoted == {
        HARBOUR_QUOTE: ["c-har60001"],
        "第三码头": ["c-har60003"],
        "已关闭": ["c-har60003"],
    }


def test_corrections_and_findings_stand_on_the_pages(harbour_site):
    assert "The quay was shut a day later." in ask(harbour_site, "/corrections").text
    assert "stands in the claim and in no quote" in (
        ask(harbour_site, "/claim/c-har60002").text
    )


def test_wanted_begins_with_the_lead_that_bears_on_most_claims(shipped_site):
    data = ask(shipped_site, "/wanted.json").json()
    counts = [lead["claims"] for lead in data["leads"]]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == len({one["id"] for one in data["leads"][0]["wanted"]})
    assert all(one["what"] for one in data["without_lead"])
    page = ask(shipped_site, "/wanted").text
    assert data["leads"][0]["publisher"] in page
    lead = ask(shipped_site, f"/{data['leads'][0]['id']}").text
    assert "A lead, not in hand" in lead
    assert "so it is no evidence for anything" in lead


def test_the_first_page_says_what_is_here(shipped_site):
    data = ask(shipped_site, "/.json").json()
    assert data["counts"]["claims"] == 55
    assert data["counts"]["snapshots"] == 1
    assert data["counts"]["observed"] == 0
    assert data["counts"]["leads"] == 14
    page = ask(shipped_site, "/").text
    assert "No claim has been assessed by a person." in page


def test_json_is_utf8_and_holds_times_as_they_were_said(harbour_site):
    answer = ask(harbour_site, "/claim/c-har60001.json")
    assert HARBOUR_QUOTE.encode() in answer.content
    assert json.loads(answer.content)["revision"]["since_on"] == NOW
