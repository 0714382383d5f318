"""How words are folded and weighed, character by character as it is defined."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from archiver.labels.glance import _ALIKE, count_letters, fold_for_labels

ODD = "aЁé\u0640\u200c\u00ad\u200f\u064b\u0651字カ가٣ \n\u2014’"
TEXTS = st.one_of(st.text(max_size=60), st.text(st.sampled_from(ODD), max_size=60))


def is_unseen(letter: str) -> bool:
    return unicodedata.category(letter) == "Cf" or "\u064b" <= letter <= "\u065f"


@given(TEXTS)
@example("soft\u00adhyphen and \u202bmarks\u202c of direction")
def test_what_is_not_seen_is_left_out_of_folded_words_and_nothing_else_is(text):
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    kept = "".join(each for each in folded if not is_unseen(each))
    assert fold_for_labels(text) == " ".join(kept.split())


@given(TEXTS)
def test_letters_and_digits_weigh_one_and_three_where_no_spaces_are_written(text):
    known = [each for each in text if each.isalnum()]
    dense = [each for each in known if 0x2E80 <= ord(each) <= 0xFFEF]
    assert count_letters(text) == len(known) + 2 * len(dense)


def test_folding_takes_out_what_is_not_seen():
    assert fold_for_labels("\u200fМИР\u00ad\u200e  «Ёлка»\u064b\n’") == "мир «елка» '"
    assert count_letters("字 a\u00adб٣!") == 6
