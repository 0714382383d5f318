"""Anchoring: a quote stands in the text once, whole, or it does not stand."""

import json
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.anchoring import (
    MANY,
    EmptyQuoteError,
    anchor,
    anchor_parts,
    zone_of,
)
from claims.folding import BORDER, Folded, fold

TRAPS = tomllib.loads(
    Path(__file__).with_name("anchoring_traps.toml").read_text("utf-8")
)
MATERIAL = Path(__file__).parents[3] / "archives/material/kz-handover-2026/given"
QUOTES = [
    (claim["id"], quote)
    for claim in json.loads((MATERIAL / "claims.json").read_text("utf-8"))
    for quote in claim["quote"]
]
TWICE = "cis-summit-photo"

# What quotes are made of in the properties: words that are not one another's parts.
WORDS = [
    "n'est",
    "soldat",
    "70 000 km",
    "Bazhukov",
    "не",
    "комментировали",
    "«oui»",
    "œuvre",
]
WORDS += ["لم", "يسلم", "הוסגר", "논평하지", "1ᵉʳ", "12 %", "anti-guerre", "été…"]
CHARS = list("当局未对此事发表评论逃兵移交俄军")
OTHERS = ["pas", "9", "Smirnov", "никогда", "ليس", "לא", "않았다", "deserter", "-3,5 %"]
OTHER_CHARS = list("不没非三人")


def name_of(case):
    return f"{case['lang']}: {case['kind']}"


def find(case):
    context = {key: case.get(key, "") for key in ("prefix", "suffix")}
    return anchor(fold(case["text"]), case["quote"], **context)


@cache
def article() -> Folded:
    return fold((MATERIAL / "euronews-fr.txt").read_text("utf-8"))


@pytest.mark.parametrize("case", TRAPS["trap"], ids=name_of)
def test_a_trap_never_anchors(case):
    found = find(case)
    assert found.status == case["status"]
    assert found.status in {"changed", "absent", "ambiguous"}
    assert found.start is found.end is None
    assert not found.is_anchored
    assert found.reason == case.get("reason", found.reason)
    assert found.reason


@pytest.mark.parametrize("case", TRAPS["good"], ids=name_of)
def test_a_good_quote_anchors(case):
    found = find(case)
    assert found.status == case["status"]
    assert found.is_anchored
    assert case["text"][found.start : found.end] == case.get("words", case["quote"])
    assert found.reason == ""
    assert found.diff == ()


def test_there_are_traps_enough_in_every_script_at_hand():
    kinds = Counter(case["lang"] for case in TRAPS["trap"])
    good = Counter(case["lang"] for case in TRAPS["good"])
    languages = {"fr", "en", "de", "tr", "ru", "kk", "ar", "fa", "he", "zh", "ja", "ko"}
    assert kinds.total() >= 100
    assert good.total() >= 50
    assert kinds.keys() >= languages | {"th"}
    assert good.keys() >= languages | {"th"}


@pytest.mark.parametrize(("claim", "quote"), QUOTES)
def test_a_quote_of_the_first_case_stands_once(claim, quote):
    found = anchor(article(), quote)
    if claim == TWICE:
        assert (found.status, len(found.places)) == ("ambiguous", 2)
        found = anchor(article(), quote, suffix="Tous droits réservés")
    assert found.status == "exact"
    assert article().source[found.start : found.end] == quote


def test_the_first_case_has_62_quotes():
    assert len(QUOTES) == 62


@pytest.mark.parametrize(
    "quote", ["", " ", "\n\n", "\u00ad", "\u200b \ufeff", "\u2029", "\u202f\u200d"]
)
def test_an_empty_quote_is_a_mistake(quote):
    with pytest.raises(EmptyQuoteError, match="expected words"):
        anchor(fold("some text"), quote)


def test_an_empty_quote_error_is_a_value_error():
    assert issubclass(EmptyQuoteError, ValueError)


def test_an_occurrence_that_an_edge_cuts_does_not_make_another_ambiguous():
    text = "The lethal dose of non-lethal weapons."
    found = anchor(fold(text), "lethal")
    assert (found.status, found.start, found.end) == ("exact", 4, 10)


def test_what_failed_is_shown_and_is_no_anchor():
    found = anchor(fold("a non-lethal weapon"), "lethal weapon")
    assert (found.reason, found.nearest) == ("edge", (6, 19))
    found = anchor(fold("a non-lethal weapon, a lethal weapon"), "lethal", prefix="one")
    assert (found.reason, found.nearest) == ("context", (23, 29))


def test_context_is_wanted_on_both_sides():
    layer = fold("A said no to B. C said no to B.")
    assert anchor(layer, "said no", prefix="A", suffix="to B").start == 2
    assert anchor(layer, "said no", prefix="A", suffix="to C").reason == "context"
    assert anchor(layer, "said no", prefix="B", suffix="to B").reason == "context"
    assert anchor(layer, "said no", suffix="to B").status == "ambiguous"


def test_context_of_white_space_only_asks_for_nothing():
    found = anchor(fold("one two three"), "two", prefix=" \u200b", suffix="\n\n")
    assert found.status == "exact"


def test_context_is_compared_folded():
    layer = fold("Il a dit\u00a0: «\u00a0c’est faux\u00a0» hier.")
    found = anchor(layer, "c'est faux", prefix='dit : "', suffix="» hier")
    assert found.status == "normalised"


def test_context_at_the_ends_of_the_text():
    layer = fold("one two three")
    assert anchor(layer, "two three", prefix="one").status == "exact"
    assert anchor(layer, "one two", suffix="three").status == "exact"
    assert anchor(layer, "one two", prefix="zero").reason == "context"
    assert anchor(layer, "one", prefix="a much longer beginning").reason == "context"


def test_an_ambiguous_quote_names_its_places_and_not_more_than_many():
    few = anchor(fold("no, no and no"), "no")
    assert few.places == ((0, 2), (4, 6), (11, 13))
    assert len(anchor(fold("no " * 1000), "no").places) == MANY


def test_exact_is_character_for_character():
    layer = fold("l’asile « a » fin…")
    assert anchor(layer, "l’asile").status == "exact"
    assert anchor(layer, "l'asile").status == "normalised"
    assert anchor(layer, "« a »").status == "exact"
    assert anchor(layer, "«a»").status == "normalised"
    assert anchor(layer, "fin...").status == "normalised"


@pytest.mark.parametrize("text", ["", " \n", "\ufeff\n\n"])
def test_nothing_is_searchable_in_an_empty_text(text):
    found = anchor(fold(text), "some words here")
    assert (found.status, found.reason) == ("not-searchable", "no-text")


def test_only_what_is_absent_becomes_not_searchable():
    layer = fold("Checking that you are no robot before you go on.")
    assert anchor(layer, "une phrase tout autre").status == "absent"
    for quote, status in [
        ("une phrase tout autre", "not-searchable"),
        ("you are no robot", "exact"),
        ("you are not a robot before", "changed"),
    ]:
        assert anchor(layer, quote, searchable=False).status == status
    found = anchor(layer, "une phrase tout autre", searchable=False)
    assert found.reason == "doubtful"  # there is a text, and it is likely another one


def test_a_lost_quote_is_reported_with_its_difference():
    layer = fold("Hier : Bazhukov a été remis le 2 février à l'armée russe.")
    found = anchor(layer, "Bazhukov n'a pas été remis le 3 février à l'armée russe")
    assert (found.status, found.reason) == ("changed", "words")
    assert layer.source[slice(*found.nearest)] == layer.source[7:-1]
    changed = [piece for piece in found.diff if piece.op != "same"]
    assert ("quote", "n'a pas", "negation") in changed
    assert ("quote", "3", "number") in changed
    assert ("page", "2", "number") in changed


def test_a_gap_between_prefix_and_suffix_is_reported():
    layer = fold("Le tribunal a jugé que non, et a levé la séance.")
    context = {"prefix": "a jugé que", "suffix": ", et a levé"}
    found = anchor(layer, "Movlayev avait commis un crime", **context)
    assert (found.status, found.reason) == ("changed", "gap")
    assert layer.source[slice(*found.nearest)] == "non"
    deleted = fold("Le tribunal a jugé que, et a levé la séance.")
    found = anchor(deleted, "Movlayev avait commis un crime", **context)
    assert (found.status, found.reason, found.nearest) == ("changed", "gap", None)
    only_one = anchor(layer, "Movlayev avait commis un crime", prefix="a jugé que")
    assert only_one.status == "absent"


# ------------------------------------------------------------------ parts

TEXT = "Titre\n\nUn fait a été dit. Un autre fait a suivi. La fin."
ZONES = ((0, 5, "heading"), (7, len(TEXT), "body"))


def parts(*quotes, text=TEXT, **options):
    found = anchor_parts(fold(text), quotes, **options)
    return [(one.status, one.reason) for one in found]


def test_parts_anchor_in_order():
    assert parts("Un fait", "autre fait", "La fin") == [("exact", "")] * 3


def test_parts_out_of_order_do_not_anchor():
    assert parts("autre fait", "Un fait") == [("exact", ""), ("changed", "order")]
    found = anchor_parts(fold(TEXT), ["autre fait", "Un fait"])
    assert (found[1].start, found[1].nearest) == (None, (7, 14))


def test_parts_that_overlap_are_out_of_order():
    assert parts("Un fait a été", "a été dit")[1] == ("changed", "order")


def test_a_part_that_stands_twice_stays_ambiguous():
    assert parts("Un autre", "fait a")[1] == ("ambiguous", "several")


def test_context_belongs_to_the_ends():
    assert parts("fait", "fait", prefix="autre", suffix="a été")[0][0] == "exact"
    found = parts("fait a", "fait a", prefix="Un", suffix="suivi")
    assert found == [("exact", ""), ("exact", "")]


def test_a_single_part_has_both_contexts():
    assert parts("fait a", prefix="autre", suffix="suivi") == [("exact", "")]
    assert parts("fait a", prefix="autre", suffix="été") == [("changed", "context")]


def test_a_failing_part_does_not_hide_the_others():
    found = parts("Un fait", "rien de tel ici", "La fin", searchable=False)
    assert [status for status, _ in found] == ["exact", "not-searchable", "exact"]


def test_parts_stand_in_one_zone():
    assert parts("Un fait", "La fin", zones=ZONES) == [("exact", "")] * 2
    assert parts("Titre", "La fin", zones=ZONES)[1] == ("changed", "zone")
    across = parts("Titre\n\nUn fait", "La fin", zones=ZONES)
    assert across == [("changed", "zone"), ("exact", "")]
    absent = parts("rien de tel ici", "La fin", zones=ZONES)
    assert [status for status, _ in absent] == ["absent", "exact"]


def test_a_part_outside_every_zone_is_in_none():
    assert parts("Un fait", zones=((0, 5, "heading"),)) == [("changed", "zone")]


def test_no_part_is_a_mistake():
    with pytest.raises(EmptyQuoteError, match="at least one"):
        anchor_parts(fold(TEXT), [])
    with pytest.raises(EmptyQuoteError):
        anchor_parts(fold(TEXT), ["Un fait", "\u200b"])


def test_a_span_is_in_a_zone_with_all_of_it():
    zones = ((0, 5, "body"), (5, 9, "body"), (9, 12, "caption"))
    assert zone_of(zones, 1, 4) == "body"
    assert zone_of(zones, 3, 8) == "body"
    assert zone_of(zones, 8, 10) is None
    assert zone_of(zones, 10, 14) is None
    assert zone_of((), 0, 1) is None


# ------------------------------------------------------------------ properties


@st.composite
def pages(draw):
    """Draw the words of a page, a quote that stands once in it, and the joint."""
    spaced = draw(st.booleans())
    pool = WORDS if spaced else CHARS
    words = draw(st.permutations(pool))
    size = draw(st.integers(4, len(words)))
    first = draw(st.integers(0, size - 3))
    last = draw(st.integers(first + 2, size))
    return list(words[:size]), first, last, " " if spaced else ""


@settings(deadline=None)
@given(pages(), st.data())
def test_one_token_changed_inside_the_quote_never_anchors(page, data):
    words, first, last, joint = page
    quote = joint.join(words[first:last])
    assert anchor(fold(joint.join(words)), quote).is_anchored
    others = OTHERS if joint else OTHER_CHARS
    at = data.draw(st.integers(first, last - 1))
    new = data.draw(st.sampled_from(others))
    act = data.draw(st.sampled_from(["replace", "insert", "delete"]))
    if act == "replace":
        words[at] = new
    elif act == "insert" and at > first:
        words.insert(at, new)
    else:
        del words[at]
    found = anchor(fold(joint.join(words)), quote)
    assert found.status in {"changed", "absent"}
    assert found.start is None


@settings(deadline=None)
@given(pages(), st.data())
def test_a_normalised_anchor_folds_to_the_folded_quote(page, data):
    words, first, last, joint = page
    blank = data.draw(st.sampled_from([" ", "\u00a0", " \u00ad", "\n", "\u200b  "]))
    text = words[0]
    for word in words[1:]:
        text += (blank if joint else "\u200b") + word
    quote = joint.join(words[first:last])
    found = anchor(fold(text), quote)
    assert found.is_anchored
    assert fold(text[found.start : found.end]).text == fold(quote).text


@settings(deadline=None)
@given(st.text(), st.text(min_size=1), st.text(), st.text())
def test_any_text_has_one_answer(text, quote, prefix, suffix):
    layer = fold(text)
    try:
        found = anchor(layer, quote, prefix=prefix, suffix=suffix)
    except EmptyQuoteError:
        assert not fold(quote).text.strip(f" {BORDER}")
        return
    assert found.is_anchored == (found.start is not None)


@settings(deadline=None)
@given(st.text(alphabet="ab '\u0301-5.%«» \n…œ中ก่", min_size=1), st.data())
def test_an_anchor_is_a_place_where_the_quote_stands(text, data):
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    quote = text[first:last]
    layer = fold(text)
    try:
        found = anchor(layer, quote)
    except EmptyQuoteError:
        return
    if found.status == "exact":
        assert text[found.start : found.end] == quote.strip()
        assert text.count(quote.strip()) >= 1
    elif found.status == "normalised":
        again = anchor(layer, text[found.start : found.end])
        assert (again.start, again.end) == (found.start, found.end)
