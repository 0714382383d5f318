"""The first case as it ships: 55 claims, each tied to the article that was given."""

import hashlib
import json
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from claims.anchoring import anchor_parts
from claims.folding import Folded, fold
from claims.holdings import Context, Holding
from claims.leads import Lead, parse_leads
from claims.model import Case, Claim, Evidence, parse_case, parse_claim
from claims.places import locate
from claims.rules import examine
from claims.sharing import check_case, check_ids, check_leads_dates
from claims.sources import Source, parse_source

MATERIAL = Path(__file__).parents[3] / "archives/material/kz-handover-2026"
CASE = MATERIAL / "cases/kz-handover"
GIVEN = MATERIAL / "given"
SHA256 = {
    "README.md": "2df90b12fa32b77ee62202f482933190cb3bb778115a8af2602c8ae1034ac03f",
    "claims.json": "16422db892d3ed92382ec6efdba1076178998dc1d0afc7ac620d30320179b252",
    "euronews-fr.txt": (
        "3c8357833f323bc2b94cad171ab885eae9d4b97600da6146b714c3e6591a780c"
    ),
    "leads.csv": "0b3483b6d195a1447e17c152fe00354ab4dba8bdd3d96cc6a4c5e18422ba9d22",
}
SLUGS = sorted(path.stem for path in (CASE / "claims").glob("*.toml"))
MOTHER = "person/unnamed-4t9x"
SYMMETRIC = ("conflicts-with", "same-event")
HEADINGS = 3  # subheadings of the article that are quoted


@cache
def article() -> str:
    return (GIVEN / "euronews-fr.txt").read_text(encoding="utf-8")


@cache
def layer() -> Folded:
    return fold(article())


@cache
def claim_of(slug: str) -> Claim:
    path = CASE / f"claims/{slug}.toml"
    return parse_claim(path.read_bytes(), path.name)


@cache
def claims() -> dict[str, Claim]:
    return {claim.id: claim for claim in map(claim_of, SLUGS)}


@cache
def given_claims() -> dict[str, dict]:
    entries = json.loads((GIVEN / "claims.json").read_text(encoding="utf-8"))
    return {entry["id"]: entry for entry in entries}


@cache
def leads() -> dict[str, Lead]:
    data = (CASE / "leads.csv").read_bytes()
    return {lead.id: lead for lead in parse_leads(data, "leads.csv")}


@cache
def sources() -> dict[str, Source]:
    paths = (MATERIAL / "sources").glob("*/*.toml")
    found = [
        parse_source(path.read_bytes(), str(path.relative_to(MATERIAL)))
        for path in paths
    ]
    return {source.id: source for source in found}


@cache
def case() -> Case:
    data = (CASE / "case.toml").read_bytes()
    return parse_case(data.replace(b"@euronews-fr@", b"0" * 64), "case.toml")


@cache
def context() -> Context:
    """Return what a claim is read against: the article, in hand as it was supplied."""
    article_held = Holding("0" * 64, "supplied", text=article(), layer=layer())
    return Context(case(), {"euronews-fr": article_held}, sources(), leads(), claims())


def evidence_of(slug: str) -> tuple[Evidence, ...]:
    return claim_of(slug).evidence


def spans_of(item: Evidence) -> list[tuple[int, int]]:
    """Anchor the parts of a quote, and expect each to stand as it is quoted."""
    found = anchor_parts(layer(), item.parts, item.prefix, item.suffix)
    assert [one.status for one in found] == ["exact"] * len(item.parts)
    return [(one.start, one.end) for one in found]


def paragraph_around(start: int) -> str:
    """Return the line of the article in which an offset stands."""
    begin = article().rfind("\n", 0, start) + 1
    return article()[begin : article().index("\n", start)]


def related(slug: str) -> set[tuple[str, str]]:
    slugs = {claim_of(one).id: one for one in SLUGS}
    return {(one.relation, slugs[one.claim]) for one in claim_of(slug).related}


@pytest.mark.parametrize("name", sorted(SHA256))
def test_what_was_given_is_kept_byte_for_byte(name):
    assert hashlib.sha256((GIVEN / name).read_bytes()).hexdigest() == SHA256[name]


def test_nothing_else_lies_beside_what_was_given():
    assert sorted(path.name for path in GIVEN.iterdir()) == sorted(SHA256)


def test_the_leads_of_the_case_are_those_that_were_given():
    assert (CASE / "leads.csv").read_bytes() == (GIVEN / "leads.csv").read_bytes()


def test_every_claim_that_was_given_has_its_file_and_there_is_no_other():
    assert len(SLUGS) == 55
    assert sorted(given_claims()) == SLUGS


def test_no_two_claims_have_the_same_id():
    assert len(claims()) == 55


@pytest.mark.parametrize("slug", SLUGS)
def test_every_quote_stands_in_the_article_word_for_word(slug):
    for item in evidence_of(slug):
        spans = spans_of(item)
        assert [article()[start:end] for start, end in spans] == list(item.parts)
        assert spans == sorted(spans)


@pytest.mark.parametrize("slug", SLUGS)
def test_no_word_that_was_quoted_in_what_was_given_is_lost(slug):
    quoted = [part for item in evidence_of(slug) for part in item.parts]
    for words in given_claims()[slug]["quote"]:
        assert any(words in part for part in quoted)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_parts_of_one_quote_stand_in_one_paragraph(slug):
    for item in evidence_of(slug):
        assert len({paragraph_around(start) for start, _ in spans_of(item)}) == 1


@pytest.mark.parametrize("slug", SLUGS)
def test_the_zone_that_a_quote_is_given_is_the_one_it_stands_in(slug):
    for item in evidence_of(slug):
        line = paragraph_around(spans_of(item)[0][0])
        is_subheading = re.match(r"(Semyon|Alexander|Mansur) \w+ : ", line)
        is_caption = line.startswith("Les dirigeants russes et kazakhs lors du sommet")
        expected = "heading" if is_subheading else "caption" if is_caption else "body"
        assert item.zone == expected


def test_three_claims_quote_a_subheading():
    zones = [item.zone for slug in SLUGS for item in evidence_of(slug)]
    assert zones.count("heading") == HEADINGS
    assert zones.count("caption") == 1


@pytest.mark.parametrize("slug", SLUGS)
def test_every_chain_begins_with_the_article_and_ends_with_an_origin(slug):
    for item in evidence_of(slug):
        first, last = item.chain[0], item.chain[-1]
        assert (first.by, first.snapshot) == ("org/euronews", "euronews-fr")
        assert last.knows == "unstated"
        assert all(link.missing and not link.lead for link in item.chain[1:])


@pytest.mark.parametrize("slug", SLUGS)
def test_a_chain_is_as_long_as_what_was_given_says(slug):
    lengths = {len(item.chain) for item in evidence_of(slug)}
    assert lengths == {len(given_claims()[slug]["chain"])}


def test_the_chains_have_one_two_or_three_links():
    lengths = [len(evidence_of(slug)[0].chain) for slug in SLUGS]
    assert [lengths.count(length) for length in (1, 2, 3)] == [31, 14, 10]


@pytest.mark.parametrize("slug", SLUGS)
def test_a_link_that_the_reader_infers_is_marked_as_such(slug):
    basis = given_claims()[slug]["chain_basis"]
    inferred = {
        link.attribution for item in evidence_of(slug) for link in item.chain[1:]
    }
    if "adjacency" in basis and "own voice" not in basis:
        assert "adjacent" in inferred
    if basis == "own voice":
        assert inferred == set()


@pytest.mark.parametrize("slug", SLUGS)
def test_everybody_in_a_claim_is_a_source_of_the_archive(slug):
    claim = claim_of(slug)
    named = {link.by for item in claim.evidence for link in item.chain}
    assert named | set(claim.about) <= set(sources())


@pytest.mark.parametrize("slug", SLUGS)
def test_related_claims_exist_and_a_claim_is_not_its_own_relation(slug):
    others = [one.claim for one in claim_of(slug).related]
    assert set(others) <= set(claims())
    assert claim_of(slug).id not in others


@pytest.mark.parametrize("slug", SLUGS)
def test_a_conflict_or_a_common_event_is_said_on_both_sides(slug):
    for relation, other in related(slug):
        if relation in SYMMETRIC:
            assert (relation, slug) in related(other)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_lead_that_is_wanted_is_in_the_list(slug):
    wanted = {one.lead for one in claim_of(slug).wanted if one.lead}
    assert wanted <= set(leads())


@pytest.mark.parametrize("slug", SLUGS)
def test_every_lead_that_was_given_is_wanted_with_what_it_may_do(slug):
    by_url = {lead.url: lead.id for lead in leads().values()}
    expected = {
        (by_url[one["url"]], one["may"]) for one in given_claims()[slug]["leads"]
    }
    wanted = {(one.lead, one.may) for one in claim_of(slug).wanted if one.lead}
    assert expected <= wanted


@pytest.mark.parametrize("slug", SLUGS)
def test_what_a_chain_misses_is_wanted(slug):
    missing = any(link.missing for item in evidence_of(slug) for link in item.chain)
    assert not missing or any(not one.lead for one in claim_of(slug).wanted)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_quote_has_an_english_translation_by_machine(slug):
    for item in evidence_of(slug):
        assert item.translation["by"] == "machine"
        assert set(item.translations) == {"en"}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_claim_is_by_the_project_and_judged_by_nobody(slug):
    claim = claim_of(slug)
    assert (claim.author, claim.case) == ("the project", "kz-handover")
    assert not claim.sensitive
    assert claim.note


@pytest.mark.parametrize("slug", SLUGS)
def test_the_year_of_a_day_is_in_no_claim_since_the_article_does_not_print_it(slug):
    assert "2026" not in claim_of(slug).claim


def test_the_dates_are_those_of_the_article():
    assert claim_of("bazhukov-handover").holds == "2026-02-02"
    assert claim_of("kachkurkin-arrested-moscow").holds == "2026-02-01"
    assert claim_of("movlayev-prosecutor-decision").holds == "2026-01-30"
    assert claim_of("seventy-thousand-autumn-2025").as_of == "2025-23"


def test_a_date_whose_year_is_inferred_says_so():
    for slug in (
        "bazhukov-handover",
        "kachkurkin-arrested-moscow",
        "movlayev-prosecutor-decision",
        "movlayev-expulsion-30-days",
    ):
        assert "inferred" in claim_of(slug).note


def test_the_mother_has_no_name_and_a_slug_that_tells_nothing():
    mother = sources()[MOTHER]
    assert mother.naming == "withheld"
    assert [name.text for name in mother.names] == ["Bazhukov's mother (not named)"]
    assert not re.search("mother|bazhukov|semyon|mere", MOTHER)


@pytest.mark.parametrize("slug", SLUGS)
def test_no_claim_names_the_mother(slug):
    text = (CASE / f"claims/{slug}.toml").read_text(encoding="utf-8")
    after = re.findall(r"\b(?:mother|mère)\b(?!')\W+(\w+)", text)
    assert not [word for word in after if word[0].isupper() and word != "Semyon"]
    assert MOTHER not in claim_of(slug).about


def test_everybody_who_is_not_named_is_a_source_of_their_own():
    unnamed = {one for one, source in sources().items() if source.unnamed}
    cited = {
        link.by for slug in SLUGS for item in evidence_of(slug) for link in item.chain
    }
    assert len(unnamed) == 7
    assert unnamed <= cited
    assert all("(not named)" in sources()[one].name for one in unnamed)


def test_the_four_men_are_named_as_the_press_named_them():
    men = (
        "alexander-kachkurkin",
        "kamil-kasimov",
        "mansur-movlayev",
        "semyon-bazhukov",
    )
    assert {sources()[f"person/{man}"].naming for man in men} == {"press"}


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("person/semyon-bazhukov", {"Bazhukov", "Бажуков"}),
        ("person/alexander-kachkurkin", {"Kachkurkin", "Качкуркин", "Kacskurkin"}),
        ("person/mansur-movlayev", {"Movlaev", "Мовлаев", "Movláev"}),
        ("org/first-department", {"First Department", "First Division"}),
        (
            "org/goodbye-weapons",
            {"Adieu, armes", "Farewell to arms", "Goodbye, weapons"},
        ),
    ],
)
def test_the_forms_of_a_name_that_were_given_are_kept(source, names):
    assert names <= {name.text for name in sources()[source].names}


def test_every_name_of_a_source_says_where_it_was_seen():
    for source in sources().values():
        assert all(name.seen_in for name in source.names)


def test_a_name_that_was_seen_in_the_article_stands_in_it():
    seen = [
        name.text
        for source in sources().values()
        if not source.unnamed
        for name in source.names
        if name.seen_in == "the article (euronews-fr)"
    ]
    assert len(seen) >= 15
    assert [name for name in seen if name not in article()] == []


def test_every_publisher_of_a_lead_is_a_source():
    names = {name.text for source in sources().values() for name in source.names}
    assert {lead.publisher for lead in leads().values()} <= names


def test_two_editions_of_euronews_are_one_family():
    assert sources()["org/euronews"].family == sources()["org/euronews-it"].family


def test_the_case_leaves_the_hash_of_the_snapshot_to_the_maker_of_the_archive():
    data = (CASE / "case.toml").read_bytes()
    assert data.count(b'\nsha256    = "@euronews-fr@"\n') == 1


def test_the_case_says_what_is_known_of_the_article():
    alias = case().snapshots["euronews-fr"]
    assert case().id == "kz-handover"
    assert (alias.publisher, alias.language) == ("org/euronews", "fr")
    assert (alias.published, alias.access) == ("2026-02-02/..", "public")
    assert alias.reason == "a published article"


@pytest.mark.parametrize("slug", SLUGS)
def test_the_rules_find_nothing_and_the_evidence_permits_reported(slug):
    path = CASE / f"claims/{slug}.toml"
    places = locate(path.read_text(encoding="utf-8"), path.name)
    examined = examine(claim_of(slug), context(), places)
    assert examined.findings == ()
    assert examined.ceiling.strength == "reported"


def test_the_rules_find_nothing_across_the_files():
    places = locate("", "")
    assert list(check_case(case(), places, sources())) == []
    assert list(check_leads_dates(leads().values(), "leads.csv")) == []
    assert list(check_ids((claim_of(slug).id, slug) for slug in SLUGS)) == []


# What a fact-checker should see first.


def test_extradited_stands_against_handed_over_and_expelled():
    assert {
        ("conflicts-with", "bazhukov-handover"),
        ("conflicts-with", "kachkurkin-administrative-grounds"),
    } <= related("two-russians-extradited")


def test_four_days_stand_against_the_dated_arrest():
    assert {
        ("conflicts-with", "kachkurkin-arrested-moscow"),
        ("conflicts-with", "kachkurkin-arrested-on-plane"),
    } <= related("two-in-four-days")


def test_the_escape_in_february_stands_against_the_hand_over():
    assert ("conflicts-with", "bazhukov-handover") in related(
        "bazhukov-escaped-again-february"
    )


def test_the_two_wordings_of_the_mother_stand_side_by_side():
    items = evidence_of("bazhukov-mother-quote")
    assert [(item.role, item.zone) for item in items] == [
        ("supports", "body"),
        ("context", "heading"),
    ]


def test_the_subheading_on_the_transfers_is_put_as_what_it_is():
    claim = claim_of("kachkurkin-transferred-money")
    assert claim.claim.startswith("The article's subheading says that ")
    assert claim.kind == "attribution"
    assert ("conflicts-with", "russia-gave-no-evidence") in related(
        "kachkurkin-transferred-money"
    )


def test_what_may_overtake_the_thirty_days_is_wanted():
    wanted = claim_of("movlayev-expulsion-30-days").wanted
    assert {one.lead for one in wanted if one.may == "supersede"} == {
        "lead/openkg-75751",
        "lead/meduza-20260224",
        "lead/swissinfo-90993998",
    }


def test_both_lengths_of_the_sentence_are_wanted():
    wanted = str([one.what for one in claim_of("movlayev-served-sentence").wanted])
    assert "two years" in wanted
    assert "three years" in wanted


def test_the_radio_liberty_lead_is_never_taken_for_the_piece_that_is_cited():
    for slug in SLUGS:
        links = [link for item in evidence_of(slug) for link in item.chain]
        cited = [link for link in links if link.by == "org/radio-liberty"]
        assert all(link.missing and not link.lead for link in cited)
        if cited:
            assert "lead/svoboda-33680616" in {
                one.lead for one in claim_of(slug).wanted
            }


def test_first_department_is_one_organisation_under_two_names():
    assert "org/first-division" not in sources()
    assert "one organisation" in claim_of("smirnov-quote").note


def test_no_file_of_the_material_carries_a_judgement():
    for slug in SLUGS:
        document = tomllib.loads(
            (CASE / f"claims/{slug}.toml").read_text(encoding="utf-8")
        )
        assert not {"strength", "state", "verdict", "status"} & set(document)
