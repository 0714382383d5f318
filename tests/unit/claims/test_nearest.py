"""The report on a lost quote: the nearest place, the difference, and what it costs."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.folding import BORDER, fold
from claims.nearest import LIKENESS, compare, find_gap, find_nearest


def likest(text, quote):
    layer = fold(text)
    found = find_nearest(layer, fold(quote).text)
    return found and layer.text[slice(*found)]


def levenshtein(one, other):
    row = list(range(len(other) + 1))
    for at, left in enumerate(one, 1):
        above, row = row, [at]
        for place, right in enumerate(other, 1):
            change = above[place - 1] + (left != right)
            row.append(min(change, above[place] + 1, row[-1] + 1))
    return row[-1]


def test_finds_the_place_with_one_word_changed():
    text = "Hier, la police a remis le soldat aux siens. Puis rien."
    assert likest(text, "la police a repris le soldat") == "la police a remis le soldat"


def test_finds_a_short_quote_whose_change_leaves_no_piece_whole():
    assert likest("他未逃走", "他不逃走") == "他未逃走"
    assert likest("ab cd", "xb cd") == "b cd"


def test_finds_nothing_where_too_little_is_alike():
    assert likest("toute autre chose", "Bazhukov avait fui la base") is None
    assert likest("", "abc def") is None
    assert likest("x" * 30_000, "ab") is None


def test_finds_the_better_of_two_places():
    text = "le soldat a été pris hier ... le soldat a été repris hier"
    assert likest(text, "le soldat a été replis hier") == "le soldat a été repris hier"


def test_a_long_quote_is_measured_by_its_beginning():
    words = [f"mot{at}" for at in range(2000)]
    text = " ".join(words)
    words[5], words[1500] = "autre", "chose"
    found = likest(text, " ".join(words))
    assert found is not None
    assert found.startswith("mot0 mot1 ")
    assert abs(len(found) - len(text)) < 20


def test_a_page_that_repeats_itself_is_looked_at_in_part():
    text = "Le soldat a été remis hier à la police. " * 3000
    assert likest(text, "soldat a été repris hier") == "soldat a été remis hier"


@settings(deadline=None)
@given(
    st.text("abc ", min_size=3, max_size=12), st.text("abc ", min_size=3, max_size=30)
)
def test_what_is_found_is_like_the_quote(quote, text):
    folded = fold(quote).text.strip()
    layer = fold(text)
    found = find_nearest(layer, folded) if folded else None
    if found:
        start, end = found
        assert 0 <= start < end <= len(layer.text)
        distance = levenshtein(folded, layer.text[start:end])
        assert distance <= (1 - LIKENESS) * len(folded)


def test_lost_quotes_share_one_index():
    choose = random.Random(4).choice  # noqa: S311 - words, not secrets
    vocabulary = [f"{choose('bcdfgl')}{choose('aeiou')}{at:x}" for at in range(3000)]
    words = [choose(vocabulary) for _ in range(100_000)]
    layer = fold(" ".join(words))
    for at in range(0, 100_000, 1000):
        quote = [*words[at : at + 6], "autre", *words[at + 7 : at + 14]]
        found = find_nearest(layer, " ".join(quote))
        assert found is not None
        assert words[at] in layer.text[slice(*found)]


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("avant milieu après", "milieu"),
        ("avant, rien, avant milieu après", ", rien, avant milieu"),
        ("avantaprès", ""),
        ("avant  après", ""),
        ("après avant milieu", None),
        ("avant " + "x" * 400 + " après", None),
        ("avant " + "x" * 400 + " avant milieu après", "milieu"),
        ("avant " * 60 + "x" * 400 + " après", None),
        ("rien", None),
    ],
)
def test_finds_the_gap_between_prefix_and_suffix(text, gap):
    found = find_gap(fold(text), "avant", "après", 10)
    assert (found and fold(text).text[slice(*found)]) == gap


def test_a_comparison_marks_negations_numbers_and_names():
    assert compare("Smirnov n'a pas payé 50 %", "Movlayev a payé 5 %") == (
        ("quote", "Smirnov", "name"),
        ("page", "Movlayev", "name"),
        ("same", " ", ""),
        ("quote", "n'a pas", "negation"),
        ("page", "a", ""),
        ("same", " payé ", ""),
        ("quote", "50 %", "number"),
        ("page", "5 %", "number"),
    )


def test_a_comparison_marks_a_negation_of_several_clusters():
    assert compare("ทหารไม่หนี", "ทหารหนี")[1] == ("quote", "ไม่", "negation")
    assert compare("他不走", "他走")[1] == ("quote", "不", "negation")


def test_a_comparison_of_the_same_is_the_same():
    assert compare("mot à mot", "mot à mot") == (("same", "mot à mot", ""),)


def test_a_comparison_shows_a_border_as_an_empty_line():
    assert compare(f"a{BORDER}b", "a b") == (
        ("same", "a", ""),
        ("quote", "\n\n", ""),
        ("page", " ", ""),
        ("same", "b", ""),
    )


def test_a_comparison_of_long_texts_looks_at_the_ends():
    words = [f"mot{'abcdefghij'[at % 10]}" for at in range(300)]
    quote, page = " ".join(words), " ".join([*words[:9], "autre", *words[10:]])
    pieces = compare(quote, page)
    assert [piece.op for piece in pieces] == ["same", "quote", "page", "same"]
    assert (pieces[1].text, pieces[2].text) == ("motj", "autre")
    whole = compare(quote, "x")
    assert [piece.op for piece in whole] == ["quote", "page"]
    assert compare(quote, quote + " fin")[-1].text == " fin"


@settings(deadline=None)
@given(st.text(), st.text())
def test_a_comparison_holds_all_of_both_texts(one, other):
    quote, page = fold(one).text, fold(other).text
    pieces = compare(quote, page)
    shown = "".join(piece.text for piece in pieces if piece.op != "page")
    assert shown == quote.replace(BORDER, "\n\n")
    shown = "".join(piece.text for piece in pieces if piece.op != "quote")
    assert shown == page.replace(BORDER, "\n\n")
