"""Negations: what a quote must take in, and how long it must be to stand alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.folding import fold
from claims.negations import (
    LANGUAGES,
    is_long_enough,
    is_negation,
    negations_beside,
)


def beside(marked, lang):
    """Return what stands beside the words between the two bars."""
    before, quote, after = marked.split("|")
    text = before + quote + after
    return negations_beside(text, len(before), len(before) + len(quote), lang)


@pytest.mark.parametrize(
    ("lang", "marked", "found"),
    [
        ("fr", "Il n'est pas |coupable de trahison|.", ("pas", "")),
        ("fr", "|Il parle et| n'est pas coupable.", ("", "n'est")),
        ("fr", "|Il parle et| n’est pas coupable.", ("", "n'est")),
        ("fr", "Il ne |commente pas|.", ("ne", "")),
        ("fr", "un pays plus |sûr|", ("plus", "")),
        ("fr", "Il n' |est pas|", ("n'", "")),
        ("fr", "pas « |coupable| »", ("pas", "")),
        ("fr", "des armes |toujours| non-létales", ("", "non-létales")),
        ("en", "He is not |guilty of treason|.", ("not", "")),
        ("en", "They don't |know him|", ("don't", "")),
        ("en", "without (|any evidence|)", ("without", "")),
        ("de", "Er ist |schuldig| nicht.", ("", "nicht")),
        ("de", "Es gab keine |Beweise|", ("keine", "")),
        ("es", "No |dijo nada|", ("No", "")),
        ("it", "Non |è colpevole|", ("Non", "")),
        ("pt", "não |é culpado|", ("não", "")),
        ("hu", "nem |mondta|", ("nem", "")),
        ("hu", "ő se |mondta|", ("se", "")),
        ("tr", "|Bu karar yasal| değildir", ("", "değildir")),
        ("tr", "|Kanıt| yok.", ("", "yok")),
        ("ru", "Он не |отказывался воевать|", ("не", "")),
        ("ru", "|Таких доказательств| нет", ("", "нет")),
        ("uk", "Він не |відмовлявся|", ("не", "")),
        ("kk", "|Ол қашқын| емес, деді", ("", "емес")),
        ("kk", "|дәлел| жоқ", ("", "жоқ")),
        ("ar", "المحامي لا |يعترف بالقرار|", ("لا", "")),
        ("ar", "لم |تعلق السلطات|", ("لم", "")),
        ("ar", "ليس |هاربا|", ("ليس", "")),
        ("fa", "|این حکم قانونی| نیست", ("", "نیست")),
        ("fa", "|سربازان| نمی\u200cخواهند", ("", "نمیخواهند")),
        ("he", "הוא לא |אשם|", ("לא", "")),
        ("zh", "他不|是逃兵|。", ("不", "")),
        ("zh-Hans", "当局未|对此事发表评论|", ("未", "")),
        ("zh-Hant", "沒|有證據|", ("沒", "")),
        ("ja", "|コメントし|なかった", ("", "なかっ")),
        ("ja", "|関係があり|ません", ("", "ません")),
        ("ja", "無|関係です|", ("無", "")),
        ("ko", "안 |돌아갔다|", ("안", "")),
        ("ko", "|논평하지| 않았다", ("", "않았다")),
        ("th", "เขาไม่|ได้ทำผิด|", ("ไม่", "")),
        ("xx", "Он не |отказывался|", ("не", "")),
        ("", "他不|是逃兵|。", ("不", "")),
    ],
)
def test_a_negation_stands_beside(lang, marked, found):
    assert beside(marked, lang) == found


@pytest.mark.parametrize(
    ("lang", "marked"),
    [
        ("fr", "|Le pays n'est plus sûr|"),
        ("fr", "Non, |il est parti|."),
        ("fr", "Non\n\n|Il est parti|\n\nNe pas"),
        ("fr", "une page |blanche|"),
        ("fr", "|Il est parti|. Ne pas suivre."),
        ("en", "knot |in a rope|"),
        ("de", "He said not |this|"),
        ("ru", "небо |синее|"),
        ("tr", "yoksul |bir adam|"),
        ("zh", "他是|逃兵|。"),
        ("th", "เขา|ทำผิด|ครับ"),
    ],
)
def test_no_negation_stands_beside(lang, marked):
    assert beside(marked, lang) == ("", "")


def test_a_far_negation_is_not_beside_however_long_the_word_between():
    assert beside("ne " + "x" * 200 + " |mot|", "fr") == ("", "")


@pytest.mark.parametrize(
    ("word", "lang", "expected"),
    [
        ("Pas", "fr", True),
        ("n'a", "fr", True),
        ("pas", "en", False),
        ("isn't", "en", True),
        ("nothing", "en-GB", True),
        ("не", "", True),
        ("ไม่", "", True),
        ("soldat", "", False),
        ("se", "", False),
        ("se", "hu", True),
        ("", "", False),
    ],
)
def test_knows_negations(word, lang, expected):
    assert is_negation(word, lang) is expected


def test_the_lists_are_folded_and_in_lower_case():
    for language in LANGUAGES.values():
        listed = [
            *language.words,
            *language.beginnings,
            *language.ends,
            *language.inside,
        ]
        assert listed
        assert all(fold(word).text.casefold() == word for word in listed)


def test_the_negations_of_the_rule_are_listed():
    for lang, words in [
        ("fr", "n' ne pas"),
        ("en", "no not"),
        ("es", "no"),
        ("it", "non"),
        ("ru", "нет не ни"),
        ("kk", "жоқ емес"),
        ("ar", "لا لم لن ليس"),
        ("fa", "نمی"),
        ("zh", "不 没 無 未 非"),
    ]:
        assert all(is_negation(word, lang) for word in words.split())


@pytest.mark.parametrize(
    "quote",
    [
        "Il est parti",
        "qui le lui a refusé",
        "один два три",
        "当局未对此事",
        "เขาไม่ผิดเลย",
        "a\n\nb\n\nc",
        "le 2 février",
    ],
)
def test_is_long_enough_to_stand_alone(quote):
    assert is_long_enough(quote)


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "parti",
        "est parti",
        "est - parti !",
        "l'extradition",
        "当局未对此",
        "ไม่ไป",
        "a\u200bb c",
    ],
)
def test_is_too_short_to_stand_alone(quote):
    assert not is_long_enough(quote)


@settings(deadline=None)
@given(
    st.text(), st.integers(0, 50), st.integers(0, 50), st.sampled_from(["", "fr", "th"])
)
def test_any_text_has_an_answer(text, one, other, lang):
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    found = negations_beside(text, start, end, lang)
    assert all(isinstance(word, str) for word in found)
