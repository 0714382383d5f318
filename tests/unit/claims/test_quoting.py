"""The quote stands in the snapshot, and the snapshot is the signed one."""

import pytest

from claims.anchoring import Anchor
from claims.nearest import Piece
from claims.places import locate
from claims.quoting import describe
from claims.rules import examine
from tests.claim_kit import SHA, claim, context, evidence, holding, link, own

FILE = """\
kind = "fact"
[[evidence]]
snapshot = "a"
quote = "x"
zone = "body"
translation = { en = "x" }
chain = [
  { by = "org/a", snapshot = "a" },
  { by = "org/b", snapshot = "z", knows = "unstated" },
]
"""


def _find(code, *items, where=None, text=FILE, **keys):
    examined = examine(
        claim(*items, **keys), where or context(), locate(text, "c.toml")
    )
    return [finding for finding in examined.findings if finding.code == code]


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("the door of the house was shut", "is changed: the words there are others"),
        ("the door of the hous", "is changed: it begins or ends inside a word"),
        ("a large aeroplane landed there", "is absent: nothing in the page is like it"),
        (
            "the",
            "is ambiguous: it stands in several places, characters 45 to 48 and 57",
        ),
    ],
)
def test_a_quote_that_is_not_anchored_is_told_with_status_reason_and_place(quote, said):
    (found,) = _find("C04", own("a", quote=quote))
    assert said in found.message
    assert found.place == "c.toml:4"
    assert "expected the words of 'a'" in found.message
    assert found.hint


def test_the_difference_is_shown_with_its_kind():
    item = own("b", quote="I saw on 3 February that the door was not open")
    (found,) = _find("C04", item)
    assert "the quote has '3', a number" in found.message
    assert "the page has '2', a number" in found.message
    assert "the quote has 'not', a negation" in found.message


def test_each_part_of_a_quote_is_told_by_its_own_line():
    text = "[[evidence]]\nquotes = [\n'a',\n'b',\n]\n"
    item = own("a", quotes=("said on 2 February", "that the window was open"))
    (found,) = _find("C04", item, text=text)
    assert found.place == "c.toml:4"


def test_context_that_does_not_stand_beside_a_quote_is_told():
    item = own("a", prefix="it was said that")
    (found,) = _find("C04", item)
    assert "prefix or suffix do not stand directly beside it" in found.message


def test_an_anchor_is_described_without_a_place_where_it_has_none():
    assert describe(Anchor("absent", reason="nowhere")) == (
        "absent: nothing in the page is like it"
    )
    pieces = (Piece("same", "the "), Piece("page", "door"))
    told = describe(Anchor("changed", reason="words", nearest=(3, 9), diff=pieces))
    assert told == (
        "changed: the words there are others, characters 3 to 9 (the page has 'door')"
    )


def test_a_snapshot_is_an_alias_of_the_case():
    chain = (link("org/a", snapshot="a"), link("org/b", snapshot="z", knows="unstated"))
    (found,) = _find("C05", evidence(chain=chain))
    assert found.place == "c.toml:9"
    assert "is 'z', expected an alias of case.toml (a, b, c, d)" in found.message


def test_a_pinned_snapshot_is_in_the_archive():
    found = _find("C05", own("a"), where=context(holdings={}))
    assert [each.place for each in found] == ["c.toml:3", "c.toml:8"]
    assert f"pinned to {SHA['a']}, expected a snapshot" in found[0].message


def test_what_is_used_of_a_snapshot_is_what_was_signed():
    bad = holding("a", fault="the text layer has another SHA-256")
    found = _find("C05", own("a"), where=context(holdings={"a": bad}))
    assert "of which the text layer has another SHA-256" in found[0].message


def test_a_copy_or_a_lead_is_left_to_its_own_rule():
    assert _find("C05", own("a", copy_of="z")) == []
    assert _find("C05", own("a", snapshot="lead/page-1")) == []


def test_a_translation_says_by_whom():
    (found,) = _find("C14", own("a", translation={"fr": "ouverte"}))
    assert found.place == "c.toml:6"
    assert "does not say by whom" in found.message
    assert _find("C14", own("a", translation={"fr": "x", "by": "machine"})) == []


def test_a_quotation_says_in_which_language_it_was_said():
    (found,) = _find("C14", own("a"), kind="quotation")
    assert (found.severity, found.place) == ("warning", "c.toml:1")
    assert _find("C14", own("a"), kind="quotation", original_lang="en") == []


@pytest.mark.parametrize("outcome", ["truncated", "malformed"])
def test_a_snapshot_that_is_not_complete_is_named(outcome):
    where = context(holdings={"a": holding("a", outcome=outcome)})
    (found,) = _find("C16", own("a"), where=where)
    assert found.severity == "warning"
    assert f"'a' is {outcome}, expected a complete one" in found.message


def test_a_page_that_is_likely_not_the_one_meant_is_named_with_its_labels():
    bad = holding("a", labels=("login-wall", "soft-404", "paywall"))
    (found,) = _find("C24", own("a"), where=context(holdings={"a": bad}))
    assert (found.severity, found.place) == ("warning", "c.toml:3")
    assert "'a' is labelled login-wall and soft-404, expected the page" in found.message
    gone = context(holdings={"a": holding("a", status=404)})
    (found,) = _find("C24", own("a"), where=gone)
    assert "'a' is what the server sent with status 404, expected" in found.message
    assert _find("C24", own("a")) == []
    assert (
        _find("C24", own("a"), where=context(holdings={"a": holding("a", status=203)}))
        == []
    )
    walled = context(holdings={"a": holding("a", labels=("paywall",))})
    assert _find("C24", own("a"), where=walled) == []
    assert _find("C24", own("a"), where=context(holdings={})) == []


def test_a_zone_is_there_where_the_text_layer_has_none():
    (found,) = _find("C22", own("a", zone=None))
    assert "expected zone = heading, body or caption" in found.message
    assert _find("C22", own("a", zone=None), where=context(holdings={})) == []


def test_a_zone_is_the_text_layers_own():
    zones = ((0, 50, "heading"), (50, 76, "body"))
    where = context(holdings={"a": holding("a", zones=zones)})
    (found,) = _find("C22", own("a", zone="caption"), where=where)
    assert found.place == "c.toml:5"
    assert "is 'caption', expected 'body and heading' as in the" in found.message
    assert _find("C22", own("a", zone=None), where=where) == []
    lost = own("a", quote="a large aeroplane landed there")
    assert _find("C22", lost, where=where) == []
