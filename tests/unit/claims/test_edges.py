"""Edges: where a quote would cut a word, a number or a letter."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.edges import cuts, tokens
from claims.folding import fold

# A bar stands where an edge is tried.
CUTTING = [
    "de|serter",
    "e|\u0301",
    "5|km",
    "m|²",
    "COVID|-19",
    "non-|lethal",
    "non|-lethal",
    "n'|est",
    "n|'est",
    "l|'1er",
    "7|0",
    "70| 000",
    "70 |000",
    "3|,5",
    "3,|5",
    "3|.5",
    "1|'000",
    "12|/20",
    "10|:30",
    "12|-20",
    "12-|20",
    "٧٠|٬٠٠٠",
    "٣|٫٥",
    "-|5",
    "a -|5",
    "+|5",
    "±|5",
    "10|⁻⁵",
    "5|%",
    "5| %",
    "5 |%",
    "٥|٪",
    "5|‰",
    "%|50",
    "3|万",
    "二十|五",
    "两|万",
    "๒|๕",
    "2|½",
    "ก|ั",
    "ก|ำ",
    "ក្|ម",
    "က|ာ",
    "カ|\u3099",
    "中-|日",
    "col|·lecció",
    'צה|"ל',
    'צה"|ל',
    "צה|״ל",
    "צ׳|ק",
    "한|국",
    "هم|ل",
    " |\u064b",
]
FREE = [
    "|word",
    "word|",
    "a| b",
    "a |b",
    "a|.",
    "a|, b",
    "fin|.Puis",
    "(|a",
    '"|a',
    'a|"b',
    "a|- b",
    "a -|b",
    "s'| b",
    "'|a",
    "2026|. 5",
    "2026|, 5",
    "2026,| 5",
    "a|: 5",
    "a| -5",
    "5|; 6",
    "a| %",
    "a|%",
    "%| a",
    "5| a",
    "中|国",
    "中|a",
    "a|中",
    "5|年",
    "年|5",
    "3万|人",
    "二十五|岁",
    "ก|ข",
    "กำ|ข",
    "เ|ก",
    "25|คน",
    "弗拉基米尔·|普京",
    "·|a",
    'say|"hello',
    'ת|" ל',
    "כן|",
    "\u2029|a",
    "5|\u20296",
]


def split(marked):
    before, after = marked.split("|")
    return before + after, len(before)


@pytest.mark.parametrize("marked", CUTTING)
def test_an_edge_cuts(marked):
    assert cuts(*split(marked))


@pytest.mark.parametrize("marked", FREE)
def test_an_edge_may_stand(marked):
    assert not cuts(*split(marked))


def test_tokens_are_what_no_edge_parts():
    text = "Il n'est parti qu'à 70 000 km, 5 % en 二十五 不是"
    assert tokens(text) == [
        *("Il", " ", "n'est", " ", "parti", " ", "qu'à", " ", "70 000", " ", "km"),
        *(",", " ", "5 %", " ", "en", " ", "二十五", " ", "不", "是"),
    ]


def test_no_text_has_no_tokens():
    assert tokens("") == []


@settings(deadline=None)
@given(st.text())
def test_tokens_make_up_the_text(text):
    folded = fold(text).text
    found = tokens(folded)
    assert "".join(found) == folded
    assert all(found)
