"""What a quote must take in, and what a claim may say on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.folding import fold
from claims.rules import examine
from claims.sources import SourceName
from tests.claim_kit import (
    case,
    claim,
    context,
    evidence,
    holding,
    own,
    replace,
    source,
    sources,
)


def _find(code, item, text=None, where=None, **keys):
    if text is not None:
        where = context(holdings={item.snapshot: holding(item.snapshot, text=text)})
    examined = examine(claim(item, **keys), where or context())
    return [finding for finding in examined.findings if finding.code == code]


@pytest.mark.parametrize(
    ("keys", "short"),
    [
        ({"quote": "the door"}, True),
        ({"quote": "door of the"}, False),
        ({"quote": "door", "prefix": "the", "suffix": "of the house"}, False),
        ({"quote": "door", "suffix": "of the house"}, False),
        ({"quote": "door", "prefix": " ", "suffix": "\u200b "}, True),
        ({"quote": "house", "suffix": ","}, True),
        ({"quote": "他没有来"}, True),
        ({"quote": "他昨天没有来"}, False),
    ],
)
def test_a_quote_has_three_words_or_six_characters_or_something_beside_it(keys, short):
    found = _find(
        "C15", own("a", **keys), text="she saw the door of the house, 他昨天没有来"
    )
    assert bool(found) == short
    assert not short or "very short, expected 3 words" in found[0].message


def test_each_part_is_long_enough_and_context_belongs_to_the_edges():
    parts = ("I saw", "the door of the", "house")
    found = _find("C15", own("b", quotes=parts, suffix="was open"))
    assert len(found) == 1
    assert "'I saw'" in found[0].message


@pytest.mark.parametrize(
    ("lang", "text", "quote", "side", "word"),
    [
        ("fr", "La porte n'était pas ouverte hier.", "ouverte hier.", "before", "pas"),
        ("fr", "Il ne parle jamais de la porte.", "Il ne parle", "behind", "jamais"),
        ("en", "He did not open the door.", "open the door.", "before", "not"),
        ("ru", "Он не открывал эту дверь.", "открывал эту дверь.", "before", "не"),
        ("kk", "Бұл есік ашық емес еді.", "Бұл есік ашық", "behind", "емес"),
        ("ar", "الباب لم يكن مفتوحا أمس", "يكن مفتوحا أمس", "before", "لم"),
        ("zh", "他昨天不是在这里吃饭的", "是在这里吃饭的", "before", "不"),
    ],
)
def test_a_negation_beside_a_quote_must_be_taken_in(lang, text, quote, side, word):
    item = own("a", lang=lang, quote=quote)
    found = _find("C15", item, text=text)
    assert f"leaves out {word!r}, which stands directly {side} it" in found[-1].message
    key = "prefix" if side == "before" else "suffix"
    assert _find("C15", replace(item, **{key: word}), text=text) == []
    assert len(_find("C15", replace(item, **{key: " "}), text=text)) == len(found)
    whole = own("a", lang=lang, quote=text)
    assert _find("C15", whole, text=text) == []


def test_a_negation_between_two_parts_is_left_out_too():
    text = "She said that the door was not open at all on that day."
    item = own("a", quotes=("that the door was", "open at all on that day"))
    sides = [each.message for each in _find("C15", item, text=text)]
    assert [("before" in one, "behind" in one) for one in sides] == [
        (False, True),
        (True, False),
    ]


def test_what_is_not_anchored_has_nothing_beside_it():
    item = own("a", quote="these words stand nowhere")
    assert _find("C15", item) == []
    assert _find("C15", item, where=context(holdings={})) == []


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("The door of the house was open.", []),
        ("So Anna said that the door was open.", ["Anna"]),
        ("Nobody said that the door was open.", []),
        ("On 2 February the door was open.", ["2", "February"]),
        ("Three doors of the house were open.", ["3"]),
        ("In the house of the Ivanovs two were open.", ["2", "Ivanovs"]),
        ("The door's lock of O'Hara was open.", ["O'Hara"]),
        ("It was open. Nobody closed it.", []),
        ("The door was open 1 234 times.", ["1234"]),
        ("The door was open 1.5 times, and 3,5.", ["1.5", "3.5"]),
        ("The U.S. door was open.", ["U"]),
    ],
)
def test_a_claim_says_no_more_than_its_quotes(said, more):
    found = _find("C23", own("a"), claim=said)
    assert [each.severity for each in found] == ["warning"] * bool(more)
    if more:
        listed = (
            found[0].message.removeprefix("the claim says ").partition(", expec")[0]
        )
        assert listed.split(", ") == [repr(one) for one in more]


@pytest.mark.parametrize(
    "item",
    [
        own("a", prefix="February 2: Anna said that"),
        own("a", suffix="on 2 February, said Anna"),
        own("a", translation={"en": "Anna: 2 February", "by": "machine"}),
        own("a", quotes=("Anna Ivanova said", "on 2 February")),
        evidence(id="e2", snapshot="z", quote="Anna, two days, February"),
    ],
)
def test_names_and_numbers_may_stand_in_any_words_of_the_evidence(item):
    said = "The door was open on 2 February, so Anna says."
    assert _find("C23", item, claim=said) == []


def test_who_translated_is_no_word_of_the_evidence():
    item = own("a", translation={"fr": "ouverte", "by": "Anna"})
    assert len(_find("C23", item, claim="So Anna says.")) == 1


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("près de 70 000 citoyens", "some 70,000 citizens"),
        ("70.000 citoyens", "70 000 citizens"),
        ("le 1ᵉʳ du mois", "on day 1"),
        ("3,5 pour cent", "some 3.5 per cent"),
        ("two of them", "some 2 of them"),
        ("12 personnes", "some twelve people"),
    ],
)
def test_a_number_may_be_spelled_in_another_way(quote, said):
    assert _find("C23", own("a", quote=quote), claim=said) == []


def test_part_of_a_number_is_another_number():
    item = own("a", quote="près de 70 000 citoyens")
    assert len(_find("C23", item, claim="some 70 citizens")) == 1
    assert len(_find("C23", item, claim="some 000 citizens")) == 1


def test_a_source_may_be_called_by_another_of_its_names():
    names = (
        SourceName(text="Семён Бажуков", lang="ru"),
        SourceName(text="Semyon Bazhukov", lang="en"),
        SourceName(text="Бажуков", lang="ru"),
    )
    known = sources(source("person/semyon-bazhukov", names=names, naming="press"))
    item = own("a", quote="там Бажуков был")
    where = context(sources=known)
    assert _find("C23", item, where=where, claim="There was Bazhukov.") == []
    more = _find("C23", item, where=where, claim="There was Petrov.")
    assert "'Petrov'" in more[0].message
    more = _find("C23", own("a"), where=where, claim="Bazhukov was there.")
    assert "'Bazhukov'" in more[0].message
    apart = own("a", quote="там Семён был")
    assert len(_find("C23", apart, where=where, claim="There was Bazhukov.")) == 1


def test_where_every_noun_has_a_capital_only_numbers_are_looked_at():
    german = replace(case(), language="de-AT")
    where = context(case_=german)
    found = _find("C23", own("a"), where=where, claim="Das Haus hatte 3 Türen.")
    assert [each.message.partition(", exp")[0] for each in found] == [
        "the claim says '3'"
    ]


def test_a_claim_without_evidence_says_nothing_on_evidence():
    examined = examine(claim(claim="It was Paris in 1999."), context())
    assert examined.findings == ()


@given(st.text(max_size=60))
def test_a_claim_that_repeats_its_quote_says_no_more(text):
    if not fold(text).text.strip():
        return
    assert _find("C23", own("a", quote=text), claim=text) == []
