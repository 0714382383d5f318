"""A claim is shown as its file has it, and no word of a sealed snapshot with it."""

import json
from dataclasses import replace

import msgspec
import pytest

from archiver.openings import TextOpening
from claims.anchoring import Anchor
from claims.ceilings import Cap, Ceiling, Step
from claims.elision import Elider
from claims.model import parse_claim
from claims.published.claim_rows import (
    Revision,
    Since,
    Surroundings,
    about_rows,
    claim_row,
    evidence_rows,
    link_rows,
    quote_rows,
    related_rows,
    revision_row,
    wanted_rows,
)
from claims.published.record_rows import Exposure, HeldSnapshot, canonical
from tests.snapshot_facts import SALT, facts

FILE = "cases/a-case/claims/status.toml"
TOML = """\
schema = "sourcebook/claim@1"
id     = "c-7k3m9q2p"
case   = "a-case"
author = "the project"
kind   = "fact"
claim  = "Semyon Bazhukov held asylum-seeker status."
about  = ["person/semyon-bazhukov"]
holds  = "/2026-02-02"
note   = "A note."
related = [
  { claim = "c-2h8w5x0r", as = "needed-by" },
  { claim = "c-00000000", as = "part-of" },
]

[[evidence]]
id       = "e1"
added    = 2026-11-25
role     = "supports"
snapshot = "page"
lang     = "fr"
quotes   = ["avait le statut", "de demandeur d'asile"]
prefix   = "Semyon Bazhukov"
suffix   = "dans la"
copy_of  = "other"
translation = { en = "had the status", by = "machine" }
chain    = [
  { by = "org/outlet", snapshot = "page" },
  { by = "org/radio", lead = "lead/radio-1", party = true },
  { by = "org/bureau", missing = "its own statement", knows = "unstated" },
]

[[evidence]]
id       = "e2"
added    = 2026-11-26
role     = "contradicts"
snapshot = "other"
lang     = "fr"
quote    = "pas de statut"
zone     = "body"
chain    = [
  { by = "org/outlet", snapshot = "other", knows = "document", primary = "order" },
]

[[wanted]]
what = "its own statement"
may  = "support"
lead = "lead/radio-1"
"""
TEXT = (
    "Un. Semyon Bazhukov avait le statut, dit-on, de demandeur d'asile"
    " dans la république."
)
CLAIM = parse_claim(TOML.encode(), FILE)
FIRST, SECOND = TEXT.index("avait"), TEXT.index("de demandeur")
ANCHORS = {
    "e1": (
        Anchor("exact", FIRST, FIRST + 15),
        Anchor("exact", SECOND, SECOND + 20),
    ),
    "e2": (Anchor("absent", reason="nowhere"),),
}
CEILING = Ceiling(
    "reported",
    (
        Step("open", reached=True, why="a"),
        Step("reported", reached=True, why="b", evidence=("e1",)),
    ),
    (Cap("attested", "c", ("e2",)),),
)


def held(level, *, named=False, zones=()):
    return HeldSnapshot(
        facts=facts(),
        exposure=Exposure(level, named=named),
        statement_id="77" * 32,
        custody="supplied",
        authenticated=False,
        text=TEXT,
        opening=TextOpening("plain@1", "11" * 32, SALT, len(TEXT), zones),
        openings=(),
    )


def around(page="public", other="public", names=(), zones=()):
    named = bool(names)
    snapshots = {
        "page": held(page, zones=zones, named=named),
        "other": held(other, named=named),
    }
    return Surroundings(snapshots, Elider(names))


def revision(**changes):
    return Revision(
        claim=msgspec.structs.replace(CLAIM, **changes),
        number=2,
        file="cases/a-case/revisions/c-7k3m9q2p/2.toml",
        data=TOML.encode(),
        since=Since(3, 9, "2026-02-03T09:00:00Z"),
        anchors=ANCHORS,
        ceiling=CEILING,
        citation="A desk.",
        csl={"id": "c-7k3m9q2p"},
    )


def test_a_claim_and_its_revision_have_a_row_each():
    verdict = {"strength": None, "state": None, "stale": 0}
    row = claim_row(
        revision(), case="a-case", position=7, slug="status", verdict=verdict
    )
    assert (row["id"], row["position"], row["revision"]) == ("c-7k3m9q2p", 7, 2)
    assert (row["ceiling"], row["strength"], row["slug"]) == (
        "reported",
        None,
        "status",
    )
    row = revision_row(revision(), around())
    assert row["toml"] == TOML
    assert row["holds_words"] == "from an unknown day to 2 February 2026"
    assert (row["as_of"], row["as_of_words"]) == (None, None)
    assert (row["since_release"], row["since_index"]) == (3, 9)
    steps = json.loads(row["ceiling_steps"])
    assert steps[1] == {
        "strength": "reported",
        "met": True,
        "why": "b",
        "evidence": ["e1"],
    }
    assert steps[2] == {"cap": "attested", "why": "c", "evidence": ["e2"]}
    assert json.loads(row["citation_csl"]) == {"id": "c-7k3m9q2p"}


def test_a_revision_of_a_draft_belongs_to_no_release():
    draft = revision(holds="", as_of="2026")
    row = revision_row(replace(draft, since=None), around())
    assert row["since_release"] is row["since_on"] is row["holds_words"] is None
    assert row["as_of_words"] == "2026"


def test_evidence_says_where_it_stands_and_who_says_so():
    first, second = evidence_rows(
        revision(), around(zones=((0, 3, "body"), (4, 60, "heading")))
    )
    assert (first["snapshot"], first["alias"], first["position"]) == (
        "ab" * 32,
        "page",
        0,
    )
    assert (first["zone"], first["zone_by"]) == ("heading", "extractor")
    assert (first["added"], first["role"], first["copy_of"]) == (
        "2026-11-25",
        "supports",
        "other",
    )
    assert (first["record"], first["extractor"]) == (0, "plain@1")
    assert json.loads(first["translations"]) == [
        {"lang": "en", "text": "had the status", "by": "machine"}
    ]
    assert (second["zone"], second["zone_by"]) == ("body", "author")
    assert second["translations"] == "[]"
    (first, _) = evidence_rows(revision(), around())
    assert (first["zone"], first["zone_by"]) == (None, None)


def test_each_part_of_a_quote_stands_in_its_words():
    first, second, third = quote_rows(revision(), around())
    assert (first["part"], first["prefix"], first["suffix"]) == (
        0,
        "Semyon Bazhukov",
        "",
    )
    assert (second["part"], second["prefix"], second["suffix"]) == (1, "", "dans la")
    assert first["before"] == "Un. Semyon Bazhukov "
    assert first["matched"] == "avait le statut"
    assert second["after"] == " dans la république."
    assert (third["status"], third["reason"], third["start"]) == (
        "absent",
        "nowhere",
        None,
    )
    assert "matched" not in third


def test_the_words_beside_a_quote_are_few_and_end_at_a_space():
    text = "mot " * 200
    start = 400
    snapshot = replace(held("quotes"), text=text)
    shown = Surroundings({"page": snapshot, "other": held("public")}, Elider([]))
    anchors = {**ANCHORS, "e1": (Anchor("exact", start, start + 3),) * 2}
    row = next(iter(quote_rows(replace(revision(), anchors=anchors), shown)))
    assert len(row["before"]) <= 120
    assert row["before"].startswith("mot")
    assert row["after"].endswith("mot")
    unbroken = replace(snapshot, text="王" * 900)
    shown = Surroundings({"page": unbroken, "other": held("public")}, Elider([]))
    row = next(iter(quote_rows(replace(revision(), anchors=anchors), shown)))
    assert (len(row["before"]), len(row["after"])) == (120, 120)


def test_a_withheld_name_is_out_of_the_words_around_a_quote():
    rows = list(quote_rows(revision(), around(names=["Semyon Bazhukov"])))
    assert rows[0]["before"] == "Un. ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ "
    assert rows[0]["start"] == FIRST


def test_a_chain_leads_link_by_link_to_what_is_in_hand_a_lead_or_missing():
    first, second, third, fourth = link_rows(revision(), around())
    assert (first["source"], first["snapshot"], first["voice"]) == (
        "org/outlet",
        "ab" * 32,
        "own",
    )
    assert (second["lead"], second["party"], second["voice"]) == (
        "lead/radio-1",
        1,
        "paraphrased",
    )
    assert (third["missing"], third["knows"]) == ("its own statement", "unstated")
    assert third["lead"] is None
    assert (fourth["evidence"], fourth["primary_kind"]) == ("e2", "order")


def test_what_is_wanted_related_and_spoken_of_has_rows():
    [wanted] = wanted_rows(revision())
    assert (wanted["what"], wanted["may"], wanted["lead"]) == (
        "its own statement",
        "support",
        "lead/radio-1",
    )
    [about] = about_rows(revision())
    assert about["source"] == "person/semyon-bazhukov"
    related = list(related_rows(revision(), {"c-2h8w5x0r"}))
    assert [(row["other"], row["relation"], row["position"]) for row in related] == [
        ("c-2h8w5x0r", "needed-by", 0)
    ]


@pytest.mark.parametrize("alias", ["page", "other"])
def test_no_word_of_a_sealed_snapshot_is_in_any_row(alias):
    shown = around(**{alias: "sealed"})
    rows = [
        revision_row(revision(), shown),
        *evidence_rows(revision(), shown),
        *quote_rows(revision(), shown),
        *link_rows(revision(), shown),
    ]
    text = canonical(rows)
    secret = {
        "page": ("avait le statut", "had the status"),
        "other": ("pas de statut",),
    }
    for words in (*secret[alias], f'"alias":"{alias}"', f'"copy_of":"{alias}"'):
        assert words not in text
    assert rows[0]["toml"] == ""
    sealed = [row for row in rows if row.get("sealed") == "77" * 32]
    assert len(sealed) == 2
    assert all(row.get("snapshot") is None for row in sealed)
    assert shown.rests_on_sealed(CLAIM)
    assert not around().rests_on_sealed(CLAIM)
