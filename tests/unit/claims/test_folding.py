"""Folding: what changes, what stays, and that each character knows its origin."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from claims.folding import BORDER, fold

# Characters that folding is about, so that a random text has many of them.
TRICKY = (
    " \t\n\r\u2028\u2029\u00a0\u202f\u3000\x85\x0c"
    "\u00ad\u200b\u200c\u200d\ufeff\u200e\ufe0f\u0640\u034f"
    "'\"«»‹›„“”’‘`´′:;!?.,…—–-−~"
    "\u0301\u0323\u0338\u3099\u0651\u064b\u093c"
    "aeoœŒæÆǽﬁﬅß²ᵉªº™éẹ"
    "1٣３½中国。，：ｶﾞカがไม่ำ\u1112\u1161\u11ab한"
    "ﻻﷺ\ufe70\ufe71\ufc5e\u0958\u1fef\u037eǅİ\u0345"
)
texts = st.text(
    st.one_of(st.sampled_from(TRICKY), st.characters(exclude_categories=["Cs"]))
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("soft\u00adhyphen", "softhyphen"),
        ("zero\u200b\u200c\u200d\u2060width", "zerowidth"),
        ("\ufeffmark", "mark"),
        ("\u202aLTR\u202c \u2067RTL\u2069\u200e\u200f\u061c", "LTR RTL"),
        ("a\ufe0e\ufe0f\U000e0100", "a"),
        ("الســـلام", "السلام"),
        ("e\u0301 \u212b", "é Å"),
        ("e\u0301 x\u0301", "é x\u0301"),
        ("» a «", '" a "'),
        ("a \u00a0\u202f\t b", "a b"),
        ("a\nb\r\nc\rd\u2028e", "a b c d e"),
        ("a\n\nb", f"a{BORDER}b"),
        ("a \r\n \t\r\n b", f"a{BORDER}b"),
        ("a\n\u200b\nb", f"a{BORDER}b"),
        ("a\u2029b", f"a{BORDER}b"),
        ("\u2019\u2018\u201a\u201b\u02bc\u2032`\u00b4\u2039\u203a'", "'" * 11),
        ('\u201c\u201d\u201e\u201f\u00ab\u00bb"', '"' * 7),
        ("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u05be\uff0d", "-" * 9),
        ("fin…", "fin..."),
        ("œuf cœur æther", "oeuf coeur aether"),
        ("Œuvre ŒUVRE Œ ÆTHER Æther Ǽ", "Oeuvre OEUVRE OE AETHER Aether AÉ"),
        ("Æ\u0301ther", "Aéther"),
        ("ǽ æ\u0301", "aé aé"),
        ("ﬀ ﬁ ﬂ ﬃ ﬄ ﬅ ﬆ", "ff fi fl ffi ffl st st"),
        ("\ufee3\ufea4\ufe8e\ufee1\ufef2", "محامي"),
        ("\ufefb", "لا"),
        ("ＡＢ１２：（！）", "AB12:(!)"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("1ᵉʳ 2ⁿᵈ Nº", "1er 2nd No"),
        ("« a »", '"a"'),
        ("«\u202fa\u00a0»", '"a"'),
        ("d'« a » et", 'd\'"a" et'),
        ("sagte »Wort« und", 'sagte "Wort" und'),
        ("a : b ; c ! d ?", "a: b; c! d?"),
        ("中 国\n人", "中国人"),
        ("中，\n国", "中,国"),
        ("ไทย ไทย", "ไทยไทย"),
        ("中 abc 国", "中 abc 国"),
        ("", ""),
    ],
)
def test_folds_typography(text, folded):
    assert fold(text).text == folded


@pytest.mark.parametrize(
    "text",
    [
        "Case and case",
        "éèêë ñ ü ç",
        "ё е й и",
        "قُتل قَتل",
        "Kamil К\u0430мил",
        "国, 國",
        "5² m³ x¹ H₂O",
        "Brand™ ℠",
        "a, b. c (d) [e]",
        "½ № Ⅳ",
        "a\u2029b",
        "ß ĳ ŉ",
    ],
)
def test_leaves_what_changes_the_words(text):
    assert fold(text).text == text


def test_every_dash_of_unicode_is_a_hyphen():
    dashes = [
        chr(point)
        for point in range(0x110000)
        if unicodedata.category(chr(point)) == "Pd"
    ]
    assert len(dashes) > 20
    assert {fold(f"a{dash}b").text for dash in dashes} == {"a-b"}


def test_a_character_knows_its_place_in_the_source():
    layer = fold("\ufeffL’œuf\u00a0\n: fin…")
    assert layer.text == "L'oeuf: fin..."
    spans = list(zip(layer.text, layer.starts, layer.ends, strict=True))
    assert spans[:7] == [
        ("L", 1, 2),
        ("'", 2, 3),
        ("o", 3, 4),
        ("e", 3, 4),
        ("u", 4, 5),
        ("f", 5, 6),
        (":", 8, 9),
    ]
    assert layer.span(11, 14) == (13, 14)


def test_what_one_original_became_has_no_place_inside():
    layer = fold("a…b")
    assert [layer.parts(place) for place in range(6)] == [
        True,
        True,
        False,
        False,
        True,
        True,
    ]


def test_what_several_originals_became_has_one_span():
    layer = fold("x\u1112\u1161\u11aby")
    assert layer.text == "x한y"
    assert layer.span(1, 2) == (1, 4)


def test_a_mark_on_half_of_a_ligature_keeps_the_ligature_whole():
    layer = fold("æ\u0301x")
    assert layer.text == "aéx"
    assert not layer.parts(1)
    assert layer.span(0, 2) == (0, 2)


def test_spaces_that_a_character_became_join_the_run_beside_them():
    layer = fold("x \ufe70y")  # an isolated vowel sign is a space and a mark
    assert layer.text == "x \u064by"
    assert not layer.parts(2)
    assert layer.span(1, 3) == (1, 3)


def test_many_kinds_of_characters_fold_as_a_few_do():
    wide = "".join(chr(0xFF21 + at % 58) for at in range(200)) + "\uff41\uff5a"
    wide += "".join(map(chr, range(0xFF66, 0xFF9E)))
    narrow = "".join(fold(char).text for char in wide)
    assert len(set(wide)) > 64
    assert fold(wide).text == narrow


def test_a_long_text_is_looked_up_at_every_second_place():
    short, long = fold("abcdefgh"), fold("abcdefgh" * 70_000)
    assert list(short.grams["bcd"]) == [1]
    assert "bcd" not in long.grams
    assert long.grams["abc"][1] == 8


@settings(deadline=None)
@given(texts)
@example("\ufe70 \ufe70")
@example("« « a » »")
@example("中 ： 国")
@example("´\u0301")
@example("<\u0338 :")
def test_folding_what_is_folded_changes_nothing(text):
    folded = fold(text).text
    assert fold(folded).text == folded


@settings(deadline=None)
@given(texts)
def test_folded_texts_are_composed(text):
    assert unicodedata.is_normalized("NFC", fold(text).text)


@settings(deadline=None)
@given(texts)
def test_places_are_in_order_and_within_the_source(text):
    layer = fold(text)
    assert len(layer.text) == len(layer.starts) == len(layer.ends)
    for place in range(len(layer.text)):
        assert 0 <= layer.starts[place] < layer.ends[place] <= len(text)
        if place:
            assert layer.starts[place - 1] <= layer.starts[place]
            assert layer.ends[place - 1] <= layer.ends[place]


@settings(deadline=None)
@given(texts)
def test_canonically_equivalent_texts_fold_alike(text):
    composed = unicodedata.normalize("NFC", text)
    assert fold(composed).text == fold(unicodedata.normalize("NFD", text)).text
