"""What stands in the place of a quote that changed."""

import pytest

from claims.rechecking.verdicts import judge_page
from tests.claim_kit import QUOTES, TEXTS, evidence, own
from tests.recheck_kit import answer, one_page


def _judge(found, *items):
    return judge_page(one_page(*items), found).judged


def test_the_words_beside_are_compared_where_only_they_changed():
    item = own("a", prefix="said on 2 February that")
    (one,) = _judge(answer(TEXTS["a"].replace("2 Feb", "3 Feb")), item)
    assert (one.verdict, one.anchor.reason) == ("changed", "context")
    assert [(piece.op, piece.text, piece.mark) for piece in one.diff] == [
        ("same", "said on ", ""),
        ("quote", "2", "number"),
        ("page", "3", "number"),
        ("same", f" February that {QUOTES['a']}", ""),
    ]


@pytest.mark.parametrize(
    ("was", "now", "diff"),
    [
        (
            "the door of it was open",
            "Yes, the door of it was “shut”. No.",
            'open → "shut',
        ),
        ("open was the door of it", "(“Shut was the door of it.”)", "open → Shut"),
        ("the door of it was open", "the door of it was\n\nIt rained", "open → "),
        ("the door of it was open", "the door of it was o", "open → o"),
        ("он сидел дома с братом", "Раз он сидел дома с сестрой.", "братом → сестрой"),
        ("这座房子的门当时是开着的", "我看见这座房子的门当时是关着的。", "开 → 关"),
        ("كان باب البيت هناك مفتوحا", "كان باب البيت هناك مغلقا.", "مفتوحا → مغلقا."),
    ],
)
def test_what_stands_in_place_of_the_first_or_last_word_is_shown(was, now, diff):
    (one,) = _judge(answer(now), own("a", quote=was))
    assert (one.verdict, one.anchor.reason) == ("changed", "words")
    sides = (
        "".join(piece.text for piece in one.diff if piece.op == op).strip()
        for op in ("quote", "page")
    )
    assert " → ".join(sides) == diff


def test_prefix_and_suffix_are_those_of_the_first_and_the_last_part():
    item = evidence(
        quote="",
        quotes=("Witness Anna", "the door of the house"),
        prefix="Old",
        suffix="was open",
    )
    text = "Old Witness Anna says that the door of the house was shut."
    first, second = _judge(answer(text), item)
    assert (first.verdict, second.verdict) == ("stands", "changed")
    assert [piece.text for piece in second.diff] == [
        *("the door of the house was ", "open", "shut"),
    ]


def test_words_that_stood_nowhere_are_compared_as_they_are_quoted():
    item = own("a", quote="door was ajar", prefix="the")
    (one,) = _judge(answer("But a door was ajar there."), item)
    assert (one.was, one.anchor.reason) == ("absent", "context")
    assert [piece.text for piece in one.diff if piece.op == "quote"] == ["the"]
    assert one.notes == ("in the snapshot in hand it does not stand either (absent)",)


@pytest.mark.parametrize(
    ("quote", "now", "shown"),
    [
        ("2万人", f"{'甲' * 99}12万人{'乙' * 99}", "12万人"),
        ("asile", "Le droit d\u2019asile est là.", "d'asile"),
        ("500", "Es waren 2,500.", "2,500"),
        ("ab", "x" * 99 + "ab", "x" * 40 + "ab"),
    ],
)
def test_words_are_shown_to_where_no_edge_cuts_or_not_without_end(quote, now, shown):
    (one,) = _judge(answer(now), own("a", quote=quote, zone="body"))
    assert one.anchor.reason == "edge"
    assert "".join(piece.text for piece in one.diff if piece.op != "quote") == shown
